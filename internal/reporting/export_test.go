package reporting

import "time"

// LastPeriod returns the last period of a schedule that is due by a time.
func LastPeriod(s *Schedule, now time.Time) (name string, from, to time.Time) {
	p := s.last(now)
	return p.name, p.from, p.to
}

// PeriodsFollow reports whether the last n periods of a schedule follow one another, under names of
// their own, and end before they are due.
func PeriodsFollow(s *Schedule, now time.Time, n int) bool {
	names := make(map[string]bool)
	p := s.last(now)
	for range n {
		if names[p.name] || !p.from.Before(p.to) || p.due.Before(p.to) || p.due.After(now) {
			return false
		}
		names[p.name] = true
		before := s.before(&p)
		if !before.to.Equal(p.from) {
			return false
		}
		p = before
	}
	return true
}
