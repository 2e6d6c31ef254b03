package app

import (
	"context"
	"fmt"
	"math"
	"time"

	"opscenter/internal/availability"
	"opscenter/internal/city"
	"opscenter/internal/httpapi"
	"opscenter/internal/store"
)

// reports is httpapi.Reports on the store.
type reports struct {
	store     *store.Store
	inventory func() *city.Inventory
	recorded  func() time.Time // up to when everything is in the database
}

// recorded returns up to when everything is in the database, of every partition.
func (a *App) recorded() time.Time {
	var oldest time.Time
	for i, r := range a.recorders {
		if at := r.Recorded(); i == 0 || at.Before(oldest) {
			oldest = at
		}
	}
	return oldest
}

// Availability implements httpapi.Reports. What is not recorded yet it does not report on, or the
// report would not come out the same again.
func (r reports) Availability(ctx context.Context, q httpapi.AvailabilityQuery) (httpapi.AvailabilityReport, error) {
	if recorded := r.recorded(); q.To.After(recorded) {
		return httpapi.AvailabilityReport{}, fmt.Errorf("%w: a report up to %s, when the database knows the time up to %s",
			httpapi.ErrUnavailable, q.To.Format(time.RFC3339), recorded.Format(time.RFC3339))
	}
	report := availability.NewReport(availability.Group(q.GroupBy), r.inventory().Areas, q.From, q.To)
	var placements []availability.Placement
	var history []availability.Interval
	err := r.store.EachDevice(ctx, q.From, q.To, func(ps []store.Placement, intervals []store.Interval) error {
		placements, history = placements[:0], history[:0]
		for _, p := range ps {
			placements = append(placements, availability.Placement(p))
		}
		for i := range intervals {
			history = append(history, availability.Interval{From: intervals[i].From, To: intervals[i].To, Status: intervals[i].Status})
		}
		report.Device(placements, history)
		return nil
	})
	if err != nil {
		return httpapi.AvailabilityReport{}, fmt.Errorf("%w: %w", httpapi.ErrUnavailable, err)
	}
	rows, all := report.Rows()
	out := httpapi.AvailabilityReport{
		From: q.From, To: q.To, GroupBy: q.GroupBy, SLA: q.SLA, Method: availability.Method(),
		Items: make([]httpapi.AvailabilityRow, len(rows)), All: availabilityRow(&all, q.SLA),
	}
	for i := range rows {
		out.Items[i] = availabilityRow(&rows[i], q.SLA)
	}
	return out, nil
}

func availabilityRow(r *availability.Row, sla float64) httpapi.AvailabilityRow {
	row := httpapi.AvailabilityRow{
		ID: r.ID, Name: r.Name, Devices: r.Devices, Period: r.Period, Up: r.Up, Down: r.Down, Unknown: r.Unknown,
		Maintenance: r.Maintenance, Outages: r.Outages,
		MTTR: figure(r.MTTR, 10), MTBF: figure(r.MTBF, 10), Availability: figure(r.Availability, 10_000), Floor: figure(r.Floor, 10_000),
	}
	if percent, known := r.Availability(); known {
		met := percent >= sla
		row.Met = &met
	}
	return row
}

// figure returns a figure rounded to 1/parts, or nil if it is not known.
func figure(of func() (float64, bool), parts float64) *float64 {
	v, known := of()
	if !known {
		return nil
	}
	v = math.Round(v*parts) / parts
	return &v
}
