package city

import "time"

// Observation is one thing that one device or system said, once, in the center's own terms. A
// message decodes to one or several of them.
type Observation struct {
	Subsystem string // id of the subsystem that decoded it
	Location  string // id of the location; from the topic, checked against the inventory
	Device    string // id of the device; empty for an event that no registered device reported

	// External names the device where the topic does not: dialect:identity, such as
	// axis:00408C123456. A decoder sets it, and ingest finds Location and Device by it.
	External string

	Kind string // what kind of message it was: availability, health, flow, incident, …

	// Channel tells apart several series of one device and kind, for example the lanes and
	// directions of one detector ("2:north"). Empty where there is only one.
	Channel string

	// ObservedAt is the device's own time, however wrong its clock; where the payload has none it
	// equals ReceivedAt and Undated is set.
	ObservedAt time.Time
	Undated    bool

	// ReceivedAt is the center's time when the message arrived. It never runs backwards within a
	// partition of the log.
	ReceivedAt time.Time

	// Retained is the broker's retain flag: the message may be a replay of an old one.
	Retained bool

	// Seq is the device's own counter, where it sends one; otherwise 0.
	Seq uint64

	// Digest identifies the message: two deliveries of the same message (same topic, same payload)
	// have the same digest. It is set by ingest, not by decoders.
	Digest uint64

	Readings     []Reading
	States       []State
	Event        *Event
	Indicator    *Indicator
	Announcement *Announcement
}

// Indicator is one figure of a line of business for one period: a count, an amount or a ratio.
type Indicator struct {
	Code   string  // declared in the subsystem's Spec
	Period string  // 2026-11-23, 2026-W47, 2026-11, 2026-Q4 or 2026
	Value  float64 // in the Spec's unit; of a ratio that came in parts, what they give
	Scope  string  // what part of the whole it speaks of, as a slug: a ward, an agency; empty for the whole

	// Numerator and Denominator are the parts of a ratio; nil where only the value was sent.
	Numerator   *float64
	Denominator *float64

	// Revision grows when a period's figure is corrected: a later one replaces an earlier one, and
	// both are kept. Of equal revisions the one observed last counts.
	Revision int
}

// Announcement is what a system says of a device that it knows: not that it lives, nor what it
// measures. It is of use to whoever registers the device.
type Announcement struct {
	Name      string
	Maker     string
	Model     string
	Firmware  string
	Kind      string // as devices are called in the inventory, where it can be told: sensor.contact
	Withdrawn bool   // the device is no longer there
}

// Reading is one measured number. Its unit is in the subsystem's Spec, never here.
type Reading struct {
	Metric string
	Value  float64 // always finite
}

// State is one named condition in words, for example stream=no_signal or recording=false.
type State struct {
	Name  string
	Value string
}

// Availability as a State: the name, and its two values. It is what a device's last will says.
const (
	AvailabilityState = "availability"
	Online            = "online"
	Offline           = "offline"
)

// Phase is where an event stands.
type Phase string

// The phases of an event. An instant event has no duration.
const (
	Started Phase = "started"
	Updated Phase = "updated"
	Ended   Phase = "ended"
	Instant Phase = "instant"
)

// Event is something that happened, as opposed to something measured: an incident, a violation.
type Event struct {
	ID          string // the sender's id, unique within the subsystem and kind
	Type        string // accident, speeding, …; the subsystem's words
	Phase       Phase
	Severity    string // minor, major, critical; empty where the sender does not say
	Title       string
	Description string
	Lat, Lon    *float64  // degrees, WGS 84
	DueAt       time.Time // when it should be over; zero where the sender does not say
	SpeedKmh    *float64
	LimitKmh    *float64
	EvidenceURL string
	Plate       Plate
}

// Plate is a number plate: personal data. A decoder fills Clear; ingest seals it and empties Clear
// before the observation is written anywhere, so that past ingest only Masked can be shown.
type Plate struct {
	Clear  string
	Masked string // for people: the first and last two characters, the others as *
	Sealed []byte // encrypted, for those who may unmask it
}

// NativeDialect is the first part of a Rejection's External where a device spoke in the center's own
// format: native:<subsystem>/<device>. Such a device is registered by its id and has no external id.
const NativeDialect = "native"

// Rejection is a message that could not be read or placed, kept in quarantine with the reason.
type Rejection struct {
	Subsystem string // empty if no subsystem claims the topic
	Topic     string
	Sealed    []byte // the payload, encrypted, since it may hold personal data
	Shown     string // the payload's first 4 KiB for people, with personal data masked
	Code      string // a short code of the reason: unroutable, malformed, unregistered, misplaced, …
	Reason    string // the reason in words: what and where
	Retained  bool

	// External is the device that the message speaks of where it is not registered, as
	// dialect:identity, and Announcement what the message says of it.
	External     string
	Announcement *Announcement
}

// Manifest declares a subsystem at run time, or retires it.
type Manifest struct {
	Subsystem string
	Document  []byte // as it was published, known to be good; empty: the subsystem is retired
}

// Entry is one entry of the event log: an observation, a rejection, a manifest, an action, or, with
// none of them, a clock mark that says only that time has passed. Everything that the center knows
// follows from its entries and its inventory.
type Entry struct {
	At          time.Time // when the center accepted it; equals the observation's ReceivedAt
	Observation *Observation
	Rejection   *Rejection
	Manifest    *Manifest
	Action      *Action

	// Deaf says of a clock mark that nothing could be received when it was made, so that silence says
	// nothing of devices.
	Deaf bool
}
