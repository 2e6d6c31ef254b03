package availability

import "time"

// ledger adds up one device's time second by second, from the beginning of a span to its end.
//
// Every boundary is taken at the beginning of its second before lengths are formed. So lengths
// telescope: nothing is rounded twice, the sums of neighbouring spans are those of both together, and
// the four sums always equal the span. A status that began and ended within one second has no length.
type ledger struct {
	Sums
	at     int64 // up to here everything is counted, in Unix seconds
	end    int64
	failed bool  // an outage goes on
	outage int64 // its down time so far
}

// count books the time up to a boundary as a class. Boundaries that lie before what is counted
// already, or beyond the end, are moved there.
func (l *ledger) count(until int64, c Class) {
	until = min(until, l.end)
	if until <= l.at {
		return
	}
	seconds := until - l.at
	l.at = until
	l.Period += seconds
	switch c {
	case Up:
		l.Up += seconds
		l.failed = false
	case Down:
		l.Down += seconds
		if !l.failed {
			l.Outages++
			l.outage = 0
		}
		l.failed = true
		l.outage += seconds
		l.Longest = max(l.Longest, l.outage)
	case Maintenance:
		l.Maintenance += seconds
	case Unknown:
		l.Unknown += seconds
	}
}

// Account adds up a device's history over the time from inclusive to exclusive. The history must be
// in the order of time; where it says nothing the time is unknown.
func Account(history []Interval, from, to time.Time) Sums {
	l := ledger{at: from.Unix(), end: to.Unix()}
	for i := range history {
		h := &history[i]
		if l.at >= l.end {
			break
		}
		until := l.end
		if !h.To.IsZero() {
			until = h.To.Unix()
		}
		l.count(h.From.Unix(), Unknown)
		l.count(until, ClassOf(h.Status))
	}
	l.count(l.end, Unknown)
	return l.Sums
}
