package eventlog

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"opscenter/internal/city"
)

// ErrTooLarge is wrapped by the error of an append with an entry that fits in no message of the log,
// whose limit is the server's: 8 MiB in the embedded broker. Appending it again is of no use.
var ErrTooLarge = errors.New("entry too large for the event log")

const (
	// messageSize is where a batch is split in two, in bytes. It keeps within the megabyte that a
	// NATS server allows by default.
	messageSize = 512 << 10

	// headroom is what a message's subject and reply may take of the server's limit, in bytes.
	headroom = 4 << 10

	healthEvery = 250 * time.Millisecond
)

// Append writes entries and returns when all of them are on the disk. Entries of one partition keep
// their order; partitions are written side by side. After an error some may have been written: the
// caller appends the same entries again, and the duplicates are recognised by their digest. To keep
// the order of a partition, have one Append under way at a time.
//
// An observation goes to the partition of its location, a rejection to partition 0, and a clock
// mark, a manifest or an action to every partition.
func (l *Log) Append(ctx context.Context, entries []city.Entry) error {
	if l.partitions == 1 {
		return l.appendTo(ctx, [][]city.Entry{entries})
	}
	return l.appendTo(ctx, l.split(entries))
}

// Mark appends a clock mark to every partition: it says that time has come to at, and whether nothing
// could be received.
func (l *Log) Mark(ctx context.Context, at time.Time, deaf bool) error {
	return l.Append(ctx, []city.Entry{{At: at, Deaf: deaf}})
}

func (l *Log) split(entries []city.Entry) [][]city.Entry {
	parts := make([][]city.Entry, l.partitions)
	for i := range entries {
		e := &entries[i]
		switch {
		case e.Observation != nil:
			p := l.Partition(e.Observation.Location)
			parts[p] = append(parts[p], *e)
		case e.Rejection != nil:
			parts[0] = append(parts[0], *e)
		default:
			for p := range parts {
				parts[p] = append(parts[p], *e)
			}
		}
	}
	return parts
}

// appendTo writes the messages of all partitions: the first of each side by side, then the second of
// those that need one, and so on, so that a message is only sent when the one before it is kept.
func (l *Log) appendTo(ctx context.Context, parts [][]city.Entry) error {
	queues := make([][][]byte, len(parts))
	for p, entries := range parts {
		var err error
		if queues[p], err = l.messages(entries); err != nil {
			return err
		}
	}
	for {
		acks := make([]jetstream.PubAckFuture, 0, len(queues))
		for p, queue := range queues {
			if len(queue) == 0 {
				continue
			}
			ack, err := l.js.PublishAsync(subject(p), queue[0])
			if err != nil {
				return appendError(err)
			}
			acks, queues[p] = append(acks, ack), queue[1:]
		}
		if len(acks) == 0 {
			return nil
		}
		if err := l.await(ctx, acks); err != nil {
			return err
		}
	}
}

// messages returns the forms of entries: one message, unless that would be too large.
func (l *Log) messages(entries []city.Entry) ([][]byte, error) {
	if len(entries) == 0 {
		return nil, nil
	}
	form, err := l.encode(entries)
	if err != nil {
		return nil, err
	}
	limit := int(l.nc.MaxPayload()) - headroom
	switch {
	case len(form) <= min(messageSize, limit):
		return [][]byte{form}, nil
	case len(entries) == 1 && len(form) <= limit:
		return [][]byte{form}, nil
	case len(entries) == 1:
		return nil, fmt.Errorf("%w: %d bytes, and the limit is %d", ErrTooLarge, len(form), limit)
	}
	first, err := l.messages(entries[:len(entries)/2])
	if err != nil {
		return nil, err
	}
	second, err := l.messages(entries[len(entries)/2:])
	if err != nil {
		return nil, err
	}
	return append(first, second...), nil
}

func (l *Log) encode(entries []city.Entry) ([]byte, error) {
	e, ok := l.encoders.Get().(*encoder)
	if !ok {
		e = newEncoder()
	}
	defer l.encoders.Put(e)
	return e.encode(nil, entries)
}

// await waits until every message is acknowledged. A server that cannot write does not answer, so it
// asks after the server's health meanwhile.
func (l *Log) await(ctx context.Context, acks []jetstream.PubAckFuture) error {
	timeout := time.NewTimer(cmp.Or(l.config.AppendTimeout, 5*time.Second))
	defer timeout.Stop()
	health := time.NewTicker(healthEvery)
	defer health.Stop()
	var failure error // the first; the others are awaited all the same
	for i := 0; i < len(acks); {
		select {
		case <-acks[i].Ok():
			i++
		case err := <-acks[i].Err():
			failure = cmp.Or(failure, appendError(err))
			i++
		case <-health.C:
			if err := l.health(); err != nil {
				return appendError(err)
			}
		case <-timeout.C:
			return errors.New("eventlog: append: no acknowledgement in time")
		case <-ctx.Done():
			return fmt.Errorf("eventlog: append: %w", ctx.Err())
		}
	}
	return failure
}

func (l *Log) health() error {
	if l.config.Health == nil {
		return nil
	}
	return l.config.Health()
}

// The codes with which a server says that there is no room.
const (
	codeAccountResources = 10002
	codeNoResources      = 10023
	codeStorageExceeded  = 10047
	codeStoreFailed      = 10077
)

// appendError tells a lack of room from other errors.
func appendError(err error) error {
	full := strings.Contains(err.Error(), syscall.ENOSPC.Error())
	if api, ok := errors.AsType[*jetstream.APIError](err); ok {
		switch int(api.ErrorCode) {
		case codeAccountResources, codeNoResources, codeStorageExceeded:
			full = true
		case codeStoreFailed:
			full = full || strings.Contains(api.Description, "maximum")
		}
	}
	if full {
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	return fmt.Errorf("eventlog: append: %w", err)
}
