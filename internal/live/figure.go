package live

import (
	"cmp"
	"math"
	"slices"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/subsystem"
)

const (
	// maxTrend is how many earlier periods' figures are kept beside the one that is shown.
	maxTrend = 12

	// ahead is how long before it begins a period is believed: a sender's clock or zone may be off
	// by some hours. A figure of a later period would hide all that come before it does.
	ahead = 24 * time.Hour
)

// indicatorDef is a Spec's indicator made ready for projecting.
type indicatorDef struct {
	code     string
	unit     string
	period   subsystem.Period
	good     subsystem.Direction
	target   *float64
	bounds   metric // whose thresholds judge it
	validity micros // how long a figure is fresh after it was received; forever if nothing is said
	computed bool
}

func newIndicatorDef(s *subsystem.Spec, i *subsystem.Indicator) *indicatorDef {
	d := &indicatorDef{
		code: i.Code, unit: i.Unit, period: i.Period, good: i.Good, target: i.Target, computed: i.Computed, validity: forever,
		bounds: metric{
			name: i.Code, facet: noFacet, reason: i.Reason, below: i.Good == subsystem.Above,
			warning: orNaN(i.Warning), critical: orNaN(i.Critical),
		},
	}
	if v := cmp.Or(i.ValidFor, silence*cmp.Or(i.Cadence, s.Cadence)); v > 0 {
		d.validity = span(v)
	}
	return d
}

// figure is the newest that was told of one indicator and scope. Its timer, called by its key, is
// when it becomes stale.
type figure struct {
	timer[*figure]
	ledger *ledger
	def    *indicatorDef
	scope  string
	told
	trend []float64 // what was told last of the periods before, oldest first
}

// told is one figure as it was told.
type told struct {
	period      string
	from        micros // when the period begins
	revision    int
	value       float64
	numerator   *float64
	denominator *float64
	observed    micros // never later than now: a clock that is ahead makes nothing newer
	received    micros // of a replay, when it was observed
}

// compareTold orders figures of one indicator and scope: the newest period counts, of one period the
// highest revision, of one revision the one observed last.
func compareTold(a, b *told) int {
	return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.revision, b.revision), cmp.Compare(a.observed, b.observed))
}

// read returns what an observation tells of an indicator, and whether it can be shown: numbers that
// are none, a period of another kind and one that is far from having begun cannot.
func (p *Projection) read(o *city.Observation, def *indicatorDef) (told, bool) {
	said := o.Indicator
	for _, v := range []*float64{&said.Value, said.Numerator, said.Denominator} {
		if v != nil && (math.IsNaN(*v) || math.IsInf(*v, 0)) {
			return told{}, false
		}
	}
	from, ok := def.begins(said.Period, p.zone)
	if !ok || from > p.now+span(ahead) {
		return told{}, false
	}
	t := told{
		period: said.Period, from: from, revision: said.Revision, value: said.Value,
		numerator: said.Numerator, denominator: said.Denominator,
		observed: min(microsOf(o.ObservedAt), p.now), received: p.now,
	}
	if o.Retained && !o.Undated {
		t.received = t.observed
	}
	return t, true
}

// begins returns when a period begins, and whether it is one that the indicator is told for.
func (def *indicatorDef) begins(period string, zone *time.Location) (micros, bool) {
	kind, from, _, err := subsystem.ParsePeriod(period, zone)
	return microsOf(from), err == nil && kind == def.period
}

// succeed replaces what was told before. What is said again of the same revision is received when it
// was received last; a replay takes nothing of that back.
func (f *figure) succeed(t *told) {
	switch {
	case t.from > f.from:
		if len(f.trend) == maxTrend {
			f.trend = slices.Delete(f.trend, 0, 1)
		}
		f.trend = append(f.trend, f.value)
	case t.revision == f.revision:
		t.received = max(t.received, f.received)
	}
	f.told = *t
}

func (f *figure) validUntil() micros { return f.received.plus(f.def.validity) }

// judge says how well the indicator is as of now.
func (f *figure) judge(now micros) verdict {
	if f.validUntil() <= now {
		return verdict{city.Stale, city.ReasonSilent}
	}
	return f.def.judge(f.value)
}

func (def *indicatorDef) judge(value float64) verdict {
	status, reason := def.bounds.judge(nil, value, city.Unknown)
	return verdict{status, reason}
}
