package app

import (
	"context"
	"time"
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
		err := a.eventlog.Mark(ctx, time.Now(), a.brokerFault() != "")
		if err != nil && ctx.Err() == nil && !failing {
			a.log.Warn("the log takes no clock marks", "error", err)
		}
		failing = err != nil
	}
}
