package live

import (
	"slices"
	"time"

	"opscenter/internal/city"
)

// maxViolationTypes bounds how many types are counted at one place; the rest are not.
const maxViolationTypes = 64

// violations counts one type of violation in the current civic hour and day.
type violations struct {
	kind string
	hour int
	day  int
	last micros // when the newest was
}

// period is from start up to end, which is not in it.
type period struct{ start, end micros }

func (p period) holds(t micros) bool { return t >= p.start && t < p.end }

// civicHour returns the hour of the civic clock that a moment is in.
func civicHour(m micros, zone *time.Location) period {
	t := time.UnixMicro(int64(m)).In(zone)
	into := time.Duration(t.Minute())*time.Minute + time.Duration(t.Second())*time.Second + time.Duration(t.Nanosecond())
	start := microsOf(t.Add(-into))
	return period{start, start + span(time.Hour)}
}

// civicDay returns the day of the civic calendar that a moment is in, however many hours it has.
func civicDay(m micros, zone *time.Location) period {
	year, month, day := time.UnixMicro(int64(m)).In(zone).Date()
	return period{
		microsOf(time.Date(year, month, day, 0, 0, 0, 0, zone)),
		microsOf(time.Date(year, month, day+1, 0, 0, 0, 0, zone)),
	}
}

// turnOver begins the civic hour, and perhaps day, that now is in.
func (p *Projection) turnOver() {
	first := p.hour.end == 0
	newDay := p.now >= p.day.end
	p.hour = civicHour(p.now, p.zone)
	p.day = civicDay(p.now, p.zone)
	if newDay {
		p.turnOverCases()
	}
	if first {
		return
	}
	for _, l := range p.locations {
		if l.tally.turnOver(newDay) {
			p.markLocation(l)
		}
	}
	for _, id := range p.order {
		if sum := p.sums[id]; sum.turnOver(newDay) {
			p.changes.mark(&p.changes.sums, sum)
		}
	}
	for _, area := range p.areas {
		if area.turnOver(newDay) {
			p.changes.mark(&p.changes.areas, area)
		}
	}
	if p.city.turnOver(newDay) {
		p.changes.city = true
	}
}

// turnOver starts counting anew, and reports whether that changes anything.
func (t *tally) turnOver(newDay bool) bool {
	changed := false
	for i := range t.violations {
		v := &t.violations[i]
		changed = changed || v.hour > 0 || (newDay && v.day > 0)
		v.hour = 0
		if newDay {
			v.day = 0
		}
	}
	return changed
}

// violate counts a violation, by the device's time unless that is not to be believed: in the
// future, or more than a day ago.
func (p *Projection) violate(o *city.Observation, at *location) {
	t := microsOf(o.ObservedAt)
	if o.Undated || t > p.now || t < p.now-span(24*time.Hour) {
		t = p.now
	}
	if !p.day.holds(t) && !p.hour.holds(t) {
		return
	}
	p.tallies(at, p.sums[o.Subsystem], func(c *tally) {
		v := c.violation(o.Event.Type)
		if v == nil {
			return
		}
		if p.hour.holds(t) {
			v.hour++
		}
		if p.day.holds(t) {
			v.day++
		}
		v.last = max(v.last, t)
	})
}

// violation returns the count of a type, or nil if there are too many types.
func (t *tally) violation(kind string) *violations {
	at, found := slices.BinarySearchFunc(t.violations, kind, func(v violations, kind string) int {
		switch {
		case v.kind < kind:
			return -1
		case v.kind > kind:
			return 1
		}
		return 0
	})
	if !found {
		if len(t.violations) == maxViolationTypes {
			return nil
		}
		t.violations = slices.Insert(t.violations, at, violations{kind: kind})
	}
	return &t.violations[at]
}

// addViolations returns the sum of two counts, each sorted by type.
func addViolations(a, b []violations) []violations {
	sum := tally{violations: slices.Clone(a)}
	for _, v := range b {
		if to := sum.violation(v.kind); to != nil {
			to.hour += v.hour
			to.day += v.day
			to.last = max(to.last, v.last)
		}
	}
	return sum.violations
}

// violationReadings adds the counts to the readings of a location, a subsystem or the city.
func violationReadings(counted []violations, zone *time.Location, readings map[string]ReadingView) {
	for _, v := range counted {
		at := v.last.in(zone)
		readings["violations_hour."+v.kind] = ReadingView{Value: float64(v.hour), ObservedAt: at, Status: city.OK}
		readings["violations_day."+v.kind] = ReadingView{Value: float64(v.day), ObservedAt: at, Status: city.OK}
	}
}
