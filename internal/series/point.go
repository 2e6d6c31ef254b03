package series

import (
	"slices"
	"time"
)

// Point is one step of a series that has readings. Those without have no point: a gap stays a gap.
type Point struct {
	From           time.Time
	Mean, Min, Max float64
	N              int // readings
}

// Sample is what one series has in one bucket of the source: N readings from At on.
type Sample struct {
	At            time.Time
	N             int
	Sum, Min, Max float64
}

// Combine adds samples of one metric up to points. The samples must be in the order of time; several
// series of a device may lie among each other, and each reading counts once. A point whose sum is
// beyond all numbers is left out: there is no way to write it.
func (p *Plan) Combine(samples []Sample) []Point {
	var points []Point
	sum := 0.0
	for i := range samples {
		s := &samples[i]
		from := p.Bucket(s.At)
		last := len(points) - 1
		if last < 0 || !points[last].From.Equal(from) {
			points = append(points, Point{From: from, Min: s.Min, Max: s.Max})
			last, sum = last+1, 0
		}
		point := &points[last]
		sum += s.Sum
		point.N += s.N
		point.Min, point.Max = min(point.Min, s.Min), max(point.Max, s.Max)
		point.Mean = sum / float64(point.N)
	}
	return slices.DeleteFunc(points, func(p Point) bool { return !finite(p.Mean) })
}
