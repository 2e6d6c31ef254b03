package eventlog

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Raw is one message of the log as it is stored, for backups.
type Raw struct {
	Seq       uint64 // over all partitions
	Partition int
	Appended  time.Time
	Data      []byte
}

// exportIdle is how long Export waits for a message that must be there.
const exportIdle = 30 * time.Second

// Export calls fn with every message of all partitions after a sequence, up to and including another,
// in order. A message must be at the latter. Nothing in between may be trimmed meanwhile.
func (l *Log) Export(ctx context.Context, after, through uint64, fn func(Raw) error) error {
	if through <= after {
		return nil
	}
	messages, stop, err := l.follow(ctx, jetstream.OrderedConsumerConfig{
		DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: after + 1,
	})
	if err != nil {
		return fmt.Errorf("eventlog: export: %w", err)
	}
	defer stop()
	for {
		r, err := nextRaw(ctx, messages)
		if err != nil {
			return fmt.Errorf("eventlog: export: %w", err)
		}
		if r.Seq > through {
			return fmt.Errorf("eventlog: export: nothing is at sequence %d", through)
		}
		if err := fn(r); err != nil {
			return err
		}
		if r.Seq == through {
			return nil
		}
	}
}

func nextRaw(ctx context.Context, messages jetstream.MessagesContext) (Raw, error) {
	limited, cancel := context.WithTimeout(ctx, exportIdle)
	defer cancel()
	message, err := messages.Next(jetstream.NextContext(limited))
	if err != nil {
		return Raw{}, err
	}
	meta, err := message.Metadata()
	if err != nil {
		return Raw{}, err
	}
	partition, err := strconv.Atoi(strings.TrimPrefix(message.Subject(), subjectPrefix))
	if err != nil {
		return Raw{}, fmt.Errorf("%w: subject %q", ErrCorrupt, message.Subject())
	}
	return Raw{Seq: meta.Sequence.Stream, Partition: partition, Appended: meta.Timestamp, Data: message.Data()}, nil
}

// ErrNotEmpty is returned by Refill where there is a log already.
var ErrNotEmpty = errors.New("there is a log already")

const (
	gapSubject   = subjectPrefix + "gap"
	refillWindow = 256 // messages on their way at a time
)

// Refill makes a log, which must not exist, and puts exported messages into it under the sequences
// that they had. next returns them in order and false after the last. Where sequences are missing,
// they are missing in the new log too.
func Refill(ctx context.Context, c Config, next func() (Raw, bool, error)) error {
	nc, err := connect(c.defaults())
	if err != nil {
		return err
	}
	defer nc.Close()
	js, err := jetstream.New(nc, jetstream.WithPublishAsyncMaxPending(2*refillWindow))
	if err != nil {
		return fmt.Errorf("eventlog: %w", err)
	}
	r := &refill{log: &Log{config: c, nc: nc, js: js, partitions: c.Partitions}, next: next}
	if stored, err := r.log.storedPartitions(ctx); err != nil || stored != 0 {
		return errors.Join(err, fmt.Errorf("eventlog: %w", ErrNotEmpty))
	}
	return r.run(ctx)
}

// refill is a log that is being filled.
type refill struct {
	log  *Log
	next func() (Raw, bool, error)
	last uint64 // sequence of the last message that was sent
	acks []jetstream.PubAckFuture
	gaps bool
}

func (r *refill) run(ctx context.Context) error {
	for {
		raw, more, err := r.next()
		if err != nil {
			return err
		}
		if !more {
			break
		}
		if err := r.put(ctx, raw); err != nil {
			return err
		}
	}
	if r.log.stream == nil { // there was nothing to put in
		return r.create(ctx, 1)
	}
	if err := r.settle(ctx); err != nil || !r.gaps {
		return err
	}
	if err := r.log.stream.Purge(ctx, jetstream.WithPurgeSubject(gapSubject)); err != nil {
		return fmt.Errorf("eventlog: refill: %w", err)
	}
	return nil
}

func (r *refill) create(ctx context.Context, first uint64) (err error) {
	config := r.log.streamConfig()
	config.FirstSeq = first
	r.log.stream, err = r.log.js.CreateStream(ctx, config)
	if err != nil {
		return fmt.Errorf("eventlog: refill: %w", err)
	}
	r.last = first - 1
	return nil
}

// put appends a message, after as many empty ones as sequences are missing before it.
func (r *refill) put(ctx context.Context, raw Raw) error {
	if r.log.stream == nil {
		if err := r.create(ctx, raw.Seq); err != nil {
			return err
		}
	}
	if raw.Seq <= r.last || raw.Partition < 0 || raw.Partition >= r.log.partitions {
		return fmt.Errorf("eventlog: refill: %w: sequence %d of partition %d after %d", ErrCorrupt, raw.Seq, raw.Partition, r.last)
	}
	for r.last+1 < raw.Seq {
		r.gaps = true
		if err := r.send(ctx, gapSubject, []byte{}); err != nil {
			return err
		}
	}
	return r.send(ctx, subject(raw.Partition), raw.Data)
}

func (r *refill) send(ctx context.Context, subject string, data []byte) error {
	ack, err := r.log.js.PublishAsync(subject, data)
	if err != nil {
		return appendError(err)
	}
	r.acks = append(r.acks, ack)
	r.last++
	if len(r.acks) < refillWindow {
		return nil
	}
	return r.settle(ctx)
}

// settle waits until all that was sent is stored, and checks where.
func (r *refill) settle(ctx context.Context) error {
	seq := r.last - uint64(len(r.acks))
	for _, ack := range r.acks {
		seq++
		select {
		case stored := <-ack.Ok():
			if stored.Sequence != seq {
				return fmt.Errorf("eventlog: refill: sequence %d became %d: somebody else writes to the log", seq, stored.Sequence)
			}
		case err := <-ack.Err():
			return appendError(err)
		case <-ctx.Done():
			return fmt.Errorf("eventlog: refill: %w", ctx.Err())
		}
	}
	r.acks = r.acks[:0]
	return nil
}
