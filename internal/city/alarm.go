package city

import "time"

// Severity says how bad an alarm is.
type Severity string

// The severities of alarms.
const (
	SeverityWarning  Severity = "warning"
	SeverityCritical Severity = "critical"
)

// AlarmState says whether what an alarm speaks of goes on.
type AlarmState string

// The states of an alarm. They are independent of whether somebody acknowledged it.
const (
	AlarmActive  AlarmState = "active"
	AlarmCleared AlarmState = "cleared"
)

// Alarm is something abnormal that people were told of: what, where, since when, how bad, whose, and
// how they deal with it. It is on the list until it has cleared and was acknowledged. It leaves the
// active list, without being forgotten, while it is Shelved, Suppressed or OutOfService.
type Alarm struct {
	ID          string     `json:"id"`       // unique for ever, a slug
	Key         string     `json:"key"`      // what is wrong where: device/cam-017/link, location/loc-001/link
	Location    string     `json:"location"` // id
	Area        string     `json:"area,omitempty"`
	Device      string     `json:"device,omitempty"` // id; empty for an alarm of a whole location, or of an event
	Subsystem   string     `json:"subsystem,omitempty"`
	Contractor  string     `json:"contractor,omitempty"`
	Severity    Severity   `json:"severity"`
	State       AlarmState `json:"state"`
	Reason      Reason     `json:"reason"` // why, as a short code
	Title       Names      `json:"title"`  // what and where
	Advice      Names      `json:"advice"` // what to do first
	Count       int        `json:"count"`  // devices that it stands for
	Children    int        `json:"children"`
	Occurrences int        `json:"occurrences"` // how often it became active since it came on the list

	Since     time.Time `json:"since"`     // since when that is so, before any delay
	RaisedAt  time.Time `json:"raised_at"` // when it became active last
	ClearedAt time.Time `json:"cleared_at,omitzero"`

	Acknowledged      bool      `json:"acknowledged"`
	AcknowledgedBy    string    `json:"acknowledged_by,omitempty"`
	AcknowledgedAt    time.Time `json:"acknowledged_at,omitzero"`
	AcknowledgedUntil time.Time `json:"acknowledged_until,omitzero"` // zero: for good
	Assignee          string    `json:"assignee,omitempty"`
	Comment           string    `json:"comment,omitempty"` // what was said last
	ShelvedUntil      time.Time `json:"shelved_until,omitzero"`
	ShelvedBy         string    `json:"shelved_by,omitempty"`
	ShelvedFor        string    `json:"shelved_for,omitempty"` // the reason
	Suppressed        bool      `json:"suppressed"`            // what it hangs on is down, or an alarm of its location speaks for it
	OutOfService      bool      `json:"out_of_service"`        // maintenance
	Flapping          bool      `json:"flapping"`
	Level             int       `json:"level"` // of escalation; 0: not escalated
}

// Hidden reports whether the alarm is not on the active list: shelved, suppressed or out of service.
func (a *Alarm) Hidden() bool { return !a.ShelvedUntil.IsZero() || a.Suppressed || a.OutOfService }

// Transition is what happened to an alarm.
type Transition string

// The transitions of an alarm. Those that people are to be told of are Raised, Worsened, Escalated,
// AckExpired, Returned and Over, which is cleared.
const (
	AlarmRaised       Transition = "raised"
	AlarmOver         Transition = "cleared"
	AlarmWorsened     Transition = "worsened"
	AlarmEased        Transition = "eased"
	AlarmChanged      Transition = "changed" // its reason or its count
	AlarmAcknowledged Transition = "acknowledged"
	AlarmAckExpired   Transition = "ack_expired"
	AlarmAssigned     Transition = "assigned"
	AlarmCommented    Transition = "commented"
	AlarmShelved      Transition = "shelved"
	AlarmUnshelved    Transition = "unshelved" // by a person, or because its time was over
	AlarmSuppressed   Transition = "suppressed"
	AlarmOutOfService Transition = "out_of_service"
	AlarmReturned     Transition = "returned" // to the active list, from either
	AlarmFlapping     Transition = "flapping"
	AlarmSettled      Transition = "settled" // no longer flapping
	AlarmEscalated    Transition = "escalated"
	AlarmClosed       Transition = "closed" // cleared and acknowledged: off the list
)

// AlarmChange is one transition of an alarm. The transitions of an alarm have an N that grows by one
// from 1, and times that never run backwards.
type AlarmChange struct {
	Alarm  Alarm // as it is after it
	N      int
	At     time.Time // UTC, to the microsecond
	What   Transition
	Actor  string // who; empty: the center itself
	Reason string // why, or what was said
	Action string // key of the action that caused it; empty: none
}

// Verb is what an action does.
type Verb string

// The verbs of actions.
const (
	Acknowledge Verb = "acknowledge"
	Assign      Verb = "assign"
	Comment     Verb = "comment"
	Shelve      Verb = "shelve"
	Unshelve    Verb = "unshelve"
	Maintain    Verb = "maintain" // plan a maintenance window
	Resume      Verb = "resume"   // cancel one, or end it early
)

// Action is something that a person does about an alarm, or about maintenance. It is an entry of the
// log, so that it takes effect once, in order, and is remembered with who, when and why.
type Action struct {
	Key      string // chosen by the client; the same key again does nothing
	Verb     Verb
	Actor    string    // who
	Reason   string    // why; of a comment, what is said
	Alarm    string    // id of the alarm
	Assignee string    // of assign; empty: nobody any more
	Until    time.Time // of acknowledge and shelve: when it expires; zero: never
	Window   *Window   // of maintain
	WindowID string    // of resume
}

// Window is planned maintenance, once or again and again: while it lasts the devices in its scope
// have the status maintenance and raise no alarm. An empty field of the scope does not narrow it; at
// least one is set.
type Window struct {
	ID         string `json:"id"`
	Device     string `json:"device,omitempty"`
	Location   string `json:"location,omitempty"`
	Area       string `json:"area,omitempty"`
	Subsystem  string `json:"subsystem,omitempty"`
	Contractor string `json:"contractor,omitempty"`

	Start    time.Time     `json:"start"` // of the first, or only, time
	Duration time.Duration `json:"duration"`
	Rule     string        `json:"rule,omitempty"` // RFC 5545 RRULE, in the civic time zone; empty: once
	Mute     bool          `json:"mute,omitempty"` // set by a technician in the field, for one device
	Title    string        `json:"title,omitempty"`
}

// Covers reports whether a device is in the window's scope, given the area of its location.
func (w *Window) Covers(d *Device, area string) bool {
	in := func(scope, of string) bool { return scope == "" || scope == of }
	return in(w.Device, d.ID) && in(w.Location, d.Location) && in(w.Area, area) &&
		in(w.Subsystem, d.Subsystem) && in(w.Contractor, d.Contractor)
}

// Outcome is what became of an action.
type Outcome string

// The outcomes of actions.
const (
	Done     Outcome = "done"
	Repeated Outcome = "repeated" // its key was seen before; nothing was done
	NoSuch   Outcome = "no_such"  // there is no such alarm or window
	Refused  Outcome = "refused"  // it does not fit the state that the alarm is in
)
