package store

import (
	"time"

	"opscenter/internal/city"
)

// Checkpoint says how far a partition of the log is stored, and the last saved state of its
// projection with the sequence that the state belongs to. Without a state both are zero.
type Checkpoint struct {
	Seq      uint64
	StateSeq uint64
	State    []byte
}

// Write is everything that one stretch of a partition's log leaves in the database.
type Write struct {
	Seq        uint64 // the last sequence of the stretch
	Readings   []Reading
	Rollups    []Rollup
	Statuses   []StatusChange // in the order of the log
	Events     []Event        // in the order of the log
	Figures    []Figure
	Sightings  []Sighting // in the order of the log
	Rejections []Rejection
	Manifests  []Manifest         // in the order of the log
	Alarms     []city.AlarmChange // in the order of the log
	Actions    []Action           // in the order of the log
	Gaps       []Gap              // in which the log had no entries

	// State replaces the projection's saved state unless it is nil; it belongs to StateSeq, which
	// is at most Seq.
	State    []byte
	StateSeq uint64

	Archived []Archived // what comes on top of what is archived already
}

// Reading is what one message measured. Its series is made from Device, Kind, Channel and the names
// of its values; the store makes new series by itself.
type Reading struct {
	Device     string // or any other owner of a series
	Kind       string
	Channel    string
	ObservedAt time.Time
	ReceivedAt time.Time
	Digest     uint64         // a second reading of one series, time and digest is dropped
	Values     []city.Reading // no metric twice
}

// Span is the width of a roll-up's buckets.
type Span uint8

// The spans of roll-ups.
const (
	Minute Span = iota
	Hour
)

// Rollup sums up the readings of one series in one bucket. It is added to what the bucket already
// has, so late readings may come in a roll-up of their own. Sum, Min and Max are in the order of
// Metrics, and N counts readings.
type Rollup struct {
	Device        string
	Kind          string
	Channel       string
	Metrics       []string // no metric twice
	Span          Span
	Bucket        time.Time // its start
	N             int
	Sum, Min, Max []float64
}

// StatusChange says what a device's status is from a moment on. Equal consecutive changes are one;
// of several at one moment the last counts. A change never reaches back before the beginning of the
// device's last interval: an earlier one takes effect there.
type StatusChange struct {
	Device string
	Status city.Status
	Reason city.Reason
	Facets map[city.Facet]city.Status
	At     time.Time
}

// KindViolation is the Kind of an Event that is kept as a violation, with its plate, and not among
// the other events.
const KindViolation = "violation"

// Event is one message about an event. The row of an event says what its latest message said.
type Event struct {
	Subsystem  string
	Kind       string
	Location   string
	Device     string // empty when no registered device reported it
	ObservedAt time.Time
	ReceivedAt time.Time
	city.Event // Plate.Clear is never stored
}

// Rejection is one quarantined message. Seq and Ordinal say where in the partition's log it is, so
// that it is stored once.
type Rejection struct {
	At      time.Time
	Seq     uint64
	Ordinal int // its index within the entries of Seq
	city.Rejection
}

// Action is one action of a person, taken in for the first time, and what became of it.
type Action struct {
	At time.Time
	city.Action
	Outcome city.Outcome
}
