package ingest

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"
)

// State is whether messages are being kept.
type State string

// The states of ingest.
const (
	Live    State = "live"
	Stalled State = "stalled" // the log takes nothing: nothing is acknowledged, nothing is lost
)

// Status is the state of ingest, since when, and why.
type Status struct {
	State State
	Since time.Time
	Err   error // why it is stalled; nil if live, or if an append merely does not return
}

// hanging is how long one append may take before ingest counts as stalled.
const hanging = 5 * time.Second

// health is the status under a lock.
type health struct {
	mu        sync.Mutex
	current   Status
	appending time.Time // when the append under way began; zero if none is
}

// set changes the state, and reports whether it was another.
func (h *health) set(s State, at time.Time, err error) (changed bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	changed = h.current.State != s
	if changed {
		h.current.State, h.current.Since = s, at
	}
	h.current.Err = err
	h.appending = time.Time{}
	return changed
}

func (h *health) begin(at time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.appending = at
}

func (h *health) status(now time.Time) Status {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.current.State == Live && !h.appending.IsZero() && now.Sub(h.appending) > hanging {
		return Status{State: Stalled, Since: h.appending}
	}
	return h.current
}

// The pause after the first failed append, and the longest.
const (
	firstPause   = 50 * time.Millisecond
	longestPause = 5 * time.Second
)

// keep appends a batch, again and again until it is durable or ctx ends.
func (in *Ingest) keep(ctx context.Context, b *batch) error {
	if len(b.entries) == 0 {
		return nil
	}
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		began := in.now()
		in.health.begin(began)
		err := in.appender.Append(ctx, b.entries)
		now := in.now()
		if err == nil {
			if in.health.set(Live, now, nil) {
				in.log.LogAttrs(ctx, slog.LevelInfo, "event log takes messages again")
			}
			in.metrics.Appended(len(b.entries), now.Sub(began))
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		in.metrics.AppendFailed()
		if in.health.set(Stalled, now, err) {
			in.log.LogAttrs(ctx, slog.LevelError, "event log takes no messages; none is acknowledged until it does",
				slog.Any("error", err))
		}
		if err := wait(ctx, jittered(pause)); err != nil {
			return err
		}
	}
}

// jittered returns a duration between half of d and d, so that many that failed together do not
// come back together.
func jittered(d time.Duration) time.Duration {
	return d/2 + rand.N(d/2+1) //nolint:gosec // spreads load, guards nothing
}

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
