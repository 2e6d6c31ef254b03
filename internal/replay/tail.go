package replay

import (
	"context"
	"fmt"
	"time"

	"opscenter/internal/city"
)

// patience is how long a seek waits for the log to come to a time that is over. A mark comes each second, and
// is as late as the disk.
const patience = 20 * time.Second

// batch is what was appended to the log together.
type batch struct {
	seq     uint64
	entries []city.Entry
}

// tail reads the log itself on a goroutine of its own.
type tail struct {
	batches chan batch
	err     error // valid once batches is closed
	cancel  context.CancelFunc
}

// startTail reads a partition of the log after a sequence. It outlives ctx, until stop.
func startTail(ctx context.Context, read Tail, partition int, after uint64) *tail {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	t := &tail{batches: make(chan batch, 16), cancel: cancel}
	go func() {
		defer close(t.batches)
		t.err = read(ctx, partition, after, func(seq uint64, entries []city.Entry) error {
			select {
			case t.batches <- batch{seq, entries}:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	}()
	return t
}

// stop ends the reading and waits for it, which it does by taking what is still given.
func (t *tail) stop() {
	t.cancel()
	for range t.batches {
	}
}

// reachTail goes on in the log where the archive ends. What is archived meanwhile, the log may have let go
// of: only if there is nothing of the kind after the log's first batch was read does it go on without a gap.
func (c *cursor) reachTail(ctx context.Context, until time.Time) (more bool, err error) {
	if c.past.config.Tail == nil {
		return false, nil
	}
	c.tail = startTail(ctx, c.past.config.Tail, c.partition, c.seq)
	at := c.seq
	more, err = c.fetchTail(ctx, until)
	if err != nil || !more {
		return more, err
	}
	segments, err := c.past.config.Store.Segments(ctx, c.partition, c.since, at, fetchSegments)
	if err != nil {
		return false, err
	}
	if len(segments) > 0 {
		c.tail.stop()
		c.tail, c.segments, c.seq, c.entries = nil, segments, at, nil
		return c.fetch(ctx, until)
	}
	return true, nil
}

// fetchTail waits for the log's next batch.
func (c *cursor) fetchTail(ctx context.Context, until time.Time) (more bool, err error) {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case b, ok := <-c.tail.batches:
		if !ok {
			return false, fmt.Errorf("partition %d: %w", c.partition, c.tail.err)
		}
		c.seq, c.entries = b.seq, b.entries
		return true, nil
	case <-timer.C:
		return false, fmt.Errorf("%w: the log has not come to %s", ErrNotYet, until.Format(time.RFC3339))
	case <-ctx.Done():
		return false, ctx.Err()
	}
}
