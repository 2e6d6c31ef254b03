// Package availability accounts for how long devices worked: up, down, unknown and maintenance as
// four numbers of whole seconds that add up to the period, whatever history they are made from. It
// is pure: the same history gives the same report.
package availability

import (
	"time"

	"opscenter/internal/city"
)

// Class is what a second of a device's time counts as.
type Class uint8

// The classes. The zero value is Unknown, so that nothing counts as up for want of being told.
const (
	Unknown Class = iota
	Up
	Down
	Maintenance
)

// ClassOf says what time with a status counts as. It is the one place where that is decided.
//
// A device that works is up, with a warning too: it does what it is paid for. Critical is down,
// whichever facet is: a camera that answers and records nothing does not do its work. A device that
// fell silent, that was never heard, or that hangs on something that is down may work or not, and so
// nobody can be held to it: unknown. What was planned is maintenance.
func ClassOf(s city.Status) Class {
	switch s {
	case city.OK, city.Warning:
		return Up
	case city.Critical:
		return Down
	case city.Maintenance:
		return Maintenance
	case city.Stale, city.Unknown:
		return Unknown
	}
	return Unknown
}

// Interval is a stretch of time, From inclusive to To exclusive, in which a device had one status.
// To is zero while it lasts.
type Interval struct {
	From, To time.Time
	Status   city.Status
}

// Sums is what some time of some devices adds up to, in seconds: Period is Up, Down, Unknown and
// Maintenance together. The zero value is no time at all.
type Sums struct {
	Period, Up, Down, Unknown, Maintenance int64

	// Outages is how often a device that was up, or of which nothing was known yet, went down. Time
	// that is unknown or maintenance does not divide an outage; only being up ends it.
	Outages int64
	// Longest is the down time of the longest of them.
	Longest int64
}

// Add adds other time to s.
func (s *Sums) Add(other Sums) {
	s.Period += other.Period
	s.Up += other.Up
	s.Down += other.Down
	s.Unknown += other.Unknown
	s.Maintenance += other.Maintenance
	s.Outages += other.Outages
	s.Longest = max(s.Longest, other.Longest)
}

// Availability returns up ÷ (up + down) in %, and whether there is any such time.
func (s *Sums) Availability() (percent float64, known bool) { return share(s.Up, s.Up+s.Down) }

// Floor returns up ÷ (up + down + unknown) in %: the availability if all unknown time had been down.
func (s *Sums) Floor() (percent float64, known bool) { return share(s.Up, s.Up+s.Down+s.Unknown) }

func share(part, whole int64) (percent float64, known bool) {
	if whole == 0 {
		return 0, false
	}
	return 100 * float64(part) / float64(whole), true
}

// MTTR returns the mean time to restoration in seconds, down ÷ outages (IEC 60050-192), and whether
// there was any outage.
func (s *Sums) MTTR() (seconds float64, known bool) { return mean(s.Down, s.Outages) }

// MTBF returns the mean operating time between failures in seconds, up ÷ outages (IEC 60050-192), and
// whether there was any outage.
func (s *Sums) MTBF() (seconds float64, known bool) { return mean(s.Up, s.Outages) }

func mean(seconds, n int64) (float64, bool) {
	if n == 0 {
		return 0, false
	}
	return float64(seconds) / float64(n), true
}
