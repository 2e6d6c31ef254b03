package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"
)

// step is one thing to undo at the end, by name.
type step struct {
	name  string
	limit time.Duration
	undo  func(ctx context.Context) error
}

// lifecycle remembers how to undo what was started, and undoes it last in first out. It is not
// safe for concurrent use.
type lifecycle struct {
	log   *slog.Logger
	steps []step
}

// add remembers an undo that may take up to limit.
func (l *lifecycle) add(name string, limit time.Duration, undo func(ctx context.Context) error) {
	l.steps = append(l.steps, step{name, limit, undo})
}

// task starts run in a goroutine of its own; the undo ends its context and waits for it. An error
// before that, other than the context's, goes to failed.
func (l *lifecycle) task(name string, limit time.Duration, failed chan<- error, run func(ctx context.Context) error) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := run(ctx); err != nil && ctx.Err() == nil {
			select {
			case failed <- fmt.Errorf("%s: %w", name, err):
			default: // one failure ends the process; the first is reported
			}
		}
	}()
	l.add(name, limit, func(limited context.Context) error {
		cancel()
		select {
		case <-done:
			return nil
		case <-limited.Done():
			return limited.Err()
		}
	})
}

// close undoes every step, each within its own limit, and joins what went wrong.
func (l *lifecycle) close() error {
	var faults []error
	for _, s := range slices.Backward(l.steps) {
		ctx, cancel := context.WithTimeout(context.Background(), s.limit)
		started := time.Now()
		err := s.undo(ctx)
		cancel()
		if err != nil {
			faults = append(faults, fmt.Errorf("stop %s: %w", s.name, err))
		}
		l.log.Debug("stopped", "part", s.name, "took", time.Since(started))
	}
	l.steps = nil
	return errors.Join(faults...)
}
