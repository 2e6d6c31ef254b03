package recorder

import (
	"slices"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/store"
)

// lateness is how long after its end a minute is kept open for readings that arrive late. Later
// ones still count: the store merges them into the minute that is there already.
const lateness = 15 * time.Second

// minuteKey is one series in one minute. A series is a device's channel with one list of metrics,
// so that values line up.
type minuteKey struct {
	device, kind, channel string
	metrics               string // joined by a character that no metric has
	minute                int64  // Unix minutes of ObservedAt
}

// rollup gathers readings into minutes. It is not safe for concurrent use.
type rollup struct {
	open  map[minuteKey]*store.Rollup
	swept int64 // the limit of the last sweep, in Unix minutes
}

// newRollup returns an empty rollup that goes on at now: as if it had just been swept whole.
func newRollup(now time.Time) *rollup {
	return &rollup{open: map[minuteKey]*store.Rollup{}, swept: sweepLimit(now)}
}

// sweepLimit is the first minute that is still kept open at now, in Unix minutes.
func sweepLimit(now time.Time) int64 { return now.Add(-lateness).Unix() / 60 }

// add counts the readings of o into its minute.
func (r *rollup) add(device string, o *city.Observation) {
	key := minuteKey{device: device, kind: o.Kind, channel: o.Channel, metrics: joinMetrics(o.Readings), minute: o.ObservedAt.Unix() / 60}
	m := r.open[key]
	if m == nil {
		m = newMinute(device, o)
		r.open[key] = m
	}
	m.N++
	for i, reading := range o.Readings {
		m.Sum[i] += reading.Value
		m.Min[i] = min(m.Min[i], reading.Value)
		m.Max[i] = max(m.Max[i], reading.Value)
	}
}

func newMinute(device string, o *city.Observation) *store.Rollup {
	m := &store.Rollup{
		Device: device, Kind: o.Kind, Channel: o.Channel, Span: store.Minute,
		Bucket:  o.ObservedAt.Truncate(time.Minute),
		Metrics: make([]string, len(o.Readings)),
		Sum:     make([]float64, len(o.Readings)),
		Min:     make([]float64, len(o.Readings)),
		Max:     make([]float64, len(o.Readings)),
	}
	for i, reading := range o.Readings {
		m.Metrics[i], m.Min[i], m.Max[i] = reading.Metric, reading.Value, reading.Value
	}
	return m
}

// closed removes and returns the minutes that ended more than lateness before now, or every one if
// all is set, and the hours that they add up to. What comes out when depends only on what was added
// and on the times that closed was called with, so a replay of the log comes to the same.
func (r *rollup) closed(now time.Time, all bool) []store.Rollup {
	limit := sweepLimit(now)
	if !all && limit <= r.swept {
		return nil
	}
	r.swept = max(limit, r.swept)
	var out []store.Rollup
	hours := map[minuteKey]*store.Rollup{}
	for key, m := range r.open {
		if all || key.minute < limit {
			out = append(out, *m)
			addToHour(hours, key, m)
			delete(r.open, key)
		}
	}
	for _, h := range hours {
		out = append(out, *h)
	}
	return out
}

func addToHour(hours map[minuteKey]*store.Rollup, key minuteKey, m *store.Rollup) {
	start := m.Bucket.Truncate(time.Hour)
	key.minute = start.Unix() / 60
	h := hours[key]
	if h == nil {
		h := *m
		h.Span, h.Bucket = store.Hour, start
		h.Sum, h.Min, h.Max = slices.Clone(m.Sum), slices.Clone(m.Min), slices.Clone(m.Max)
		hours[key] = &h
		return
	}
	h.N += m.N
	for i := range m.Sum {
		h.Sum[i] += m.Sum[i]
		h.Min[i] = min(h.Min[i], m.Min[i])
		h.Max[i] = max(h.Max[i], m.Max[i])
	}
}

func joinMetrics(readings []city.Reading) string {
	switch len(readings) {
	case 0:
		return ""
	case 1:
		return readings[0].Metric
	}
	size := len(readings)
	for _, reading := range readings {
		size += len(reading.Metric)
	}
	b := make([]byte, 0, size)
	for _, reading := range readings {
		b = append(b, reading.Metric...)
		b = append(b, '\n')
	}
	return string(b)
}
