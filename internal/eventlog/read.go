package eventlog

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"opscenter/internal/city"
)

// Batch is the entries of one message of the log, which were appended together.
type Batch struct {
	Partition int
	Seq       uint64 // grows from batch to batch of a partition, with gaps if there are several
	Appended  time.Time

	// Entries are the reader's own. They share memory: keep a copy of a single one, not itself.
	Entries []city.Entry
}

const (
	readAhead = 256             // messages asked for at a time
	aheadMax  = 8 << 20         // bytes
	heartbeat = time.Second     // a server that is silent for two of these is asked anew
	askAnew   = 5 * time.Second // how long one request for messages stands
	retryRead = 200 * time.Millisecond

	forgetTimeout = time.Second
)

// Read calls fn with every batch of a partition after a sequence, in order, each once, and with new
// ones as they come. What Trim has let go of is skipped. It reconnects by itself and returns only
// when ctx ends or with the error of fn, or with ErrCorrupt.
func (l *Log) Read(ctx context.Context, partition int, after uint64, fn func(Batch) error) error {
	r := &reader{log: l, partition: partition, last: after, fn: fn, decoder: newDecoder()}
	for {
		err := r.follow(ctx)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case r.failure != nil:
			return r.failure
		}
		l.config.Log.Warn("eventlog: reading is interrupted", "partition", partition, "error", err)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(retryRead):
		}
	}
}

type reader struct {
	log       *Log
	partition int
	last      uint64 // the sequence of the last batch that fn has seen
	fn        func(Batch) error
	decoder   *decoder
	failure   error // final
}

// follow reads until something goes wrong.
func (r *reader) follow(ctx context.Context) error {
	messages, stop, err := r.log.follow(ctx, jetstream.OrderedConsumerConfig{
		FilterSubjects: []string{subject(r.partition)},
		DeliverPolicy:  jetstream.DeliverByStartSequencePolicy,
		OptStartSeq:    r.last + 1,
	})
	if err != nil {
		return fmt.Errorf("eventlog: read partition %d: %w", r.partition, err)
	}
	defer stop()
	for {
		message, err := messages.Next(jetstream.NextContext(ctx))
		if err != nil {
			return fmt.Errorf("eventlog: read partition %d: %w", r.partition, err)
		}
		if err := r.deliver(message); err != nil {
			r.failure = err
			return err
		}
	}
}

func (r *reader) deliver(message jetstream.Msg) error {
	meta, err := message.Metadata()
	if err != nil {
		return fmt.Errorf("eventlog: partition %d: %w", r.partition, err)
	}
	if meta.Sequence.Stream <= r.last {
		return nil // seen before the connection was lost
	}
	entries, err := r.decoder.decode(message.Data())
	if err != nil {
		return fmt.Errorf("partition %d, sequence %d: %w", r.partition, meta.Sequence.Stream, err)
	}
	b := Batch{Partition: r.partition, Seq: meta.Sequence.Stream, Appended: meta.Timestamp, Entries: entries}
	if err := r.fn(b); err != nil {
		return err
	}
	r.last = b.Seq
	return nil
}

// follow begins to read the stream. stop has the server forget the reader, of which it would keep each for
// minutes, and only so many.
func (l *Log) follow(ctx context.Context, c jetstream.OrderedConsumerConfig) (messages jetstream.MessagesContext, stop func(), err error) {
	consumer, err := l.stream.OrderedConsumer(ctx, c)
	if err != nil {
		return nil, nil, err
	}
	forget := func() {
		info := consumer.CachedInfo()
		if info == nil || !l.nc.IsConnected() {
			return
		}
		limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), forgetTimeout)
		defer cancel()
		if err := l.stream.DeleteConsumer(limited, info.Name); err != nil && !errors.Is(err, jetstream.ErrConsumerNotFound) {
			l.config.Log.Debug("eventlog: a reader is not forgotten yet", "reader", info.Name, "error", err)
		}
	}
	messages, err = consumer.Messages(
		jetstream.PullMaxMessagesWithBytesLimit(readAhead, aheadMax),
		jetstream.PullHeartbeat(heartbeat), jetstream.PullExpiry(askAnew),
	)
	if err != nil {
		forget()
		return nil, nil, err
	}
	return messages, func() { messages.Stop(); forget() }, nil
}

// Head returns the sequence of a partition's last batch, or 0 if it has none.
func (l *Log) Head(ctx context.Context, partition int) (uint64, error) {
	m, err := l.stream.GetLastMsgForSubject(ctx, subject(partition))
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("eventlog: head of partition %d: %w", partition, err)
	}
	return m.Sequence, nil
}
