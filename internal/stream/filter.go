package stream

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"opscenter/internal/city"
)

const (
	maxKeys      = 256  // in one subscription
	maxKeyLength = 160  // bytes of one key
	maxIDLength  = 64   // bytes of a subscription's id
	slowestRate  = 0.01 // frames/s; what max_rate cannot go below
)

// filter says which entities a view shows and how often. Two subscriptions that ask for the same
// have equal filters, and so share a view.
type filter struct {
	prefixes []string        // sorted; none covers another
	exact    []string        // sorted; none is covered by a prefix
	isExact  map[string]bool // the same as exact
	location string          // empty: every location
	interval time.Duration   // least time between two frames
}

// newFilter checks what a client asked for and brings it into the one form that equal requests share.
func newFilter(r *request, interval time.Duration) (*filter, error) {
	f := &filter{location: r.Location, interval: interval, isExact: make(map[string]bool)}
	if len(r.Keys) == 0 || len(r.Keys) > maxKeys {
		return nil, fmt.Errorf("keys: 1 to %d are needed, not %d", maxKeys, len(r.Keys))
	}
	if r.Location != "" {
		if err := city.CheckID(r.Location); err != nil {
			return nil, fmt.Errorf("location: %w", err)
		}
	}
	if r.MaxRate != nil {
		rate := *r.MaxRate
		if !(rate > 0) || math.IsInf(rate, 0) {
			return nil, fmt.Errorf("max_rate: %v is not a number of frames per second above 0", rate)
		}
		f.interval = max(interval, time.Duration(float64(time.Second)/max(rate, slowestRate)))
	}
	return f, f.addKeys(r.Keys)
}

func (f *filter) addKeys(keys []string) error {
	var wild []string
	for _, key := range keys {
		prefix, isWild := strings.CutSuffix(key, "*")
		if key == "" || len(key) > maxKeyLength || strings.Contains(prefix, "*") {
			return fmt.Errorf("keys: %.40q is neither a key nor a prefix that ends in *", key)
		}
		if isWild {
			wild = append(wild, prefix)
		}
	}
	slices.Sort(wild)
	for _, prefix := range wild { // a shorter prefix sorts before those that it covers
		if !f.covered(prefix) {
			f.prefixes = append(f.prefixes, prefix)
		}
	}
	for _, key := range keys {
		if !strings.HasSuffix(key, "*") && !f.isExact[key] && !f.covered(key) {
			f.exact = append(f.exact, key)
			f.isExact[key] = true
		}
	}
	slices.Sort(f.exact)
	return nil
}

func (f *filter) covered(key string) bool {
	return slices.ContainsFunc(f.prefixes, func(p string) bool { return strings.HasPrefix(key, p) })
}

// name is equal for equal filters.
func (f *filter) name() string {
	parts := []string{f.location, strconv.FormatInt(int64(f.interval), 10)}
	for _, p := range f.prefixes {
		parts = append(parts, p+"*")
	}
	return strings.Join(append(parts, f.exact...), "\x00")
}

// matches says whether the view shows an entity.
func (f *filter) matches(key, location string) bool {
	if f.location != "" && locationOf(key, location) != f.location {
		return false
	}
	return f.covered(key) || f.isExact[key]
}

// locationOf is the location that an entity belongs to; a location belongs to itself.
func locationOf(key, location string) string {
	if location == "" {
		if id, ok := strings.CutPrefix(key, "location/"); ok {
			return id
		}
	}
	return location
}

// each visits every entity that the view shows, once.
func (f *filter) each(p city.Picture, visit func(key string, json []byte)) {
	show := func(key, location string) {
		if f.location == "" || locationOf(key, location) == f.location {
			if json, ok := p.Entity(key); ok {
				visit(key, json)
			}
		}
	}
	for _, prefix := range f.prefixes {
		p.Each(prefix, show)
	}
	for _, key := range f.exact {
		if json, ok := f.entity(p, key); ok {
			visit(key, json)
		}
	}
}

// entity returns an entity that the view shows. Where the view is narrowed to a location it asks
// for the entity's location too, because an entity may have moved away.
func (f *filter) entity(p city.Picture, key string) (json []byte, ok bool) {
	if f.location == "" {
		return p.Entity(key)
	}
	here := false
	p.Each(key, func(found, location string) {
		here = here || found == key && locationOf(found, location) == f.location
	})
	if !here {
		return nil, false
	}
	return p.Entity(key)
}
