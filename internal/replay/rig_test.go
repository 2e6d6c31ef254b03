package replay_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"opscenter/internal/alarm"
	"opscenter/internal/archive"
	"opscenter/internal/city"
	"opscenter/internal/dialect/native"
	"opscenter/internal/eventlog"
	"opscenter/internal/live"
	"opscenter/internal/recorder"
	"opscenter/internal/replay"
	"opscenter/internal/store"
	"opscenter/internal/store/storetest"
	"opscenter/internal/subsystem"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

// journal is a log in memory that grows: batch i of a partition is sequence i+1.
type journal struct {
	mu    sync.Mutex
	parts [][][]city.Entry
	grown chan struct{} // closed when there is more
}

func newJournal(partitions int) *journal {
	return &journal{parts: make([][][]city.Entry, partitions), grown: make(chan struct{})}
}

// add appends entries together, each to its partitions, and returns what each got and its head.
func (j *journal) add(entries []city.Entry) (parts [][]city.Entry, heads []uint64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	parts, heads = make([][]city.Entry, len(j.parts)), make([]uint64, len(j.parts))
	for _, e := range entries {
		for p := range parts {
			switch {
			case e.Observation != nil && city.PartitionOf(e.Observation.Location, len(parts)) != p:
			case e.Rejection != nil && p != 0:
			default:
				parts[p] = append(parts[p], e)
			}
		}
	}
	for p := range parts {
		if len(parts[p]) > 0 {
			j.parts[p] = append(j.parts[p], parts[p])
		}
		heads[p] = uint64(len(j.parts[p]))
	}
	close(j.grown)
	j.grown = make(chan struct{})
	return parts, heads
}

func (j *journal) after(p int, seq uint64) (batch []city.Entry, grown <-chan struct{}) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if seq < uint64(len(j.parts[p])) {
		return j.parts[p][seq], nil
	}
	return nil, j.grown
}

// read follows a partition until ctx ends.
func (j *journal) read(ctx context.Context, p int, after uint64, handle func(uint64, []city.Entry) error) error {
	for seq := after; ; {
		batch, grown := j.after(p, seq)
		if batch == nil {
			select {
			case <-grown:
				continue
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		seq++
		if err := handle(seq, batch); err != nil {
			return err
		}
	}
}

type silent struct{}

func (silent) Committed(int, int, time.Duration) {}
func (silent) ReadingsStored(int)                {}
func (silent) CommitFailed()                     {}
func (silent) AlarmRaised(string)                {}
func (silent) AlarmAcknowledged(time.Duration)   {}

// dying is a store that can be made to take nothing more, as if the process were gone.
type dying struct {
	*store.Store
	dead atomic.Bool
}

func (d *dying) Commit(ctx context.Context, partition int, epoch int64, w *store.Write) error {
	if d.dead.Load() {
		return context.Canceled
	}
	return d.Store.Commit(ctx, partition, epoch, w)
}

// center is the part of a center that matters here: a wall and recorders that read the same log, with a
// clock that the test moves.
type center struct {
	t          testing.TB
	journal    *journal
	board      *live.Board
	store      *store.Store
	specs      []subsystem.Spec
	alarms     live.AlarmConfig
	partitions int
	clock      atomic.Int64 // Unix nanoseconds

	dying     *dying
	recorders []*recorder.Recorder
	stop      func()
	heads     []uint64
}

func newCenter(t testing.TB, partitions int) *center {
	t.Helper()
	c := &center{t: t, journal: newJournal(partitions), partitions: partitions, heads: make([]uint64, partitions)}
	c.clock.Store(start().Add(-time.Minute).UnixNano())
	_, c.specs = specs(t)
	var err error
	if c.alarms.Words, err = alarm.NewVocabulary(); err != nil {
		t.Fatal(err)
	}
	if c.store, err = store.Open(t.Context(), store.Config{URL: storetest.URL(t), Now: c.now}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.store.Close)
	c.board = live.NewBoard(c.boardConfig())
	return c
}

func (c *center) now() time.Time { return time.Unix(0, c.clock.Load()).UTC() }

func (c *center) boardConfig() live.BoardConfig {
	return live.BoardConfig{Specs: c.specs, Zone: civic(), Partitions: c.partitions, Manifest: native.ParseManifest, Alarms: c.alarms}
}

// register makes inv the inventory, of everybody who follows it.
func (c *center) register(inv *city.Inventory) {
	c.t.Helper()
	if err := c.store.ApplyInventory(c.t.Context(), inv); err != nil {
		c.t.Fatal(err)
	}
	stored := c.inventory()
	c.board.SetInventory(stored)
	for _, r := range c.recorders {
		r.SetInventory(stored)
	}
}

func (c *center) inventory() *city.Inventory {
	c.t.Helper()
	inv, err := c.store.Inventory(c.t.Context())
	if err != nil {
		c.t.Fatal(err)
	}
	return inv
}

// record starts recorders as a new process would.
func (c *center) record(keyframes recorder.Keyframes) {
	c.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	c.dying, c.recorders = &dying{Store: c.store}, nil
	var running sync.WaitGroup
	for p := range c.partitions {
		epoch, checkpoint, err := c.store.Claim(ctx, p)
		if err != nil {
			c.t.Fatal(err)
		}
		inv, later := c.inventories(checkpoint.State)
		r, err := recorder.New(recorder.Config{
			Projection: live.ProjectionConfig{Specs: c.specs, Zone: civic(), Partition: p, Partitions: c.partitions, Manifest: native.ParseManifest, Alarms: c.alarms},
			Inventory:  inv, Later: later, Epoch: epoch, Checkpoint: checkpoint, SaveEvery: 10 * time.Millisecond,
			Codec: eventlog.NewCodec(), Keyframes: keyframes, Log: slog.New(slog.DiscardHandler), Metrics: silent{},
		}, func(ctx context.Context, p int, after uint64, handle recorder.Handle) error {
			return c.journal.read(ctx, p, after, handle)
		}, c.dying)
		if err != nil {
			c.t.Fatal(err)
		}
		c.recorders = append(c.recorders, r)
		running.Go(func() {
			if err := r.Run(ctx); err != nil && !errors.Is(err, context.Canceled) {
				c.t.Errorf("recorder: %v", err)
			}
		})
	}
	c.stop = sync.OnceFunc(func() { cancel(); running.Wait() })
	c.t.Cleanup(c.stop)
}

// inventories returns the one that was in force at the time of a state, and those since.
func (c *center) inventories(state []byte) (then *city.Inventory, later []*city.Inventory) {
	c.t.Helper()
	if state == nil {
		return c.inventory(), nil
	}
	at, err := live.StateTime(state)
	if err != nil {
		c.t.Fatal(err)
	}
	if then, err = c.store.InventoryBefore(c.t.Context(), at); err != nil {
		c.t.Fatal(err)
	}
	if later, err = c.store.InventoriesAfter(c.t.Context(), then.Revision, c.now()); err != nil {
		c.t.Fatal(err)
	}
	return then, later
}

// kill ends the recorders without letting them store anything more.
func (c *center) kill() {
	c.dying.dead.Store(true)
	c.stop()
}

// say lets time go on to at, by way of entries.
func (c *center) say(entries []city.Entry) {
	parts, heads := c.journal.add(entries)
	c.heads = heads
	for p := range parts {
		if len(parts[p]) > 0 {
			c.board.Apply(p, parts[p], heads[p])
		}
	}
}

// settle waits until everything that was said is recorded.
func (c *center) settle() {
	c.t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for p, r := range c.recorders {
		for r.Position() < c.heads[p] {
			if time.Now().After(deadline) {
				c.t.Fatalf("recorder %d is at %d of %d: %s", p, r.Position(), c.heads[p], r.Failing())
			}
			time.Sleep(time.Millisecond)
		}
	}
}

func (c *center) past() *replay.Past {
	return replay.New(replay.Config{
		Board: c.boardConfig(), Store: c.store, Tail: c.journal.read, Codec: func() archive.Codec { return eventlog.NewCodec() }, Now: c.now,
	})
}

// picture returns everything that a board shows.
func picture(b *live.Board) map[string]string {
	all := map[string]string{}
	b.Cut(func(p city.Picture) {
		p.Each("", func(key, location string) {
			json, _ := p.Entity(key)
			all[key] = location + " " + string(json)
		})
	})
	return all
}
