package httpapi

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"opscenter/internal/city"
	"opscenter/internal/fold"
)

// index knows, for the entities of one prefix, the fields that lists filter by. An entity is read
// again only when the picture has encoded it anew.
type index struct {
	prefix string

	mu    sync.Mutex
	known []entry // sorted by key; replaced, never changed
}

type entry struct {
	key    string
	json   []byte
	fields fields
	text   string // folded id and name
}

// fields are what lists filter by.
type fields struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Location  string `json:"location"`
	Area      string `json:"area"`
	Subsystem string `json:"subsystem"`
	Kind      string `json:"kind"`
	Status    string `json:"status"`
}

// list returns every entity, sorted by key. Callers must not change it.
func (x *index) list(source Source) []entry {
	var found []entry
	source.Cut(func(p city.Picture) {
		p.Each(x.prefix, func(key, _ string) {
			if encoded, ok := p.Entity(key); ok {
				found = append(found, entry{key: key, json: encoded})
			}
		})
	})
	x.mu.Lock()
	defer x.mu.Unlock()
	known := x.known
	for i := range found {
		for len(known) > 0 && known[0].key < found[i].key {
			known = known[1:]
		}
		if len(known) > 0 && known[0].key == found[i].key && same(known[0].json, found[i].json) {
			found[i] = known[0]
		} else {
			found[i].read()
		}
	}
	x.known = found
	return found
}

// same says whether two slices are one: the picture never changes what it has encoded.
func same(a, b []byte) bool { return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0]) }

func (e *entry) read() {
	// What cannot be read has no fields, and then no filter finds it.
	_ = json.Unmarshal(e.json, &e.fields)
	e.text = fold.Text(e.fields.ID) + "\n" + fold.Text(e.fields.Name)
}

// page filters a list and cuts one page out of it. A cursor is the key of the last item before, so
// that pages neither repeat nor leave out what was there all along, whatever comes and goes.
func page[T any](all []entry, p Page, matches func(*entry) bool) (List[Raw[T]], error) {
	list := List[Raw[T]]{Items: []Raw[T]{}}
	after, err := decodeCursor(p.Cursor)
	if err != nil {
		return list, err
	}
	last := ""
	for i := range all {
		e := &all[i]
		if !matches(e) {
			continue
		}
		list.Total++
		if e.key <= after {
			continue
		}
		if len(list.Items) == p.Limit {
			list.Next = encodeCursor(last)
			continue
		}
		list.Items = append(list.Items, Raw[T](e.json))
		last = e.key
	}
	return list, nil
}

func encodeCursor(key string) string { return base64.RawURLEncoding.EncodeToString([]byte(key)) }

func decodeCursor(cursor string) (string, error) {
	key, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return "", fmt.Errorf("%w: cursor: not one that a list gave", ErrInvalid)
	}
	return string(key), nil
}

// oneOf says whether a list of wanted values is empty or has the value.
func oneOf(wanted []string, value string) bool {
	return len(wanted) == 0 || slices.Contains(wanted, value)
}
