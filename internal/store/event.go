package store

import (
	"context"
	"fmt"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/store/sqlcgen"
)

func storeEvents(ctx context.Context, q *sqlcgen.Queries, events []Event) error {
	var upserts []sqlcgen.UpsertEventParams
	var widenings []sqlcgen.WidenEventParams
	var violations []sqlcgen.InsertViolationParams
	for i := range events {
		e := &events[i]
		if e.Kind == KindViolation {
			violations = append(violations, violationRow(e))
			continue
		}
		row := eventRow(e)
		upserts = append(upserts, row)
		if row.StartedAt != nil || row.EndedAt != nil {
			widenings = append(widenings, sqlcgen.WidenEventParams{
				Subsystem: row.Subsystem, Kind: row.Kind, ID: row.ID, StartedAt: row.StartedAt, EndedAt: row.EndedAt,
			})
		}
	}
	if len(upserts) > 0 {
		if err := finish(q.UpsertEvent(ctx, upserts)); err != nil {
			return fmt.Errorf("events: %w", err)
		}
	}
	if len(widenings) > 0 {
		if err := finish(q.WidenEvent(ctx, widenings)); err != nil {
			return fmt.Errorf("events: %w", err)
		}
	}
	if len(violations) > 0 {
		if err := finish(q.InsertViolation(ctx, violations)); err != nil {
			return fmt.Errorf("violations: %w", err)
		}
	}
	return nil
}

// batch is what every generated batch of statements can do.
type batch interface{ Exec(func(int, error)) }

// finish sends a batch in one round trip and returns its first error.
func finish(b batch) error {
	var first error
	b.Exec(func(_ int, err error) {
		if first == nil {
			first = err
		}
	})
	return first
}

func eventRow(e *Event) sqlcgen.UpsertEventParams {
	row := sqlcgen.UpsertEventParams{
		Subsystem: clean(e.Subsystem), Kind: clean(e.Kind), ID: clean(e.ID), Location: clean(e.Location),
		Device: clean(e.Device), Type: clean(e.Type), Phase: clean(string(e.Phase)), Severity: clean(e.Severity),
		Title: clean(e.Title), Description: clean(e.Description), Lat: e.Lat, Lon: e.Lon,
		EvidenceURL: clean(e.EvidenceURL), ChangedAt: dated(e.ObservedAt), ReceivedAt: dated(e.ReceivedAt),
	}
	if !e.DueAt.IsZero() {
		due := dated(e.DueAt)
		row.DueAt = &due
	}
	if e.Phase == city.Started || e.Phase == city.Instant {
		row.StartedAt = &row.ChangedAt
	}
	if e.Phase == city.Ended || e.Phase == city.Instant {
		row.EndedAt = &row.ChangedAt
	}
	return row
}

func violationRow(e *Event) sqlcgen.InsertViolationParams {
	return sqlcgen.InsertViolationParams{
		Subsystem: clean(e.Subsystem), ID: clean(e.ID), Location: clean(e.Location), Device: clean(e.Device),
		Type: clean(e.Type), PlateMasked: clean(e.Plate.Masked), PlateSealed: e.Plate.Sealed,
		SpeedKmh: e.SpeedKmh, LimitKmh: e.LimitKmh, EvidenceURL: clean(e.EvidenceURL),
		ObservedAt: dated(e.ObservedAt), ReceivedAt: dated(e.ReceivedAt),
	}
}

// EventRow is an event as its latest message left it. StartedAt and EndedAt are zero until a message
// says so.
type EventRow struct {
	Subsystem  string
	Kind       string
	Location   string
	Device     string
	StartedAt  time.Time
	ChangedAt  time.Time // the sender's time of the latest message
	EndedAt    time.Time
	ReceivedAt time.Time
	city.Event // without speeds and plate
}

// Events returns the events heard of since a time, the latest first, limit of them at most.
func (s *Store) Events(ctx context.Context, since time.Time, limit int) ([]EventRow, error) {
	rows, err := s.queries.RecentEvents(ctx, sqlcgen.RecentEventsParams{Since: dated(since), MaxRows: page(limit)})
	if err != nil {
		return nil, fmt.Errorf("events: %w", err)
	}
	events := make([]EventRow, 0, len(rows))
	for _, r := range rows {
		events = append(events, EventRow{
			Subsystem: r.Subsystem, Kind: r.Kind, Location: r.Location, Device: r.Device,
			StartedAt: timeOrZero(r.StartedAt), ChangedAt: r.ChangedAt.UTC(), EndedAt: timeOrZero(r.EndedAt), ReceivedAt: r.ReceivedAt.UTC(),
			Event: city.Event{
				ID: r.ID, Type: r.Type, Phase: city.Phase(r.Phase), Severity: r.Severity, Title: r.Title,
				Description: r.Description, Lat: r.Lat, Lon: r.Lon, EvidenceURL: r.EvidenceURL, DueAt: timeOrZero(r.DueAt),
			},
		})
	}
	return events, nil
}

// Violation is a recorded violation without what identifies a person.
type Violation struct {
	Subsystem   string
	ID          string
	Location    string
	Device      string
	Type        string
	PlateMasked string
	SpeedKmh    *float64
	LimitKmh    *float64
	EvidenceURL string
	ObservedAt  time.Time
	ReceivedAt  time.Time
}

// Violations returns the violations received since a time, the latest first, limit of them at most.
func (s *Store) Violations(ctx context.Context, since time.Time, limit int) ([]Violation, error) {
	rows, err := s.queries.RecentViolations(ctx, sqlcgen.RecentViolationsParams{Since: dated(since), MaxRows: page(limit)})
	if err != nil {
		return nil, fmt.Errorf("violations: %w", err)
	}
	violations := make([]Violation, 0, len(rows))
	for _, r := range rows {
		v := Violation(r)
		v.ObservedAt, v.ReceivedAt = r.ObservedAt.UTC(), r.ReceivedAt.UTC()
		violations = append(violations, v)
	}
	return violations, nil
}

// page bounds how many rows one call returns.
func page(limit int) int32 { return int32(min(max(limit, 0), 1_000_000)) }
