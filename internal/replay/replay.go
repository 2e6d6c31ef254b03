// Package replay makes the picture of any past moment, and plays the past: from the archive it restores
// the newest keyframe before the moment into a board of its own, and applies what the log said after it,
// as the wall did then. Where the archive ends it reads on in the log itself.
//
// What a moment is: an entry belongs to it if the center accepted it at that time or before. Whatever the
// picture is judged by that is not in the log or the inventory, such as thresholds in the configuration,
// is today's.
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

// The errors that callers tell apart.
var (
	// ErrNotKept says that the archive begins later.
	ErrNotKept = errors.New("not in the archive")
	// ErrNotYet says that the time has not come, or that the log has not come to it.
	ErrNotYet = errors.New("not yet")
	// ErrWish says that a replay cannot be played as it is wished for.
	ErrWish = errors.New("it cannot be played")
	// ErrBusy says that as many replays are under way as there may be.
	ErrBusy = errors.New("too many replays")
)

// Store is where the archive is; see store.Store.
type Store interface {
	Keyframe(ctx context.Context, partition int, at time.Time) (store.Keyframe, error)
	ArchiveBegins(ctx context.Context, partition int) (time.Time, error)
	Segments(ctx context.Context, partition int, since time.Time, after uint64, most int) ([]store.Segment, error)
	InventoryBefore(ctx context.Context, at time.Time) (*city.Inventory, error)
	InventoriesAfter(ctx context.Context, revision int64, until time.Time) ([]*city.Inventory, error)
}

// Tail reads a partition of the log itself from after a sequence on, in order, until ctx ends or handle
// fails.
type Tail func(ctx context.Context, partition int, after uint64, handle func(seq uint64, entries []city.Entry) error) error

// Config is what the past is made from.
type Config struct {
	Board live.BoardConfig // as the wall's, with as many partitions
	Store Store
	Tail  Tail                 // nil: only what is archived is known
	Codec func() archive.Codec // returns one for one goroutine
	Now   func() time.Time     // nil: time.Now

	Replays int // at a time; 0: 4
}

// Past makes pictures of the past. Its methods may be called from any goroutine.
type Past struct {
	config  Config
	places  chan struct{} // of replays
	seeking chan struct{} // holds as many as may be made at a time
}

const (
	mostReplays = 4
	mostSeeks   = 2 // at a time: each takes a processor and the memory of a board
)

// New returns the past of a center.
func New(c Config) *Past {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Replays == 0 {
		c.Replays = mostReplays
	}
	c.Board.Partitions = max(c.Board.Partitions, 1)
	return &Past{config: c, places: make(chan struct{}, c.Replays), seeking: make(chan struct{}, mostSeeks)}
}

// Board returns the picture as it was after everything that was accepted up to a time. The board is the
// caller's. An error may wrap ErrNotKept or ErrNotYet.
func (p *Past) Board(ctx context.Context, at time.Time) (*live.Board, error) {
	t, err := p.open(ctx, at)
	if err != nil {
		return nil, err
	}
	t.close()
	return t.board, nil
}

// open returns a tape that stands at a time.
func (p *Past) open(ctx context.Context, at time.Time) (*tape, error) {
	if now := p.config.Now(); at.After(now) {
		return nil, fmt.Errorf("%w: %s is in the future, it is %s", ErrNotYet, at.Format(time.RFC3339), now.Format(time.RFC3339))
	}
	select {
	case p.seeking <- struct{}{}:
		defer func() { <-p.seeking }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	t, err := p.load(ctx, at)
	if err != nil {
		return nil, err
	}
	if err := t.forward(ctx, at); err != nil {
		t.close()
		return nil, err
	}
	return t, nil
}

// Begins returns the first whole second whose picture is known. The error is ErrNotKept if there is none
// yet.
func (p *Past) Begins(ctx context.Context) (time.Time, error) {
	var begins time.Time
	for partition := range p.config.Board.Partitions {
		first, err := p.config.Store.ArchiveBegins(ctx, partition)
		if errors.Is(err, store.ErrNotFound) {
			return time.Time{}, fmt.Errorf("%w: the archive is empty yet", ErrNotKept)
		}
		if err != nil {
			return time.Time{}, err
		}
		if first.After(begins) {
			begins = first
		}
	}
	return begins.Add(time.Second - 1).Truncate(time.Second), nil
}

// tooEarly returns an error that says from when on there is an archive.
func (p *Past) tooEarly(ctx context.Context, at time.Time) error {
	begins, err := p.Begins(ctx)
	if err != nil {
		return err
	}
	return fmt.Errorf("%w: %s; the archive begins at %s", ErrNotKept, at.Format(time.RFC3339), begins.In(at.Location()).Format(time.RFC3339))
}
