package mapped

import (
	"errors"
	"fmt"
	"hash/fnv"
	"net/url"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"opscenter/internal/city"
	"opscenter/internal/dialect/loose"
	"opscenter/internal/dialect/mapping"
)

// event reads what happened.
type event struct {
	kind   string
	id     mapping.Path
	is     string // the type, where it is always the same
	kinds  choice // the type, where it is not
	phase  mapping.Path
	phases map[string]city.Phase // nil: an event has no duration
	title  mapping.Path
}

func newEvent(s *Event) (*event, error) {
	if s == nil {
		return nil, nil //nolint:nilnil // a rule may have no event, which is no error
	}
	e := &event{kind: orElse(s.Kind, kindEvent), id: s.ID, is: s.Type.Is, kinds: newChoice("type", s.Type.Choice), title: s.Title}
	if err := mapping.CheckName(e.kind); err != nil {
		return nil, fmt.Errorf("event: kind %w", err)
	}
	if (e.is == "") == s.Type.Path.Whole() {
		return nil, errors.New("event: type: want either a path, or is")
	}
	if s.Phase == nil {
		return e, nil
	}
	e.phase, e.phases = s.Phase.Path, make(map[string]city.Phase)
	for phase, words := range map[city.Phase][]Literal{
		city.Started: s.Phase.Started, city.Updated: s.Phase.Updated, city.Ended: s.Phase.Ended, city.Instant: s.Phase.Instant,
	} {
		for _, word := range words {
			if e.phases[string(word)] != "" {
				return nil, fmt.Errorf("event: phase: %q stands for two phases", word)
			}
			e.phases[string(word)] = phase
		}
	}
	if len(e.phases) == 0 {
		return nil, errors.New("event: phase: no words")
	}
	return e, nil
}

// read fills in the event, if the message has one: a word that is no phase tells of none.
func (e *event) read(v gjson.Result, device string, o *city.Observation) (bool, error) {
	happened := city.Event{Phase: city.Instant, Type: e.is}
	if e.phases != nil {
		word, err := loose.Text(e.phase.In(v))
		if err != nil {
			return false, nil //nolint:nilerr // without a phase there is no event
		}
		if happened.Phase = e.phases[word]; happened.Phase == "" {
			return false, nil
		}
	}
	if e.is == "" {
		found := e.kinds.path.In(v)
		if !loose.There(found) {
			return false, nil
		}
		var err error
		if happened.Type, err = e.kinds.word(found); err != nil {
			return false, fmt.Errorf("event: type: %w", err)
		}
	}
	if !e.title.Whole() {
		if title, err := loose.Text(e.title.In(v)); err == nil {
			happened.Title = strings.ToValidUTF8(title[:min(len(title), maxTitle)], "")
		}
	}
	o.Kind, o.Event = e.kind, &happened
	var err error
	happened.ID, err = e.identify(v, device, o)
	return err == nil, err
}

const (
	maxTitle = 256
	maxID    = 128
)

// identify returns the event's id. Where the message has none, an event that goes on is known by its
// device and its type, so that its end finds its start, and one without duration also by its time.
func (e *event) identify(v gjson.Result, device string, o *city.Observation) (string, error) {
	if !e.id.Whole() {
		key, err := loose.Text(e.id.In(v))
		odd := func(r rune) bool { return r <= ' ' || r >= 0x7f || r == '/' }
		if err != nil || key == "" || len(key) > maxID || strings.ContainsFunc(key, odd) {
			return "", fmt.Errorf("event: id: want 1 to %d visible ASCII characters without a slash", maxID)
		}
		return key, nil
	}
	key := url.PathEscape(device) + "." + url.PathEscape(o.Event.Type)
	if len(key) > maxID-20 {
		h := fnv.New64a()
		_, _ = h.Write([]byte(key))
		key = strconv.FormatUint(h.Sum64(), 16)
	}
	if o.Event.Phase == city.Instant {
		key += "." + strconv.FormatInt(o.ObservedAt.UnixMilli(), 10)
	}
	return key, nil
}
