package alarm

import (
	"maps"
	"slices"
	"time"

	"opscenter/internal/city"
)

// Desk is all points and alarms of one partition.
type Desk struct {
	config Config
	points map[string]*Point // by key
	byID   map[string]*Point // those whose alarm is on the list, by its id
	places map[string]*place // by location
	causes map[string]*Cause // by key
	timers timers
	flood  flood
	totals Counts
	blind  Micros // until then nothing could be heard: silence up to it says nothing
}

// New returns a Desk with nothing on it. Zero settings are replaced by the field's usual ones: a hold
// of 10 s, 30 s to settle, two devices for an alarm of a location, one operator.
func New(c Config) *Desk {
	if c.Hold == 0 {
		c.Hold = 10 * time.Second
	}
	if c.Settle == 0 {
		c.Settle = 30 * time.Second
	}
	c.Least = max(c.Least, 2)
	c.Operators = max(c.Operators, 1)
	if c.Doubt == nil {
		c.Doubt = func(*Point) Micros { return 0 }
	}
	if c.Tell == nil {
		c.Tell = func(city.AlarmChange) {}
	}
	if c.Changed == nil {
		c.Changed = func(*Point, string, Counts) {}
	}
	if c.Regrouped == nil {
		c.Regrouped = func(*Cause) {}
	}
	d := &Desk{config: c}
	d.clear()
	return d
}

func (d *Desk) clear() {
	d.points, d.byID = map[string]*Point{}, map[string]*Point{}
	d.places, d.causes = map[string]*place{}, map[string]*Cause{}
	d.timers, d.flood, d.totals, d.blind = nil, flood{}, Counts{}, 0
}

// Point returns the point of a key, or nil.
func (d *Desk) Point(key string) *Point { return d.points[key] }

// Find returns the point whose alarm has an id, or nil if no such alarm is on the list.
func (d *Desk) Find(id string) *Point { return d.byID[id] }

// Each visits every point whose alarm is on the list, in no order.
func (d *Desk) Each(visit func(*Point)) {
	for _, p := range d.byID {
		visit(p)
	}
}

// Watch returns the point of a source, which it makes if there is none: then severed and service say
// what keeps it from people.
func (d *Desk) Watch(s Source, now Micros, severed, service bool) *Point {
	if p := d.points[s.Key]; p != nil {
		return p
	}
	p := &Point{Source: s, Since: now, Severed: severed, Service: service}
	d.add(p)
	return p
}

func (d *Desk) add(p *Point) {
	p.timer.key, p.timer.point = p.Key, p
	d.points[p.Key] = p
	if p.groupable() {
		pl := d.place(p.Location)
		i, _ := slices.BinarySearchFunc(pl.points, p, byKey)
		pl.points = slices.Insert(pl.points, i, p)
	}
}

// Evaluate takes in what a point's condition was found to be.
func (d *Desk) Evaluate(p *Point, now Micros, c Condition) {
	if c.Bad {
		p.rule = d.config.Rules.For(&p.Source, &c)
		if p.rule.Severity != "" {
			c.Severity = p.rule.Severity
		}
		if p.rule.Off {
			c = Condition{}
		}
	}
	if turned := p.flap(c.Bad != p.Bad); turned && p.active() {
		p.Alarm.Flapping = p.Flapping
		d.emit(p, now, flapped(p.Flapping), by{})
	}
	if c.Bad != p.Bad {
		p.Bad, p.Since = c.Bad, now
	}
	if c.Bad && !p.active() && now <= d.blind && silence(c.Reason) {
		p.Grace = d.blind + d.settling(p.Cadence)
	}
	if c.Bad && (p.Severity != c.Severity || p.Reason != c.Reason) {
		p.Severity, p.Reason, p.Turned = c.Severity, c.Reason, now
	}
	d.settle(p, now)
}

func flapped(flapping bool) city.Transition {
	if flapping {
		return city.AlarmFlapping
	}
	return city.AlarmSettled
}

// Sever says whether what a point hangs on is down.
func (d *Desk) Sever(p *Point, now Micros, severed bool) {
	if p.Severed == severed {
		return
	}
	p.Severed = severed
	d.released(p, now, severed)
}

// Service says whether there is maintenance.
func (d *Desk) Service(p *Point, now Micros, service bool) {
	if p.Service == service {
		return
	}
	p.Service = service
	d.released(p, now, service)
}

// released gives a point that was kept from people the time to come back.
func (d *Desk) released(p *Point, now Micros, kept bool) {
	p.Grace = 0
	if !kept && (p.Bad || p.on()) {
		p.Grace = now + d.settling(p.Cadence)
	}
	d.settle(p, now)
}

// settling is how long something is given to come back: a message and a half, within reason.
func (d *Desk) settling(cadence Micros) Micros {
	return max(span(d.config.Settle), min(cadence*3/2, 300*second))
}

// silence reports whether a reason says only that nothing was heard.
func silence(reason city.Reason) bool {
	return reason == city.ReasonSilent || reason == city.ReasonDataGaps
}

// Blind says that nothing could be heard up to a time, which is now or later. Who has fallen silent
// meanwhile, and whom people were not told of, is given to come back.
func (d *Desk) Blind(until Micros) {
	d.blind = until
	for _, p := range d.points {
		if p.Bad && silence(p.Reason) && !p.active() {
			p.Grace = max(p.Grace, until+d.settling(p.Cadence))
			d.timers.set(&p.timer, p.next(until))
		}
	}
}

// Drop lets go of a point whose source is no longer there, at a time: its alarm is over, for good.
func (d *Desk) Drop(p *Point, now Micros) {
	retired := by{why: string(city.ReasonRetired)}
	p.Bad, p.On, p.Flaps, p.Flapping, p.Grace = false, false, 0, false, 0
	if p.active() {
		d.over(p, now, retired)
	}
	if p.Alarm != nil {
		d.close(p, now, retired)
	}
	d.settle(p, now)
}

// Next returns when something falls due, or the end of time.
func (d *Desk) Next() Micros {
	if len(d.timers) == 0 {
		return forever
	}
	return d.timers[0].due
}

// Tick does what falls due next, at its own time, which must be no later than now.
func (d *Desk) Tick() {
	t := d.timers[0]
	now := t.due
	if t.place != nil {
		d.decide(t.place, now)
		return
	}
	d.settle(t.point, now)
	if t.slot > 0 && t.due <= now { // unreachable: what is due is done
		d.timers.set(t, 0)
	}
}

// Advance moves the time of the flood on, and reports whether that changed anything.
func (d *Desk) Advance(now Micros) (changed bool) { return d.flood.advance(now, d.config.Operators) }

// Flood returns since when there is a flood, 0 if there is none, and how many alarms were new in the
// last ten minutes.
func (d *Desk) Flood() (since Micros, recent int) { return d.flood.Since, d.flood.Sum }

// Totals counts the active list.
func (d *Desk) Totals() Counts { return d.totals }

// Causes returns what is wrong where, by reason and area, sorted.
func (d *Desk) Causes() []*Cause {
	return slices.SortedFunc(maps.Values(d.causes), compareCause)
}
