package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
)

// partitioned describes a table that is split by time. Its partitions are called after their start.
type partitioned struct {
	table, key, layout string
	start              func(time.Time) time.Time // of the partition that holds a time
	next               func(time.Time) time.Time // the start after a start
}

func dailyReadings() partitioned {
	return partitioned{
		table: "reading", key: "observed_at", layout: "20060102",
		start: func(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) },
		next:  func(t time.Time) time.Time { return t.AddDate(0, 0, 1) },
	}
}

func dailyQuarantine() partitioned {
	p := dailyReadings()
	p.table, p.key = "quarantine", "at"
	return p
}

func dailyArchive() partitioned {
	p := dailyReadings()
	p.table, p.key = "archive", "at"
	return p
}

func monthlyMinutes() partitioned {
	return partitioned{
		table: "reading_minute", key: "bucket", layout: "200601",
		start: func(t time.Time) time.Time {
			return time.Date(t.UTC().Year(), t.UTC().Month(), 1, 0, 0, 0, 0, time.UTC)
		},
		next: func(t time.Time) time.Time { return t.AddDate(0, 1, 0) },
	}
}

func monthlyHours() partitioned {
	p := monthlyMinutes()
	p.table = "reading_hour"
	return p
}

func monthlyTransitions() partitioned {
	p := monthlyMinutes()
	p.table, p.key = "alarm_transition", "at"
	return p
}

func (p partitioned) name(start time.Time) string { return p.table + "_" + start.Format(p.layout) }

// EnsurePartitions makes the partitions for the time from a day before now to two days after. Call
// it at least daily; rows of days that have none go to a default partition, and move from there when
// theirs is made. Several processes may call it at once.
func (s *Store) EnsurePartitions(ctx context.Context, now time.Time) error {
	for _, p := range splits() {
		for at := p.start(now.AddDate(0, 0, -1)); !at.After(now.AddDate(0, 0, 2)); at = p.next(at) {
			if err := s.ensurePartition(ctx, p, at); err != nil {
				return fmt.Errorf("partition %s: %w", p.name(at), err)
			}
		}
	}
	return nil
}

func (s *Store) ensurePartition(ctx context.Context, p partitioned, start time.Time) error {
	if made, err := attached(ctx, s.pool, p, start); made || err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		// One process at a time. Commits are held up only where they write misdated rows, and as
		// long as those take to move.
		const settle = `SELECT pg_advisory_xact_lock(hashtext('opscenter partitions')),
			set_config('statement_timeout', '0', true), set_config('lock_timeout', '30s', true)`
		if _, err := tx.Exec(ctx, settle); err != nil {
			return err
		}
		if made, err := attached(ctx, tx, p, start); made || err != nil {
			return err
		}
		return p.create(ctx, tx, start)
	})
}

// rower is what both a pool and a transaction can do.
type rower interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

func attached(ctx context.Context, db rower, p partitioned, start time.Time) (made bool, err error) {
	const query = `SELECT EXISTS (SELECT FROM pg_inherits
		WHERE inhparent = to_regclass($1) AND inhrelid = to_regclass($2))`
	err = db.QueryRow(ctx, query, p.table, p.name(start)).Scan(&made)
	return made, err
}

func (p partitioned) create(ctx context.Context, tx pgx.Tx, start time.Time) error {
	name, from, to := p.name(start), start.Format(time.RFC3339), p.next(start).Format(time.RFC3339)
	for _, sql := range []string{
		fmt.Sprintf(`CREATE TABLE %s (LIKE %s INCLUDING ALL)`, name, p.table),
		fmt.Sprintf(`LOCK TABLE %s_default IN ACCESS EXCLUSIVE MODE`, p.table),
		fmt.Sprintf(`WITH moved AS (DELETE FROM %[1]s_default WHERE %[2]s >= '%[3]s' AND %[2]s < '%[4]s' RETURNING *)
			INSERT INTO %[5]s SELECT * FROM moved`, p.table, p.key, from, to, name),
		fmt.Sprintf(`ALTER TABLE %s ATTACH PARTITION %s FOR VALUES FROM ('%s') TO ('%s')`, p.table, name, from, to),
	} {
		if _, err := tx.Exec(ctx, sql); err != nil {
			return err
		}
	}
	return nil
}

// partitions returns the starts of the table's partitions, oldest first.
func (s *Store) partitions(ctx context.Context, p partitioned) ([]time.Time, error) {
	rows, err := s.pool.Query(ctx, `SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = to_regclass($1)`, p.table)
	if err != nil {
		return nil, err
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, err
	}
	var starts []time.Time
	for _, name := range names {
		if start, err := time.Parse(p.table+"_"+p.layout, name); err == nil { // otherwise it is the default one
			starts = append(starts, start)
		}
	}
	slices.SortFunc(starts, time.Time.Compare)
	return starts, nil
}

// partitionsBefore returns the starts of the table's partitions that end at or before a time.
func (s *Store) partitionsBefore(ctx context.Context, p partitioned, cutoff time.Time) ([]time.Time, error) {
	starts, err := s.partitions(ctx, p)
	return slices.DeleteFunc(starts, func(start time.Time) bool { return p.next(start).After(cutoff) }), err
}
