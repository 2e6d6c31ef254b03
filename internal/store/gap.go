package store

import (
	"context"
	"fmt"
	"time"

	"opscenter/internal/store/sqlcgen"
)

// Gap is a time in which the log had no entries: the center was blind.
type Gap struct{ From, To time.Time }

func storeGaps(ctx context.Context, q *sqlcgen.Queries, partition int, gaps []Gap) error {
	for _, g := range gaps {
		p := sqlcgen.InsertGapParams{Partition: int32(partition), FromAt: dated(g.From), ToAt: dated(g.To)} //nolint:gosec // partitions are few
		if err := q.InsertGap(ctx, p); err != nil {
			return fmt.Errorf("gap: %w", err)
		}
	}
	return nil
}

// Gaps returns the times in which some partition's log had no entries and that touch the time from
// inclusive to exclusive, in the order of their beginnings. Those of several partitions may overlap.
func (s *Store) Gaps(ctx context.Context, from, to time.Time) ([]Gap, error) {
	rows, err := s.queries.GapsDuring(ctx, sqlcgen.GapsDuringParams{FromAt: dated(from), ToAt: dated(to)})
	if err != nil {
		return nil, fmt.Errorf("gaps: %w", err)
	}
	gaps := make([]Gap, len(rows))
	for i, r := range rows {
		gaps[i] = Gap{From: r.FromAt.UTC(), To: r.ToAt.UTC()}
	}
	return gaps, nil
}
