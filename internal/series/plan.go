// Package series turns stored readings and roll-ups into the points of a chart: it chooses from which
// of them, in steps of which width, and adds them up. It is pure.
package series

import (
	"cmp"
	"errors"
	"fmt"
	"time"
)

// MaxPoints is how many points an answer has at most.
const MaxPoints = 2000

const day = 24 * time.Hour

// longestFine is how long a range may be that is made from minutes: that of a location is then still read
// in a fraction of a second.
const longestFine = 7 * day

// ErrRange says that the asked time cannot be shown.
var ErrRange = errors.New("from must be before to")

// Source is what points are made from.
type Source uint8

// The sources: every reading, or one roll-up per minute or hour.
const (
	Raw Source = iota
	Minute
	Hour
)

// String returns the source as it is written: raw, minute or hour.
func (s Source) String() string { return [...]string{"raw", "minute", "hour"}[min(s, Hour)] }

// width is the width of the source's buckets; raw readings have none.
func (s Source) width() time.Duration {
	return [...]time.Duration{time.Second, time.Minute, time.Hour}[min(s, Hour)]
}

// Want is what somebody asks for. Step is the width of a point; 0 lets the range decide.
type Want struct {
	From, To time.Time // inclusive, exclusive
	Step     time.Duration
}

// Kept is the oldest time of which readings and roll-ups per minute are still kept. Hours are kept
// longer than anybody asks for.
type Kept struct{ Raw, Minute time.Time }

// Plan says which source to read, and how to divide it. From and To are moved outwards to whole
// steps, so that the first and the last point are whole too.
type Plan struct {
	Source   Source
	Step     time.Duration // at least a second; days are civic days
	From, To time.Time
	zone     *time.Location
	shift    time.Duration // how far zone is ahead of UTC at the beginning
}

// Choose plans an answer of at most MaxPoints points, or one or two more where the range begins and
// ends within a step. Without a wanted step it reads raw readings up to six hours, minutes up to
// MaxPoints of them, otherwise hours. A wanted step that is too fine, or that the source does not
// have, is rounded up; over more than seven days to an hour at least. Days begin at midnight in zone; shorter steps are counted from a midnight before
// the beginning, as far as the source allows it, and stay as wide when clocks change.
func Choose(w Want, kept Kept, zone *time.Location) (Plan, error) {
	if !w.From.Before(w.To) {
		return Plan{}, fmt.Errorf("%w: %s is not before %s", ErrRange, w.From.Format(time.RFC3339), w.To.Format(time.RFC3339))
	}
	length := w.To.Sub(w.From)
	finest := (length + MaxPoints - 1) / MaxPoints
	step := max(cmp.Or(w.Step, usual(length)), finest, oldest(w.From, kept).width())
	if length > longestFine {
		step = max(step, time.Hour)
	}
	p := Plan{Step: ladder(step), zone: zone}
	p.Source = sourceOf(p.Step)
	if p.Source == Hour && p.Step >= day && !wholeHours(w.From.In(zone)) {
		p.Source = Minute // an hour of the roll-up would lie across midnight
	}
	_, offset := w.From.In(zone).Zone()
	p.shift = (time.Duration(offset) * time.Second).Truncate(p.Source.width())
	p.From, p.To = p.Bucket(w.From), p.Bucket(w.To)
	if p.To.Before(w.To) {
		p.To = p.next(p.To)
	}
	return p, nil
}

// usual is the step of a range when nobody wants another.
func usual(length time.Duration) time.Duration {
	switch {
	case length <= 6*time.Hour:
		return time.Second
	case length <= MaxPoints*time.Minute:
		return time.Minute
	}
	return time.Hour
}

// oldest returns the finest source that still has what happened at a time.
func oldest(from time.Time, kept Kept) Source {
	switch {
	case !from.Before(kept.Raw):
		return Raw
	case !from.Before(kept.Minute):
		return Minute
	}
	return Hour
}

func sourceOf(step time.Duration) Source {
	switch {
	case step >= time.Hour:
		return Hour
	case step >= time.Minute:
		return Minute
	}
	return Raw
}

// ladder returns the least step that is not below the given one, and that people can read off a
// clock or a calendar: each divides a day, or is some days.
func ladder(step time.Duration) time.Duration {
	for _, rung := range []struct {
		unit  time.Duration
		steps []int
	}{
		{time.Second, []int{1, 2, 5, 10, 15, 30}},
		{time.Minute, []int{1, 2, 5, 10, 15, 30}},
		{time.Hour, []int{1, 2, 3, 4, 6, 12}},
	} {
		for _, n := range rung.steps {
			if width := time.Duration(n) * rung.unit; width >= step {
				return width
			}
		}
	}
	return (step + day - 1).Truncate(day)
}

func wholeHours(t time.Time) bool {
	_, offset := t.Zone()
	return offset%3600 == 0
}

// Bucket returns the beginning of the point that a time belongs to.
func (p *Plan) Bucket(t time.Time) time.Time {
	if p.Step >= day {
		year, month, date := t.In(p.zone).Date()
		days := int64(p.Step / day)
		number := time.Date(year, month, date, 0, 0, 0, 0, time.UTC).Unix() / 86400 // of the day in the calendar
		back := (number%days + days) % days
		return time.Date(year, month, date-int(back), 0, 0, 0, 0, p.zone)
	}
	since := t.Sub(time.Unix(0, 0)) + p.shift
	return t.Add(-((since%p.Step + p.Step) % p.Step)).In(p.zone)
}

// next returns the beginning of the point after the one that begins at t.
func (p *Plan) next(t time.Time) time.Time {
	if p.Step >= day {
		return t.AddDate(0, 0, int(p.Step/day))
	}
	return t.Add(p.Step)
}
