package replay

import (
	"context"
	"errors"
	"fmt"
	"time"

	"opscenter/internal/archive"
	"opscenter/internal/city"
	"opscenter/internal/live"
	"opscenter/internal/store"
)

// load returns a tape that stands at the newest keyframes whose times are not after at.
func (p *Past) load(ctx context.Context, at time.Time) (*tape, error) {
	frames, inv, err := p.frames(ctx, at)
	if err != nil {
		return nil, err
	}
	t := &tape{past: p, board: live.NewBoard(p.config.Board), revision: inv.Revision}
	t.board.SetInventory(inv)
	for partition, frame := range frames {
		state, err := archive.Decompress(frame.Data)
		if err != nil {
			return nil, fmt.Errorf("keyframe of partition %d at %s: %w", partition, frame.At.Format(time.RFC3339), err)
		}
		if err := t.board.Restore(partition, state, frame.Seq); err != nil {
			return nil, fmt.Errorf("keyframe of partition %d at %s: %w", partition, frame.At.Format(time.RFC3339), err)
		}
		c, err := newCursor(p, partition, frame)
		if err != nil {
			t.close()
			return nil, err
		}
		t.cursors = append(t.cursors, c)
	}
	return t, nil
}

// frames returns the newest keyframe of every partition whose time is not after at, and the inventory
// that was in force at all of them: where it changed between them, earlier ones are taken.
func (p *Past) frames(ctx context.Context, at time.Time) ([]store.Keyframe, *city.Inventory, error) {
	frames, first, last, err := p.framesAt(ctx, at)
	if err != nil {
		return nil, nil, err
	}
	for {
		inv, err := p.config.Store.InventoryBefore(ctx, first)
		if err != nil {
			return nil, nil, err
		}
		later, err := p.config.Store.InventoriesAfter(ctx, inv.Revision, last.Add(-time.Microsecond))
		if err != nil || len(later) == 0 {
			return frames, inv, err
		}
		earlier, f, l, err := p.framesAt(ctx, later[0].Since)
		if errors.Is(err, ErrNotKept) {
			return frames, inv, nil // the archive begins in between
		}
		if err != nil {
			return nil, nil, err
		}
		frames, first, last = earlier, f, l
	}
}

// framesAt returns the newest keyframe of every partition, and the times of the first and the last.
func (p *Past) framesAt(ctx context.Context, at time.Time) (frames []store.Keyframe, first, last time.Time, err error) {
	for partition := range p.config.Board.Partitions {
		frame, err := p.config.Store.Keyframe(ctx, partition, at)
		if errors.Is(err, store.ErrNotFound) {
			return nil, first, last, p.begins(ctx, at)
		}
		if err != nil {
			return nil, first, last, err
		}
		if partition == 0 || frame.At.Before(first) {
			first = frame.At
		}
		if frame.At.After(last) {
			last = frame.At
		}
		frames = append(frames, frame)
	}
	return frames, first, last, nil
}
