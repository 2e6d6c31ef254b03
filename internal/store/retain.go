package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Policy says how long each class of data is kept. Zero keeps it for ever.
type Policy struct {
	Readings   time.Duration
	Minutes    time.Duration // roll-ups per minute
	Hours      time.Duration // roll-ups per hour
	Statuses   time.Duration
	Events     time.Duration
	Violations time.Duration
	Quarantine time.Duration
	Indicators time.Duration
	Discovered time.Duration // since a device that nobody registered was last seen
}

// DefaultPolicy keeps readings, quarantine and discovered devices for 30 days, violations for 90,
// roll-ups per minute for 180, events for a year, hours and statuses for five years, and indicators
// for ten.
func DefaultPolicy() Policy {
	const day = 24 * time.Hour
	return Policy{
		Readings: 30 * day, Minutes: 180 * day, Hours: 5 * 365 * day, Statuses: 5 * 365 * day,
		Events: 365 * day, Violations: 90 * day, Quarantine: 30 * day,
		Indicators: 10 * 365 * day, Discovered: 30 * day,
	}
}

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

// Retain forgets what is older than the policy keeps: whole partitions at once, other rows in
// bounded chunks; and of discovered devices those that are too many. It stops at the first failure; calling it again goes on.
func (s *Store) Retain(ctx context.Context, now time.Time, policy Policy) ([]Removed, error) {
	var all []Removed
	for _, c := range retentionClasses(policy) {
		if c.keep <= 0 {
			continue
		}
		removed, err := s.retain(ctx, c, now.UTC())
		if removed.Partitions > 0 || removed.Rows > 0 {
			all = append(all, removed)
		}
		if err != nil {
			return all, fmt.Errorf("retain %s: %w", c.class, err)
		}
	}
	n, err := s.queries.TrimDiscovered(ctx, maxDiscovered)
	if err != nil {
		return all, fmt.Errorf("retain discovered: %w", err)
	}
	if n > 0 {
		all = append(all, Removed{Class: "discovered", Rows: n})
	}
	return all, nil
}

// retention is how one class forgets. In old, $1 is the oldest time to keep and $2 is as far ahead
// of now: a clock may be wrong either way.
type retention struct {
	class, table, old string
	keep              time.Duration
	split             *partitioned
}

func retentionClasses(p Policy) []retention {
	readings, minutes := dailyReadings(), monthlyMinutes()
	return []retention{
		{"readings", "reading_default", "received_at < $1 OR received_at > $2", p.Readings, &readings},
		{"minutes", "reading_minute_default", "bucket < $1 OR bucket > $2", p.Minutes, &minutes},
		{"hours", "reading_hour", "bucket < $1 OR bucket > $2", p.Hours, nil},
		{"statuses", "status_interval", "upper(during) <= $1 OR lower(during) > $2", p.Statuses, nil},
		{"events", "event", "received_at < $1 OR received_at > $2", p.Events, nil},
		{"violations", "violation", "received_at < $1 OR received_at > $2", p.Violations, nil},
		{"quarantine", "quarantine", "at < $1 OR at > $2", p.Quarantine, nil},
		{"indicators", "indicator", "received_at < $1 OR received_at > $2", p.Indicators, nil},
		{"discovered", "discovered", "last_seen < $1 OR last_seen > $2", p.Discovered, nil},
	}
}

func (s *Store) retain(ctx context.Context, c retention, now time.Time) (Removed, error) {
	removed := Removed{Class: c.class}
	cutoff := now.Add(-c.keep)
	if c.split != nil {
		old, err := s.partitionsBefore(ctx, *c.split, cutoff)
		if err != nil {
			return removed, err
		}
		for _, start := range old {
			if err := s.dropPartition(ctx, c.split.name(start)); err != nil {
				return removed, err
			}
			removed.Partitions++
		}
	}
	sql := fmt.Sprintf(`DELETE FROM %[1]s WHERE ctid = ANY (ARRAY(SELECT ctid FROM %[1]s WHERE %[2]s LIMIT %[3]d))`, c.table, c.old, chunk)
	for {
		tag, err := s.pool.Exec(ctx, sql, cutoff, now.Add(c.keep))
		if err != nil {
			return removed, err
		}
		removed.Rows += tag.RowsAffected()
		if tag.RowsAffected() < chunk {
			return removed, nil
		}
	}
}

// dropPartition waits only briefly for readers and writers, because they queue up behind it.
func (s *Store) dropPartition(ctx context.Context, name string) error {
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SET LOCAL lock_timeout = '2s'"); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "DROP TABLE "+name)
		return err
	})
}

// Size is how much room one class of data takes on disk, indexes included. Rows is PostgreSQL's own
// estimate.
type Size struct {
	Class string
	Bytes int64
	Rows  int64
}

// Sizes returns the size of each class of data.
func (s *Store) Sizes(ctx context.Context) ([]Size, error) {
	const query = `SELECT c.class, sum(pg_total_relation_size(t.oid))::bigint, sum(greatest(t.reltuples, 0))::bigint
		FROM unnest(
			ARRAY['readings', 'minutes', 'hours', 'statuses', 'events', 'violations', 'quarantine', 'indicators', 'discovered'],
			ARRAY['reading', 'reading_minute', 'reading_hour', 'status_interval', 'event', 'violation', 'quarantine', 'indicator', 'discovered'])
			WITH ORDINALITY AS c(class, root, i)
		JOIN pg_class t ON t.oid = to_regclass(c.root)
			OR t.oid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = to_regclass(c.root))
		GROUP BY c.class, c.i ORDER BY c.i`
	rows, err := s.pool.Query(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("sizes: %w", err)
	}
	sizes, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Size])
	if err != nil {
		return nil, fmt.Errorf("sizes: %w", err)
	}
	return sizes, nil
}
