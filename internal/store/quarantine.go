package store

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/jackc/pgx/v5"

	"opscenter/internal/city"
	"opscenter/internal/store/sqlcgen"
)

func storeRejections(ctx context.Context, q *sqlcgen.Queries, partition int, rejections []Rejection) error {
	if len(rejections) == 0 {
		return nil
	}
	rows := make([]sqlcgen.InsertQuarantineParams, len(rejections))
	for i := range rejections {
		r := &rejections[i]
		rows[i] = sqlcgen.InsertQuarantineParams{
			At: dated(r.At), Partition: int32(partition), Seq: signed(r.Seq), Ordinal: int32(r.Ordinal), //nolint:gosec // both are small
			Topic: clean(r.Topic), Sealed: r.Sealed, Shown: clean(r.Shown), Code: clean(r.Code), Reason: clean(r.Reason),
			Subsystem: clean(r.Subsystem), Retained: r.Retained,
		}
		if rows[i].Sealed == nil {
			rows[i].Sealed = []byte{}
		}
	}
	if err := finish(q.InsertQuarantine(ctx, rows)); err != nil {
		return fmt.Errorf("quarantine: %w", err)
	}
	return nil
}

// Quarantined is a message in quarantine. Ids grow in the order of storing.
type Quarantined struct {
	ID             int64
	At             time.Time
	ReplayedAt     time.Time // zero: never
	city.Rejection           // Sealed is empty in lists
}

// QuarantineQuery selects from the quarantine, the latest first.
type QuarantineQuery struct {
	Subsystem string // empty: any
	Code      string // empty: any
	Before    int64  // ids below this one: the Next of the page before; 0: from the latest
	Limit     int
}

// QuarantinePage is one page of the quarantine. Next is 0 on the last page. Total counts all rows
// that the query selects on all pages.
type QuarantinePage struct {
	Items []Quarantined
	Next  int64
	Total int64
}

// Quarantine lists what could not be read, and why.
func (s *Store) Quarantine(ctx context.Context, query QuarantineQuery) (QuarantinePage, error) {
	before := query.Before
	if before <= 0 {
		before = math.MaxInt64
	}
	subsystem, code := clean(query.Subsystem), clean(query.Code)
	limit := page(query.Limit)
	rows, err := s.queries.ListQuarantine(ctx, sqlcgen.ListQuarantineParams{
		Before: before, Subsystem: subsystem, Code: code, MaxRows: limit + 1,
	})
	if err != nil {
		return QuarantinePage{}, fmt.Errorf("quarantine: %w", err)
	}
	var p QuarantinePage
	if p.Total, err = s.queries.CountQuarantine(ctx, sqlcgen.CountQuarantineParams{Subsystem: subsystem, Code: code}); err != nil {
		return QuarantinePage{}, fmt.Errorf("quarantine: %w", err)
	}
	if len(rows) > int(limit) {
		rows = rows[:limit]
		if limit > 0 {
			p.Next = rows[limit-1].ID
		}
	}
	for _, r := range rows {
		p.Items = append(p.Items, Quarantined{
			ID: r.ID, At: r.At.UTC(), ReplayedAt: timeOrZero(r.ReplayedAt),
			Rejection: city.Rejection{
				Subsystem: r.Subsystem, Topic: r.Topic, Shown: r.Shown, Code: r.Code, Reason: r.Reason, Retained: r.Retained,
			},
		})
	}
	return p, nil
}

// QuarantinedMessage returns one message with its sealed payload, or ErrNotFound.
func (s *Store) QuarantinedMessage(ctx context.Context, id int64) (Quarantined, error) {
	r, err := s.queries.GetQuarantine(ctx, id)
	if errors.Is(err, pgx.ErrNoRows) {
		return Quarantined{}, fmt.Errorf("quarantine %d: %w", id, ErrNotFound)
	}
	if err != nil {
		return Quarantined{}, fmt.Errorf("quarantine %d: %w", id, err)
	}
	return Quarantined{
		ID: r.ID, At: r.At.UTC(), ReplayedAt: timeOrZero(r.ReplayedAt),
		Rejection: city.Rejection{
			Subsystem: r.Subsystem, Topic: r.Topic, Sealed: r.Sealed, Shown: r.Shown, Code: r.Code, Reason: r.Reason, Retained: r.Retained,
		},
	}, nil
}

// MarkReplayed notes when a quarantined message was given to ingest again; ErrNotFound if there is none.
func (s *Store) MarkReplayed(ctx context.Context, id int64, at time.Time) error {
	n, err := s.queries.MarkReplayed(ctx, sqlcgen.MarkReplayedParams{ID: id, ReplayedAt: dated(at)})
	if err != nil {
		return fmt.Errorf("quarantine %d: %w", id, err)
	}
	if n == 0 {
		return fmt.Errorf("quarantine %d: %w", id, ErrNotFound)
	}
	return nil
}
