package live

import (
	"strings"

	"opscenter/internal/city"
)

// maxFigures is how many figures of one subsystem are shown, its indicators times their scopes.
const maxFigures = 2000

// ledger is what a subsystem's indicators are made from: the figures that were told, and the cases
// that figures are computed from.
type ledger struct {
	plan    *plan
	sum     *tally // of the subsystem, which changes with its indicators
	figures map[string]*figure
	dockets []*docket // as declared
}

func newLedger(pl *plan, sum *tally) *ledger {
	l := &ledger{plan: pl, sum: sum, figures: map[string]*figure{}}
	for _, def := range pl.cases {
		l.dockets = append(l.dockets, newDocket(l, def))
	}
	return l
}

// tell takes in a figure of an indicator. Everything is handed on for history; shown is the newest
// figure of each indicator and scope that is declared to be told.
func (p *Projection) tell(o *city.Observation) {
	if p.effects != nil {
		p.effects.Indicator(o)
	}
	l := p.ledgers[o.Subsystem]
	if l == nil {
		return
	}
	def := l.plan.indicators[o.Indicator.Code]
	if def == nil || def.computed {
		return
	}
	t, ok := p.read(o, def)
	if !ok {
		return
	}
	key := figureKey(def.code, o.Indicator.Scope)
	f := l.figures[key]
	switch {
	case f == nil:
		p.makeRoom(l)
		f = &figure{ledger: l, def: def, scope: o.Indicator.Scope}
		f.timer.id, f.timer.owner = key, f
		l.figures[key] = f
		f.told = t
	case compareTold(&t, &f.told) < 0:
		return
	default:
		f.succeed(&t)
	}
	p.keepFresh(f)
	p.markLedger(l)
}

// keepFresh sees to it that a figure becomes stale in time.
func (p *Projection) keepFresh(f *figure) {
	if until := f.validUntil(); until > p.now {
		p.lapses.set(&f.timer, until)
	} else {
		p.lapses.remove(&f.timer)
	}
}

// figureKey is what a figure is called: the indicator's code, and the part of the whole that it
// speaks of.
func figureKey(code, scope string) string {
	if scope == "" {
		return code
	}
	return code + "@" + scope
}

// makeRoom drops the figure that was received longest ago if there are as many as may be.
func (p *Projection) makeRoom(l *ledger) {
	if len(l.figures) < maxFigures {
		return
	}
	var oldest *figure
	for _, f := range l.figures {
		if oldest == nil || f.received < oldest.received || (f.received == oldest.received && strings.Compare(f.timer.id, oldest.timer.id) < 0) {
			oldest = f
		}
	}
	p.lapses.remove(&oldest.timer)
	delete(l.figures, oldest.timer.id)
}

func (p *Projection) markLedger(l *ledger) { p.changes.mark(&p.changes.sums, l.sum) }

// lapse notes what has become stale or overdue by now: figures, cases, events.
func (p *Projection) lapse() {
	for p.lapses.next() <= p.now {
		f := p.lapses[0].owner
		p.lapses.remove(&f.timer)
		p.markLedger(f.ledger)
	}
	for p.dues.next() <= p.now {
		c := p.dues[0].owner
		p.dues.remove(&c.timer)
		c.setOverdue(true)
		p.markDocket(c.docket)
	}
	for p.deadlines.next() <= p.now {
		e := p.deadlines[0].owner
		p.deadlines.remove(&e.deadline)
		e.overdue = true
		p.markEvent(e)
	}
	for _, k := range p.dockets {
		if k.trim(p.now) {
			p.markDocket(k)
		}
	}
}
