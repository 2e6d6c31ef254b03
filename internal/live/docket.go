package live

import (
	"slices"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/subsystem"
)

const (
	maxCases    = 50_000 // open at once in one docket; more are not followed
	maxClosings = 1_000  // remembered of one docket
	closingDays = 30 * 24 * time.Hour
)

// docket follows the cases of one kind of event, from which figures are computed. It does so beside
// the events that are shown: those are few and soon forgotten, and a case may be open for months.
type docket struct {
	ledger   *ledger
	def      *subsystem.Cases
	open     map[string]*openCase
	overdue  int
	opened   int       // on the civic day that now is in
	closed   int       // likewise
	closings []closing // of the last thirty days, oldest first
	changed  micros
}

// openCase is a case that somebody works on. Its timer is when it becomes overdue.
type openCase struct {
	timer[*openCase]
	docket   *docket
	location string
	started  micros
	updated  micros
	due      micros
	overdue  bool
}

// closing is the end of a case.
type closing struct {
	id   string
	at   micros
	took micros // from its opening, or untold
}

// untold is what a case took whose opening was never told.
const untold micros = -1

func newDocket(l *ledger, def *subsystem.Cases) *docket {
	return &docket{ledger: l, def: def, open: map[string]*openCase{}}
}

// docket returns what follows the events of a kind, or nil if they are no cases.
func (l *ledger) docket(kind string) *docket {
	for _, k := range l.dockets {
		if k.def.Kind == kind {
			return k
		}
	}
	return nil
}

func (p *Projection) markDocket(k *docket) {
	k.changed = p.now
	p.markLedger(k.ledger)
}

// file takes in news of an event where it is a case. Times are the sender's, but never later than
// now.
func (p *Projection) file(o *city.Observation, at *location) {
	l := p.ledgers[o.Subsystem]
	if l == nil {
		return
	}
	k := l.docket(o.Kind)
	if k == nil {
		return
	}
	when := min(microsOf(o.ObservedAt), p.now)
	c := k.open[o.Event.ID]
	switch o.Event.Phase {
	case city.Started, city.Updated:
		if c == nil {
			p.openCase(k, o, at, when)
		} else if when >= c.updated {
			c.updated, c.location = when, at.info.ID
			if due := microsOf(o.Event.DueAt); due != 0 && due != c.due {
				p.putOff(c, due)
			}
		}
	case city.Ended:
		p.closeCase(k, c, o.Event.ID, when)
	case city.Instant: // nobody works on what has no duration
	}
}

// openCase begins to follow a case. One that was closed is opened again only by being started
// after that; anything else is late news of it.
func (p *Projection) openCase(k *docket, o *city.Observation, at *location, when micros) {
	if was := k.closing(o.Event.ID); was != nil && (o.Event.Phase != city.Started || when <= was.at) {
		return
	}
	if len(k.open) == maxCases {
		return
	}
	c := &openCase{docket: k, location: at.info.ID, started: when, updated: when}
	c.timer.id, c.timer.owner = o.Event.ID, c
	k.open[c.timer.id] = c
	if p.day.holds(when) {
		k.opened++
	}
	due := microsOf(o.Event.DueAt)
	if due == 0 {
		due = k.dueAfter(when)
	}
	p.putOff(c, due)
}

// dueAfter returns when a case is due that does not say so.
func (k *docket) dueAfter(started micros) micros { return started.plus(span(k.def.DueAfter)) }

// putOff makes a case due at a time, which may be another than before.
func (p *Projection) putOff(c *openCase, due micros) {
	p.dues.remove(&c.timer)
	c.due = due
	c.setOverdue(due <= p.now)
	if !c.overdue {
		p.dues.set(&c.timer, due)
	}
	p.markDocket(c.docket)
}

func (c *openCase) setOverdue(overdue bool) {
	switch {
	case overdue && !c.overdue:
		c.docket.overdue++
	case !overdue && c.overdue:
		c.docket.overdue--
	}
	c.overdue = overdue
}

// closeCase notes the end of a case, c, or of one whose opening was never told.
func (p *Projection) closeCase(k *docket, c *openCase, id string, when micros) {
	took := untold
	switch {
	case c == nil && k.closing(id) != nil:
		return // again
	case c != nil && when < c.updated:
		return // it was worked on since
	case c != nil:
		took = when - c.started
		p.drop(c)
	}
	k.addClosing(closing{id, when, took})
	if p.day.holds(when) {
		k.closed++
	}
	p.markDocket(k)
}

// drop stops following a case.
func (p *Projection) drop(c *openCase) {
	c.setOverdue(false)
	p.dues.remove(&c.timer)
	delete(c.docket.open, c.timer.id)
}

// dropCasesAt stops following the cases of a location that is registered no longer, since nobody
// can tell of their end.
func (p *Projection) dropCasesAt(location string) {
	for _, k := range p.dockets {
		for _, c := range k.open {
			if c.location == location {
				p.drop(c)
				p.markDocket(k)
			}
		}
	}
}

// closing returns how a case ended last, or nil if that is not remembered.
func (k *docket) closing(id string) *closing {
	for i := len(k.closings) - 1; i >= 0; i-- {
		if k.closings[i].id == id {
			return &k.closings[i]
		}
	}
	return nil
}

func (k *docket) addClosing(c closing) {
	at, _ := slices.BinarySearchFunc(k.closings, c.at, func(held closing, at micros) int {
		if held.at > at {
			return 1
		}
		return -1
	})
	k.closings = slices.Insert(k.closings, at, c)
	if len(k.closings) > maxClosings {
		k.closings = slices.Delete(k.closings, 0, 1)
	}
}

// trim forgets closings that are too long ago, and reports whether there were any.
func (k *docket) trim(now micros) bool {
	n := 0
	for n < len(k.closings) && k.closings[n].at <= now-span(closingDays) {
		n++
	}
	if n > 0 {
		k.closings = slices.Delete(k.closings, 0, n)
	}
	return n > 0
}

// turnOverCases begins a civic day.
func (p *Projection) turnOverCases() {
	for _, k := range p.dockets {
		k.opened, k.closed = 0, 0
		p.markDocket(k)
	}
}
