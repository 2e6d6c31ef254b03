package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"opscenter/internal/city"
	"opscenter/internal/store/sqlcgen"
)

// seriesKey is a series without its metrics.
type seriesKey struct{ device, kind, channel string }

// series is one series as one sender orders its metrics. The stored order is alphabetical; from
// says, for each stored place, where in the sender's order its value is.
type series struct {
	id      int32
	metrics []string // in the sender's order
	from    []int    // nil when the orders are the same
}

// seriesCache holds every series of the database. Series are never removed while a Store is open.
type seriesCache struct {
	mu    sync.RWMutex
	known map[seriesKey][]*series
}

// orders bounds how many series and orders of metrics are kept in memory per device, kind and
// channel; beyond it they are looked up in the database each time.
const orders = 256

func (c *seriesCache) find(key seriesKey, metrics func(i int) string, n int) *series {
	c.mu.RLock()
	defer c.mu.RUnlock()
next:
	for _, s := range c.known[key] {
		if len(s.metrics) != n {
			continue
		}
		for i, name := range s.metrics {
			if metrics(i) != name {
				continue next
			}
		}
		return s
	}
	return nil
}

func (c *seriesCache) findReadings(key seriesKey, values []city.Reading) *series {
	return c.find(key, func(i int) string { return values[i].Metric }, len(values))
}

func (c *seriesCache) findNames(key seriesKey, names []string) *series {
	return c.find(key, func(i int) string { return names[i] }, len(names))
}

func (c *seriesCache) add(key seriesKey, s *series) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known == nil {
		c.known = make(map[seriesKey][]*series)
	}
	if len(c.known[key]) < orders {
		c.known[key] = append(c.known[key], s)
	}
}

func (s *Store) loadSeries(ctx context.Context) error {
	rows, err := s.queries.AllSeries(ctx)
	if err != nil {
		return fmt.Errorf("series: %w", err)
	}
	for _, row := range rows {
		s.series.add(seriesKey{row.Device, row.Kind, row.Channel}, &series{id: row.ID, metrics: row.Metrics})
	}
	return nil
}

// wanted is one series in the order of its sender.
type wanted struct {
	key     seriesKey
	metrics []string
}

const unitSeparator = "\x1f"

// stored returns the series' identity in the database: clean text, metrics in alphabetical order.
func (w wanted) stored() (key seriesKey, metrics string) {
	names := w.cleaned()
	slices.Sort(names)
	key = seriesKey{clean(w.key.device), clean(w.key.kind), clean(w.key.channel)}
	return key, strings.Join(names, unitSeparator)
}

func (w wanted) cleaned() []string {
	names := make([]string, len(w.metrics))
	for i, name := range w.metrics {
		names[i] = strings.ReplaceAll(clean(name), unitSeparator, "\uFFFD")
	}
	return names
}

// resolved returns w as a series with an id.
func (w wanted) resolved(id int32) *series {
	s := &series{id: id, metrics: w.metrics}
	names := w.cleaned()
	if slices.IsSorted(names) {
		return s
	}
	s.from = make([]int, len(names))
	for i := range s.from {
		s.from[i] = i
	}
	slices.SortStableFunc(s.from, func(a, b int) int { return strings.Compare(names[a], names[b]) })
	return s
}

// ensureSeries makes the missing series, outside the caller's transaction: a series without readings
// harms nobody, and an id that was rolled back would.
func (s *Store) ensureSeries(ctx context.Context, missing []wanted) ([]*series, error) {
	type identity struct {
		key     seriesKey
		metrics string
	}
	ids := make(map[identity]int32, len(missing))
	var p sqlcgen.EnsureSeriesParams
	for _, w := range missing {
		key, metrics := w.stored()
		if _, seen := ids[identity{key, metrics}]; seen {
			continue
		}
		ids[identity{key, metrics}] = 0
		p.Devices = append(p.Devices, key.device)
		p.Kinds = append(p.Kinds, key.kind)
		p.Channels = append(p.Channels, key.channel)
		p.Metrics = append(p.Metrics, metrics)
	}
	rows, err := s.queries.EnsureSeries(ctx, p)
	if err != nil {
		return nil, fmt.Errorf("series: %w", err)
	}
	for _, row := range rows {
		key := seriesKey{row.Device, row.Kind, row.Channel}
		ids[identity{key, strings.Join(row.Metrics, unitSeparator)}] = row.ID
	}
	found := make([]*series, len(missing))
	for i, w := range missing {
		key, metrics := w.stored()
		found[i] = w.resolved(ids[identity{key, metrics}])
		if s.series.findNames(w.key, w.metrics) == nil {
			s.series.add(w.key, found[i])
		}
	}
	return found, nil
}
