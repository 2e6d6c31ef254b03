package city

import "fmt"

// Status is how well a device, a facet of it, or everything below a place is. The zero value is
// Unknown, so that nothing is ever ok for want of being told.
type Status uint8

// The statuses, in no order of badness; see Status.Rank for that.
const (
	Unknown Status = iota
	OK
	Warning
	Critical
	Stale
	Maintenance
)

// Statuses lists every status in the order in which boards show them, worst first.
func Statuses() []Status {
	return []Status{Critical, Warning, Stale, Unknown, Maintenance, OK}
}

// Rank orders statuses by badness from 0 (OK) to 5 (Critical). Stale ranks above Unknown, because
// something that used to report has stopped, and neither ever ranks as ok.
func (s Status) Rank() int {
	switch s {
	case OK:
		return 0
	case Maintenance:
		return 1
	case Unknown:
		return 2
	case Stale:
		return 3
	case Warning:
		return 4
	case Critical:
		return 5
	}
	return 2
}

// Worst returns the worse of s and other.
func (s Status) Worst(other Status) Status {
	if other.Rank() > s.Rank() {
		return other
	}
	return s
}

// String returns the status as it is written on the wire: ok, warning, critical, stale, unknown or
// maintenance.
func (s Status) String() string {
	switch s {
	case OK:
		return "ok"
	case Warning:
		return "warning"
	case Critical:
		return "critical"
	case Stale:
		return "stale"
	case Maintenance:
		return "maintenance"
	case Unknown:
		return "unknown"
	}
	return "unknown"
}

// MarshalText writes the status as String does.
func (s Status) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads what MarshalText wrote; any other text is an error.
func (s *Status) UnmarshalText(text []byte) error {
	parsed, err := ParseStatus(string(text))
	if err != nil {
		return err
	}
	*s = parsed
	return nil
}

// ParseStatus reads a status as String writes it; any other text is an error.
func ParseStatus(text string) (Status, error) {
	for _, s := range Statuses() {
		if s.String() == text {
			return s, nil
		}
	}
	return Unknown, fmt.Errorf("status %q is none of ok, warning, critical, stale, unknown, maintenance", text)
}

// Facet is one side of a device's health. A camera has all three, each with a status of its own:
// a camera that answers can still record nothing or look at a wall.
type Facet string

// The facets of a camera.
const (
	NoFacet   Facet = ""          // a reading that is shown and kept but never judged
	Link      Facet = "link"      // the device answers and delivers its stream
	Recording Facet = "recording" // what it sees is kept, for as long as it must be
	Image     Facet = "image"     // what it sees can be used
)

// Reason says why a status is not ok, as a short code that boards translate: the fault classes of
// the field.
type Reason string

// The reasons that the center itself gives; others come from a subsystem's Spec.
const (
	ReasonNone       Reason = ""
	ReasonOffline    Reason = "offline"     // the device or its last will said so
	ReasonSilent     Reason = "silent"      // nothing was heard for longer than its cadence allows
	ReasonNeverHeard Reason = "never_heard" // registered, and nothing ever came
	ReasonParentDown Reason = "parent_down" // what it hangs on is down
	ReasonPlanned    Reason = "planned_maintenance"
	ReasonDataGaps   Reason = "data_gaps" // the device answers, and what it said of this is old
	ReasonBlind      Reason = "blind"     // the center itself could hear nobody
	ReasonRetired    Reason = "retired"   // the subsystem was retired: nobody judges it any more
)
