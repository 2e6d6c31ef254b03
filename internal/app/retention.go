package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"opscenter/internal/httpapi"
	"opscenter/internal/metrics"
	"opscenter/internal/store"
)

// retention is httpapi.Retention on the store.
type retention struct {
	store  *store.Store
	policy store.Policy
	zone   *time.Location
}

// Retention implements httpapi.Retention.
func (r retention) Retention(ctx context.Context) ([]httpapi.KeptClass, error) {
	kept, err := r.store.Kept(ctx, time.Now(), r.policy)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", httpapi.ErrUnavailable, err)
	}
	classes := make([]httpapi.KeptClass, len(kept))
	for i := range kept {
		k := &kept[i]
		classes[i] = httpapi.KeptClass{
			Class: k.Class, Names: k.Names, KeepS: int64(k.Keep.Seconds()), Oldest: r.local(k.Oldest),
			Bytes: k.Bytes, Rows: k.Rows, Partitions: k.Partitions,
			Held: httpapi.Held{Holds: k.Holds, Partitions: k.HeldPartitions, Rows: k.HeldRows},
			Due:  httpapi.Due{Partitions: k.DuePartitions, Rows: k.DueRows},
		}
	}
	return classes, nil
}

// Holds implements httpapi.Retention.
func (r retention) Holds(ctx context.Context) ([]httpapi.Hold, error) {
	holds, err := r.store.Holds(ctx)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", httpapi.ErrUnavailable, err)
	}
	out := make([]httpapi.Hold, len(holds))
	for i := range holds {
		out[i] = r.hold(&holds[i])
	}
	return out, nil
}

// PlaceHold implements httpapi.Retention.
func (r retention) PlaceHold(ctx context.Context, key string, h httpapi.NewHold) (httpapi.Hold, error) {
	placed, err := r.store.PlaceHold(ctx, key, store.Hold{
		Classes: h.Classes, From: h.From, To: h.To, Device: h.Device, Location: h.Location,
		Reason: h.Reason, PlacedBy: h.Actor, PlacedAt: time.Now(),
	})
	switch {
	case errors.Is(err, store.ErrNotFound):
		return httpapi.Hold{}, fmt.Errorf("%w: %w", httpapi.ErrInvalid, err)
	case errors.Is(err, store.ErrKeyUsed):
		return httpapi.Hold{}, fmt.Errorf("%w: %w", httpapi.ErrConflict, err)
	case err != nil:
		return httpapi.Hold{}, fmt.Errorf("%w: %w", httpapi.ErrUnavailable, err)
	}
	return r.hold(&placed), nil
}

// LiftHold implements httpapi.Retention.
func (r retention) LiftHold(ctx context.Context, key string, id int64, l httpapi.Lift) (httpapi.Hold, error) {
	lifted, err := r.store.LiftHold(ctx, key, id, l.Actor, l.Reason, time.Now())
	switch {
	case errors.Is(err, store.ErrNotFound):
		return httpapi.Hold{}, fmt.Errorf("%w: hold %d", httpapi.ErrNotFound, id)
	case errors.Is(err, store.ErrKeyUsed) || errors.Is(err, store.ErrLifted):
		return httpapi.Hold{}, fmt.Errorf("%w: %w", httpapi.ErrConflict, err)
	case err != nil:
		return httpapi.Hold{}, fmt.Errorf("%w: %w", httpapi.ErrUnavailable, err)
	}
	return r.hold(&lifted), nil
}

func (r retention) hold(h *store.Hold) httpapi.Hold {
	return httpapi.Hold{
		ID: h.ID, Classes: h.Classes, From: r.local(h.From), To: r.local(h.To), Device: h.Device, Location: h.Location,
		Reason: h.Reason, PlacedBy: h.PlacedBy, PlacedAt: r.local(h.PlacedAt), Standing: h.LiftedAt.IsZero(),
		LiftReason: h.LiftReason, LiftedBy: h.LiftedBy, LiftedAt: r.local(h.LiftedAt),
	}
}

// local is a time in the civic zone; the zero time stays zero.
func (r retention) local(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.In(r.zone)
}

// retain lets go of what is no longer needed: of the log every minute, of the database every hour.
func (a *App) retain(ctx context.Context) error {
	ticker := time.NewTicker(time.Minute)
	defer ticker.Stop()
	due := false // for the database
	for turn := 0; ; turn++ {
		due = due || turn%60 == 0
		if a.forget(ctx, due) {
			due = false
		}
		a.measureStore(ctx)
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// forget trims the log, and the database too if that is due. While a backup is under way it does
// neither and returns false: a backup needs what the log held when it began, and every partition that it
// has seen.
func (a *App) forget(ctx context.Context, database bool) bool {
	if !a.quiet.try() {
		return false
	}
	defer a.quiet.done()
	a.trimLog(ctx)
	if database {
		a.retainStore(ctx)
	}
	return true
}

func (a *App) trimLog(ctx context.Context) {
	for p, r := range a.recorders {
		if err := a.eventlog.Trim(ctx, p, r.Saved()); err != nil && ctx.Err() == nil {
			a.log.Warn("the log was not trimmed", "partition", p, "error", err)
		}
	}
}

func (a *App) retainStore(ctx context.Context) {
	now := time.Now()
	if err := a.store.EnsurePartitions(ctx, now); err != nil && ctx.Err() == nil {
		a.log.Warn("no partitions were made for the days ahead", "error", err)
	}
	removed, err := a.store.Retain(ctx, now, a.policy)
	if err != nil && ctx.Err() == nil {
		a.log.Warn("retention", "error", err)
	}
	if len(removed) > 0 {
		a.log.Info("retention", "removed", removed)
	}
}

// measureStore brings up to date what /metrics says of the size of each class of data.
func (a *App) measureStore(ctx context.Context) {
	sizes, err := a.store.Sizes(ctx)
	if err != nil {
		if ctx.Err() == nil {
			a.log.Debug("the sizes are not known", "error", err)
		}
		return
	}
	classes := make([]metrics.Class, len(sizes))
	for i, s := range sizes {
		classes[i] = metrics.Class{Class: s.Class, Bytes: s.Bytes, Rows: s.Rows}
	}
	a.classes.Store(&classes)
}
