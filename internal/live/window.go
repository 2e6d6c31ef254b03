package live

import (
	"cmp"
	"math"
	"slices"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/subsystem"
)

// windowSpan is one of the windows that slide over the reports of a location: what its readings'
// names end in, and how long it is.
type windowSpan struct {
	suffix string
	span   micros
}

// spans are the windows, longest last.
func spans() [3]windowSpan {
	return [3]windowSpan{
		{"_1m", span(time.Minute)},
		{"", span(5 * time.Minute)},
		{"_15m", span(longest)},
	}
}

const longest = 15 * time.Minute

// windowPlan is what is kept of the reports of one kind, and what is made of it.
type windowPlan struct {
	kind       string
	metrics    []string
	aggregates []aggregate
}

type aggregate struct {
	name   string
	unit   string
	method subsystem.Method
	value  int // index into metrics
	weight int
	scale  float64
}

func windowPlans(declared []subsystem.Aggregate) []*windowPlan {
	var plans []*windowPlan
	for _, a := range declared {
		i := slices.IndexFunc(plans, func(w *windowPlan) bool { return w.kind == a.Kind })
		if i < 0 {
			i = len(plans)
			plans = append(plans, &windowPlan{kind: a.Kind})
		}
		w := plans[i]
		w.aggregates = append(w.aggregates, aggregate{
			name: a.Name, unit: a.Unit, method: a.Method,
			value: w.metric(a.Value), weight: w.metric(a.Weight), scale: cmp.Or(a.Scale, 1),
		})
	}
	return plans
}

func (w *windowPlan) metric(name string) int {
	if i := slices.Index(w.metrics, name); i >= 0 {
		return i
	}
	w.metrics = append(w.metrics, name)
	return len(w.metrics) - 1
}

// reports are the reports of one series, by time, as far back as the longest window reaches. What
// is shown is summed from them anew each time: there is no running sum to drift.
type reports struct {
	plan   *windowPlan
	at     []micros
	values []float64 // as many for each as the plan has metrics; NaN: not reported
}

func (r *reports) value(i, metric int) float64 { return r.values[i*len(r.plan.metrics)+metric] }

// after returns the index of the first report later than t.
func (r *reports) after(t micros) int {
	i, _ := slices.BinarySearchFunc(r.at, t, func(at, t micros) int {
		if at > t {
			return 1
		}
		return -1
	})
	return i
}

// next returns when, after now, a report next enters or leaves a window.
func (r *reports) next(now micros) micros {
	next := forever
	if i := r.after(now); i < len(r.at) {
		next = r.at[i]
	}
	for _, w := range spans() {
		if i := r.after(now - w.span); i < len(r.at) {
			next = min(next, r.at[i]+w.span)
		}
	}
	return next
}

// trim drops reports that no window will reach again.
func (r *reports) trim(now micros) {
	n := r.after(now - span(longest))
	if n > 0 {
		r.at = slices.Delete(r.at, 0, n)
		r.values = slices.Delete(r.values, 0, n*len(r.plan.metrics))
	}
}

// insert makes room for a report and returns where its values go. If once is set and there is one
// of the same time, it returns nil.
func (r *reports) insert(at micros, once bool) []float64 {
	i, width := r.after(at), len(r.plan.metrics)
	if once && i > 0 && r.at[i-1] == at {
		return nil
	}
	r.at = slices.Insert(r.at, i, at)
	r.values = slices.Grow(r.values, width)[:len(r.values)+width]
	values := r.values[i*width:]
	copy(values[width:], values)
	for j := range values[:width] {
		values[j] = math.NaN()
	}
	return values[:width]
}

// report adds an observation to the windows of the device's location. It counts by the device's
// own time, even if it is late; a clock that is further off than the windows are long is not
// believed, and the time of receipt counts instead, unless the message may really be that old.
func (p *Projection) report(d *device, s *series, w *windowPlan, o *city.Observation, observed micros, late bool) {
	at, once := observed, true
	if o.Undated || observed <= p.now-span(longest) || observed > p.now.plus(span(longest)) {
		if !o.Undated && (o.Retained || late) {
			return
		}
		at, once = p.now, false
	}
	if s.reports == nil || s.reports.plan != w {
		s.reports = &reports{plan: w}
	}
	s.reports.trim(p.now)
	values := s.reports.insert(at, once)
	if values == nil {
		return
	}
	for i := range o.Readings {
		r := &o.Readings[i]
		if m := slices.Index(w.metrics, r.Metric); m >= 0 && !math.IsInf(r.Value, 0) {
			values[m] = r.Value
		}
	}
	p.markLocation(d.location)
	p.watchWindows(d.location, s.reports.next(p.now))
}

// watchWindows sees to it that slide looks at a location at a time, or earlier.
func (p *Projection) watchWindows(l *location, due micros) {
	if l.timer.slot == 0 || due < l.due {
		p.windows.set(&l.timer, due)
	}
}

// slide marks the locations in whose windows something has entered or left by now.
func (p *Projection) slide() {
	for p.windows.next() <= p.now {
		l := p.windows[0].owner
		p.windows.set(&l.timer, l.nextSlide(p.now))
		p.markLocation(l)
	}
}

func (l *location) nextSlide(now micros) micros {
	next := forever
	for _, d := range l.devices {
		for i := range d.series {
			if r := d.series[i].reports; r != nil {
				r.trim(now)
				next = min(next, r.next(now))
			}
		}
	}
	return next
}
