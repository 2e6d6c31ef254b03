package store

import (
	"context"
	"fmt"
	"time"

	"opscenter/internal/store/sqlcgen"
)

// Resolution is how finely a series is read.
type Resolution uint8

// The resolutions: every reading, or one roll-up per minute or hour.
const (
	Raw Resolution = iota
	PerMinute
	PerHour
)

// SeriesQuery selects one metric of a device.
type SeriesQuery struct {
	Device     string
	Metric     string
	Resolution Resolution
	From, To   time.Time // inclusive, exclusive
	Limit      int       // points at most; the oldest are kept
}

// Point is one reading, or one roll-up of N readings from At on. Kind and Channel tell apart the
// series of one device that have the metric.
type Point struct {
	Kind, Channel  string
	At             time.Time
	N              int
	Mean, Min, Max float64
}

// Series returns the points of a metric, oldest first.
func (s *Store) Series(ctx context.Context, query SeriesQuery) ([]Point, error) {
	p := sqlcgen.MinutePointsParams{
		Device: clean(query.Device), Metric: clean(query.Metric),
		FromAt: dated(query.From), ToAt: dated(query.To), MaxPoints: page(query.Limit),
	}
	points, err := s.points(ctx, query.Resolution, p)
	if err != nil {
		return nil, fmt.Errorf("series %q of %q: %w", query.Metric, query.Device, err)
	}
	return points, nil
}

func (s *Store) points(ctx context.Context, resolution Resolution, p sqlcgen.MinutePointsParams) ([]Point, error) {
	var points []Point
	switch resolution {
	case PerMinute:
		rows, err := s.queries.MinutePoints(ctx, p)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			points = append(points, summedPoint(r))
		}
	case PerHour:
		rows, err := s.queries.HourPoints(ctx, sqlcgen.HourPointsParams(p))
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			points = append(points, summedPoint(sqlcgen.MinutePointsRow(r)))
		}
	case Raw:
		rows, err := s.queries.RawPoints(ctx, sqlcgen.RawPointsParams(p))
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			points = append(points, Point{
				Kind: r.Kind, Channel: r.Channel, At: r.At.UTC(), N: 1, Mean: r.Value, Min: r.Value, Max: r.Value,
			})
		}
	}
	return points, nil
}

func summedPoint(r sqlcgen.MinutePointsRow) Point {
	return Point{
		Kind: r.Kind, Channel: r.Channel, At: r.At.UTC(), N: int(r.N),
		Mean: r.Sum / float64(max(r.N, 1)), Min: r.Min, Max: r.Max,
	}
}
