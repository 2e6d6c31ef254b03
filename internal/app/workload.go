package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"opscenter/internal/httpapi"
	"opscenter/internal/store"
	"opscenter/internal/workload"
)

const (
	mostSteps   = 2_000_000           // of one period's figures: half a gigabyte
	mostBuckets = 31 * 24 * time.Hour // of a period with a row for every ten minutes
)

var errManySteps = errors.New("too much happened")

// burden is httpapi.Workload on the store.
type burden struct {
	steps     func(ctx context.Context, from, to time.Time, visit func(store.Step) error) error
	operators int
	zone      *time.Location
}

// Workload implements httpapi.Workload.
func (b burden) Workload(ctx context.Context, from, to time.Time) (httpapi.AlarmFigures, error) {
	var steps []workload.Step
	err := b.steps(ctx, from.Add(-workload.Span), to, func(s store.Step) error {
		if len(steps) == mostSteps {
			return errManySteps
		}
		steps = append(steps, workload.Step{Alarm: s.Alarm, At: s.At, What: s.What, Key: s.Key, Severity: s.Severity, Title: s.Title})
		return nil
	})
	switch {
	case errors.Is(err, errManySteps):
		return httpapi.AlarmFigures{}, fmt.Errorf("%w: more than %d transitions: ask for a shorter period", httpapi.ErrInvalid, mostSteps)
	case err != nil:
		return httpapi.AlarmFigures{}, fmt.Errorf("%w: %w", httpapi.ErrUnavailable, err)
	}
	f := workload.Of(from, to, b.operators, steps, to.Sub(from) <= mostBuckets)
	return b.figures(&f), nil
}

func (b burden) figures(f *workload.Figures) httpapi.AlarmFigures {
	out := httpapi.AlarmFigures{
		From: f.From.In(b.zone), To: f.To.In(b.zone), Operators: f.Operators, Method: workload.Method(), Raised: f.Raised,
		BySeverity: map[string]int{"critical": 0, "warning": 0}, MeanPerTen: f.MeanPerSpan, MostPerTen: f.MostPerSpan,
		Floods: f.Floods, FloodS: f.Flood.Seconds(), FloodShare: f.FloodShare,
		Acknowledge: timesOf(f.Acknowledge), Clear: timesOf(f.Clear), StandingAll: f.StandingAll,
		Standing: make([]httpapi.AlarmWaiting, len(f.Standing)), Chattering: sourcesOf(f.Chattering), Worst: sourcesOf(f.Worst),
		Buckets: make([]httpapi.AlarmBucket, len(f.Buckets)),
	}
	for severity, n := range f.BySeverity {
		out.BySeverity[string(severity)] = n
	}
	for i, w := range f.Standing {
		out.Standing[i] = httpapi.AlarmWaiting{Alarm: w.Alarm, Key: w.Key, Title: w.Title, Since: w.Since.In(b.zone)}
	}
	for i, bucket := range f.Buckets {
		out.Buckets[i] = httpapi.AlarmBucket{At: bucket.At.In(b.zone), Raised: bucket.Raised}
	}
	return out
}

func sourcesOf(list []workload.Source) []httpapi.AlarmSource {
	out := make([]httpapi.AlarmSource, len(list))
	for i, s := range list {
		out[i] = httpapi.AlarmSource(s)
	}
	return out
}

func timesOf(t workload.Times) httpapi.AlarmTimes {
	if t.Count == 0 {
		return httpapi.AlarmTimes{}
	}
	mean, median := t.Mean.Seconds(), t.Median.Seconds()
	return httpapi.AlarmTimes{Count: t.Count, Mean: &mean, Median: &median}
}
