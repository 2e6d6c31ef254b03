package subsystem

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Open is a subsystem at work: its Spec, and the decoder that its configuration made.
type Open struct {
	Spec    Spec
	Decoder Decoder
}

// Set is the subsystems of one center, by topic. It is immutable and safe for concurrent use.
type Set struct {
	root string
	open []*Open
	byID map[string]*Open
	tree node
	out  []Pattern // patterns outside the root
}

// NewSet opens the factories in their order. config is each subsystem's configuration by id; one
// that is not there gets its defaults. NewSet returns every fault that it finds, joined: an id that
// occurs twice, a Spec that does not hold together, topics that overlap (naming both owners),
// configuration that a subsystem does not accept or that belongs to none.
func NewSet(factories []Factory, root string, config map[string]json.RawMessage) (*Set, error) {
	if err := checkRoot(root); err != nil {
		return nil, err
	}
	s := &Set{root: root, byID: make(map[string]*Open, len(factories))}
	var faults []error
	var routes []route
	for _, f := range factories {
		id := f.Spec.ID
		if s.byID[id] != nil {
			faults = append(faults, fmt.Errorf("subsystem %q: the id occurs twice", id))
			continue
		}
		o := &Open{Spec: f.Spec}
		s.byID[id] = o
		s.open = append(s.open, o)
		if err := f.Spec.Check(); err != nil {
			faults = append(faults, err)
			continue
		}
		own, errs := routesOf(o, root, routes)
		routes = append(routes, own...)
		faults = append(faults, errs...)
		d, err := f.Open(config[id])
		if err != nil {
			faults = append(faults, err)
			continue
		}
		o.Decoder = d
	}
	for _, id := range slices.Sorted(maps.Keys(config)) {
		if s.byID[id] == nil {
			faults = append(faults, fmt.Errorf("configuration of subsystem %q: there is no such subsystem", id))
		}
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	for _, r := range routes {
		s.tree.insert(r)
		if !strings.HasPrefix(r.pattern.text, root+"/") {
			s.out = append(s.out, r.pattern)
		}
	}
	return s, nil
}

// routesOf parses a subsystem's topics and compares them with those before.
func routesOf(o *Open, root string, before []route) (routes []route, faults []error) {
	id := o.Spec.ID
	for i := range o.Spec.Topics {
		t := &o.Spec.Topics[i]
		p, err := ParsePattern(t.Pattern, root)
		if err != nil {
			faults = append(faults, fmt.Errorf("subsystem %q: %w", id, err))
			continue
		}
		for _, r := range slices.Concat(before, routes) {
			if p.Overlaps(r.pattern) {
				faults = append(faults, fmt.Errorf("topic %q of subsystem %q overlaps topic %q of subsystem %q",
					p, id, r.pattern, r.open.Spec.ID))
			}
		}
		routes = append(routes, route{pattern: p, open: o, topic: t})
	}
	return routes, faults
}

// Root returns the topic prefix under which the center's own topics are.
func (s *Set) Root() string { return s.root }

// All returns the subsystems in the order in which they were listed. The caller must not change
// the slice.
func (s *Set) All() []*Open { return s.open }

// ByID returns the subsystem with that id, or nil.
func (s *Set) ByID(id string) *Open { return s.byID[id] }

// Specs returns the Spec of every subsystem in the order in which they were listed.
func (s *Set) Specs() []Spec {
	specs := make([]Spec, len(s.open))
	for i, o := range s.open {
		specs[i] = o.Spec
	}
	return specs
}

// Filters returns the MQTT topic filters to subscribe to, none of which covers another: everything
// under the root, so that what no subsystem claims there is seen and quarantined, and the topics
// of subsystems elsewhere.
func (s *Set) Filters() []string {
	filters := []string{s.root + "/#"}
	for _, p := range s.out {
		filters = append(filters, p.Filter())
	}
	return filters
}

// Route finds who owns a topic, and returns its {location} and {device} levels, empty where the
// pattern has none. It does not allocate; its cost grows with the levels of the topic, not with the
// number of patterns.
func (s *Set) Route(topic string) (o *Open, t *Topic, location, device string, ok bool) {
	var at segments
	r := s.tree.find(topic, true, 0, &at)
	if r == nil {
		return nil, nil, "", "", false
	}
	if r.pattern.location >= 0 {
		location = at[r.pattern.location]
	}
	if r.pattern.device >= 0 {
		device = at[r.pattern.device]
	}
	return r.open, r.topic, location, device, true
}
