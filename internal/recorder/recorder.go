// Package recorder writes what the log says into PostgreSQL. It is a second reader of the log,
// beside the wall's: it runs a projection of its own and commits what that finds worth remembering
// together with the checkpoint, so that every entry takes effect in the database exactly once,
// whatever crashes when. While the database is down it waits, and the wall does not.
package recorder

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"opscenter/internal/archive"
	"opscenter/internal/city"
	"opscenter/internal/live"
	"opscenter/internal/store"
)

// Bounds of one write. A write is committed when it is large, or soon after its first entry.
const (
	largeWrite = 4096                   // entries
	fullWrite  = 4 * largeWrite         // entries; beyond them the recorder waits for the database
	soon       = 250 * time.Millisecond // from an entry to the commit that holds it
	grace      = 5 * time.Second        // for a commit under way when the recorder is told to end
)

// Handle takes in the entries of one sequence of the log.
type Handle func(seq uint64, entries []city.Entry) error

// Read reads a partition of the log from after a sequence on, in order, until ctx ends or handle
// fails.
type Read func(ctx context.Context, partition int, after uint64, handle Handle) error

// Store commits writes; see store.Store.
type Store interface {
	Commit(ctx context.Context, partition int, epoch int64, w *store.Write) error
}

// Metrics counts commits. Its methods must not block.
type Metrics interface {
	// Committed is told of each commit: how many entries and rows it held and how long it took.
	Committed(entries, rows int, took time.Duration)
	// ReadingsStored is told of each commit how many observations with readings it held.
	ReadingsStored(readings int)
	// CommitFailed is told of each commit that failed and will be repeated.
	CommitFailed()
	// AlarmRaised is told of each alarm that became active, once that is stored.
	AlarmRaised(severity string)
	// AlarmAcknowledged is told of each acknowledgement, and how long ago the alarm was raised.
	AlarmAcknowledged(after time.Duration)
}

// Config says which partition to record, and from where on.
type Config struct {
	Projection live.ProjectionConfig // its Effects are the recorder's
	Inventory  *city.Inventory       // in force at the time of the checkpoint's state
	Later      []*city.Inventory     // that came into force since, in their order
	Epoch      int64                 // from store.Claim, as Checkpoint is
	Checkpoint store.Checkpoint
	SaveEvery  time.Duration // between two saved states; 0: 30 s
	Codec      archive.Codec // of the archive, this recorder's own; nil: nothing is archived
	Keyframes  Keyframes
	Log        *slog.Logger
	Metrics    Metrics
}

// Recorder records one partition. Run may be called once; its other methods at any time.
type Recorder struct {
	config     Config
	read       Read
	store      Store
	projection *live.Projection
	effects    effects
	inventory  inventories
	archivist  *archivist // nil: nothing is archived

	applied   uint64    // sequence of the last batch that the projection took in
	entries   int       // in the pending write
	saveState time.Time // when the next state is due

	// newDevices is set when an inventory comes into force until the batch in which it does was taken in:
	// then devices that it has added get their first status. That and a state that knows them are committed
	// as one, so that a device which a saved state does not know has nothing in the database.
	newDevices bool

	taken time.Time // the log's time at the end of the write that was taken out last

	position atomic.Uint64
	recorded atomic.Pointer[time.Time]
	saved    atomic.Uint64
	failing  atomic.Pointer[string]
}

// New restores the saved state of a partition. A state that cannot be read is an error.
func New(c Config, read Read, s Store) (*Recorder, error) {
	if c.SaveEvery == 0 {
		c.SaveEvery = 30 * time.Second
	}
	r := &Recorder{config: c, read: read, store: s, applied: c.Checkpoint.StateSeq}
	for _, inv := range c.Later {
		r.inventory.add(inv)
	}
	r.position.Store(c.Checkpoint.Seq)
	r.saved.Store(c.Checkpoint.StateSeq)
	r.effects = effects{
		pending: &store.Write{}, fresh: map[string]bool{},
		replaying: true, rollup: newRollup(time.Time{}, nil),
	}
	c.Projection.Effects = &r.effects
	r.projection = live.NewProjection(c.Projection)
	r.projection.SetInventory(c.Inventory)
	if c.Checkpoint.State != nil {
		if err := r.projection.Restore(c.Checkpoint.State); err != nil {
			return nil, fmt.Errorf("recorder: partition %d: %w", c.Projection.Partition, err)
		}
	}
	r.effects.rollup = newRollup(r.projection.Time(), productsOf(c.Projection.Specs))
	if c.Codec != nil {
		a, err := newArchivist(c.Codec, c.Keyframes, c.Checkpoint.StateSeq)
		if err != nil {
			return nil, fmt.Errorf("recorder: partition %d: %w", c.Projection.Partition, err)
		}
		r.archivist = a
	}
	if c.Checkpoint.State != nil {
		r.saveState = time.Now().Add(c.SaveEvery)
		saved := r.projection.Time()
		r.recorded.Store(&saved)
	}
	return r, nil
}

// SetInventory makes inv the inventory from the first entry on that is after its Since.
func (r *Recorder) SetInventory(inv *city.Inventory) { r.inventory.add(inv) }

// Position returns the sequence up to which everything is in the database.
func (r *Recorder) Position() uint64 { return r.position.Load() }

// Recorded returns the log's time up to which everything is in the database: what is asked of an earlier
// time will be answered the same again. It is zero until that is known.
func (r *Recorder) Recorded() time.Time {
	if at := r.recorded.Load(); at != nil {
		return *at
	}
	return time.Time{}
}

// Saved returns the sequence of the saved state: a restart needs no entry up to it.
func (r *Recorder) Saved() uint64 { return r.saved.Load() }

// Failing returns why the last commit failed, or "" if it did not.
func (r *Recorder) Failing() string {
	if why := r.failing.Load(); why != nil {
		return *why
	}
	return ""
}

// batch is what was read of the log.
type batch struct {
	seq     uint64
	entries []city.Entry
}

// Run records until ctx ends, then commits what is pending with the state and returns nil. It
// returns early only when it cannot go on: when another process has claimed the partition.
func (r *Recorder) Run(ctx context.Context) error {
	batches := make(chan batch, 64)
	reading, stopReading := context.WithCancel(ctx)
	defer stopReading()
	read := make(chan error, 1)
	go func() {
		read <- r.read(reading, r.config.Projection.Partition, r.applied, func(seq uint64, entries []city.Entry) error {
			select {
			case batches <- batch{seq, entries}:
				return nil
			case <-reading.Done():
				return reading.Err()
			}
		})
	}()
	if err := r.record(ctx, batches, read); err != nil {
		return err
	}
	return r.finish(ctx)
}

// record applies batches and commits, one commit at a time beside the applying.
func (r *Recorder) record(ctx context.Context, batches <-chan batch, read <-chan error) error {
	ticker := time.NewTicker(soon)
	defer ticker.Stop()
	var committing chan error // nil: no commit is under way
	due := false
	for {
		incoming := batches
		if r.entries >= fullWrite {
			incoming = nil
		}
		select {
		case b := <-incoming:
			if err := r.apply(b); err != nil {
				return err
			}
		case <-ticker.C:
			due = true
		case err := <-committing:
			committing = nil
			if err != nil {
				return err
			}
		case err := <-read:
			return fmt.Errorf("read the log: %w", err)
		case <-ctx.Done():
			if committing != nil {
				return <-committing
			}
			return nil
		}
		if committing == nil && (r.entries >= largeWrite || due) {
			due = false
			if w, entries, err := r.take(false); err != nil {
				return err
			} else if w != nil {
				committing = make(chan error, 1)
				go func() { committing <- r.commit(ctx, w, entries) }()
			}
		}
	}
}

// apply takes one batch into the projection and the archive, and its effects into the pending write.
func (r *Recorder) apply(b batch) error {
	if b.seq <= r.applied {
		return nil
	}
	e := &r.effects
	e.seq = b.seq
	e.replaying = b.seq <= r.config.Checkpoint.Seq
	if !e.replaying && len(e.fresh) > 0 {
		clear(e.fresh)
	}
	if before := r.projection.Time(); r.applied > 0 && len(b.entries) > 0 {
		e.gap(before, b.entries[0].At)
	}
	for i := range b.entries {
		if inv := r.inventory.take(b.entries[i].At); inv != nil {
			r.projection.SetInventory(inv)
			r.newDevices = true
		}
		e.ordinal = i
		r.projection.Apply(&b.entries[i])
	}
	if err := r.archivist.add(b.entries); err != nil {
		return err
	}
	r.applied = b.seq
	closed := e.rollup.closed(r.projection.Time(), false)
	if e.replaying {
		return nil
	}
	if r.newDevices {
		r.newDevices, r.saveState = false, time.Time{}
	}
	r.entries += len(b.entries)
	e.pending.Rollups = append(e.pending.Rollups, closed...)
	return nil
}

// take takes the pending write out, with the state if that is due or final is set. It returns nil
// when nothing was applied since the last write.
func (r *Recorder) take(final bool) (*store.Write, int, error) {
	if r.entries == 0 {
		return nil, 0, nil
	}
	w, entries := r.effects.pending, r.entries
	w.Seq, r.taken = r.applied, r.projection.Time()
	if final || time.Now().After(r.saveState) || r.archivist.full() {
		w.Rollups = append(w.Rollups, r.effects.rollup.closed(r.projection.Time(), true)...)
		state, err := r.projection.State()
		if err != nil {
			return nil, 0, fmt.Errorf("save state: %w", err)
		}
		w.State, w.StateSeq = state, r.applied
		if w.Archived, err = r.archivist.take(r.projection.Time(), r.applied, state); err != nil {
			return nil, 0, err
		}
		r.saveState = time.Now().Add(r.config.SaveEvery)
	}
	r.effects.pending = &store.Write{Readings: make([]store.Reading, 0, len(w.Readings))}
	r.entries = 0
	return w, entries, nil
}

// commit commits w, again and again until the database takes it, another process has claimed the
// partition, or ctx has ended: then the attempt under way may still finish. After an error nothing
// later may be committed, or what w holds would be passed over.
func (r *Recorder) commit(ctx context.Context, w *store.Write, entries int) error {
	for pause := 50 * time.Millisecond; ; pause = min(2*pause, 2*time.Second) {
		started := time.Now()
		err := r.attempt(ctx, w)
		if err == nil {
			r.committed(w, entries, time.Since(started))
			return nil
		}
		if errors.Is(err, store.ErrStaleEpoch) || ctx.Err() != nil {
			return err
		}
		why := err.Error()
		if r.failing.Swap(&why) == nil {
			r.config.Log.Warn("the database does not take what is to be recorded; trying again", "error", err)
		}
		r.config.Metrics.CommitFailed()
		select {
		case <-time.After(pause/2 + rand.N(pause/2)): //nolint:gosec // jitter
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// attempt commits w once. It may take a little longer than ctx.
func (r *Recorder) attempt(ctx context.Context, w *store.Write) error {
	attempt, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(grace, cancel) })()
	return r.store.Commit(attempt, r.config.Projection.Partition, r.config.Epoch, w)
}

func (r *Recorder) committed(w *store.Write, entries int, took time.Duration) {
	r.position.Store(w.Seq)
	until := r.taken
	r.recorded.Store(&until)
	if w.State != nil {
		r.saved.Store(w.StateSeq)
	}
	r.failing.Store(nil)
	rows := len(w.Readings) + len(w.Rollups) + len(w.Statuses) + len(w.Events) + len(w.Figures) + len(w.Sightings) + len(w.Rejections) +
		len(w.Alarms) + len(w.Actions)
	r.config.Metrics.Committed(entries, rows, took)
	r.config.Metrics.ReadingsStored(len(w.Readings))
	for i := range w.Alarms {
		switch c := &w.Alarms[i]; c.What {
		case city.AlarmRaised:
			r.config.Metrics.AlarmRaised(string(c.Alarm.Severity))
		case city.AlarmAcknowledged:
			r.config.Metrics.AlarmAcknowledged(c.At.Sub(c.Alarm.RaisedAt))
		default: // is not counted
		}
	}
}

// finish commits what is pending with the state. ctx has ended; the database gets a little time.
func (r *Recorder) finish(ctx context.Context) error {
	w, entries, err := r.take(true)
	if err != nil || w == nil {
		return err
	}
	if err := r.commit(ctx, w, entries); err != nil {
		return fmt.Errorf("recorder: partition %d: the last write is left to the next start: %w", r.config.Projection.Partition, err)
	}
	return nil
}
