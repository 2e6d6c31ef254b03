package replay

import (
	"context"
	"slices"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/live"
)

// tape is a board that is moved forward through the past. It is for one goroutine, but for its board,
// which others may read.
type tape struct {
	past     *Past
	board    *live.Board
	cursors  []*cursor // one per partition; nil: it is not restored yet
	revision int64     // of the inventory that is in force

	ahead   []*city.Inventory // those that come next
	horizon time.Time         // up to which ahead is complete
}

// forward applies everything that was accepted up to a time, in the order of the inventories' times: one
// comes into force after the entries of its moment.
func (t *tape) forward(ctx context.Context, until time.Time) error {
	if err := t.lookAhead(ctx, until); err != nil {
		return err
	}
	if err := t.inventories(ctx, until); err != nil {
		return err
	}
	return t.entries(ctx, until)
}

// inventories applies what was looked ahead for, up to a time, and the entries up to the last of it.
func (t *tape) inventories(ctx context.Context, until time.Time) error {
	for len(t.ahead) > 0 && !t.ahead[0].Since.After(until) {
		inv := t.ahead[0]
		if err := t.entries(ctx, inv.Since); err != nil {
			return err
		}
		t.board.SetInventory(inv)
		t.ahead, t.revision = t.ahead[1:], inv.Revision
	}
	return nil
}

const (
	lookAhead = 10 * time.Minute // of the past, for which inventories are asked at once
	settled   = 5 * time.Second  // after which no inventory comes into force at a past moment any more
)

// lookAhead finds out which inventories come into force up to a time.
func (t *tape) lookAhead(ctx context.Context, until time.Time) error {
	if !until.After(t.horizon) {
		return nil
	}
	horizon := until.Add(lookAhead)
	if latest := t.past.config.Now().Add(-settled); horizon.After(latest) {
		horizon = latest
	}
	ahead, err := t.past.config.Store.InventoriesAfter(ctx, t.revision, later(until, horizon))
	if err != nil {
		return err
	}
	t.ahead, t.horizon = ahead, horizon
	return nil
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// entries applies the entries up to a time, in all partitions.
func (t *tape) entries(ctx context.Context, until time.Time) error {
	for partition, c := range t.cursors {
		for c != nil {
			if len(c.entries) == 0 {
				if more, err := c.fetch(ctx, until); err != nil || !more {
					if err != nil {
						return err
					}
					break
				}
			}
			n := upTo(c.entries, until)
			if n > 0 {
				t.board.Apply(partition, c.entries[:n], c.seq)
				c.entries = c.entries[n:]
			}
			if len(c.entries) > 0 {
				break
			}
		}
	}
	return nil
}

// upTo returns how many entries come before the first that was accepted after a time.
func upTo(entries []city.Entry, until time.Time) int {
	for i := range entries {
		if entries[i].At.After(until) {
			return i
		}
	}
	return len(entries)
}

// onTail says whether any cursor reads the log itself.
func (t *tape) onTail() bool {
	return slices.ContainsFunc(t.cursors, func(c *cursor) bool { return c != nil && c.tail != nil })
}

// close lets go of what the tape reads from; its board stays.
func (t *tape) close() {
	for _, c := range t.cursors {
		if c != nil {
			c.close()
		}
	}
}
