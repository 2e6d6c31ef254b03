package app

import (
	"context"
	"time"

	"opscenter/internal/store"
)

// startJobs starts what happens by the clock.
func (a *App) startJobs(context.Context) error {
	a.lifecycle.task("clock marks", 10*time.Second, a.failed, a.markTime)
	a.lifecycle.task("health", 5*time.Second, a.failed, a.watchHealth)
	a.lifecycle.task("retention", 10*time.Second, a.failed, a.retain)
	return nil
}

// markTime appends a clock mark to the log every second: projections take the time from there, and
// whether anything could be heard.
func (a *App) markTime(ctx context.Context) error {
	failing := false
	for {
		now := time.Now()
		next := now.Truncate(time.Second).Add(time.Second)
		select {
		case <-time.After(next.Sub(now)):
		case <-ctx.Done():
			return nil
		}
		err := a.eventlog.Mark(ctx, time.Now(), !a.client.Status().Subscribed)
		if err != nil && ctx.Err() == nil && !failing {
			a.log.Warn("the log takes no clock marks", "error", err)
		}
		failing = err != nil
	}
}

// retain lets go of what is no longer needed: of the log every minute, of the database every hour.
func (a *App) retain(ctx context.Context) error {
	ticker := time.NewTicker(time.Minute)
	defer ticker.Stop()
	for turn := 0; ; turn++ {
		for p, r := range a.recorders {
			if err := a.eventlog.Trim(ctx, p, r.Saved()); err != nil && ctx.Err() == nil {
				a.log.Warn("the log was not trimmed", "partition", p, "error", err)
			}
		}
		if turn%60 == 0 {
			a.retainStore(ctx)
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return nil
		}
	}
}

func (a *App) retainStore(ctx context.Context) {
	now := time.Now()
	if err := a.store.EnsurePartitions(ctx, now); err != nil && ctx.Err() == nil {
		a.log.Warn("no partitions were made for the days ahead", "error", err)
	}
	removed, err := a.store.Retain(ctx, now, store.DefaultPolicy())
	if err != nil && ctx.Err() == nil {
		a.log.Warn("retention", "error", err)
	}
	if len(removed) > 0 {
		a.log.Info("retention", "removed", removed)
	}
}
