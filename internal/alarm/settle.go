package alarm

import "opscenter/internal/city"

// by says who caused a transition, why, and with which action. The zero value is the center itself.
type by struct{ actor, why, action string }

// settle draws the conclusions of what a point is like at a time. It may be called at any time, and
// again and again.
func (d *Desk) settle(p *Point, now Micros) {
	p.debounce(now)
	d.expire(p, now)
	d.hide(p, now)
	d.present(p, now)
	d.hide(p, now) // it may have joined the alarm of its location, or left it
	d.escalate(p, now)
	d.finish(p, now)
}

// debounce believes in what the point is when that has lasted for as long as its rule asks.
func (p *Point) debounce(now Micros) {
	if p.Bad != p.On && now >= p.turnsAt() {
		p.On = p.Bad
	}
}

func (p *Point) turnsAt() Micros {
	if p.Bad {
		return p.Since + span(p.rule.OnDelay)
	}
	return p.Since + span(p.rule.OffDelay)
}

// expire ends what people decided for a time.
func (d *Desk) expire(p *Point, now Micros) {
	a := p.Alarm
	if a == nil {
		return
	}
	if until := MicrosOf(a.ShelvedUntil); until != 0 && until <= now {
		d.unshelve(p, now, by{why: "expired"})
	}
	if until := MicrosOf(a.AcknowledgedUntil); a.Acknowledged && p.active() && until != 0 && until <= now {
		p.unacknowledge()
		d.emit(p, now, city.AlarmAckExpired, by{})
	}
}

func (p *Point) unacknowledge() {
	a := p.Alarm
	a.Acknowledged, a.AcknowledgedBy = false, ""
	a.AcknowledgedAt, a.AcknowledgedUntil = Micros(0).Time(), Micros(0).Time()
	p.Escalate = 0
}

// hide takes the alarm off the active list, or back to it.
func (d *Desk) hide(p *Point, now Micros) {
	a := p.Alarm
	if a == nil {
		return
	}
	suppressed, service := p.suppressed(now), p.Service
	if suppressed == a.Suppressed && service == a.OutOfService {
		return
	}
	what := city.AlarmReturned
	switch {
	case service && !a.OutOfService:
		what = city.AlarmOutOfService
	case suppressed && !a.Suppressed:
		what = city.AlarmSuppressed
	case suppressed || service:
		what = city.AlarmChanged
	}
	a.Suppressed, a.OutOfService = suppressed, service
	d.emit(p, now, what, by{})
}

// present tells people what the point is, unless something keeps it from them.
func (d *Desk) present(p *Point, now Micros) {
	kept := p.suppressed(now) || p.Service || p.shelved()
	switch {
	case p.on() && p.active():
		d.follow(p, now)
	case p.on() && !kept && p.groupable():
		d.gather(p, now)
	case p.on() && !kept:
		d.raise(p, now)
	case !p.on() && p.active():
		d.over(p, now, by{})
	}
	if p.Held && !p.candidate(now) {
		p.Held = false
	}
	if p.Member && (p.Severed || p.Service || !p.Bad && !p.on()) {
		d.leave(p, now)
	}
}

// raise puts the alarm on the list, or makes one that is still there active again.
func (d *Desk) raise(p *Point, now Micros) {
	if p.Alarm == nil {
		p.Alarm = &city.Alarm{ID: idOf(p.Key, now), Key: p.Key, Location: p.Location, Device: p.Device, Subsystem: p.Subsystem}
		p.N, p.Raised = 0, now
		d.byID[p.Alarm.ID] = p
	}
	a := p.Alarm
	p.unacknowledge()
	a.State, a.Severity, a.Reason = city.AlarmActive, p.Severity, p.Reason
	a.RaisedAt, a.Since, a.ClearedAt = now.Time(), p.Since.Time(), Micros(0).Time()
	a.Flapping, a.Level = p.Flapping, 0
	a.Occurrences++
	p.Held = false
	d.describe(p)
	d.flood.count(now, d.config.Operators)
	d.emit(p, now, city.AlarmRaised, by{})
}

func (d *Desk) describe(p *Point) {
	text := d.config.Describe(p)
	a := p.Alarm
	a.Title, a.Advice, a.Area, a.Contractor = text.Title, text.Advice, text.Area, text.Contractor
	a.Children, a.Count = text.Children, 1+text.Children
	if p.Facet == facetPlace {
		a.Children, a.Count = p.Stands, p.Stands
	}
}

// follow lets an active alarm become as bad as its point has been for long enough.
func (d *Desk) follow(p *Point, now Micros) {
	a := p.Alarm
	if !p.Bad || now < p.Turned+span(p.rule.OnDelay) || a.Severity == p.Severity && a.Reason == p.Reason {
		return
	}
	what := city.AlarmChanged
	switch {
	case a.Severity != p.Severity && p.Severity == city.SeverityCritical:
		what = city.AlarmWorsened
		p.unacknowledge()
		a.Level = 0
	case a.Severity != p.Severity:
		what = city.AlarmEased
	}
	a.Severity, a.Reason = p.Severity, p.Reason
	d.describe(p)
	d.emit(p, now, what, by{})
}

// over says that what the alarm speaks of is over.
func (d *Desk) over(p *Point, now Micros, by by) {
	a := p.Alarm
	a.State, a.ClearedAt, a.Flapping = city.AlarmCleared, now.Time(), false
	d.emit(p, now, city.AlarmOver, by)
}

// mostLevels is how often an alarm is escalated.
const mostLevels = 3

// escalate calls for somebody else when nobody acknowledged in time.
func (d *Desk) escalate(p *Point, now Micros) {
	a := p.Alarm
	if a == nil || !p.active() || a.Acknowledged || a.Hidden() || p.rule.Escalate <= 0 || a.Level >= mostLevels {
		p.Escalate = 0
		return
	}
	if p.Escalate == 0 {
		p.Escalate = now + span(p.rule.Escalate)
	}
	if now >= p.Escalate {
		a.Level++
		p.Escalate = 0
		if a.Level < mostLevels {
			p.Escalate = now + span(p.rule.Escalate)
		}
		d.emit(p, now, city.AlarmEscalated, by{})
	}
}

// finish takes an alarm off the list that is over and acknowledged, sets the timer, and lets go of a
// point of which nothing needs to be remembered.
func (d *Desk) finish(p *Point, now Micros) {
	if a := p.Alarm; a != nil && !p.active() && a.Acknowledged && !p.shelved() {
		d.close(p, now, by{})
	}
	d.timers.set(&p.timer, p.next(now))
	if p.idle(now) {
		d.release(p)
	}
}

// next returns when the point must be looked at again.
func (p *Point) next(now Micros) Micros {
	var next Micros
	if p.Bad != p.On {
		next = p.turnsAt()
	}
	if p.Grace > now {
		next = earliest(next, p.Grace)
	}
	a := p.Alarm
	if a == nil {
		return next
	}
	next = earliest(next, MicrosOf(a.ShelvedUntil))
	if p.active() {
		next = earliest(next, MicrosOf(a.AcknowledgedUntil))
		next = earliest(next, p.Escalate)
	}
	if turn := p.Turned + span(p.rule.OnDelay); p.active() && p.Bad && turn > now {
		next = earliest(next, turn)
	}
	return next
}

func (d *Desk) release(p *Point) {
	p.gone = true
	delete(d.points, p.Key)
	if p.groupable() {
		d.place(p.Location).remove(p)
		d.vacate(p.Location)
	}
}

func (d *Desk) close(p *Point, now Micros, by by) {
	d.emit(p, now, city.AlarmClosed, by)
	id := p.Alarm.ID
	delete(d.byID, id)
	p.Alarm, p.N, p.Escalate, p.Raised = nil, 0, 0, 0
	d.account(p, id)
}

// emit tells of a transition that was made.
func (d *Desk) emit(p *Point, now Micros, what city.Transition, by by) {
	p.N++
	d.config.Tell(city.AlarmChange{
		Alarm: *p.Alarm, N: p.N, At: now.Time(), What: what, Actor: by.actor, Reason: by.why, Action: by.action,
	})
	d.account(p, p.Alarm.ID)
}
