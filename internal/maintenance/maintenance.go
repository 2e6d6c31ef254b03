// Package maintenance says when planned maintenance is: once, or again and again by a rule of
// RFC 5545, in the civic time zone. It is pure.
package maintenance

import (
	"errors"
	"fmt"
	"time"

	"github.com/teambition/rrule-go"

	"opscenter/internal/city"
)

// ErrInvalid is wrapped by every error about a window that cannot be planned.
var ErrInvalid = errors.New("maintenance window")

// Longest is how long one time of maintenance may last: what is longer is not maintenance, and would
// be forgotten.
const Longest = 31 * 24 * time.Hour

// Schedule is when a window is. It is safe for concurrent use.
type Schedule struct {
	start    time.Time
	duration time.Duration
	rule     *rrule.RRule // nil: once
}

// Plan reads a window's times. Its errors wrap ErrInvalid and name what is wrong.
func Plan(w *city.Window, zone *time.Location) (*Schedule, error) {
	switch {
	case w.Start.IsZero():
		return nil, fmt.Errorf("%w: no start", ErrInvalid)
	case w.Duration <= 0 || w.Duration > Longest:
		return nil, fmt.Errorf("%w: it lasts %v; want more than nothing and at most %v", ErrInvalid, w.Duration, Longest)
	case w.Device+w.Location+w.Area+w.Subsystem+w.Contractor == "":
		return nil, fmt.Errorf("%w: no device, location, area, subsystem or contractor", ErrInvalid)
	}
	s := &Schedule{start: w.Start.In(zone), duration: w.Duration}
	if w.Rule == "" {
		return s, nil
	}
	option, err := rrule.StrToROptionInLocation(w.Rule, zone)
	if err != nil {
		return nil, fmt.Errorf("%w: rule %q: %w", ErrInvalid, w.Rule, err)
	}
	if option.Freq > rrule.DAILY {
		return nil, fmt.Errorf("%w: rule %q: more often than daily", ErrInvalid, w.Rule)
	}
	if !option.Dtstart.IsZero() {
		return nil, fmt.Errorf("%w: rule %q: the start is given beside it, not in it", ErrInvalid, w.Rule)
	}
	option.Dtstart = s.start
	if s.rule, err = rrule.NewRRule(*option); err != nil {
		return nil, fmt.Errorf("%w: rule %q: %w", ErrInvalid, w.Rule, err)
	}
	if s.rule.After(s.start, true).IsZero() {
		return nil, fmt.Errorf("%w: rule %q: there is never such a time", ErrInvalid, w.Rule)
	}
	return s, nil
}

// At returns the time of maintenance that t is in: from begin inclusive to end exclusive. Of several
// that overlap it is the one that began last.
func (s *Schedule) At(t time.Time) (begin, end time.Time, ok bool) {
	begin = s.start
	if s.rule != nil {
		begin = s.rule.Before(t, true)
	}
	if begin.IsZero() || begin.After(t) {
		return time.Time{}, time.Time{}, false
	}
	end = begin.Add(s.duration)
	return begin, end, t.Before(end)
}

// Next returns when the next time of maintenance after t begins; ok is false if there is none.
func (s *Schedule) Next(t time.Time) (begin time.Time, ok bool) {
	if s.rule == nil {
		return s.start, s.start.After(t)
	}
	begin = s.rule.After(t, false)
	return begin, !begin.IsZero()
}

// Over reports whether there is no maintenance at t or after it.
func (s *Schedule) Over(t time.Time) bool {
	_, _, now := s.At(t)
	_, later := s.Next(t)
	return !now && !later
}
