package store

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/store/sqlcgen"
)

// Interval is a stretch of time, From inclusive to To exclusive, in which a device's status did not
// change. To is zero for the interval that still lasts.
type Interval struct {
	From, To time.Time
	Status   city.Status
	Reason   city.Reason
	Facets   map[city.Facet]city.Status
}

func (i *Interval) open() bool { return i.To.IsZero() }

func (i *Interval) says(c *StatusChange) bool {
	return i.Status == c.Status && i.Reason == c.Reason && maps.Equal(i.Facets, c.Facets)
}

// intervalPlan is what has to be done to the stored intervals.
type intervalPlan struct {
	closed  map[string]time.Time // the open interval of a device ends
	removed []string             // the open interval of a device had no length and goes
	added   []addedInterval
}

type addedInterval struct {
	device string
	Interval
}

// planIntervals works out how changes, in their order, go on from the latest stored interval of each
// device. The intervals of a device touch and never overlap.
func planIntervals(latest map[string]Interval, changes []StatusChange) intervalPlan {
	plan := intervalPlan{closed: make(map[string]time.Time)}
	var order []string
	byDevice := make(map[string][]*StatusChange)
	for i := range changes {
		c := &changes[i]
		if byDevice[c.Device] == nil {
			order = append(order, c.Device)
		}
		byDevice[c.Device] = append(byDevice[c.Device], c)
	}
	for _, device := range order {
		last, known := latest[device]
		plan.device(device, last, known, byDevice[device])
	}
	return plan
}

func (p *intervalPlan) device(device string, last Interval, known bool, changes []*StatusChange) {
	current, stored, floor := last, known && last.open(), last.To
	has := stored
	for _, c := range changes {
		at := dated(c.At)
		switch {
		case !has:
			if at.Before(floor) {
				at = floor
			}
			current, has = intervalOf(c, at), true
		case current.says(c):
		case !at.After(current.From):
			if stored {
				p.removed = append(p.removed, device)
			}
			current, stored = intervalOf(c, current.From), false
		case stored:
			p.closed[device] = at
			current, stored = intervalOf(c, at), false
		default:
			current.To = at
			p.added = append(p.added, addedInterval{device, current})
			current = intervalOf(c, at)
		}
	}
	if has && !stored {
		p.added = append(p.added, addedInterval{device, current})
	}
}

func intervalOf(c *StatusChange, from time.Time) Interval {
	return Interval{From: from, Status: c.Status, Reason: c.Reason, Facets: c.Facets}
}

func storeStatuses(ctx context.Context, q *sqlcgen.Queries, changes []StatusChange) error {
	if len(changes) == 0 {
		return nil
	}
	seen := make(map[string]bool)
	var devices []string
	for i := range changes {
		if d := changes[i].Device; !seen[d] {
			seen[d], devices = true, append(devices, d)
		}
	}
	rows, err := q.LatestIntervals(ctx, devices)
	if err != nil {
		return fmt.Errorf("status: %w", err)
	}
	latest := make(map[string]Interval, len(rows))
	for _, row := range rows {
		interval, err := readInterval(row.FromAt, row.ToAt, row.Open, row.Status, row.Reason, row.Facets)
		if err != nil {
			return fmt.Errorf("status of %q: %w", row.Device, err)
		}
		latest[row.Device] = interval
	}
	plan := planIntervals(latest, changes)
	return plan.store(ctx, q)
}

func (p *intervalPlan) store(ctx context.Context, q *sqlcgen.Queries) error {
	if len(p.removed) > 0 {
		if _, err := q.DeleteIntervals(ctx, p.removed); err != nil {
			return fmt.Errorf("status: %w", err)
		}
	}
	if len(p.closed) > 0 {
		var params sqlcgen.CloseIntervalsParams
		for device, at := range p.closed {
			params.Devices = append(params.Devices, device)
			params.ToAts = append(params.ToAts, at)
		}
		if _, err := q.CloseIntervals(ctx, params); err != nil {
			return fmt.Errorf("status: %w", err)
		}
	}
	if len(p.added) == 0 {
		return nil
	}
	var params sqlcgen.InsertIntervalsParams
	for _, a := range p.added {
		facets, err := json.Marshal(a.Facets)
		if err != nil {
			return fmt.Errorf("status of %q: %w", a.device, err)
		}
		params.Devices = append(params.Devices, a.device)
		params.FromAts = append(params.FromAts, a.From)
		params.ToAts = append(params.ToAts, a.To)
		params.Statuses = append(params.Statuses, a.Status.String())
		params.Reasons = append(params.Reasons, clean(string(a.Reason)))
		params.Facets = append(params.Facets, string(facets))
	}
	if err := q.InsertIntervals(ctx, params); err != nil {
		return fmt.Errorf("status: %w", err)
	}
	return nil
}

func readInterval(from, to time.Time, open bool, status, reason string, facets []byte) (Interval, error) {
	i := Interval{From: from.UTC(), Reason: city.Reason(reason)}
	if !open {
		i.To = to.UTC()
	}
	var err error
	if i.Status, err = city.ParseStatus(status); err != nil {
		return Interval{}, err
	}
	if err := json.Unmarshal(facets, &i.Facets); err != nil {
		return Interval{}, fmt.Errorf("facets: %w", err)
	}
	return i, nil
}

// History returns the intervals of a device that touch the time from inclusive to exclusive, oldest
// first, whole: the first may begin before from and the last may end after to.
func (s *Store) History(ctx context.Context, device string, from, to time.Time) ([]Interval, error) {
	rows, err := s.queries.StatusHistory(ctx, sqlcgen.StatusHistoryParams{Device: clean(device), FromAt: dated(from), ToAt: dated(to)})
	if err != nil {
		return nil, fmt.Errorf("history of %q: %w", device, err)
	}
	history := make([]Interval, 0, len(rows))
	for _, row := range rows {
		interval, err := readInterval(row.FromAt, row.ToAt, row.Open, row.Status, row.Reason, row.Facets)
		if err != nil {
			return nil, fmt.Errorf("history of %q: %w", device, err)
		}
		history = append(history, interval)
	}
	return history, nil
}
