package subsystem

import (
	"encoding/json"
	"fmt"
	"time"
)

// Dialect is a language that foreign devices and systems speak. It is used by instances in a
// center's configuration, each for one subsystem.
type Dialect struct {
	ID  string // onvif, axis, frigate, …; also the first part of external ids
	Doc string // one paragraph for people, plain text

	// Open reads the settings of one instance, a JSON object or nil for the defaults, and returns
	// what it adds to the subsystem. An unknown key is an error that names it.
	Open func(b Binding, settings json.RawMessage) (Feed, error)
}

// Binding is what an instance of a dialect is opened for.
type Binding struct {
	Name string         // of the instance
	Spec *Spec          // of the subsystem that it feeds; not to be changed
	Root string         // of the center's own topics
	Zone *time.Location // the civic zone, for times without one
}

// Feed is an instance of a dialect at work: the topics that it owns, and what reads them. Its
// observations name their device in External; their Kind is the dialect's id, unless they are to be
// aggregated or told apart like a native kind. A Feed's Decoder is called from one goroutine at a
// time, in the order of receipt; one that must remember what was said before (Sparkplug's births)
// says so, and derives what it remembers from messages alone.
type Feed struct {
	Topics  []Topic
	Decoder Decoder

	// Metrics and States are what the subsystem's Spec does not declare and the dialect can tell. What
	// two instances declare alike is declared once.
	Metrics []Metric
	States  []State
}

// Instance is one use of a dialect.
type Instance struct {
	Name      string          // unique within a center: frigate-north
	Dialect   string          // id of the dialect
	Subsystem string          // id of the subsystem that its observations belong to
	Cadence   time.Duration   // between two messages of a device; 0: that of its topics, or the Spec's
	Settings  json.RawMessage // the dialect's own
}

// DefineDialect makes a Dialect from its id, its documentation, the default settings, and a function
// that opens an instance with the settings as given. The defaults are copied for every opening, but
// not what they point to.
func DefineDialect[C any](id, doc string, defaults C, open func(b Binding, settings C) (Feed, error)) Dialect {
	return Dialect{ID: id, Doc: doc, Open: func(b Binding, raw json.RawMessage) (Feed, error) {
		settings := defaults
		if len(raw) > 0 {
			if err := decodeStrictly(raw, &settings); err != nil {
				return Feed{}, fmt.Errorf("settings: %w", err)
			}
		}
		return open(b, settings)
	}}
}
