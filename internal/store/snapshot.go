package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"opscenter/internal/store/sqlcgen"
)

// Snapshot is one moment of the database, which other connections can look at too.
type Snapshot struct {
	Name        string // for SET TRANSACTION SNAPSHOT and pg_dump
	At          time.Time
	Server      int                // PostgreSQL's major version
	Schema      int64              // the last migration
	Checkpoints map[int]Checkpoint // by partition, without states
}

// Snapshot calls use with the present moment of the database; the snapshot stands until use returns.
func (s *Store) Snapshot(ctx context.Context, use func(Snapshot) error) error {
	return pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		// Dumping takes as long as it takes, and this transaction does nothing meanwhile.
		if _, err := tx.Exec(ctx, "SELECT set_config('idle_in_transaction_session_timeout', '0', true)"); err != nil {
			return fmt.Errorf("snapshot: %w", err)
		}
		snapshot, err := describeSnapshot(ctx, tx, s.queries.WithTx(tx))
		if err != nil {
			return fmt.Errorf("snapshot: %w", err)
		}
		return use(snapshot)
	})
}

func describeSnapshot(ctx context.Context, tx pgx.Tx, q *sqlcgen.Queries) (Snapshot, error) {
	v := Snapshot{Checkpoints: map[int]Checkpoint{}}
	const query = `SELECT pg_export_snapshot(), now(), current_setting('server_version_num')::int / 10000,
		(SELECT max(version_id) FROM goose_db_version WHERE is_applied)`
	if err := tx.QueryRow(ctx, query).Scan(&v.Name, &v.At, &v.Server, &v.Schema); err != nil {
		return Snapshot{}, err
	}
	rows, err := q.Checkpoints(ctx)
	for _, r := range rows {
		v.Checkpoints[int(r.Partition)] = Checkpoint{Seq: unsigned(r.Seq), StateSeq: unsigned(r.StateSeq)}
	}
	return v, err
}

// Server connects to a database and returns PostgreSQL's major version, and whether there are no tables
// in it.
func Server(ctx context.Context, url string) (version int, empty bool, err error) {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return 0, false, fmt.Errorf("database: %w", err)
	}
	defer func() { _ = conn.Close(ctx) }() // only read from
	const query = `SELECT current_setting('server_version_num')::int / 10000,
		NOT EXISTS (SELECT FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace)`
	if err := conn.QueryRow(ctx, query).Scan(&version, &empty); err != nil {
		return 0, false, fmt.Errorf("database: %w", err)
	}
	return version, empty, nil
}

// Analyze lets PostgreSQL count what was restored, so that its estimates are right from the start.
func (s *Store) Analyze(ctx context.Context) error {
	if _, err := s.pool.Exec(ctx, "ANALYZE"); err != nil {
		return fmt.Errorf("analyze: %w", err)
	}
	return nil
}

// Schema returns the last migration that this program knows.
func Schema() (int64, error) {
	files, err := migrations.ReadDir("migrations")
	if err != nil {
		return 0, fmt.Errorf("migrations: %w", err)
	}
	var last int64
	for _, f := range files {
		var version int64
		if _, err := fmt.Sscanf(f.Name(), "%d_", &version); err != nil {
			return 0, fmt.Errorf("migration %q: %w", f.Name(), err)
		}
		last = max(last, version)
	}
	return last, nil
}
