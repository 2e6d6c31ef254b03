package live

import (
	"math"

	"opscenter/internal/city"
	"opscenter/internal/subsystem"
)

// total is one aggregate of a location over one window, while it is being summed.
type total struct {
	sum    float64 // of rates, or of weighted values
	weight float64
	some   bool   // there was a report
	fresh  bool   // of a device that still sends them
	newest micros // its time
}

// aggregates returns the location's readings made from its devices' reports, as of now, by name.
//
// A rate is, per channel of a device, Σ value ÷ Σ weight × scale, summed over channels and devices.
// A mean is Σ value × weight ÷ Σ weight × scale over all reports that have the value. A window
// reaches from now back, and holds the report of this moment but not that which is exactly as old
// as the window is long. With no report in it there is no reading; with reports only of devices
// that have gone quiet the reading is stale.
func (p *Projection) aggregates(l *location, readings map[string]ReadingView) {
	for _, id := range p.order {
		for _, w := range p.plans[id].windows {
			for i := range w.aggregates {
				for _, s := range spans() {
					a := &w.aggregates[i]
					t := l.total(w, a, p.now-s.span, p.now)
					if v := t.reading(a); t.some && !math.IsNaN(v) && !math.IsInf(v, 0) {
						p.setReading(readings, a.name+s.suffix, a.unit, v, &t)
					}
				}
			}
		}
	}
}

func (p *Projection) setReading(readings map[string]ReadingView, name, unit string, value float64, t *total) {
	if _, taken := readings[name]; taken {
		return // by a subsystem that comes first
	}
	status := city.Stale
	if t.fresh {
		status = city.OK
	}
	readings[name] = ReadingView{Value: value, Unit: unit, ObservedAt: t.newest.in(p.zone), Status: status}
}

// total sums an aggregate over the reports in (from, to].
func (l *location) total(w *windowPlan, a *aggregate, from, to micros) total {
	var t total
	for _, d := range l.devices {
		for i := range d.series {
			s := &d.series[i]
			if s.reports == nil || s.reports.plan != w {
				continue
			}
			sum, weight, newest := s.reports.sum(a, from, to)
			if newest == 0 {
				continue
			}
			if a.method == subsystem.RateSum {
				if weight == 0 {
					continue
				}
				sum, weight = sum/weight*a.scale, 0
			}
			t.some = true
			t.sum += sum
			t.weight += weight
			t.newest = max(t.newest, newest)
			t.fresh = t.fresh || d.kinds[s.kind].until() > to
		}
	}
	return t
}

// sum adds up the reports in (from, to] that have both the value and the weight; newest is the
// time of the last of them, 0 if there is none.
func (r *reports) sum(a *aggregate, from, to micros) (sum, weight float64, newest micros) {
	for i := r.after(from); i < len(r.at) && r.at[i] <= to; i++ {
		v, w := r.value(i, a.value), r.value(i, a.weight)
		if math.IsNaN(v) || math.IsNaN(w) {
			continue
		}
		if a.method == subsystem.WeightedMean {
			v *= w
		}
		sum += v
		weight += w
		newest = r.at[i]
	}
	return sum, weight, newest
}

// reading returns the value of a total, NaN if it has none.
func (t *total) reading(a *aggregate) float64 {
	if a.method == subsystem.RateSum {
		return t.sum
	}
	return t.sum / t.weight * a.scale // 0 ÷ 0 is NaN
}
