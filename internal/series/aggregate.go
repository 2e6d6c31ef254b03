package series

import (
	"cmp"
	"math"
	"time"

	"opscenter/internal/subsystem"
)

// Report is what one channel of a device has in one bucket of the source: N reports from At on that
// have both the value and the weight of an aggregate, and their sums. Product is Σ value × weight.
type Report struct {
	Device, Channel        string
	At                     time.Time
	N                      int
	Value, Weight, Product float64

	// Estimated says that Product is not a sum of products but the product of sums ÷ N: exact for one
	// report, and otherwise as if value and weight did not vary together within the bucket.
	Estimated bool
}

// Aggregate adds reports up to the points of an aggregate of a location, by the formula of its live
// reading: a rate is, per channel, Σ value ÷ Σ weight × scale, summed over channels; a mean is
// Σ value × weight ÷ Σ weight × scale. Min and Max are the least and the greatest that the same formula
// gives for the buckets of the source. The reports must be in the order of time. approximate says
// whether estimated products made a difference.
func (p *Plan) Aggregate(a *subsystem.Aggregate, reports []Report) (points []Point, approximate bool) {
	whole, part := newTotal(a), newTotal(a)
	for i := 0; i < len(reports); {
		from, point := p.Bucket(reports[i].At), Point{Min: math.Inf(1), Max: math.Inf(-1)}
		whole.reset()
		for i < len(reports) && p.Bucket(reports[i].At).Equal(from) {
			part.reset()
			for at := p.part(reports[i].At, from); i < len(reports) && p.part(reports[i].At, from).Equal(at); i++ {
				r := &reports[i]
				whole.add(r)
				part.add(r)
				point.N += r.N
				approximate = approximate || r.Estimated && r.N > 1 && a.Method == subsystem.WeightedMean
			}
			if v := part.value(); finite(v) {
				point.Min, point.Max = min(point.Min, v), max(point.Max, v)
			}
		}
		if point.Mean = whole.value(); finite(point.Mean) {
			point.From = from
			point.Min, point.Max = min(point.Min, point.Mean), max(point.Max, point.Mean)
			points = append(points, point)
		}
	}
	return points, approximate
}

// Whole returns what the formula of an aggregate gives for all reports together, and whether it gives
// anything.
func Whole(a *subsystem.Aggregate, reports []Report) (value float64, ok bool) {
	t := newTotal(a)
	for i := range reports {
		t.add(&reports[i])
	}
	value = t.value()
	return value, finite(value)
}

// part returns the bucket of the source that a report is in. Single readings of many detectors do not
// come at one moment, so with raw readings it is the whole point.
func (p *Plan) part(at, point time.Time) time.Time {
	if p.Source == Raw {
		return point
	}
	return at
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// total is an aggregate while it is being summed.
type total struct {
	of       *subsystem.Aggregate
	product  float64
	weight   float64
	channels map[channel]sums
	order    []channel // so that equal reports are added in an equal order
}

type channel struct{ device, name string }

type sums struct{ value, weight float64 }

func newTotal(a *subsystem.Aggregate) *total { return &total{of: a, channels: make(map[channel]sums)} }

func (t *total) reset() {
	t.product, t.weight, t.order = 0, 0, t.order[:0]
	clear(t.channels)
}

func (t *total) add(r *Report) {
	if t.of.Method == subsystem.WeightedMean {
		t.product += r.Product
		t.weight += r.Weight
		return
	}
	c := channel{r.Device, r.Channel}
	s, known := t.channels[c]
	if !known {
		t.order = append(t.order, c)
	}
	t.channels[c] = sums{s.value + r.Value, s.weight + r.Weight}
}

// value is NaN or infinite if there is none.
func (t *total) value() float64 {
	scale := cmp.Or(t.of.Scale, 1)
	if t.of.Method == subsystem.WeightedMean {
		return t.product / t.weight * scale
	}
	value, some := 0.0, false
	for _, c := range t.order {
		if s := t.channels[c]; s.weight != 0 {
			value += s.value / s.weight * scale
			some = true
		}
	}
	if !some {
		return math.NaN()
	}
	return value
}
