package live

import (
	"cmp"
	"slices"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/subsystem"
)

// IndicatorView is a figure of a subsystem as it is shown, under its code or, of a part of the whole,
// as code@scope. One that was never told, or of which there is nothing to compute, has no value.
// ReceivedAt is from when on its freshness counts. Trend is what was told last of the periods
// before, oldest first, at most twelve of them.
type IndicatorView struct {
	Value       *float64            `json:"value,omitempty"`
	Unit        string              `json:"unit"`
	Numerator   *float64            `json:"numerator,omitempty"`
	Denominator *float64            `json:"denominator,omitempty"`
	Period      string              `json:"period,omitempty"`
	PeriodType  subsystem.Period    `json:"period_type"`
	Revision    int                 `json:"revision"`
	Scope       string              `json:"scope,omitempty"`
	ObservedAt  time.Time           `json:"observed_at,omitzero"`
	ReceivedAt  time.Time           `json:"received_at,omitzero"`
	ValidUntil  time.Time           `json:"valid_until,omitzero"`
	Status      city.Status         `json:"status"`
	Reason      city.Reason         `json:"reason"`
	Target      *float64            `json:"target,omitempty"`
	Good        subsystem.Direction `json:"good,omitempty"`
	Computed    bool                `json:"computed"`
	Trend       []float64           `json:"trend,omitempty"`
}

// viewIndicators returns the figures of a subsystem by key, those of all parts taken together: what
// is declared, told or not, and every scope that was told.
func (b *Board) viewIndicators(id string) map[string]IndicatorView {
	var pl *plan
	views := make(map[string]IndicatorView)
	shown := make(map[string]*figure)
	for _, part := range b.parts {
		l := part.projection.ledgers[id]
		if l == nil {
			continue // declared at run time, and not in this part yet
		}
		if pl == nil {
			pl = l.plan
			for code, def := range pl.indicators {
				views[code] = def.view()
			}
		}
		for key, f := range l.figures {
			if best := shown[key]; best == nil || compareShown(f, best) > 0 {
				shown[key] = f
				views[key] = part.projection.viewFigure(f)
			}
		}
	}
	if pl != nil {
		for i := range pl.cases {
			b.viewCases(id, i, views)
		}
	}
	return views
}

// compareShown decides between parts as compareTold does, and where they say the same by who was
// told last.
func compareShown(a, b *figure) int {
	return cmp.Or(compareTold(&a.told, &b.told), cmp.Compare(a.received, b.received))
}

// view shows an indicator of which nothing is known.
func (def *indicatorDef) view() IndicatorView {
	return IndicatorView{
		Unit: def.unit, PeriodType: def.period, Target: def.target, Good: def.good, Computed: def.computed,
		Reason: city.ReasonNeverHeard,
	}
}

func (p *Projection) viewFigure(f *figure) IndicatorView {
	v := f.def.view()
	judged := f.judge(p.now)
	value := f.value
	v.Value, v.Numerator, v.Denominator = &value, f.numerator, f.denominator
	v.Period, v.Revision, v.Scope = f.period, f.revision, f.scope
	v.ObservedAt, v.ReceivedAt, v.ValidUntil = f.observed.in(p.zone), f.received.in(p.zone), f.validUntil().in(p.zone)
	v.Status, v.Reason = judged.status, judged.reason
	v.Trend = slices.Clone(f.trend)
	return v
}

// judgeIndicators adds the verdicts on a subsystem's figures to that on its devices. A figure that is
// not known is no verdict, and neither are devices that are not there.
func judgeIndicators(devices *tally, views map[string]IndicatorView) city.Status {
	worst := devices.worst()
	judged := devices.devices != [numStatuses]int{}
	for _, v := range views {
		switch {
		case v.Status == city.Unknown:
		case !judged:
			worst, judged = v.Status, true
		default:
			worst = worst.Worst(v.Status)
		}
	}
	return worst
}
