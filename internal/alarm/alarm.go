// Package alarm decides which abnormal conditions people are told of, when, and as one alarm or as
// several: delays, dependencies, grouping by location, flapping, floods, and what people do about
// alarms. It follows the lifecycle of ISA-18.2 (IEC 62682): that a condition is active and that
// somebody acknowledged it are independent of each other; an alarm that is shelved, suppressed or out
// of service is evaluated all along and is off the active list.
//
// A Desk is a pure state machine. It has no clock and does no I/O: time is what it is told, so that
// every reader of the same log comes to the same alarms. Its methods must not be called at the same
// time, and time must not run backwards.
package alarm

import (
	"time"

	"opscenter/internal/city"
)

// Micros is a time in microseconds since 1970, or a length of time in microseconds. 0 means never.
type Micros int64

const (
	forever Micros = 1<<63 - 1
	second  Micros = 1_000_000
)

func span(d time.Duration) Micros { return Micros(d.Microseconds()) }

// Time returns the time in UTC, or the zero time for never.
func (m Micros) Time() time.Time {
	if m == 0 {
		return time.Time{}
	}
	return time.UnixMicro(int64(m)).UTC()
}

// MicrosOf returns a time as Micros.
func MicrosOf(t time.Time) Micros {
	if t.IsZero() {
		return 0
	}
	return Micros(t.UnixMicro())
}

// Source says what a Point watches: one facet of a device, an event, or an indicator.
type Source struct {
	Key       string `json:"key"` // device/cam-017/link
	Device    string `json:"device,omitempty"`
	Location  string `json:"location"`
	Subsystem string `json:"subsystem,omitempty"`
	Kind      string `json:"kind,omitempty"` // of the device
	Facet     string `json:"facet,omitempty"`
	Cadence   Micros `json:"cadence,omitempty"` // between two messages of the device; 0: not known
	Instant   bool   `json:"instant,omitempty"` // it is known for certain at once: no delays
}

// facetLink is the facet whose alarms of one location are one alarm, when there are many.
const facetLink = string(city.Link)

// facetPlace is that of the alarm of a whole location.
const facetPlace = "location"

// Condition is what a Point is evaluated as. Severity and Reason count while it is bad.
type Condition struct {
	Bad      bool
	Severity city.Severity
	Reason   city.Reason
}

// Text is what is said of an alarm, and where it belongs, as of the moment.
type Text struct {
	Title, Advice    city.Names
	Area, Contractor string
	Children         int // devices that hang on it
}

// Config says how a Desk decides, and who is told. Functions must not call back.
type Config struct {
	Rules     Rules
	Hold      time.Duration // how long devices of one location are gathered into one alarm
	Settle    time.Duration // how long those that hung on something are given to come back after it
	Least     int           // devices that make an alarm of a location
	Operators int           // at work: a flood is more than ten new alarms in ten minutes for each

	// Describe returns the texts of a Point's alarm.
	Describe func(p *Point) Text

	// Doubt returns until when what a device hangs on may still turn out to be down, or 0.
	Doubt func(p *Point) Micros

	// Tell is told every transition.
	Tell func(c city.AlarmChange)

	// Changed is told every Point whose alarm is no longer what it was, and by how much the counts of
	// alarms have changed. The alarm is off the list when the Point's Alarm is nil; was is its id.
	Changed func(p *Point, was string, by Counts)

	// Regrouped is told every cause whose alarms are others now.
	Regrouped func(c *Cause)
}

// Counts is how many alarms there are on the active list.
type Counts struct {
	Active         int `json:"active"`         // and not over yet
	Unacknowledged int `json:"unacknowledged"` // active, or over
	Critical       int `json:"critical"`       // of the active ones
}

// Add adds other counts.
func (c *Counts) Add(other Counts) {
	c.Active += other.Active
	c.Unacknowledged += other.Unacknowledged
	c.Critical += other.Critical
}

func (c Counts) minus(other Counts) Counts {
	return Counts{c.Active - other.Active, c.Unacknowledged - other.Unacknowledged, c.Critical - other.Critical}
}
