package eventlog

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Usage is how much the log holds. Sequences count over all partitions.
type Usage struct {
	Bytes     uint64
	MaxBytes  int64
	Batches   uint64
	FirstSeq  uint64
	LastSeq   uint64
	FirstTime time.Time // when the oldest batch was appended; zero if there is none
}

// Usage returns how much the log holds.
func (l *Log) Usage(ctx context.Context) (Usage, error) {
	info, err := l.stream.Info(ctx)
	if err != nil {
		return Usage{}, fmt.Errorf("eventlog: usage: %w", err)
	}
	s := info.State
	return Usage{
		Bytes: s.Bytes, MaxBytes: info.Config.MaxBytes, Batches: s.Msgs,
		FirstSeq: s.FirstSeq, LastSeq: s.LastSeq, FirstTime: s.FirstTime,
	}, nil
}

// Trim says that a partition's batches up to and including a sequence are needed no more. Of these
// the log forgets what was appended more than Config.MaxAge ago; and all of them when it is
// more than half full. It keeps the last batch of each partition, so that Head stays right.
func (l *Log) Trim(ctx context.Context, partition int, through uint64) error {
	head, err := l.Head(ctx, partition)
	if err != nil || head <= 1 {
		return err
	}
	usage, err := l.Usage(ctx)
	if err != nil {
		return err
	}
	end := min(through, head-1) + 1                                    // the first to keep
	if l.config.MaxAge > 0 && usage.Bytes < uint64(usage.MaxBytes)/2 { //nolint:gosec // positive, set by Open
		if end, err = l.since(ctx, partition, l.config.Now().Add(-l.config.MaxAge), usage.FirstSeq, end); err != nil {
			return err
		}
	}
	if end <= usage.FirstSeq {
		return nil
	}
	options := []jetstream.StreamPurgeOpt{jetstream.WithPurgeSequence(end)}
	if l.partitions > 1 {
		options = append(options, jetstream.WithPurgeSubject(subject(partition)))
	}
	if err := l.stream.Purge(ctx, options...); err != nil {
		return fmt.Errorf("eventlog: trim partition %d: %w", partition, err)
	}
	return nil
}

// since returns the sequence of a partition's first batch that was appended at or after a time, at
// least first and at most end, by bisection.
func (l *Log) since(ctx context.Context, partition int, at time.Time, first, end uint64) (uint64, error) {
	for first < end {
		middle := first + (end-first)/2
		m, err := l.stream.GetMsg(ctx, middle, jetstream.WithGetMsgSubject(subject(partition)))
		if errors.Is(err, jetstream.ErrMsgNotFound) || err == nil && m.Sequence >= end {
			end = middle
			continue
		}
		if err != nil {
			return 0, fmt.Errorf("eventlog: trim partition %d: %w", partition, err)
		}
		if m.Time.Before(at) {
			first = m.Sequence + 1
		} else {
			end = middle
		}
	}
	return end, nil
}
