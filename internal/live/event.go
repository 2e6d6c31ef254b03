package live

import (
	"slices"
	"sync/atomic"
	"time"

	"opscenter/internal/city"
)

const (
	maxEvents = 200       // shown of one location
	recent    = time.Hour // how long an event that is over is shown
	eventRing = 64        // messages remembered per location, to know a repetition
)

// eventID names an event: the sender's id is unique within a subsystem and kind only.
type eventID struct{ subsystem, kind, id string }

// event is something that goes on, or that happened not long ago.
type event struct {
	eventID
	key       string // event/<id>
	location  *location
	kind      string // type, in the subsystem's words
	phase     city.Phase
	severity  string
	title     string
	text      string
	plate     string // masked
	speed     *float64
	limit     *float64
	evidence  string
	lat, lon  *float64
	started   micros
	updated   micros
	ended     micros
	forgotten micros  // when it is no longer shown; forever while it goes on
	dueAt     micros  // as its sender said
	docket    *docket // that it is a case of; nil: it is none
	overdue   bool
	deadline  timer[*event] // when it becomes overdue

	dirty bool
	json  atomic.Pointer[[]byte]
}

// due returns when the event should be over, or 0 if nobody says so.
func (e *event) due() micros {
	if e.dueAt == 0 && e.docket != nil {
		return e.docket.dueAfter(e.started)
	}
	return e.dueAt
}

func (e *event) open() bool { return e.phase == city.Started || e.phase == city.Updated }

// events are those that are shown, by what their senders call them and by key.
type events struct {
	known map[eventID]*event
	keys  map[string]*event
	over  []over // in the order in which they are to be forgotten
}

// over says that an event is to be forgotten, unless it was put off since.
type over struct {
	event *event
	at    micros
}

func newEvents() events {
	return events{known: map[eventID]*event{}, keys: map[string]*event{}}
}

// happen takes in what was said of an event. It reports false for a repetition, which changes
// nothing.
func (p *Projection) happen(o *city.Observation, at *location) bool {
	if at.repeated(o) {
		return false
	}
	id := eventID{o.Subsystem, o.Kind, o.Event.ID}
	e := p.events.known[id]
	if e != nil && e.repeated(o) {
		return false
	}
	if p.effects != nil {
		p.effects.Event(o)
	}
	p.file(o, at)
	if e == nil {
		p.first(id, o, at)
		return true
	}
	if o.Undated || microsOf(o.ObservedAt) >= e.updated {
		p.update(e, o, at)
	}
	return true
}

// first takes in an event that is not shown. What a replay says is long over was shown and counted
// when it happened.
func (p *Projection) first(id eventID, o *city.Observation, at *location) {
	e := p.newEvent(id, o, at)
	if o.Retained && !o.Undated && !e.open() && e.updated <= p.now-span(recent) {
		return
	}
	if o.Kind == kindViolation {
		p.violate(o, at)
	}
	p.remember(e)
}

// repeated reports whether the event was told this already: a thing starts and ends once.
func (e *event) repeated(o *city.Observation) bool {
	if o.Undated {
		switch o.Event.Phase {
		case city.Updated:
			return false // as often as it likes
		case city.Started:
			return e.open()
		case city.Ended, city.Instant:
		}
	}
	return o.Event.Phase == e.phase && (o.Undated || microsOf(o.ObservedAt) == e.updated)
}

// repeated is like the same of device, for messages about events at a location.
func (l *location) repeated(o *city.Observation) bool {
	f := fingerprint(o)
	if f == 0 {
		return false
	}
	if slices.Contains(l.digests, f) {
		return true
	}
	if len(l.digests) < eventRing {
		l.digests = append(l.digests, f)
		return false
	}
	l.digests[l.oldest] = f
	l.oldest = (l.oldest + 1) % eventRing
	return false
}

func (p *Projection) newEvent(id eventID, o *city.Observation, at *location) *event {
	e := &event{eventID: id, location: at, started: microsOf(o.ObservedAt), forgotten: forever}
	e.key = "event/" + id.id
	if p.events.keys[e.key] != nil { // another sender's
		e.key = "event/" + id.subsystem + "." + id.kind + "." + id.id
	}
	p.prepare(e)
	e.say(o, p.now)
	return e
}

// prepare sets what follows from an event's name.
func (p *Projection) prepare(e *event) {
	e.deadline.id, e.deadline.owner = e.key, e
	if l := p.ledgers[e.subsystem]; l != nil {
		e.docket = l.docket(e.eventID.kind)
	}
}

// await sees to it that the event becomes overdue, if it goes on for that long.
func (p *Projection) await(e *event) {
	due := e.due()
	waits := e.open() && due != 0
	e.overdue = waits && due <= p.now
	if waits && !e.overdue {
		p.deadlines.set(&e.deadline, due)
	} else {
		p.deadlines.remove(&e.deadline)
	}
}

// remember shows an event that is new, in the place of the least important if there are too many.
func (p *Projection) remember(e *event) {
	at := e.location
	if len(at.events) >= maxEvents {
		p.forget(at.dispensable())
	}
	p.events.known[e.eventID], p.events.keys[e.key] = e, e
	at.events = append(at.events, e)
	p.events.schedule(e)
	p.await(e)
	if e.open() {
		p.incidents(e, at, 1)
	}
	p.watchEvent(e)
	p.markEvent(e)
}

// update takes in news of an event that is shown.
func (p *Projection) update(e *event, o *city.Observation, at *location) {
	if e.open() {
		p.incidents(e, e.location, -1)
	}
	if e.location != at {
		p.moveEvent(e, at)
	}
	e.say(o, p.now)
	if e.open() {
		p.incidents(e, e.location, 1)
	}
	p.events.schedule(e)
	p.await(e)
	p.watchEvent(e)
	p.markEvent(e)
}

func (p *Projection) moveEvent(e *event, to *location) {
	p.changes.move(e.key, e.location.info.ID)
	e.location.events = slices.DeleteFunc(e.location.events, func(other *event) bool { return other == e })
	e.location = to
	if len(to.events) >= maxEvents {
		p.forget(to.dispensable())
	}
	to.events = append(to.events, e)
}

// say takes over what a message says of the event. What is over stays so, unless it starts again.
func (e *event) say(o *city.Observation, now micros) {
	said := o.Event
	e.kind = said.Type
	e.updated = max(e.updated, microsOf(o.ObservedAt))
	keep(&e.severity, said.Severity)
	keep(&e.title, said.Title)
	keep(&e.text, said.Description)
	keep(&e.plate, said.Plate.Masked)
	keep(&e.evidence, said.EvidenceURL)
	keepNumber(&e.speed, said.SpeedKmh)
	keepNumber(&e.limit, said.LimitKmh)
	keepNumber(&e.lat, said.Lat)
	keepNumber(&e.lon, said.Lon)
	if due := microsOf(said.DueAt); due != 0 {
		e.dueAt = due
	}
	if e.phase == city.Ended && said.Phase == city.Updated {
		return
	}
	if e.phase == city.Ended && said.Phase == city.Started {
		e.started, e.dueAt = microsOf(o.ObservedAt), microsOf(said.DueAt)
	}
	e.phase = said.Phase
	e.ended, e.forgotten = 0, forever
	if !e.open() {
		e.ended, e.forgotten = microsOf(o.ObservedAt), now+span(recent)
	}
}

func keep(field *string, said string) {
	if said != "" {
		*field = said
	}
}

func keepNumber(field **float64, said *float64) {
	if said != nil {
		*field = said
	}
}

// incidents counts an event that goes on, or no longer does.
func (p *Projection) incidents(e *event, at *location, n int) {
	p.tallies(at, p.sums[e.subsystem], func(t *tally) { t.incidents += n })
}

// dispensable returns the event that is missed least: the oldest that is over, or else the oldest.
func (l *location) dispensable() *event {
	for _, e := range l.events {
		if !e.open() {
			return e
		}
	}
	return l.events[0]
}

// schedule notes when an event that is over is to be forgotten. Time never runs backwards, so the
// list stays in order.
func (ev *events) schedule(e *event) {
	if e.forgotten != forever {
		ev.over = append(ev.over, over{e, e.forgotten})
	}
	if len(ev.over) > 2*len(ev.known)+eventRing {
		ev.over = slices.DeleteFunc(ev.over, func(o over) bool { return !ev.due(o) })
	}
}

// due reports whether an event is still to be forgotten when that was noted.
func (ev *events) due(o over) bool {
	return o.event.forgotten == o.at && ev.known[o.event.eventID] == o.event
}

// forgetEvents stops showing what has been over for long enough.
func (p *Projection) forgetEvents() {
	n := 0
	for n < len(p.events.over) && p.events.over[n].at <= p.now {
		if o := p.events.over[n]; p.events.due(o) {
			p.forget(o.event)
		}
		n++
	}
	if n > 0 {
		p.events.over = slices.Delete(p.events.over, 0, n)
	}
}

// forget stops showing an event.
func (p *Projection) forget(e *event) {
	if e.open() {
		p.incidents(e, e.location, -1)
	}
	p.deadlines.remove(&e.deadline)
	p.abandonEvent(e)
	delete(p.events.known, e.eventID)
	delete(p.events.keys, e.key)
	e.location.events = slices.DeleteFunc(e.location.events, func(other *event) bool { return other == e })
	p.changes.gone(e.key, e.location.info.ID)
}
