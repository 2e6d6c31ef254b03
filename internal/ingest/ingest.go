// Package ingest takes messages from the broker to the event log: it finds the subsystem that a
// message belongs to, decodes it, finds the device that it speaks of, and appends what it says. A
// message is acknowledged when it is on the disk and not before, whatever it says: one that
// cannot be read or placed is appended too, as a rejection with its reason.
package ingest

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"opscenter/internal/city"
	"opscenter/internal/subsystem"
)

// Appender keeps entries. Append returns when all of them are durable, or with an error, after
// which the same entries are given to it again; it may keep none, some or all of them then.
type Appender interface {
	Append(ctx context.Context, entries []city.Entry) error
}

// Sealer encrypts personal data. Seal must not keep or change what it is given, and may be called
// from one goroutine at a time.
type Sealer interface {
	Seal(plain []byte) []byte
}

// Config is what an Ingest works with. All but Metrics are required.
type Config struct {
	Subsystems *subsystem.Set
	Seal       Sealer
	Now        func() time.Time
	Log        *slog.Logger
	Metrics    Metrics // nil: nobody counts

	// Rebuild makes the subsystems anew when a manifest declares or retires one; nil: none can.
	// Documents are the manifests that Subsystems holds already, by id.
	Rebuild   Rebuild
	Documents map[string][]byte
}

// Ingest turns messages into entries of the event log. Its methods are safe for concurrent use,
// except that Run runs once.
type Ingest struct {
	subsystems atomic.Pointer[subsystem.Set]
	seal       Sealer
	now        func() time.Time
	log        *slog.Logger
	metrics    Metrics
	appender   Appender
	inventory  atomic.Pointer[city.Inventory]
	health     health
	last       time.Time            // received time of the last message; Run's
	manifests  manifests            // Run's
	sightings  map[string]time.Time // by external id of devices that nobody registered; Run's
}

// New makes an Ingest with an empty inventory.
func New(c Config, appender Appender) (*Ingest, error) {
	if c.Subsystems == nil || c.Seal == nil || c.Now == nil || c.Log == nil || appender == nil {
		return nil, errors.New("ingest: the subsystems, a seal, a clock, a log and an appender are required")
	}
	empty, err := city.NewInventory(0, nil, nil, nil)
	if err != nil {
		return nil, err
	}
	in := &Ingest{
		seal: c.Seal, now: c.Now, log: c.Log, metrics: c.Metrics, appender: appender,
		sightings: make(map[string]time.Time), manifests: manifests{c.Rebuild, c.Documents},
	}
	if in.metrics == nil {
		in.metrics = uncounted{}
	}
	in.inventory.Store(empty)
	in.subsystems.Store(c.Subsystems)
	in.health.set(Live, c.Now(), nil)
	return in, nil
}

// SetInventory replaces the inventory for messages that are decoded from now on.
func (in *Ingest) SetInventory(inventory *city.Inventory) { in.inventory.Store(inventory) }

// Subsystems returns the subsystems by which messages are decoded now, with those that manifests
// declared.
func (in *Ingest) Subsystems() *subsystem.Set { return in.subsystems.Load() }

// Status returns whether messages are being kept. It does not wait.
func (in *Ingest) Status() Status { return in.health.status(in.now()) }

// The size of a batch, which becomes one message of the log: it is closed when nothing more is
// waiting, never after a delay.
const (
	maxBatch      = 256
	maxBatchBytes = 512 << 10 // of payload
)

// batch is some messages and the entries that they became.
type batch struct {
	messages []Message
	entries  []city.Entry
	bytes    int
}

func (b *batch) full() bool { return len(b.messages) >= maxBatch || b.bytes >= maxBatchBytes }

func (b *batch) reset() {
	clear(b.messages)
	clear(b.entries)
	b.messages, b.entries, b.bytes = b.messages[:0], b.entries[:0], 0
}

// Run takes messages until the source is closed and all of them are kept, or until ctx ends, when
// it returns ctx's error and leaves what is not yet durable unacknowledged, for the broker to send
// again. While one batch is being appended the next is decoded.
func (in *Ingest) Run(ctx context.Context, source Source) error {
	group, ctx := errgroup.WithContext(ctx)
	ready, free := make(chan *batch), make(chan *batch, 2)
	free <- &batch{}
	free <- &batch{}
	group.Go(func() error {
		defer close(ready)
		return in.collect(ctx, source, free, ready)
	})
	group.Go(func() error {
		for b := range ready {
			if err := in.keep(ctx, b); err != nil {
				return err
			}
			for i := range b.messages {
				b.messages[i].Ack()
			}
			b.reset()
			free <- b
		}
		return nil
	})
	return group.Wait()
}

// collect fills batches from the source.
func (in *Ingest) collect(ctx context.Context, source Source, free <-chan *batch, ready chan<- *batch) error {
	for {
		var b *batch
		select {
		case b = <-free:
		case <-ctx.Done():
			return ctx.Err()
		}
		m, ok := source.Next(ctx)
		if !ok {
			return ctx.Err()
		}
		in.metrics.Waiting(source.Waiting())
		for ok {
			in.take(&m, b)
			if b.full() {
				break
			}
			m, ok = source.More()
		}
		select {
		case ready <- b:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// take adds a message and its entries to a batch.
func (in *Ingest) take(m *Message, b *batch) {
	at := m.ReceivedAt.UTC().Round(0) // the wall clock's reading only: it is written down
	if at.Before(in.last) {
		at = in.last
	}
	in.last = at
	b.messages = append(b.messages, *m)
	b.bytes += len(m.Payload)
	b.entries = in.read(m, at, b.entries)
}
