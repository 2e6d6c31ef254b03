package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"opscenter/internal/store/sqlcgen"
)

// Archived is something that a Write adds to the archive: what the log said since the last saved state, and at
// times the state too, to begin from. Both are in the form of package archive.
type Archived struct {
	At       time.Time // the log's time at the end
	After    uint64    // the sequence of the last saved state
	Seq      uint64    // the sequence of this one
	Entries  int
	Data     []byte
	Keyframe []byte // nil: the state is not kept
}

// Keyframe is an archived state of a partition.
type Keyframe struct {
	At   time.Time // the log's time
	Seq  uint64    // the sequence that it belongs to
	Data []byte
}

// Segment is a stretch of a partition's log: what came after one sequence, up to another.
type Segment struct {
	At      time.Time // the log's time at its end
	After   uint64
	Seq     uint64
	Entries int
	Data    []byte
}

func storeArchived(ctx context.Context, q *sqlcgen.Queries, partition int, w *Write) error {
	for i := range w.Archived {
		a := &w.Archived[i]
		err := q.KeepSegment(ctx, sqlcgen.KeepSegmentParams{
			At: dated(a.At), Partition: int32(partition), After: signed(a.After), Seq: signed(a.Seq), Entries: int32(a.Entries), //nolint:gosec // both are few
			Data: a.Data, Keyframe: a.Keyframe,
		})
		if err != nil {
			return fmt.Errorf("archive: %w", err)
		}
	}
	return nil
}

// Keyframe returns the newest archived state of a partition whose time is not after at, or an error that
// wraps ErrNotFound.
func (s *Store) Keyframe(ctx context.Context, partition int, at time.Time) (Keyframe, error) {
	row, err := s.queries.KeyframeAt(ctx, sqlcgen.KeyframeAtParams{Partition: int32(partition), Until: dated(at)}) //nolint:gosec // partitions are few
	if err != nil {
		return Keyframe{}, fmt.Errorf("keyframe of partition %d: %w", partition, orNotFound(err))
	}
	return Keyframe{At: row.At.UTC(), Seq: unsigned(row.Seq), Data: row.Keyframe}, nil
}

// ArchiveBegins returns the time of the oldest archived state of a partition, or an error that wraps
// ErrNotFound.
func (s *Store) ArchiveBegins(ctx context.Context, partition int) (time.Time, error) {
	at, err := s.queries.ArchiveBegins(ctx, int32(partition)) //nolint:gosec // partitions are few
	if err != nil {
		return time.Time{}, fmt.Errorf("archive of partition %d: %w", partition, orNotFound(err))
	}
	return at.UTC(), nil
}

// Segments returns the next segments of a partition's archive after a sequence, at most so many; since is
// a time that is not after theirs.
func (s *Store) Segments(ctx context.Context, partition int, since time.Time, after uint64, most int) ([]Segment, error) {
	rows, err := s.queries.Segments(ctx, sqlcgen.SegmentsParams{
		Partition: int32(partition), Since: dated(since), Beyond: signed(after), Most: page(most), //nolint:gosec // partitions are few
	})
	if err != nil {
		return nil, fmt.Errorf("segments of partition %d: %w", partition, err)
	}
	segments := make([]Segment, len(rows))
	for i, r := range rows {
		segments[i] = Segment{At: r.At.UTC(), After: unsigned(r.After), Seq: unsigned(r.Seq), Entries: int(r.Entries), Data: r.Data}
	}
	return segments, nil
}

func orNotFound(err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return ErrNotFound
	}
	return err
}
