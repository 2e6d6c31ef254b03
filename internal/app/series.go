package app

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/httpapi"
	"opscenter/internal/series"
	"opscenter/internal/store"
	"opscenter/internal/subsystem"
)

// measured is httpapi.Series on the store: it knows what subsystems declare, and how long what they
// measure is kept.
type measured struct {
	store     *store.Store
	specs     func() []subsystem.Spec
	inventory func() *city.Inventory
	policy    store.Policy
	now       func() time.Time
	zone      *time.Location
}

func (a *App) measured() measured {
	return measured{
		store: a.store, specs: func() []subsystem.Spec { return a.ingest.Subsystems().Specs() }, inventory: a.inventory.current,
		policy: a.policy, now: time.Now, zone: a.zone,
	}
}

// Series implements httpapi.Series.
func (m measured) Series(ctx context.Context, q httpapi.SeriesQuery) (httpapi.SeriesAnswer, error) {
	var scope store.Scope
	switch q.Kind {
	case "device":
		return m.ofDevice(ctx, &q)
	case "location":
		scope.Location = q.ID
	case "area":
		scope.Area = q.ID
	case "subsystem":
		scope.Subsystem = q.ID
	default:
		return httpapi.SeriesAnswer{}, fmt.Errorf("%w: no history of a %q", httpapi.ErrInvalid, q.Kind)
	}
	answer, err := m.ofScope(ctx, &q, scope)
	answer.Location, answer.Area, answer.Subsystem = scope.Location, scope.Area, scope.Subsystem
	return answer, err
}

func (m measured) ofDevice(ctx context.Context, q *httpapi.SeriesQuery) (httpapi.SeriesAnswer, error) {
	unit, err := m.unit(q.ID, q.Metric)
	if err != nil {
		return httpapi.SeriesAnswer{}, err
	}
	plan, err := m.plan(q)
	if err != nil {
		return httpapi.SeriesAnswer{}, err
	}
	points, err := m.store.Series(ctx, store.SeriesQuery{
		Device: q.ID, Metric: q.Metric, Resolution: resolution(plan.Source), From: plan.From, To: plan.To, Limit: 1_000_000,
	})
	if err != nil {
		return httpapi.SeriesAnswer{}, fmt.Errorf("%w: %w", httpapi.ErrUnavailable, err)
	}
	samples := make([]series.Sample, len(points))
	for i, p := range points {
		samples[i] = series.Sample{At: p.At, N: p.N, Sum: p.Mean * float64(p.N), Min: p.Min, Max: p.Max}
	}
	answer := answerOf(q, &plan, unit, plan.Combine(samples))
	answer.Device = q.ID
	return answer, nil
}

func (m measured) ofScope(ctx context.Context, q *httpapi.SeriesQuery, scope store.Scope) (httpapi.SeriesAnswer, error) {
	aggregate, metric, err := m.find(scope.Subsystem, q.Metric)
	if err != nil {
		return httpapi.SeriesAnswer{}, err
	}
	plan, err := m.plan(q)
	if err != nil {
		return httpapi.SeriesAnswer{}, err
	}
	if aggregate == nil {
		gathered, err := m.store.Gather(ctx, store.GatherQuery{
			Scope: scope, Metric: q.Metric, Resolution: resolution(plan.Source), From: plan.From, To: plan.To,
		})
		if err != nil {
			return httpapi.SeriesAnswer{}, fmt.Errorf("%w: %w", httpapi.ErrUnavailable, err)
		}
		samples := make([]series.Sample, len(gathered))
		for i, g := range gathered {
			samples[i] = series.Sample(g)
		}
		return answerOf(q, &plan, metric.Unit, plan.Combine(samples)), nil
	}
	sums := plan.Aggregation(aggregate)
	err = m.store.EachSum(ctx, store.SumQuery{
		Scope: scope, Kind: aggregate.Kind, Value: aggregate.Value, Weight: aggregate.Weight, Product: aggregate.Product(),
		Resolution: resolution(plan.Source), From: plan.From, To: plan.To,
	}, func(s store.Sum) { sums.Add((*series.Report)(&s)) })
	if err != nil {
		return httpapi.SeriesAnswer{}, fmt.Errorf("%w: %w", httpapi.ErrUnavailable, err)
	}
	points, approximate := sums.Points()
	answer := answerOf(q, &plan, aggregate.Unit, points)
	answer.Approximate = approximate
	return answer, nil
}

func (m measured) plan(q *httpapi.SeriesQuery) (series.Plan, error) {
	now := m.now()
	plan, err := series.Choose(series.Want{From: q.From, To: q.To, Step: q.Step}, series.Kept{
		Raw: m.policy.Since(store.ClassReadings, now), Minute: m.policy.Since(store.ClassMinutes, now),
	}, m.zone)
	if err != nil {
		return series.Plan{}, fmt.Errorf("%w: %w", httpapi.ErrInvalid, err)
	}
	return plan, nil
}

// unit returns the unit of a metric of a device. Of a device that is not registered any more nobody
// knows it.
func (m measured) unit(device, metric string) (string, error) {
	d := m.inventory().Device(device)
	if d == nil {
		return "", nil
	}
	for _, s := range m.specs() {
		if s.ID != d.Subsystem {
			continue
		}
		if declared := s.Metric(metric); declared != nil {
			return declared.Unit, nil
		}
		return "", fmt.Errorf("%w: %s declares no metric %q", httpapi.ErrInvalid, s.ID, metric)
	}
	return "", nil
}

// find returns the aggregate or the metric of that name that a subsystem declares, or any subsystem if
// none is named: the first one, as on the board.
func (m measured) find(subsystemID, name string) (*subsystem.Aggregate, *subsystem.Metric, error) {
	var (
		metric *subsystem.Metric
		names  []string
	)
	for _, s := range m.specs() {
		if subsystemID != "" && s.ID != subsystemID {
			continue
		}
		for i := range s.Aggregates {
			if s.Aggregates[i].Name == name {
				return &s.Aggregates[i], nil, nil
			}
			names = append(names, s.Aggregates[i].Name)
		}
		for i := range s.Metrics {
			if s.Metrics[i].Name == name && metric == nil {
				metric = &s.Metrics[i]
			}
			names = append(names, s.Metrics[i].Name)
		}
	}
	if metric != nil {
		return nil, metric, nil
	}
	if subsystemID != "" && len(names) == 0 {
		return nil, nil, fmt.Errorf("subsystem %q: %w", subsystemID, httpapi.ErrNotFound)
	}
	slices.Sort(names)
	return nil, nil, fmt.Errorf("%w: there is no history of %q, but of %s", httpapi.ErrInvalid, name, strings.Join(slices.Compact(names), ", "))
}

func resolution(s series.Source) store.Resolution {
	switch s {
	case series.Minute:
		return store.PerMinute
	case series.Hour:
		return store.PerHour
	case series.Raw:
		return store.Raw
	}
	return store.Raw
}

func answerOf(q *httpapi.SeriesQuery, plan *series.Plan, unit string, points []series.Point) httpapi.SeriesAnswer {
	answer := httpapi.SeriesAnswer{
		Metric: q.Metric, Unit: unit, From: plan.From, To: plan.To, Source: plan.Source.String(), StepS: int64(plan.Step / time.Second),
		Items: make([]httpapi.SeriesPoint, len(points)),
	}
	for i, p := range points {
		answer.Items[i] = httpapi.SeriesPoint(p)
	}
	return answer
}
