package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/store/sqlcgen"
)

// Window is a maintenance window, with who planned it, and who cancelled it.
type Window struct {
	city.Window
	PlannedAt   time.Time
	PlannedBy   string
	Why         string
	CancelledAt time.Time // zero: it was not
	CancelledBy string
	CancelWhy   string
}

// WindowPlace is where a window is in the order of Windows. The zero place is before the first.
type WindowPlace struct {
	PlannedAt time.Time
	ID        string
}

// storeWindows keeps the windows that actions planned and cancelled, in their order.
func storeWindows(ctx context.Context, q *sqlcgen.Queries, actions []Action) error {
	for i := range actions {
		a := &actions[i]
		if a.Outcome != city.Done {
			continue
		}
		var err error
		switch {
		case a.Verb == city.Maintain && a.Window != nil:
			err = insertWindow(ctx, q, a)
		case a.Verb == city.Resume:
			err = q.CancelWindow(ctx, sqlcgen.CancelWindowParams{
				ID: clean(a.WindowID), CancelledAt: dated(a.At), CancelledBy: clean(a.Actor), CancelWhy: clean(a.Reason),
			})
		}
		if err != nil {
			return fmt.Errorf("maintenance: %w", err)
		}
	}
	return nil
}

func insertWindow(ctx context.Context, q *sqlcgen.Queries, a *Action) error {
	w := cleanWindow(*a.Window)
	document, err := json.Marshal(&w)
	if err != nil {
		return fmt.Errorf("window %q: %w", w.ID, err)
	}
	return q.InsertWindow(ctx, sqlcgen.InsertWindowParams{
		ID: w.ID, Document: document, PlannedAt: dated(a.At), PlannedBy: clean(a.Actor), Why: clean(a.Reason),
	})
}

func cleanWindow(w city.Window) city.Window {
	for _, text := range []*string{&w.ID, &w.Device, &w.Location, &w.Area, &w.Subsystem, &w.Contractor, &w.Rule, &w.Title} {
		*text = clean(*text)
	}
	w.Start = dated(w.Start)
	return w
}

// Windows returns maintenance windows, those that were planned last first, limit of them at most.
func (s *Store) Windows(ctx context.Context, before WindowPlace, limit int) ([]Window, error) {
	rows, err := s.queries.ListWindows(ctx, sqlcgen.ListWindowsParams{
		BeforeAt: momentOr(before.PlannedAt, lastMoment()), BeforeID: clean(before.ID), MaxRows: page(limit),
	})
	if err != nil {
		return nil, fmt.Errorf("maintenance: %w", err)
	}
	return windowsOf(rows)
}

// WindowsByID returns those of the named windows that are known, in no order.
func (s *Store) WindowsByID(ctx context.Context, ids []string) ([]Window, error) {
	rows, err := s.queries.GetWindows(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("maintenance: %w", err)
	}
	return windowsOf(rows)
}

func windowsOf(rows []sqlcgen.MaintenanceWindow) ([]Window, error) {
	windows := make([]Window, len(rows))
	for i := range rows {
		r, w := &rows[i], &windows[i]
		if err := json.Unmarshal(r.Document, &w.Window); err != nil {
			return nil, fmt.Errorf("window %q: %w", r.ID, err)
		}
		w.PlannedAt, w.PlannedBy, w.Why = r.PlannedAt.UTC(), r.PlannedBy, r.Why
		w.CancelledAt, w.CancelledBy, w.CancelWhy = timeOrZero(r.CancelledAt), r.CancelledBy, r.CancelWhy
	}
	return windows, nil
}
