// Package live makes the live picture of the city from the log's entries: how well every device
// is and why, how fresh that is, and what it adds up to at its location, in its area, in its
// subsystem and in the city; and of every subsystem its indicators, told or computed.
//
// A Projection is a pure function of the entries applied to it and of the inventory. It has no
// clock: time is what the entries say, so that every reader of the same log comes to the same
// picture, at any speed, at any time. A Board holds one Projection per partition of the log and
// serves the picture to walls and to requests.
package live

import (
	"time"

	"opscenter/internal/alarm"
	"opscenter/internal/city"
	"opscenter/internal/subsystem"
)

// Effects is told what a projection finds worth remembering. Its methods are called from within
// Apply, in the order of the log, and must not call back. What they are given is shared and must
// not be modified; it may be kept.
type Effects interface {
	// Reading is told every observation of a registered device that has readings and is not a
	// duplicate, including those that came too late for the live picture, and, as if the device had
	// said it, every index that is computed for one: of the kind index, observed when its hour ended.
	Reading(d *city.Device, o *city.Observation)

	// Status is told when the status of a device, its reason, or that of one of its facets becomes
	// another. The first change of a device says from when on it was registered and not heard of.
	Status(device string, change StatusChange)

	// Event is told every observation of an event that is not a duplicate.
	Event(o *city.Observation)

	// Indicator is told every observation of an indicator that is not a duplicate, including those
	// that are older than what is shown.
	Indicator(o *city.Observation)

	// Rejection is told every message that was quarantined, and every device that was discovered.
	Rejection(at time.Time, r *city.Rejection)

	// Manifest is told every subsystem that is declared at run time, or retired.
	Manifest(at time.Time, m *city.Manifest)

	// Alarm is told every transition of every alarm.
	Alarm(c city.AlarmChange)

	// Action is told every action that is not a repetition, and what became of it. An action comes to
	// every partition of the log: it is told by the one that its alarm is in, or else by the first.
	Action(at time.Time, a *city.Action, outcome city.Outcome)
}

// StatusChange says what a device became and when. The changes of a device have times that grow
// strictly, by at least a microsecond, and each one's To is the next one's From, so that they
// form intervals without a gap. From equals To where only a reason or a facet changed.
type StatusChange struct {
	Device  string
	At      time.Time // UTC, to the microsecond
	From    city.Status
	To      city.Status
	Reason  city.Reason
	Facets  []FacetStatus
	Initial bool // the first of the device: From means nothing
}

// FacetStatus is how well one facet of a device is, and why.
type FacetStatus struct {
	Facet  city.Facet  `json:"facet"`
	Status city.Status `json:"status"`
	Reason city.Reason `json:"reason,omitempty"`
}

// ProjectionConfig says what a Projection projects.
type ProjectionConfig struct {
	Specs      []subsystem.Spec // the subsystems, each once
	Zone       *time.Location   // the civic zone, in which hours and days begin; nil: UTC
	Partition  int              // from 0
	Partitions int              // of the log; 0 and 1: everything is in one
	Effects    Effects          // nil: nobody remembers

	// Manifest reads the document of a subsystem that is declared at run time; nil: none can be.
	Manifest func(document []byte) (subsystem.Spec, error)

	Alarms AlarmConfig
}

// AlarmConfig says how alarms are decided about, and in which words. Every reader of a log must be
// given the same.
type AlarmConfig struct {
	alarm.Config // its functions are the projection's
	Words        alarm.Vocabulary
}

// The kinds of message that mean the same in every subsystem.
const kindViolation = "violation"

// silence is how many cadences a device may be quiet before what it said is stale.
const silence = 3
