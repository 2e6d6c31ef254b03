package reporting

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/report"
	"opscenter/internal/series"
	"opscenter/internal/store"
	"opscenter/internal/subsystem"
)

// The aggregates of locations that the traffic report shows.
const (
	flowAggregate      = "vehicle_flow"
	speedAggregate     = "speed"
	occupancyAggregate = "occupancy"
)

// counts are incidents or violations by location and step. Those of steps that begin before kept are
// no longer there.
type counts struct {
	by   map[string]map[int64]int64 // location → Unix time of the step's beginning → number
	kept time.Time
}

func (w *work) traffic(ctx context.Context) (report.Report, error) {
	plan, err := trafficPlan(w.values, w.from, w.to)
	if err != nil {
		return report.Report{}, err
	}
	out := report.NewTraffic(w.values, plan.From, plan.To)
	incidents, err := w.counts(ctx, &plan, w.Past.Incidents, store.ClassEvents)
	if err != nil {
		return report.Report{}, err
	}
	violations, err := w.counts(ctx, &plan, w.Past.CountViolations, store.ClassViolations)
	if err != nil {
		return report.Report{}, err
	}
	locations, err := w.locations(ctx, &plan, incidents, violations)
	if err != nil {
		return report.Report{}, err
	}
	for i := range locations {
		l := &locations[i]
		w.progress(0.9*float64(i)/float64(len(locations)), say("đang cộng "+l.Name, "adding up "+l.Name))
		p, err := w.passage(ctx, &plan, l, incidents, violations)
		if err != nil {
			return report.Report{}, err
		}
		if len(p.Steps) > 0 {
			out.Location(&p)
		}
	}
	w.note(out, &plan, store.ClassEvents, say("Sự cố giao thông", "Incidents"))
	w.note(out, &plan, store.ClassViolations, say("Vi phạm", "Violations"))
	return out.Report(), nil
}

// note tells the reader that some of what is counted is no longer kept.
func (w *work) note(out *report.Traffic, plan *series.Plan, class string, what city.Names) {
	if plan.From.Before(w.Policy.Since(class, w.Now())) {
		days := int(w.Policy[class] / (24 * time.Hour))
		out.Note(city.Names{
			VI: fmt.Sprintf("%s chỉ được lưu %d ngày: các bước cũ hơn để trống.", what.VI, days),
			EN: fmt.Sprintf("%s are kept for %d days only: steps that are older are left empty.", what.EN, days),
		})
	}
}

func (w *work) counts(
	ctx context.Context, plan *series.Plan, read func(context.Context, time.Time, time.Time) ([]store.Tally, error), class string,
) (counts, error) {
	c := counts{by: make(map[string]map[int64]int64), kept: w.Policy.Since(class, w.Now())}
	tallies, err := read(ctx, plan.From, plan.To)
	if err != nil {
		return c, err
	}
	for _, t := range tallies {
		if c.by[t.Location] == nil {
			c.by[t.Location] = make(map[int64]int64)
		}
		c.by[t.Location][plan.Bucket(t.At).Unix()] += t.N
	}
	return c, nil
}

// at returns how many there were at a location in the step that begins at a time; nil if that is no
// longer known.
func (c *counts) at(location string, begin time.Time) *int64 {
	if begin.Before(c.kept) {
		return nil
	}
	n := c.by[location][begin.Unix()]
	return &n
}

// whole returns how many there were at a location.
func (c *counts) whole(location string, from time.Time) *int64 {
	if from.Before(c.kept) {
		return nil
	}
	var sum int64
	for _, n := range c.by[location] {
		sum += n
	}
	return &sum
}

// locations are those where devices were or something happened, by id, and that are wanted.
func (w *work) locations(ctx context.Context, plan *series.Plan, happened ...counts) ([]city.Location, error) {
	locations, err := w.Past.PlacedLocations(ctx, plan.From, plan.To)
	if err != nil {
		return nil, err
	}
	known := make(map[string]bool, len(locations))
	for i := range locations {
		known[locations[i].ID] = true
	}
	for _, c := range happened {
		for id := range c.by {
			if known[id] {
				continue
			}
			known[id] = true
			l := city.Location{ID: id, Name: id}
			if registered := w.Inventory().Location(id); registered != nil {
				l = *registered
			}
			locations = append(locations, l)
		}
	}
	slices.SortFunc(locations, func(a, b city.Location) int { return cmp.Compare(a.ID, b.ID) })
	return slices.DeleteFunc(locations, func(l city.Location) bool {
		location, area := w.values[report.Location], w.values[report.AreaOf]
		return location != "" && location != l.ID || area != "" && area != l.Area
	}), nil
}

// passage adds up what passed a location.
func (w *work) passage(ctx context.Context, plan *series.Plan, l *city.Location, incidents, violations counts) (report.Passage, error) {
	p := report.Passage{Location: l.ID, Name: l.Name, Area: l.Area}
	steps := make(map[int64]*report.Passed)
	step := func(begin time.Time) *report.Passed {
		s := steps[begin.Unix()]
		if s == nil {
			s = &report.Passed{From: begin.In(w.Zone)}
			steps[begin.Unix()] = s
		}
		return s
	}
	for _, what := range []struct {
		aggregate string
		of        func(*report.Measures) **float64
	}{
		{flowAggregate, func(m *report.Measures) **float64 { return &m.Flow }},
		{speedAggregate, func(m *report.Measures) **float64 { return &m.Speed }},
		{occupancyAggregate, func(m *report.Measures) **float64 { return &m.Occupancy }},
	} {
		a := w.aggregate(what.aggregate)
		if a == nil {
			continue
		}
		reports, err := w.sums(ctx, plan, l.ID, a)
		if err != nil {
			return p, err
		}
		points, _ := plan.Aggregate(a, reports)
		for i := range points {
			*what.of(&step(points[i].From).Measures) = &points[i].Mean
		}
		if v, known := series.Whole(a, reports); known {
			*what.of(&p.Whole) = &v
		}
		if what.aggregate == flowAggregate {
			for i := range reports {
				plus(&p.Whole.Vehicles, reports[i].Value)
				plus(&step(plan.Bucket(reports[i].At)).Vehicles, reports[i].Value)
			}
		}
	}
	for _, c := range []counts{incidents, violations} {
		for begin := range c.by[l.ID] {
			step(time.Unix(begin, 0))
		}
	}
	for _, begin := range slices.Sorted(maps.Keys(steps)) {
		s := steps[begin]
		s.Incidents, s.Violations = incidents.at(l.ID, s.From), violations.at(l.ID, s.From)
		p.Steps = append(p.Steps, *s)
	}
	p.Whole.Incidents, p.Whole.Violations = incidents.whole(l.ID, plan.From), violations.whole(l.ID, plan.From)
	return p, nil
}

func plus(sum **float64, v float64) {
	if *sum == nil {
		*sum = new(float64)
	}
	**sum += v
}

// aggregate returns the aggregate of that name of the subsystem that comes first, as on the board.
func (w *work) aggregate(name string) *subsystem.Aggregate {
	for _, s := range w.Specs() {
		for i := range s.Aggregates {
			if s.Aggregates[i].Name == name {
				return &s.Aggregates[i]
			}
		}
	}
	return nil
}

func (w *work) sums(ctx context.Context, plan *series.Plan, location string, a *subsystem.Aggregate) ([]series.Report, error) {
	resolution := store.PerHour
	if plan.Source == series.Minute {
		resolution = store.PerMinute
	}
	sums, err := w.Past.Sums(ctx, store.SumQuery{
		Scope: store.Scope{Location: location}, Kind: a.Kind, Value: a.Value, Weight: a.Weight, Product: a.Product(), Resolution: resolution, From: plan.From, To: plan.To,
	})
	if err != nil {
		return nil, err
	}
	reports := make([]series.Report, len(sums))
	for i, s := range sums {
		reports[i] = series.Report(s)
	}
	return reports, nil
}
