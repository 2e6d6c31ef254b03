package native

import (
	"errors"
	"fmt"
	"strconv"

	"opscenter/internal/city"
	"opscenter/internal/subsystem"
)

// Field is one field of a kind of message: how it is read, and what it becomes. A field is
// optional unless Must makes it required.
type Field struct {
	name     string
	required bool
	state    bool                          // it becomes a state
	size     int                           // readings that it becomes, at most
	bind     func(s *subsystem.Spec) error // whether the Spec declares what it becomes
	schema   subsystem.Schema              // what values it takes

	// One of them: read takes the value, member each member of an object.
	read   func(v value, o *city.Observation) error
	member func(name string, v value, o *city.Observation) error
}

// Must returns the field as a required one.
func (f Field) Must() Field {
	f.required = true
	return f
}

func timestamp() Field {
	return Field{name: "ts", required: true, schema: timeSchema("When it was so, by the device's clock: RFC 3339 with its offset."), read: func(v value, o *city.Observation) error {
		t, err := v.time()
		o.ObservedAt = t
		return err
	}}
}

func sequence() Field {
	return Field{name: "seq", schema: sequenceSchema(), read: func(v value, o *city.Observation) error {
		if v.kind() != '0' {
			return fmt.Errorf("want a number, got %s", kindName(v.kind()))
		}
		n, err := strconv.ParseUint(string(v), 10, 63)
		if err != nil {
			return errors.New("want a whole number from 0 on")
		}
		o.Seq = n
		return nil
	}}
}

// reading makes a field that becomes the reading of the metric of the same name.
func reading(name string, schema subsystem.Schema, number func(value) (float64, error)) Field {
	return Field{
		name: name, size: 1, schema: schema,
		bind: func(s *subsystem.Spec) error { return declared(s, name) },
		read: func(v value, o *city.Observation) error {
			f, err := number(v)
			if err != nil {
				return err
			}
			o.Readings = append(o.Readings, city.Reading{Metric: name, Value: f})
			return nil
		},
	}
}

func declared(s *subsystem.Spec, metric string) error {
	if s.Metric(metric) == nil {
		return fmt.Errorf("the Spec declares no metric %q", metric)
	}
	return nil
}

// Number is a number in a closed range; it becomes the reading of the metric of the same name.
func Number(name string, least, most float64) Field {
	return reading(name, numberSchema(least, most), func(v value) (float64, error) { return v.between(least, most) })
}

// Positive is a number above 0 and at most so many; it becomes the reading of the metric of the
// same name.
func Positive(name string, most float64) Field {
	schema := subsystem.Schema{Type: "number", Above: subsystem.At(0), Maximum: &most}
	return reading(name, schema, func(v value) (float64, error) {
		f, err := v.between(0, most)
		if err == nil && f == 0 {
			return 0, errors.New("want more than 0")
		}
		return f, err
	})
}

// Count is a whole number of things, not negative; it becomes the reading of the metric of the
// same name.
func Count(name string) Field { return reading(name, countSchema(), value.count) }

// Counts is an object of counts by class; each becomes the reading of the metric prefix + class.
// Classes other than those listed are ignored.
func Counts(name, prefix string, classes ...string) Field {
	metrics := make(map[string]string, len(classes))
	for _, class := range classes {
		metrics[class] = prefix + class
	}
	return Field{
		name: name, size: len(classes), schema: countsSchema(classes),
		bind: func(s *subsystem.Spec) error {
			for _, class := range classes {
				if err := declared(s, metrics[class]); err != nil {
					return err
				}
			}
			return nil
		},
		member: func(class string, v value, o *city.Observation) error {
			metric, known := metrics[class]
			if !known {
				return nil
			}
			f, err := v.count()
			if err != nil {
				return err
			}
			return addOnce(o, metric, f)
		},
	}
}

// addOnce adds the reading of a member of an object, which may not occur twice.
func addOnce(o *city.Observation, metric string, f float64) error {
	for i := range o.Readings {
		if o.Readings[i].Metric == metric {
			return errors.New("it occurs twice")
		}
	}
	o.Readings = append(o.Readings, city.Reading{Metric: metric, Value: f})
	return nil
}

// State is one of the words that the Spec lists for the state of the same name.
func (b *Builder) State(name string) Field {
	var words []string
	if s := b.spec.State(name); s == nil || len(s.Words) == 0 {
		b.fault("field %q: the Spec declares no state %q with words", name, name)
	} else {
		for _, w := range s.Words {
			words = append(words, w.Value)
		}
	}
	return state(name, wordSchema(words), func(v value) (string, error) { return v.word(words) })
}

// Flag is true or false; it becomes the state of the same name, in these words.
func Flag(name string) Field {
	return state(name, subsystem.Schema{Type: "boolean"}, func(v value) (string, error) {
		on, err := v.boolean()
		return strconv.FormatBool(on), err
	})
}

// Text is free text of at most 128 characters; it becomes the state of the same name.
func Text(name string) Field {
	return state(name, textSchema(shortText, ""), func(v value) (string, error) { return v.line(shortText) })
}

const shortText = 128 // characters

func state(name string, schema subsystem.Schema, word func(value) (string, error)) Field {
	return Field{
		name: name, state: true, schema: schema,
		bind: func(s *subsystem.Spec) error {
			if s.State(name) == nil {
				return fmt.Errorf("the Spec declares no state %q", name)
			}
			return nil
		},
		read: func(v value, o *city.Observation) error {
			w, err := word(v)
			if err != nil {
				return err
			}
			o.States = append(o.States, city.State{Name: name, Value: w})
			return nil
		},
	}
}

// Lane is the number or the name of a traffic lane: the part of the channel before its colon.
func Lane() Field { return channel("lane", true) }

// Heading is a direction of traffic in words, in the field direction: the part of the channel after
// its colon.
func Heading() Field { return channel("direction", false) }
