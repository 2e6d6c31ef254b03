package store

import (
	"context"
	"fmt"
	"math"
	"time"

	"opscenter/internal/store/sqlcgen"
)

// AuditQuery selects rows of the audit, the latest first. An empty field does not narrow it.
type AuditQuery struct {
	Actor  string
	Object string // alarm/<id> or maintenance/<id>
	Before AuditPlace
	Limit  int
}

// AuditPlace is where a row is in the order of AuditQuery. The zero place is before the first.
type AuditPlace struct {
	At        time.Time
	Partition int
	N         int64
}

// AuditPage is one page of the audit. More says that others follow. Total counts all pages.
type AuditPage struct {
	Items []AuditRow
	More  bool
	Total int64
}

// Audit lists rows of the audit.
func (s *Store) Audit(ctx context.Context, q AuditQuery) (AuditPage, error) {
	limit := page(q.Limit)
	rows, err := s.queries.ListAudit(ctx, sqlcgen.ListAuditParams{
		BeforeAt: momentOr(q.Before.At, lastMoment()), BeforePartition: int32(min(q.Before.Partition, math.MaxInt32)), //nolint:gosec // bounded
		BeforeN: q.Before.N, Actor: clean(q.Actor), Object: clean(q.Object), MaxRows: limit + 1,
	})
	if err != nil {
		return AuditPage{}, fmt.Errorf("audit: %w", err)
	}
	var found AuditPage
	if found.Total, err = s.queries.CountAudit(ctx, sqlcgen.CountAuditParams{Actor: clean(q.Actor), Object: clean(q.Object)}); err != nil {
		return AuditPage{}, fmt.Errorf("audit: %w", err)
	}
	if found.More = len(rows) > int(limit); found.More {
		rows = rows[:limit]
	}
	found.Items = auditRowsOf(rows)
	return found, nil
}

// ActionsByKey returns the rows of the actions with these keys, oldest first.
func (s *Store) ActionsByKey(ctx context.Context, keys ...string) ([]AuditRow, error) {
	cleaned := make([]string, len(keys))
	for i, key := range keys {
		cleaned[i] = clean(key)
	}
	rows, err := s.queries.ActionsByKey(ctx, cleaned)
	if err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	return auditRowsOf(rows), nil
}

func auditRowsOf(rows []sqlcgen.Audit) []AuditRow {
	out := make([]AuditRow, len(rows))
	for i := range rows {
		r := &rows[i]
		out[i] = AuditRow{
			Partition: int(r.Partition), N: r.N, At: r.At.UTC(), Actor: r.Actor, Verb: r.Verb, Object: r.Object, Why: r.Why,
			Action: r.Action, Outcome: r.Outcome, Document: r.Document, Prev: r.Prev, Hash: r.Hash,
		}
	}
	return out
}
