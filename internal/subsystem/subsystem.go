// Package subsystem is the contract of a line of business: what it is called, which topics it
// owns, what it measures and how its measurements are judged, and a decoder that turns one message
// into observations. A subsystem is a value that cmd/opscenter lists; nothing registers itself.
package subsystem

import (
	"errors"
	"time"

	"opscenter/internal/city"
)

// ErrPayload is wrapped by every error that a decoder returns for a message it cannot read.
var ErrPayload = errors.New("payload")

// Message is one MQTT message that a subsystem's topic pattern matched.
type Message struct {
	Topic      string
	Kind       string // the matched topic's Kind
	Location   string // the {location} segment, or empty
	Device     string // the {device} segment, or empty
	Payload    []byte // valid only during Decode
	ReceivedAt time.Time
	Retained   bool
}

// Decoder turns one message into observations. It does no I/O, reads no clock and keeps no state:
// the same message gives the same observations, from any number of goroutines at once. It fills
// Kind, Channel, External, ObservedAt, Undated, Seq, Readings, States, Event, Indicator and
// Announcement; the rest is ingest's. Its errors wrap ErrPayload and name the field.
type Decoder interface {
	Decode(m Message) ([]city.Observation, error)
}

// Spec says everything about a subsystem that other parts need: subscriptions, roll-up, judgement,
// legends and documentation all come from it, so they cannot drift apart.
type Spec struct {
	ID         string
	Names      city.Names
	Doc        string        // one paragraph for people, plain text
	Cadence    time.Duration // between two messages of a device; its values are stale after three
	Topics     []Topic
	Metrics    []Metric
	States     []State
	Aggregates []Aggregate
	Indicators []Indicator
	Cases      []Cases
	Indices    []Index
}

// Topic is one topic pattern that the subsystem owns. Segments in braces match one topic level:
// {location} and {device} are named, {root} stands for the configured root (ioc/v1). No two
// subsystems may own topics that overlap.
type Topic struct {
	Pattern string // {root}/trafficsafety/{location}/{device}/health
	Kind    string // what the decoder and the observation call it: health
	Doc     string

	// EventOnly topics report events and may come from a device that nobody registered: only the
	// location must be known.
	EventOnly bool

	// Cadence is how often a device sends this kind of message; 0: the Spec's.
	Cadence time.Duration
}

// Direction says which side of a threshold is bad.
type Direction string

// The directions of a threshold.
const (
	Above Direction = "above"
	Below Direction = "below"
)

// Metric declares one number that the subsystem's devices report, and how it is judged. A nil
// threshold never judges; operators may override thresholds by metric.
type Metric struct {
	Name      string
	Names     city.Names
	Unit      string // as shown: fps, km/h, %, °C; empty for a bare count
	Doc       string
	Facet     city.Facet // the facet that a bad value spoils; NoFacet with thresholds spoils only the device
	Reason    city.Reason
	Direction Direction
	Warning   *float64
	Critical  *float64

	// DeadBand is how far a value that was beyond a threshold must come back before it is no longer
	// taken to be, in the unit of the thresholds: it keeps one that hovers there from coming and going.
	DeadBand float64

	// Of names another metric of the same device, or its inventory value, of which this one is
	// judged as a percentage: fps of expected_fps. Thresholds are then in %.
	Of string

	// Magnitude judges the absolute value: a clock may be wrong either way.
	Magnitude bool
}

// State declares one condition in words, and what each word means. A word that is not listed is
// kept and shown, and judged as nothing.
type State struct {
	Name  string
	Names city.Names
	Doc   string
	Facet city.Facet
	Words []Word
}

// Word is one value of a State, and what it means for the facet.
type Word struct {
	Value  string
	Status city.Status
	Reason city.Reason
	Names  city.Names
}

// Method is how readings of many devices become one reading of their location.
type Method string

// The methods of aggregation over a sliding window. Value and Weight name metrics of one message.
const (
	// RateSum is, per channel of a device, Σ Value ÷ Σ Weight × Scale; then summed over channels and devices.
	RateSum Method = "rate_sum"
	// WeightedMean is Σ Value × Weight ÷ Σ Weight × Scale over all messages that have Value.
	WeightedMean Method = "weighted_mean"
)

// Aggregate declares one reading of a location made from its devices' readings, over the messages
// whose ObservedAt lies in the last 5 minutes (Name), 1 minute (Name_1m) and 15 minutes (Name_15m).
type Aggregate struct {
	Name   string
	Names  city.Names
	Unit   string
	Doc    string
	Kind   string // of the messages that it reads: flow
	Method Method
	Value  string
	Weight string
	Scale  float64
}

// At returns a pointer to a threshold, for Specs.
func At(value float64) *float64 { return &value } //nolint:modernize // new(80) would be an int
