package replay

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"opscenter/internal/archive"
	"opscenter/internal/city"
	"opscenter/internal/store"
)

// cursor is a place in one partition of the past: first in the archive, then in the log itself.
type cursor struct {
	past      *Past
	partition int
	entries   []city.Entry // read and not applied
	seq       uint64       // of the segment or batch that is read
	since     time.Time    // not after anything that comes

	reader   *archive.Reader
	reading  bool            // the reader is within a segment
	segments []store.Segment // that come next
	tail     *tail           // nil: not there yet
}

// fetchSegments is how many segments are read at once: some minutes, and at most some megabytes.
const fetchSegments = 8

func newCursor(p *Past, partition int, from store.Keyframe) (*cursor, error) {
	r, err := archive.NewReader(p.config.Codec())
	if err != nil {
		return nil, err
	}
	return &cursor{past: p, partition: partition, seq: from.Seq, since: from.At, reader: r}, nil
}

// fetch reads the next entries. It returns false when nothing more up to that time is known; an error
// wraps ErrNotYet if the log should know more and does not.
func (c *cursor) fetch(ctx context.Context, until time.Time) (more bool, err error) {
	if c.tail != nil {
		return c.fetchTail(ctx, until)
	}
	for {
		if c.reading {
			c.entries, err = c.reader.Next()
			if err == nil {
				return true, nil
			}
			if !errors.Is(err, io.EOF) {
				return false, fmt.Errorf("segment of partition %d up to %d: %w", c.partition, c.seq, err)
			}
			c.reading = false
		}
		if len(c.segments) == 0 {
			if c.segments, err = c.past.config.Store.Segments(ctx, c.partition, c.since, c.seq, fetchSegments); err != nil {
				return false, err
			}
		}
		if len(c.segments) == 0 {
			return c.reachTail(ctx, until)
		}
		if err := c.openSegment(); err != nil {
			return false, err
		}
	}
}

// openSegment opens the next segment, which must go on from the last.
func (c *cursor) openSegment() error {
	next := c.segments[0]
	if next.After != c.seq {
		return fmt.Errorf("%w: the archive of partition %d has a gap between %d and %d, before %s",
			ErrNotKept, c.partition, c.seq, next.After, next.At.Format(time.RFC3339))
	}
	if err := c.reader.Open(next.Data); err != nil {
		return err
	}
	c.segments, c.seq, c.since, c.reading = c.segments[1:], next.Seq, next.At, true
	return nil
}

// close lets go of what the cursor reads from.
func (c *cursor) close() {
	c.reader.Close()
	if c.tail != nil {
		c.tail.stop()
	}
}
