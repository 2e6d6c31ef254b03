package alarm

import (
	"cmp"

	"opscenter/internal/city"
)

// Cause is what is wrong, in one area, on the active list: many alarms, told together.
type Cause struct {
	Reason  city.Reason
	Area    string
	Devices int // that the active ones stand for
	Counts
	points map[*Point]struct{}
}

// Key returns what tells causes apart.
func (c *Cause) Key() string { return causeKey(c.Reason, c.Area) }

func causeKey(reason city.Reason, area string) string {
	return string(reason) + "." + cmp.Or(area, "-")
}

// Cause returns the cause of a key, or nil if there is none.
func (d *Desk) Cause(key string) *Cause { return d.causes[key] }

// Listed returns how many alarms there are; 0: the cause is gone.
func (c *Cause) Listed() int { return len(c.points) }

// Span returns when the oldest and when the newest of the alarms was raised.
func (c *Cause) Span() (oldest, newest Micros) {
	for p := range c.points {
		at := MicrosOf(p.Alarm.RaisedAt)
		oldest, newest = earliest(oldest, at), max(newest, at)
	}
	return oldest, newest
}

func compareCause(a, b *Cause) int {
	return cmp.Or(cmp.Compare(a.Reason, b.Reason), cmp.Compare(a.Area, b.Area))
}

// account brings the counts up to date with a point, and tells of it. was is the id of its alarm.
func (d *Desk) account(p *Point, was string) {
	by := d.recounted(p)
	d.config.Changed(p, was, by)
}

// recounted brings the counts up to date with a point, and returns by how much they changed.
func (d *Desk) recounted(p *Point) Counts {
	before, after := p.counted, p.contributes()
	p.counted = after
	by := after.Counts.minus(before.Counts)
	d.totals.Add(by)
	if before.listed {
		d.config.Regrouped(d.move(p, before, -1))
	}
	if after.listed {
		d.config.Regrouped(d.move(p, after, +1))
	}
	return by
}

// move counts a point's alarm in with its cause, or out.
func (d *Desk) move(p *Point, c contribution, sign int) *Cause {
	key := causeKey(c.reason, c.area)
	of := d.causes[key]
	if of == nil {
		of = &Cause{Reason: c.reason, Area: c.area, points: map[*Point]struct{}{}}
		d.causes[key] = of
	}
	of.Devices += sign * c.stands
	of.Active += sign * c.Active
	of.Unacknowledged += sign * c.Unacknowledged
	of.Critical += sign * c.Critical
	if sign > 0 {
		of.points[p] = struct{}{}
	} else {
		delete(of.points, p)
	}
	if len(of.points) == 0 {
		delete(d.causes, key)
	}
	return of
}
