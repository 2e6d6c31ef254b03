package store

import (
	"context"
	"embed"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrations embed.FS

const oldestServer = 140000

// migrate brings the schema up to date. A lock in the database lets only one process do so at a time.
func (s *Store) migrate(ctx context.Context) error {
	var version int
	if err := s.pool.QueryRow(ctx, "SELECT current_setting('server_version_num')::int").Scan(&version); err != nil {
		return fmt.Errorf("database: version: %w", err)
	}
	if version < oldestServer {
		return fmt.Errorf("database: PostgreSQL %d is too old: 14 or newer is needed", version/10000)
	}
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return fmt.Errorf("database: migrations: %w", err)
	}
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return fmt.Errorf("database: migrations: %w", err)
	}
	db := stdlib.OpenDBFromPool(s.pool)
	defer db.Close() //nolint:errcheck // it borrows the pool's connections and owns nothing
	provider, err := goose.NewProvider(goose.DialectPostgres, db, files,
		goose.WithSessionLocker(locker), goose.WithSlog(s.log))
	if err != nil {
		return fmt.Errorf("database: migrations: %w", err)
	}
	done, err := provider.Up(ctx)
	if err != nil {
		return fmt.Errorf("database: migrations: %w", err)
	}
	for _, m := range done {
		s.log.InfoContext(ctx, "database migrated", "migration", m.Source.Path, "took", m.Duration)
	}
	return nil
}
