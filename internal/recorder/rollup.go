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

// rollup gathers readings into minutes of the devices' own time. It is not safe for concurrent use.
type rollup struct {
	products products
	open     map[string][]*store.Rollup // by device; few at a time
	swept    int64                      // the limit of the last sweep, in Unix minutes
}

// newRollup returns an empty rollup that goes on at now: as if it had just been swept whole.
func newRollup(now time.Time, p products) *rollup {
	return &rollup{products: p, open: map[string][]*store.Rollup{}, swept: sweepLimit(now)}
}

// sweepLimit is the first minute that is still kept open at now, in Unix minutes.
func sweepLimit(now time.Time) int64 { return now.Add(-lateness).Unix() / 60 }

// add counts the readings of o, and their products, into its minute.
func (r *rollup) add(device string, o *city.Observation) {
	readings := r.products.with(o)
	m := r.find(device, o, readings)
	m.N++
	for i, reading := range readings {
		m.Sum[i] += reading.Value
		m.Min[i] = min(m.Min[i], reading.Value)
		m.Max[i] = max(m.Max[i], reading.Value)
	}
}

// find returns the open minute that o belongs to, and opens one if there is none: of its device,
// kind, channel and list of metrics.
func (r *rollup) find(device string, o *city.Observation, readings []city.Reading) *store.Rollup {
	minute := o.ObservedAt.Unix() / 60
	for _, m := range r.open[device] {
		if m.Bucket.Unix()/60 == minute && m.Kind == o.Kind && m.Channel == o.Channel && measures(m.Metrics, readings) {
			return m
		}
	}
	m := newMinute(device, o, readings)
	r.open[device] = append(r.open[device], m)
	return m
}

// measures says whether metrics are those of readings, in the same order.
func measures(metrics []string, readings []city.Reading) bool {
	if len(metrics) != len(readings) {
		return false
	}
	for i := range metrics {
		if metrics[i] != readings[i].Metric {
			return false
		}
	}
	return true
}

func newMinute(device string, o *city.Observation, readings []city.Reading) *store.Rollup {
	m := &store.Rollup{
		Device: device, Kind: o.Kind, Channel: o.Channel, Span: store.Minute,
		Bucket:  o.ObservedAt.Truncate(time.Minute),
		Metrics: make([]string, len(readings)),
		Sum:     make([]float64, len(readings)),
		Min:     make([]float64, len(readings)),
		Max:     make([]float64, len(readings)),
	}
	for i, reading := range readings {
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
	for device, minutes := range r.open {
		var hours []store.Rollup
		left := minutes[:0]
		for _, m := range minutes {
			if !all && m.Bucket.Unix()/60 >= limit {
				left = append(left, m)
				continue
			}
			out = append(out, *m)
			hours = addToHour(hours, m)
		}
		out = append(out, hours...)
		if clear(minutes[len(left):]); len(left) == 0 {
			delete(r.open, device)
		} else {
			r.open[device] = left
		}
	}
	return out
}

// addToHour counts a minute into its hour among those of its device.
func addToHour(hours []store.Rollup, m *store.Rollup) []store.Rollup {
	start := m.Bucket.Truncate(time.Hour)
	for i := range hours {
		h := &hours[i]
		if !h.Bucket.Equal(start) || h.Kind != m.Kind || h.Channel != m.Channel || !slices.Equal(h.Metrics, m.Metrics) {
			continue
		}
		h.N += m.N
		for j := range m.Sum {
			h.Sum[j] += m.Sum[j]
			h.Min[j] = min(h.Min[j], m.Min[j])
			h.Max[j] = max(h.Max[j], m.Max[j])
		}
		return hours
	}
	h := *m
	h.Span, h.Bucket = store.Hour, start
	h.Sum, h.Min, h.Max = slices.Clone(m.Sum), slices.Clone(m.Min), slices.Clone(m.Max)
	return append(hours, h)
}
