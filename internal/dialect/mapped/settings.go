package mapped

import (
	"github.com/tidwall/gjson"

	"opscenter/internal/city"
	"opscenter/internal/dialect/loose"
	"opscenter/internal/dialect/mapping"
	"opscenter/internal/subsystem"
)

// Settings are those of one instance.
type Settings struct {
	Identity string   `json:"identity"` // the first part of external ids
	Rules    []Rule   `json:"rules"`    // tried in this order
	Metrics  []Metric `json:"metrics"`  // that the subsystem does not declare
	States   []State  `json:"states"`   // that the subsystem does not declare
}

// Rule says what the messages on some topics mean.
type Rule struct {
	Name   string `json:"name"`   // in errors; empty: the topic
	Topic  string `json:"topic"`  // a template: zigbee2mqtt/{device...}/availability
	Ignore bool   `json:"ignore"` // such messages say nothing

	// When restricts the rule to messages that have, at each of these paths, one of these values.
	When map[mapping.Path][]Literal `json:"when"`

	JSON     *bool  `json:"json"`     // whether the payload is a JSON object or a text; nil: whichever it is
	Kind     string `json:"kind"`     // of the observations
	Device   string `json:"device"`   // the device's name, with segments of the topic in braces
	Index    *Index `json:"index"`    // a value that is part of the device's name
	Time     *Time  `json:"time"`     // nil: the time of receipt
	Optional bool   `json:"optional"` // a message with nothing that is mapped is ignored, not refused

	Availability *Availability     `json:"availability"`
	Metrics      map[string]Number `json:"metrics"` // by metric
	States       map[string]Choice `json:"states"`  // by state
	Event        *Event            `json:"event"`
}

// Index is a value that tells apart the devices that speak on one topic: the channel of a recorder.
type Index struct {
	Path    mapping.Path       `json:"path"`
	Devices map[Literal]string `json:"devices"` // the device's whole name, by value
}

// Time is where and how a message says when.
type Time struct {
	Path   mapping.Path `json:"path"`
	Format string       `json:"format"` // rfc3339, unix, unix_ms, local, or a layout of Go; empty: any of the first four
	Zone   string       `json:"zone"`   // of times without an offset, as in the tz database; empty: the civic zone
}

// Availability is where a message says that the device is there, and in what words.
type Availability struct {
	Path    mapping.Path `json:"path"` // a payload that is a text is the value itself, whatever the path
	Online  []Literal    `json:"online"`
	Offline []Literal    `json:"offline"`
}

// Number is where a metric is.
type Number struct {
	Path mapping.Path `json:"path"`
	mapping.Linear
}

// Choice is where a word is, and what words are called here. One that is not listed is kept.
type Choice struct {
	Path  mapping.Path        `json:"path"`
	Words map[Literal]Literal `json:"words"`
}

// Event is where a message says that something happened.
type Event struct {
	Kind  string       `json:"kind"`
	ID    mapping.Path `json:"id"` // empty: made from the device and the type
	Type  EventType    `json:"type"`
	Phase *Phase       `json:"phase"` // nil: an event has no duration
	Title mapping.Path `json:"title"` // empty: none
}

// EventType is what happened: always the same, or a word of the message.
type EventType struct {
	Is string `json:"is"`
	Choice
}

// Phase is where a message says how an event stands, and in what words.
type Phase struct {
	Path    mapping.Path `json:"path"`
	Started []Literal    `json:"started"`
	Updated []Literal    `json:"updated"`
	Ended   []Literal    `json:"ended"`
	Instant []Literal    `json:"instant"`
}

// Metric declares a metric.
type Metric struct {
	Name      string              `json:"name"`
	Names     city.Names          `json:"names"`
	Unit      string              `json:"unit"`
	Doc       string              `json:"doc"`
	Facet     city.Facet          `json:"facet"`
	Reason    city.Reason         `json:"reason"`
	Direction subsystem.Direction `json:"direction"`
	Warning   *float64            `json:"warning"`
	Critical  *float64            `json:"critical"`
}

// State declares a state.
type State struct {
	Name  string     `json:"name"`
	Names city.Names `json:"names"`
	Doc   string     `json:"doc"`
	Facet city.Facet `json:"facet"`
	Words []Word     `json:"words"`
}

// Word declares a word of a state.
type Word struct {
	Value  Literal     `json:"value"`
	Names  city.Names  `json:"names"`
	Status city.Status `json:"status"`
	Reason city.Reason `json:"reason"`
}

// Literal is a value as a message has it: in settings a text, a number or a boolean, since people
// write true where they mean "true".
type Literal string

// UnmarshalJSON reads a text, a number or a boolean.
func (l *Literal) UnmarshalJSON(raw []byte) error {
	text, err := loose.Text(gjson.ParseBytes(raw))
	if err != nil {
		return err
	}
	*l = Literal(text)
	return nil
}
