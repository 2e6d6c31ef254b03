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

// Aggregate adds reports up to the points of an aggregate; see Aggregation.
func (p *Plan) Aggregate(a *subsystem.Aggregate, reports []Report) (points []Point, approximate bool) {
	g := p.Aggregation(a)
	for i := range reports {
		g.Add(&reports[i])
	}
	return g.Points()
}

// Aggregation adds reports up to the points of an aggregate of a location, an area or a subsystem, by
// the formula of a location's live reading: a rate is, per channel, Σ value ÷ Σ weight × scale, summed
// over channels; a mean is Σ value × weight ÷ Σ weight × scale. Min and Max are the least and the
// greatest that the same formula gives for the buckets of the source.
type Aggregation struct {
	plan            *Plan
	whole, part     *total
	point           Point     // the one being made, From its beginning; N 0 before the first report
	at              time.Time // of the bucket of the source being summed
	points          []Point
	mean, estimated bool
}

// Aggregation returns one without reports.
func (p *Plan) Aggregation(a *subsystem.Aggregate) *Aggregation {
	return &Aggregation{plan: p, whole: newTotal(a), part: newTotal(a), mean: a.Method == subsystem.WeightedMean}
}

// Add adds a report that is not older than those before it.
func (g *Aggregation) Add(r *Report) {
	from := g.plan.Bucket(r.At)
	at := g.plan.part(r.At, from)
	if g.point.N > 0 && !at.Equal(g.at) {
		g.endPart()
	}
	if g.point.N > 0 && !from.Equal(g.point.From) {
		g.endPoint()
	}
	if g.point.N == 0 {
		g.point = Point{From: from, Min: math.Inf(1), Max: math.Inf(-1)}
	}
	g.at = at
	g.point.N += r.N
	g.whole.add(r)
	g.part.add(r)
	g.estimated = g.estimated || r.Estimated && r.N > 1 && g.mean
}

func (g *Aggregation) endPart() {
	if v := g.part.value(); finite(v) {
		g.point.Min, g.point.Max = min(g.point.Min, v), max(g.point.Max, v)
	}
	g.part.reset()
}

func (g *Aggregation) endPoint() {
	p := g.point
	if p.Mean = g.whole.value(); finite(p.Mean) {
		p.Min, p.Max = min(p.Min, p.Mean), max(p.Max, p.Mean)
		g.points = append(g.points, p)
	}
	g.whole.reset()
	g.point = Point{}
}

// Points returns the points of all reports added, oldest first; a step of which the formula makes
// nothing has none. approximate says whether estimated products made a difference.
func (g *Aggregation) Points() (points []Point, approximate bool) {
	if g.point.N > 0 {
		g.endPart()
		g.endPoint()
	}
	return g.points, g.estimated
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
