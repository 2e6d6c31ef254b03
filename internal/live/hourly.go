package live

import (
	"math"
	"slices"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/subsystem"
)

const (
	// kindIndex is what the center computes for a device. It is fresh for three hours, and says
	// nothing of whether the device lives.
	kindIndex = subsystem.KindIndex

	// lateness is how long after a civic hour its measurements are awaited.
	lateness = time.Minute
)

// hourlyPlan is what is kept of the hours of a subsystem's devices, and what is made of it.
type hourlyPlan struct {
	inputs  []string
	hours   int
	indices []indexPlan
}

type indexPlan struct {
	*subsystem.Index
	inputs []int // of the hourlyPlan
}

// newHourlyPlan returns nil if there is nothing to compute.
func newHourlyPlan(declared []subsystem.Index) *hourlyPlan {
	if len(declared) == 0 {
		return nil
	}
	plan := &hourlyPlan{}
	for i := range declared {
		x := indexPlan{Index: &declared[i]}
		for _, name := range x.Inputs {
			at := slices.Index(plan.inputs, name)
			if at < 0 {
				at = len(plan.inputs)
				plan.inputs = append(plan.inputs, name)
			}
			x.inputs = append(x.inputs, at)
		}
		plan.indices = append(plan.indices, x)
		plan.hours = max(plan.hours, x.Hours)
	}
	return plan
}

// hourly is what a device measured by the hour. Its timer is when the next hour is over for good.
// There is none for a device that measured nothing in all the hours that count.
type hourly struct {
	timer[*hourly]
	device *device
	next   period      // the earliest hour that is not over
	sums   [2][]mean   // of that hour and of the one after, by input
	past   [][]float64 // means by input, of the hour that was over last first; NaN: nothing was measured
}

// mean is a mean in the making.
type mean struct {
	total float64
	count int
}

func (m mean) value() float64 { return m.total / float64(m.count) } // 0 ÷ 0 is NaN

func (p *Projection) newHourly(d *device, next period) *hourly {
	plan := d.plan.hourly
	h := &hourly{device: d, next: next, past: make([][]float64, len(plan.inputs))}
	h.timer.id, h.timer.owner = d.id(), h
	for i := range h.sums {
		h.sums[i] = make([]mean, len(plan.inputs))
	}
	for i := range h.past {
		h.past[i] = slices.Repeat([]float64{math.NaN()}, plan.hours)
	}
	return h
}

// measure counts an observation into its hour by the device's own time, late or not, as long as that
// hour is not over. A clock that is wrong by more than that cannot be told from old measurements
// that are sent again.
func (p *Projection) measure(d *device, o *city.Observation, observed micros) {
	if o.Retained && o.Undated {
		return // nobody knows of when it is
	}
	for i := range o.Readings {
		r := &o.Readings[i]
		input := slices.Index(d.plan.hourly.inputs, r.Metric)
		if input < 0 || math.IsNaN(r.Value) || math.IsInf(r.Value, 0) {
			continue
		}
		m := p.meanOf(d, input, observed)
		if m == nil {
			return
		}
		m.total += r.Value
		m.count++
	}
}

// meanOf returns the mean of an input that a moment counts in, or nil if its hour is over, or begins
// later than a clock may be ahead.
func (p *Projection) meanOf(d *device, input int, observed micros) *mean {
	h := d.hourly
	next := civicHour(p.now-span(lateness)-1, p.zone)
	if h != nil {
		next = h.next
	}
	if observed < next.start || observed > p.now+span(lateness) {
		return nil
	}
	if h == nil {
		h = p.newHourly(d, next)
		d.hourly = h
		p.endings.set(&h.timer, next.end+span(lateness))
	}
	if observed < next.end {
		return &h.sums[0][input]
	}
	return &h.sums[1][input]
}

// endHour ends the hour that is over first, and computes the indices of its device.
func (p *Projection) endHour() {
	h := p.endings[0].owner
	at, end := h.due, h.next.end
	p.now = max(p.now, at)
	known := false
	for i, past := range h.past {
		copy(past[1:], past)
		past[0] = h.sums[0][i].value()
		known = known || h.sums[1][i].count > 0 || slices.ContainsFunc(past, func(v float64) bool { return v == v })
	}
	if known {
		h.sums[0], h.sums[1] = h.sums[1], h.sums[0]
		clear(h.sums[1])
		h.next = civicHour(end, p.zone)
		p.endings.set(&h.timer, h.next.end+span(lateness))
	} else {
		p.endings.remove(&h.timer)
		h.device.hourly = nil
	}
	if readings := h.compute(); len(readings) > 0 {
		p.show(h.device, readings, end, at)
	}
}

// compute returns those indices of which there is enough to say.
func (h *hourly) compute() []city.Reading {
	var readings []city.Reading
	for _, x := range h.device.plan.hourly.indices {
		means := make([][]float64, len(x.inputs))
		for i, input := range x.inputs {
			means[i] = h.past[input][:x.Hours:x.Hours]
		}
		if v, ok := x.Compute(means); ok && !math.IsNaN(v) && !math.IsInf(v, 0) {
			readings = append(readings, city.Reading{Metric: x.Metric, Value: v})
		}
	}
	return readings
}

// show makes what was computed at a time, of the hour that ended then, readings of a device.
func (p *Projection) show(d *device, readings []city.Reading, end, at micros) {
	o := &city.Observation{
		Subsystem: d.info.Subsystem, Location: d.info.Location, Device: d.id(), Kind: kindIndex,
		ObservedAt: end.utc(), ReceivedAt: at.utc(), Digest: indexDigest(d.id(), end), Readings: readings,
	}
	if p.effects != nil {
		p.effects.Reading(d.info, o)
	}
	index := d.kindIndex(kindIndex)
	if d.kinds[index].name != kindIndex {
		return // it says too many kinds of things
	}
	d.kinds[index].seen = end
	d.hold(o, end, uint8(index)) //nolint:gosec // below maxKinds
	p.publish(d, at, p.assess(d, at))
	p.mark(d)
	p.expiries.set(&d.timer, d.deadline(at))
}

// indexDigest identifies what was computed for a device and hour: whoever reads the log again
// computes the same.
func indexDigest(device string, end micros) uint64 {
	return max(mixText(mixText(mix(0, uint64(end)), device), kindIndex), 1) //nolint:gosec // any number will do
}

// forgetHours forgets what a device measured, since it is registered no longer.
func (p *Projection) forgetHours(d *device) {
	if d.hourly != nil {
		p.endings.remove(&d.hourly.timer)
	}
}
