package app

import (
	"context"
	"fmt"
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

// DeviceSeries implements httpapi.Series.
func (m measured) DeviceSeries(ctx context.Context, q httpapi.SeriesQuery) (httpapi.SeriesAnswer, error) {
	unit, err := m.unit(q.ID, q.Metric)
	if err != nil {
		return httpapi.SeriesAnswer{}, err
	}
	plan, err := m.plan(&q)
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
	answer := answerOf(&q, &plan, unit, plan.Combine(samples))
	answer.Device = q.ID
	return answer, nil
}

// LocationSeries implements httpapi.Series.
func (m measured) LocationSeries(ctx context.Context, q httpapi.SeriesQuery) (httpapi.SeriesAnswer, error) {
	aggregate, err := m.aggregate(q.Metric)
	if err != nil {
		return httpapi.SeriesAnswer{}, err
	}
	plan, err := m.plan(&q)
	if err != nil {
		return httpapi.SeriesAnswer{}, err
	}
	sums, err := m.store.Sums(ctx, store.SumQuery{
		Location: q.ID, Kind: aggregate.Kind, Value: aggregate.Value, Weight: aggregate.Weight, Product: aggregate.Product(),
		Resolution: resolution(plan.Source), From: plan.From, To: plan.To,
	})
	if err != nil {
		return httpapi.SeriesAnswer{}, fmt.Errorf("%w: %w", httpapi.ErrUnavailable, err)
	}
	reports := make([]series.Report, len(sums))
	for i, s := range sums {
		reports[i] = series.Report(s)
	}
	points, approximate := plan.Aggregate(aggregate, reports)
	answer := answerOf(&q, &plan, aggregate.Unit, points)
	answer.Location, answer.Approximate = q.ID, approximate
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

// aggregate returns the aggregate of that name of the subsystem that comes first, as on the board.
func (m measured) aggregate(name string) (*subsystem.Aggregate, error) {
	var names []string
	for _, s := range m.specs() {
		for i := range s.Aggregates {
			if s.Aggregates[i].Name == name {
				return &s.Aggregates[i], nil
			}
			names = append(names, s.Aggregates[i].Name)
		}
	}
	return nil, fmt.Errorf("%w: locations have no history of %q, but of %s", httpapi.ErrInvalid, name, strings.Join(names, ", "))
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
