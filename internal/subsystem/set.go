package subsystem

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"opscenter/internal/city"
)

// Open is a subsystem at work: its Spec, with what the instances of dialects that feed it add, and
// the decoder that its configuration made.
type Open struct {
	Spec    Spec
	Decoder Decoder
}

// Set is the subsystems of one center, by topic. It is immutable and safe for concurrent use.
type Set struct {
	root   string
	open   []*Open
	byID   map[string]*Open
	tree   node
	routes []Route
	out    []Pattern // patterns outside the root
}

// SetConfig is what a Set is made from.
type SetConfig struct {
	Root      string                     // of the native topics: ioc/v1
	Factories []Factory                  // the subsystems, in their order
	Settings  map[string]json.RawMessage // of each subsystem by id; one that is not there gets its defaults
	Dialects  []Dialect                  // that instances may use
	Instances []Instance

	Thresholds []Threshold    // instead of those of the Specs
	Zone       *time.Location // the civic zone; nil: UTC
}

// NewSet opens the subsystems and the instances of dialects. It returns every fault that it finds,
// joined: an id that occurs twice, a Spec that does not hold together, topics that overlap (naming
// both owners), configuration that a subsystem or a dialect does not accept or that belongs to none.
func NewSet(c SetConfig) (*Set, error) {
	if err := checkRoot(c.Root); err != nil {
		return nil, err
	}
	if c.Zone == nil {
		c.Zone = time.UTC
	}
	s := &Set{root: c.Root, byID: make(map[string]*Open, len(c.Factories))}
	var faults []error
	for _, f := range c.Factories {
		faults = append(faults, s.add(f, c.Settings[f.Spec.ID])...)
	}
	for _, id := range slices.Sorted(maps.Keys(c.Settings)) {
		if s.byID[id] == nil {
			faults = append(faults, fmt.Errorf("configuration of subsystem %q: there is no such subsystem", id))
		}
	}
	names := make(map[string]bool, len(c.Instances))
	for i := range c.Instances {
		instance := &c.Instances[i]
		if names[instance.Name] {
			faults = append(faults, fmt.Errorf("dialect instance %q: the name occurs twice", instance.Name))
			continue
		}
		names[instance.Name] = true
		faults = append(faults, s.feed(instance, &c)...)
	}
	for i := range c.Thresholds {
		faults = append(faults, s.override(&c.Thresholds[i]))
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	for i := range s.routes {
		r := &s.routes[i]
		s.tree.insert(r)
		if !strings.HasPrefix(r.Pattern.text, s.root+"/") {
			s.out = append(s.out, r.Pattern)
		}
	}
	return s, nil
}

// add opens a subsystem.
func (s *Set) add(f Factory, settings json.RawMessage) (faults []error) {
	id := f.Spec.ID
	if s.byID[id] != nil {
		return []error{fmt.Errorf("subsystem %q: the id occurs twice", id)}
	}
	o := &Open{Spec: f.Spec}
	s.byID[id] = o
	s.open = append(s.open, o)
	if err := f.Spec.Check(); err != nil {
		return []error{err}
	}
	decoder, err := f.Open(settings)
	if err != nil {
		faults = append(faults, err)
	}
	o.Decoder = decoder
	return append(faults, s.claim(o, fmt.Sprintf("subsystem %q", id), f.Spec.Topics, decoder)...)
}

// feed opens an instance of a dialect, and adds what it tells to the subsystem's Spec.
func (s *Set) feed(instance *Instance, c *SetConfig) []error {
	owner := fmt.Sprintf("dialect instance %q", instance.Name)
	fault := func(format string, args ...any) []error {
		return []error{fmt.Errorf(owner+": "+format, args...)}
	}
	if err := city.CheckID(instance.Name); err != nil {
		return []error{fmt.Errorf("dialect instance: name: %w", err)}
	}
	i := slices.IndexFunc(c.Dialects, func(d Dialect) bool { return d.ID == instance.Dialect })
	if i < 0 {
		return fault("there is no dialect %q", instance.Dialect)
	}
	o := s.byID[instance.Subsystem]
	if o == nil {
		return fault("there is no subsystem %q", instance.Subsystem)
	}
	if instance.Cadence < 0 {
		return fault("cadence %v is below 0", instance.Cadence)
	}
	f, err := c.Dialects[i].Open(Binding{Name: instance.Name, Spec: &o.Spec, Root: s.root, Zone: c.Zone}, instance.Settings)
	if err != nil {
		return fault("dialect %q: %w", instance.Dialect, err)
	}
	if instance.Cadence > 0 {
		for t := range f.Topics {
			f.Topics[t].Cadence = instance.Cadence
		}
	}
	if err := o.Spec.extend(&f); err != nil {
		return fault("%w", err)
	}
	before := len(s.routes)
	faults := s.claim(o, owner, f.Topics, f.Decoder)
	for r := before; r < len(s.routes); r++ {
		s.routes[r].Instance = instance.Name
	}
	return faults
}

// extend adds what a feed declares and the Spec does not.
func (s *Spec) extend(f *Feed) error {
	s.Topics = append(slices.Clip(s.Topics), f.Topics...)
	for _, m := range f.Metrics {
		if was := s.Metric(m.Name); was == nil {
			s.Metrics = append(slices.Clip(s.Metrics), m)
		} else if !reflect.DeepEqual(*was, m) {
			return fmt.Errorf("metric %q is declared otherwise already", m.Name)
		}
	}
	for _, st := range f.States {
		if was := s.State(st.Name); was == nil {
			s.States = append(slices.Clip(s.States), st)
		} else if !reflect.DeepEqual(*was, st) {
			return fmt.Errorf("state %q is declared otherwise already", st.Name)
		}
	}
	return s.Check()
}

// claim parses an owner's topics and compares them with those of the owners before.
func (s *Set) claim(o *Open, owner string, topics []Topic, decoder Decoder) (faults []error) {
	for i := range topics {
		t := &topics[i]
		p, err := ParsePattern(t.Pattern, s.root)
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", owner, err))
			continue
		}
		for r := range s.routes {
			if before := &s.routes[r]; p.Overlaps(before.Pattern) {
				faults = append(faults, fmt.Errorf("topic %q of %s overlaps topic %q of %s", p, owner, before.Pattern, before.Owner))
			}
		}
		s.routes = append(s.routes, Route{Owner: owner, Open: o, Decoder: decoder, Topic: t, Pattern: p})
	}
	return faults
}

// Route is one topic pattern with who owns it and what reads it.
type Route struct {
	Owner    string // subsystem "trafficsafety", or dialect instance "frigate-north"
	Instance string // name of the dialect instance; empty where the subsystem itself is the owner
	Open     *Open  // the subsystem that the messages belong to
	Decoder  Decoder
	Topic    *Topic
	Pattern  Pattern
}

// Routes returns every topic pattern in the order in which their owners were listed. The caller must
// not change the slice.
func (s *Set) Routes() []Route { return s.routes }

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
// pattern has none. It returns nil if nobody does. It does not allocate; its cost grows with the
// levels of the topic, not with the number of patterns.
func (s *Set) Route(topic string) (r *Route, location, device string) {
	var at segments
	if r = s.tree.find(topic, true, 0, &at); r == nil {
		return nil, "", ""
	}
	if r.Pattern.location >= 0 {
		location = at[r.Pattern.location]
	}
	if r.Pattern.device >= 0 {
		device = at[r.Pattern.device]
	}
	return r, location, device
}
