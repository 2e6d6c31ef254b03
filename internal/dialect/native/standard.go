package native

import (
	"time"

	"opscenter/internal/city"
	"opscenter/internal/subsystem"
)

// The kinds of message that any subsystem may use.
const (
	Availability = city.AvailabilityState
	Reading      = "reading"
	Indicator    = "indicator"
	Event        = "event"
)

// Topics returns the topics {root}/<subsystem>/{location}/{device}/<kind> of those kinds, which are
// some of Availability, Reading, Indicator and Event.
func Topics(subsystemID string, kinds ...string) []subsystem.Topic {
	docs := map[string]string{
		Availability: "Plain text online or offline, retained; the sender's last will.",
		Reading:      "Numbers by metric, in the object values; conditions in words by state, in the object states, where there are any.",
		Indicator:    "The figure of an indicator for a period: value, or numerator and denominator; revision grows with corrections.",
		Event:        "Something that happened: id, type, state, severity, title, description, and due where it should be over by a time.",
	}
	topics := make([]subsystem.Topic, len(kinds))
	for i, kind := range kinds {
		topics[i] = subsystem.Topic{
			Pattern: "{root}/" + subsystemID + "/{location}/{device}/" + kind, Kind: kind, Doc: docs[kind],
			EventOnly: kind == Event,
		}
	}
	return topics
}

// Standard makes a subsystem that speaks nothing but the kinds of Topics: its Spec says everything.
// Without metrics and indicators that could be told, Reading and Indicator are not for it. Event
// accepts any type in lower case.
func Standard(spec subsystem.Spec) subsystem.Factory {
	return subsystem.Define(spec, struct{}{}, func(struct{}) (subsystem.Decoder, error) {
		b := Build(spec)
		for _, t := range spec.Topics {
			switch t.Kind {
			case Availability:
				b.Availability()
			case Reading:
				b.Values(Reading)
			case Indicator:
				b.Indicators(Indicator)
			case Event:
				b.Event(Event, AnyType().Must(), Phase(city.Started, city.Updated, city.Ended, city.Instant),
					Severity(), Title(), Description(), Due(), Latitude(), Longitude())
			}
		}
		return b.Decoder()
	})
}

// AnyType is what happened, as a slug of the sender's own.
func AnyType() Field {
	return eventField("type", slugSchema("What happened, in a word of the sender's own."), func(v value, e *city.Event) (err error) {
		if e.Type, err = v.line(maxCode); err != nil {
			return err
		}
		return city.CheckID(e.Type)
	})
}

// Due is when the event should be over, in the field due: RFC 3339.
func Due() Field {
	return eventField("due", timeSchema("When it should be over: RFC 3339 with its offset."), func(v value, e *city.Event) error {
		t, err := v.time()
		e.DueAt = t.Truncate(time.Microsecond)
		return err
	})
}
