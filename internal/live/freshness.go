package live

import (
	"opscenter/internal/city"
)

// hear takes in a message of a device, and reports whether that touched the live picture of it.
func (p *Projection) hear(d *device, o *city.Observation) bool {
	observed := microsOf(o.ObservedAt)
	if len(o.Readings)+len(o.States) == 0 {
		return p.hearBare(d, o, observed)
	}
	if o.Retained && o.Undated && !d.differs(o) {
		return false
	}
	if p.effects != nil && len(o.Readings) > 0 {
		p.effects.Reading(d.info, o)
	}
	index := d.kindIndex(o.Kind)
	k := &d.kinds[index]
	s := d.find(o, uint8(index)) //nolint:gosec // below maxKinds
	late := s.late(o, observed, p.now, cadenceOf(k.window))
	if d.plan.hourly != nil {
		p.measure(d, o, observed)
	}
	if w := d.plan.window(o.Kind); w != nil {
		p.report(d, s, w, o, observed, late)
	}
	if late {
		return false
	}
	s.received = p.now
	if !o.Undated {
		s.last = observed
	}
	evidence := d.evidence(o, observed, p.now, cadenceOf(k.window))
	if p.told(d, o, observed, evidence) {
		d.alive(evidence, observed)
		k.seen = max(k.seen, evidence)
	}
	d.hold(o, observed, uint8(index)) //nolint:gosec // below maxKinds
	return true
}

// hearBare takes in a message that measures nothing of the device, but proves that it lives: for as
// long as messages with figures of an indicator may be apart, or, after news of an event, as long
// as the device may be quiet. What another system announces of it proves nothing.
func (p *Projection) hearBare(d *device, o *city.Observation, observed micros) bool {
	seen, window := &d.bare, d.window
	switch {
	case o.Indicator != nil:
		k := &d.kinds[d.kindIndex(o.Kind)]
		seen, window = &k.seen, k.window
	case o.Announcement != nil && o.Event == nil:
		return false
	}
	evidence := d.evidence(o, observed, p.now, cadenceOf(window))
	if p.told(d, o, observed, evidence) {
		d.alive(evidence, observed)
		*seen = max(*seen, evidence)
	}
	return true
}

// told takes in what a message says of the device's availability, in words or by being sent at
// all, and reports whether it is the device that speaks, rather than its last will.
func (p *Projection) told(d *device, o *city.Observation, observed, evidence micros) bool {
	switch availability(o) {
	case city.Offline:
		d.told = city.Offline
		if o.Retained && !o.Undated && observed <= d.seen {
			return false // it has been heard of since
		}
		d.heard, d.offline, d.offlineAt = true, true, p.now
		return false
	case city.Online:
		d.told = city.Online
		d.offline = false
	default:
		if !o.Retained || evidence > d.offlineAt {
			d.offline = false
		}
	}
	return true
}

// alive notes a sign of life at a time by our clock, or of unknown age, and the device's own time.
func (d *device) alive(at, observed micros) {
	d.heard = true
	if at >= d.seen { // otherwise it is a replay of something older
		d.seen, d.observed = at, observed
	}
}

// expire lets the values of devices become stale, and their hours end, each at its own time, up to
// and including t.
func (p *Projection) expire(t micros) {
	for {
		stale, ending := p.expiries.next(), p.endings.next()
		turning, alarming := p.turns.next(), micros(p.alarms.desk.Next())
		switch next := min(stale, ending, turning, alarming); {
		case next > t:
			return
		case turning == next:
			p.turnNext()
		case stale == next:
			p.expireAt(stale)
		case ending == next:
			p.endHour()
		default:
			p.now = max(p.now, next)
			p.alarms.desk.Tick()
		}
	}
}

// expireAt does so for everything due at one moment: all are assessed before the first is
// published, so that a device and what it hangs on may fall silent together.
func (p *Projection) expireAt(t micros) {
	p.now = max(p.now, t)
	due := p.expiring[:0]
	for p.expiries.next() == t {
		d := p.expiries[0].owner
		next := d.deadline(t)
		if d.deadline(t-1) == t {
			due = append(due, d)
		}
		p.expiries.set(&d.timer, next)
	}
	for _, d := range due {
		p.assess(d, t)
	}
	for _, d := range due {
		p.publish(d, t, true)
		p.watch(d, t)
		p.mark(d)
		if len(d.plan.windows) > 0 {
			p.markLocation(d.location) // its sums may be stale with it
		}
	}
	clear(due)
	p.expiring = due[:0]
}
