package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"opscenter/internal/store/sqlcgen"
)

// maxDiscovered is how many discovered devices Retain leaves: whoever can publish can invent them.
const maxDiscovered = 20_000

// chunk is how many rows one statement of Retain deletes.
const chunk = 10_000

// Removed says what Retain did to one class. Whole partitions go without being counted row by row.
type Removed struct {
	Class      string
	Partitions int
	Rows       int64
}

// Retain forgets what is older than the policy keeps and not held: whole partitions at once, other rows
// in bounded chunks; and of discovered devices those that are too many. It stops at the first
// failure; calling it again goes on.
func (s *Store) Retain(ctx context.Context, now time.Time, policy Policy) ([]Removed, error) {
	var all []Removed
	for _, c := range classes() {
		keep := policy[c.id]
		if keep <= 0 {
			continue
		}
		removed, err := s.retain(ctx, &c, keep, now.UTC())
		if removed.Partitions > 0 || removed.Rows > 0 {
			all = append(all, removed)
		}
		if err != nil {
			return all, fmt.Errorf("retain %s: %w", c.id, err)
		}
	}
	if keep := policy[ClassArchive]; keep > 0 {
		if err := s.trimInventories(ctx, now.Add(-keep)); err != nil {
			return all, err
		}
	}
	n, err := s.trimDiscovered(ctx)
	if n > 0 {
		all = append(all, Removed{Class: ClassDiscovered, Rows: n})
	}
	return all, err
}

func (s *Store) retain(ctx context.Context, c *class, keep time.Duration, now time.Time) (Removed, error) {
	removed := Removed{Class: c.id}
	cutoff := now.Add(-keep)
	if c.split != nil {
		old, err := s.partitionsBefore(ctx, *c.split, cutoff)
		if err != nil {
			return removed, err
		}
		for _, start := range old {
			dropped, err := s.dropPartition(ctx, c, start)
			if err != nil {
				return removed, err
			}
			if dropped {
				removed.Partitions++
			}
		}
	}
	sql := fmt.Sprintf(`DELETE FROM %[1]s WHERE ctid = ANY (ARRAY(SELECT ctid FROM %[1]s t WHERE %[2]s LIMIT %[3]d))`, c.rows(), c.free(), chunk)
	for {
		var tag pgconn.CommandTag
		err := s.forgetting(ctx, func(tx pgx.Tx) (err error) {
			tag, err = tx.Exec(ctx, sql, cutoff, now.Add(keep))
			return err
		})
		if err != nil {
			return removed, err
		}
		removed.Rows += tag.RowsAffected()
		if tag.RowsAffected() < chunk {
			return removed, nil
		}
	}
}

// free is which rows are old and not held.
func (c *class) free() string {
	return fmt.Sprintf("(%s) AND NOT EXISTS (SELECT FROM retention_hold h WHERE %s)", c.old, c.heldRow())
}

// dropPartition drops a partition unless it is held. It waits only briefly for readers and writers,
// because they queue up behind it.
func (s *Store) dropPartition(ctx context.Context, c *class, start time.Time) (dropped bool, err error) {
	err = s.forgetting(ctx, func(tx pgx.Tx) error {
		var held bool
		if err := tx.QueryRow(ctx, "SELECT EXISTS (SELECT FROM retention_hold h WHERE "+c.heldSpan()+")", start, c.split.next(start)).Scan(&held); err != nil {
			return err
		}
		if held {
			return nil
		}
		dropped = true
		_, err := tx.Exec(ctx, "SET LOCAL lock_timeout = '2s'")
		if err == nil {
			_, err = tx.Exec(ctx, "DROP TABLE "+c.split.name(start))
		}
		return err
	})
	return dropped && err == nil, err
}

// forgetting runs a transaction that removes data. While it runs no hold is placed, so that whoever was
// told that a hold stands can rely on it.
func (s *Store) forgetting(ctx context.Context, remove func(pgx.Tx) error) error {
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock_shared("+holdLock+")"); err != nil {
			return err
		}
		return remove(tx)
	})
}

// trimInventories forgets inventories that nothing in the archive goes back to.
func (s *Store) trimInventories(ctx context.Context, until time.Time) error {
	err := s.forgetting(ctx, func(tx pgx.Tx) error {
		return s.queries.WithTx(tx).TrimInventories(ctx, sqlcgen.TrimInventoriesParams{Until: dated(until), Classes: []string{ClassArchive, EveryClass}})
	})
	if err != nil {
		return fmt.Errorf("retain inventories: %w", err)
	}
	return nil
}

func (s *Store) trimDiscovered(ctx context.Context) (n int64, err error) {
	err = s.forgetting(ctx, func(tx pgx.Tx) error {
		n, err = s.queries.WithTx(tx).TrimDiscovered(ctx, sqlcgen.TrimDiscoveredParams{Keep: maxDiscovered, Class: ClassDiscovered})
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("retain discovered: %w", err)
	}
	return n, nil
}
