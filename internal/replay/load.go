package replay

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"opscenter/internal/archive"
	"opscenter/internal/live"
	"opscenter/internal/store"
)

// load returns a tape that stands at the newest keyframes whose times are not after at. Each is restored
// under the inventory that was in force at its time, one after the other: what the earlier ones have said
// up to the next inventory is applied before that comes into force.
func (p *Past) load(ctx context.Context, at time.Time) (*tape, error) {
	frames, err := p.frames(ctx, at)
	if err != nil {
		return nil, err
	}
	first, last := frames[0], frames[len(frames)-1]
	inv, err := p.config.Store.InventoryBefore(ctx, first.At)
	if err != nil {
		return nil, err
	}
	t := &tape{past: p, board: live.NewBoard(p.config.Board), cursors: make([]*cursor, len(frames)), revision: inv.Revision}
	t.board.SetInventory(inv)
	if err := t.begin(ctx, frames, last.At); err != nil {
		t.close()
		return nil, err
	}
	return t, nil
}

// frame is the keyframe that a partition begins from.
type frame struct {
	store.Keyframe
	partition int
}

// begin restores frames, which are in the order of their times, the last of which is given.
func (t *tape) begin(ctx context.Context, frames []frame, last time.Time) error {
	if err := t.lookAhead(ctx, last); err != nil {
		return err
	}
	for _, f := range frames {
		if err := t.inventories(ctx, f.At.Add(-time.Microsecond)); err != nil {
			return err
		}
		if err := t.restore(f); err != nil {
			return fmt.Errorf("keyframe of partition %d at %s: %w", f.partition, f.At.Format(time.RFC3339), err)
		}
	}
	return nil
}

func (t *tape) restore(f frame) error {
	state, err := archive.Decompress(f.Data)
	if err != nil {
		return err
	}
	if err := t.board.Restore(f.partition, state, f.Seq); err != nil {
		return err
	}
	t.cursors[f.partition], err = newCursor(t.past, f.partition, f.Keyframe)
	return err
}

// frames returns the newest keyframe of every partition whose time is not after at, in the order of their
// times.
func (p *Past) frames(ctx context.Context, at time.Time) ([]frame, error) {
	var frames []frame
	for partition := range p.config.Board.Partitions {
		k, err := p.config.Store.Keyframe(ctx, partition, at)
		if errors.Is(err, store.ErrNotFound) {
			return nil, p.tooEarly(ctx, at)
		}
		if err != nil {
			return nil, err
		}
		frames = append(frames, frame{k, partition})
	}
	slices.SortStableFunc(frames, func(a, b frame) int { return a.At.Compare(b.At) })
	return frames, nil
}
