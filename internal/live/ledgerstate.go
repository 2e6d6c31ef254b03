package live

import (
	"slices"
	"strings"
)

// savedLedger is what is kept of one subsystem's indicators and cases.
type savedLedger struct {
	Subsystem string        `json:"sub"`
	Figures   []savedFigure `json:"figures,omitempty"`
	Dockets   []savedDocket `json:"dockets,omitempty"`
}

type savedFigure struct {
	Code        string    `json:"c"`
	Scope       string    `json:"s,omitempty"`
	Period      string    `json:"p"`
	Revision    int       `json:"rev,omitempty"`
	Value       float64   `json:"v"`
	Numerator   *float64  `json:"n,omitempty"`
	Denominator *float64  `json:"d,omitempty"`
	Observed    micros    `json:"o"`
	Received    micros    `json:"r"`
	Trend       []float64 `json:"t,omitempty"`
}

type savedDocket struct {
	Kind     string         `json:"kind"`
	Opened   int            `json:"opened,omitempty"`
	Closed   int            `json:"closed,omitempty"`
	Changed  micros         `json:"changed"`
	Open     []savedCase    `json:"open,omitempty"`
	Closings []savedClosing `json:"closings,omitempty"`
}

type savedCase struct {
	ID       string `json:"id"`
	Location string `json:"loc"`
	Started  micros `json:"s"`
	Updated  micros `json:"u"`
	Due      micros `json:"due"`
}

type savedClosing struct {
	ID   string `json:"id"`
	At   micros `json:"at"`
	Took micros `json:"took"`
}

func (p *Projection) saveLedgers() []savedLedger {
	var saved []savedLedger
	for _, id := range p.order {
		l := p.ledgers[id]
		s := savedLedger{Subsystem: id}
		for _, f := range l.figures {
			s.Figures = append(s.Figures, savedFigure{
				f.def.code, f.scope, f.period, f.revision, f.value, f.numerator, f.denominator, f.observed, f.received, f.trend,
			})
		}
		slices.SortFunc(s.Figures, func(a, b savedFigure) int {
			return strings.Compare(figureKey(a.Code, a.Scope), figureKey(b.Code, b.Scope))
		})
		for _, k := range l.dockets {
			s.Dockets = append(s.Dockets, k.save())
		}
		if len(s.Figures)+len(s.Dockets) > 0 {
			saved = append(saved, s)
		}
	}
	return saved
}

func (k *docket) save() savedDocket {
	s := savedDocket{Kind: k.def.Kind, Opened: k.opened, Closed: k.closed, Changed: k.changed}
	for id, c := range k.open {
		s.Open = append(s.Open, savedCase{id, c.location, c.started, c.updated, c.due})
	}
	slices.SortFunc(s.Open, func(a, b savedCase) int { return strings.Compare(a.ID, b.ID) })
	for _, c := range k.closings {
		s.Closings = append(s.Closings, savedClosing{c.id, c.at, c.took})
	}
	return s
}

// restoreLedgers brings back figures and cases, as far as they are declared today.
func (p *Projection) restoreLedgers(saved []savedLedger) {
	for i := range saved {
		l := p.ledgers[saved[i].Subsystem]
		if l == nil {
			continue
		}
		for j := range saved[i].Figures {
			p.restoreFigure(l, &saved[i].Figures[j])
		}
		for j := range saved[i].Dockets {
			if k := l.docket(saved[i].Dockets[j].Kind); k != nil {
				p.restoreDocket(k, &saved[i].Dockets[j])
			}
		}
	}
}

func (p *Projection) restoreFigure(l *ledger, s *savedFigure) {
	def := l.plan.indicators[s.Code]
	if def == nil || def.computed {
		return
	}
	from, ok := def.begins(s.Period, p.zone)
	if !ok {
		return
	}
	f := &figure{ledger: l, def: def, scope: s.Scope, trend: s.Trend, told: told{
		period: s.Period, from: from, revision: s.Revision, value: s.Value,
		numerator: s.Numerator, denominator: s.Denominator, observed: s.Observed, received: s.Received,
	}}
	f.timer.id, f.timer.owner = figureKey(s.Code, s.Scope), f
	l.figures[f.timer.id] = f
	p.keepFresh(f)
}

func (p *Projection) restoreDocket(k *docket, s *savedDocket) {
	for _, saved := range s.Open {
		if p.locations[saved.Location] == nil {
			continue
		}
		c := &openCase{docket: k, location: saved.Location, started: saved.Started, updated: saved.Updated}
		c.timer.id, c.timer.owner = saved.ID, c
		k.open[saved.ID] = c
		p.putOff(c, saved.Due)
	}
	for _, c := range s.Closings {
		k.closings = append(k.closings, closing{c.ID, c.At, c.Took})
	}
	k.opened, k.closed, k.changed = s.Opened, s.Closed, s.Changed
}
