package workload

import "time"

// load works out how much came at a time, of when alarms were raised, also before the period.
func (f *Figures) load(raised []time.Time) {
	length := f.To.Sub(f.From)
	if length <= 0 {
		return
	}
	f.MeanPerSpan = float64(f.Raised) * float64(Span) / float64(length) / float64(f.Operators)
	most, first := 0, 0
	bearable := FloodAbove * f.Operators
	var flood interval
	for i, at := range raised {
		for !raised[first].After(at.Add(-Span)) {
			first++
		}
		n := i - first + 1 // in the ten minutes up to at
		if !at.Before(f.From) {
			most = max(most, n)
		}
		if n > bearable {
			// It is a flood until the one is ten minutes old with which there were too many.
			f.add(&flood, interval{at, raised[i-bearable].Add(Span)})
		}
	}
	f.add(&flood, interval{})
	f.MostPerSpan = float64(most) / float64(f.Operators)
	f.FloodShare = float64(f.Flood) / float64(length)
}

// interval is a stretch of time, to exclusive.
type interval struct{ from, to time.Time }

// add adds the next stretch of a flood, which begins no earlier than the last. One that does not touch
// the last is another flood; the zero one ends the last.
func (f *Figures) add(flood *interval, next interval) {
	if !next.from.IsZero() && !flood.from.IsZero() && !next.from.After(flood.to) {
		if next.to.After(flood.to) {
			flood.to = next.to
		}
		return
	}
	from, to := flood.from, flood.to
	if from.Before(f.From) {
		from = f.From
	}
	if to.After(f.To) {
		to = f.To
	}
	if !flood.from.IsZero() && from.Before(to) {
		f.Floods++
		f.Flood += to.Sub(from)
	}
	*flood = next
}

// bucket counts what was raised in each ten minutes.
func (f *Figures) bucket(raised []time.Time) {
	for at := f.From; at.Before(f.To); at = at.Add(Span) {
		f.Buckets = append(f.Buckets, Bucket{At: at})
	}
	for _, at := range raised {
		if !at.Before(f.From) {
			f.Buckets[at.Sub(f.From)/Span].Raised++
		}
	}
}
