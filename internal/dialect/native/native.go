// Package native reads the center's own message format: one JSON object per message, with the
// device's time in ts, and plain text for availability. A subsystem lists the fields of its
// messages; everything that they have in common is here, so that all subsystems read, refuse and
// name faults alike.
package native

import (
	"errors"
	"fmt"
	"slices"

	"opscenter/internal/city"
	"opscenter/internal/subsystem"
)

// Builder makes a subsystem's decoder, kind of message by kind of message. What it is told is
// checked against the Spec: a decoder cannot give readings or states that the Spec does not
// declare. Builder collects faults; Decoder returns them.
type Builder struct {
	spec   subsystem.Spec
	kinds  map[string]reader
	faults []error
}

// reader fills an observation from one message.
type reader interface {
	read(m *subsystem.Message, o *city.Observation) error
	describe(spec *subsystem.Spec) *subsystem.Payload
}

// Build starts the decoder of a subsystem.
func Build(spec subsystem.Spec) *Builder {
	return &Builder{spec: spec, kinds: make(map[string]reader)}
}

func (b *Builder) fault(format string, args ...any) {
	b.faults = append(b.faults, fmt.Errorf(format, args...))
}

func (b *Builder) add(kind string, r reader) {
	if b.kinds[kind] != nil {
		b.fault("kind %q is built twice", kind)
	}
	b.kinds[kind] = r
}

// Availability adds the kind availability: plain text, online or offline, without a time.
func (b *Builder) Availability() { b.add(city.AvailabilityState, availability{}) }

// Object adds a kind of message that measures: its fields become readings and states.
func (b *Builder) Object(kind string, fields ...Field) {
	b.add(kind, newObject(b, kind, fields))
}

// Values adds a kind of message with the field values, an object of numbers by metric, and, where the
// device has conditions to tell, the field states, an object of words by state. Metrics and states
// that the Spec does not declare are ignored; a message with no other metric is refused.
func (b *Builder) Values(kind string) {
	f := Field{name: "values", required: true, size: len(b.spec.Metrics), member: b.value, schema: valuesSchema(&b.spec)}
	obj := newObject(b, kind, []Field{f, b.conditions()})
	obj.check = func(o *city.Observation) error {
		if len(o.Readings) == 0 {
			return errors.New(`field "values": no declared metric in it`)
		}
		return nil
	}
	b.add(kind, obj)
}

func (b *Builder) value(metric string, v value, o *city.Observation) error {
	m := b.spec.Metric(metric)
	if m == nil {
		return nil
	}
	number, err := v.number()
	if err != nil {
		return err
	}
	return addOnce(o, m.Name, number)
}

// conditions is an object of words by state: of a state with words, one of them; of another, free text.
func (b *Builder) conditions() Field {
	fields := make(map[string]Field, len(b.spec.States))
	schema := subsystem.Schema{Type: "object", Description: "Words by state. Others than these are ignored."}
	for i := range b.spec.States {
		if s := &b.spec.States[i]; len(s.Words) > 0 {
			fields[s.Name] = b.State(s.Name)
		} else {
			fields[s.Name] = Text(s.Name)
		}
		schema.Properties = append(schema.Properties, subsystem.Property{Name: b.spec.States[i].Name, Schema: about(fields[b.spec.States[i].Name].schema, b.spec.States[i].Doc)})
	}
	return Field{name: "states", schema: schema, member: func(name string, v value, o *city.Observation) error {
		f, declared := fields[name]
		if !declared {
			return nil
		}
		if slices.ContainsFunc(o.States, func(s city.State) bool { return s.Name == name }) {
			return errors.New("it occurs twice")
		}
		return f.read(v, o)
	}}
}

// Event adds a kind of message that reports an event. The field id is always required; an event
// whose fields set no phase is instant.
func (b *Builder) Event(kind string, fields ...Field) {
	obj := newObject(b, kind, append([]Field{eventID()}, fields...))
	obj.event = true
	b.add(kind, obj)
}

// Indicators adds a kind of message that tells the figure of an indicator for a period: indicator,
// period, and value or numerator and denominator, or all three, if they agree.
func (b *Builder) Indicators(kind string) {
	obj := newObject(b, kind, indicatorFields())
	obj.indicator = true
	obj.check = func(o *city.Observation) error { return figure(&b.spec, o.Indicator) }
	obj.refine = func(s *subsystem.Schema) { describeIndicators(&b.spec, s) }
	b.add(kind, obj)
}

// Decoder returns the decoder, or every fault that building it found, joined: a field that the Spec
// does not declare, a kind that no topic has, a topic of a kind that was not built.
func (b *Builder) Decoder() (subsystem.Decoder, error) {
	claimed := make(map[string]bool)
	for _, t := range b.spec.Topics {
		claimed[t.Kind] = true
		if b.kinds[t.Kind] == nil {
			b.fault("topic %q: nothing reads kind %q", t.Pattern, t.Kind)
		}
	}
	for kind := range b.kinds {
		if !claimed[kind] {
			b.fault("kind %q has no topic", kind)
		}
	}
	if err := errors.Join(b.faults...); err != nil {
		return nil, err
	}
	return &decoder{spec: b.spec, kinds: b.kinds}, nil
}

// decoder reads a message by its kind.
type decoder struct {
	spec  subsystem.Spec
	kinds map[string]reader
}

// Decode returns the one observation of a message.
func (d *decoder) Decode(m subsystem.Message) ([]city.Observation, error) {
	r := d.kinds[m.Kind]
	if r == nil {
		return nil, fmt.Errorf("%w: nothing reads messages of kind %q", subsystem.ErrPayload, m.Kind)
	}
	observations := make([]city.Observation, 1)
	o := &observations[0]
	o.Kind = m.Kind
	if err := r.read(&m, o); err != nil {
		return nil, fmt.Errorf("%w: %w", subsystem.ErrPayload, err)
	}
	return observations, nil
}

// Describe returns what messages of the kind look like; it makes the decoder a subsystem.Describer.
func (d *decoder) Describe(kind string) *subsystem.Payload {
	r := d.kinds[kind]
	if r == nil {
		return nil
	}
	return r.describe(&d.spec)
}
