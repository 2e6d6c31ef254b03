package mapped

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/dialect/mapping"
)

// rule is a rule ready for use.
type rule struct {
	name     string
	topic    *template
	kind     string // of observations; empty: it gives none
	ignore   bool
	form     form
	when     []condition
	device   naming
	clock    *clock
	optional bool

	availability *choice // whose words are online and offline
	measures     []mapping.Measure
	states       []choice
	event        *event
}

// form is what a rule wants a payload to be.
type form uint8

const (
	either form = iota
	object
	text
)

// condition is what the value at a path has to be.
type condition struct {
	path   mapping.Path
	values []string
}

// choice is a value that becomes a state.
type choice struct {
	state string
	path  mapping.Path
	words map[string]string
	only  bool // whether words that are not listed are refused
}

func compile(s *Rule, declared map[string]bool, zone *time.Location) (*rule, error) {
	t, err := parseTemplate(s.Topic)
	if err != nil {
		return nil, err
	}
	r := &rule{name: nameOf(s), topic: t, ignore: s.Ignore, form: formOf(s.JSON), optional: s.Optional}
	for path, values := range s.When {
		if len(values) == 0 {
			return nil, fmt.Errorf("when %q: no value", path)
		}
		r.when = append(r.when, condition{path, texts(values)})
	}
	tells := s.Availability != nil || len(s.Metrics)+len(s.States) > 0
	if s.Ignore == (tells || s.Event != nil) {
		return nil, errors.New("want something that it maps, or ignore, and not both")
	}
	if s.Ignore {
		return r, nil
	}
	if tells {
		r.kind = orElse(s.Kind, id)
	} else if s.Kind != "" {
		return nil, errors.New("kind: a rule of an event alone has that of the event")
	}
	if r.device, err = newNaming(s, t); err != nil {
		return nil, err
	}
	if r.clock, err = newClock(s.Time, zone); err != nil {
		return nil, err
	}
	if r.event, err = newEvent(s.Event); err != nil {
		return nil, err
	}
	return r, r.values(s, declared)
}

func formOf(json *bool) form {
	switch {
	case json == nil:
		return either
	case *json:
		return object
	}
	return text
}

// values takes over what becomes availability, readings and states.
func (r *rule) values(s *Rule, declared map[string]bool) error {
	if a := s.Availability; a != nil {
		c := choice{state: city.AvailabilityState, path: a.Path, words: make(map[string]string), only: true}
		for _, word := range a.Offline {
			c.words[string(word)] = city.Offline
		}
		for _, word := range a.Online {
			if c.words[string(word)] != "" {
				return fmt.Errorf("availability: %q is both online and offline", word)
			}
			c.words[string(word)] = city.Online
		}
		if len(c.words) == 0 {
			return errors.New("availability: want the words for online and offline")
		}
		r.availability = &c
	}
	for _, name := range slices.Sorted(maps.Keys(s.Metrics)) {
		number := s.Metrics[name]
		m := mapping.Measure{Path: number.Path, Quantity: mapping.Quantity{Metric: name, Linear: number.Linear}}
		if err := m.Check(); err != nil {
			return err
		}
		r.measures = append(r.measures, m)
	}
	for _, name := range slices.Sorted(maps.Keys(s.States)) {
		if _, metric := s.Metrics[name]; metric {
			return fmt.Errorf("state %q: a metric has the same name", name)
		}
		if !declared[name] {
			return fmt.Errorf("state %q: neither the subsystem nor these settings declare it", name)
		}
		r.states = append(r.states, newChoice(name, s.States[name]))
	}
	return nil
}

func newChoice(name string, s Choice) choice {
	c := choice{state: name, path: s.Path, words: make(map[string]string, len(s.Words))}
	for from, to := range s.Words {
		c.words[string(from)] = string(to)
	}
	return c
}

func texts(literals []Literal) []string {
	all := make([]string, len(literals))
	for i, l := range literals {
		all[i] = string(l)
	}
	return all
}
