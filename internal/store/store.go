// Package store is the center's memory in PostgreSQL 14 or newer: the inventory, and what the
// recorders of the event log write: readings and their roll-ups, status intervals, events,
// violations, indicators, alarms, the audit, discovered devices, quarantine, and each partition's
// checkpoint in the same transaction. It is the only importer of pgx. A Store is safe for concurrent use.
package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"opscenter/internal/store/sqlcgen"
)

// The errors that callers tell apart.
var (
	// ErrStaleEpoch says that another process has claimed the partition since.
	ErrStaleEpoch = errors.New("the partition was claimed by another process")
	// ErrInventoryChanged says that the stored inventory is not the one that the change was made from.
	ErrInventoryChanged = errors.New("the inventory was changed by someone else")
	// ErrNotFound says that there is no such row.
	ErrNotFound = errors.New("not found")
)

// Config says which database to use, and how.
type Config struct {
	URL      string           // postgres://… or key=value, as libpq reads it
	MaxConns int              // connections at most; 0: 8
	Now      func() time.Time // nil: time.Now; says when inventories come into force, and which partitions are made at the start
	Log      *slog.Logger     // nil: discarded
}

// Store is an open database.
type Store struct {
	pool    *pgxpool.Pool
	queries *sqlcgen.Queries
	log     *slog.Logger
	now     func() time.Time
	series  seriesCache
	buffers sync.Pool // of *[]byte: COPY data
}

// Open connects, brings the schema up to date, makes the partitions of the days around now and
// reads the known series. Several processes may open one database at once. The database must
// answer; a Store that is open reconnects by itself.
func Open(ctx context.Context, c Config) (*Store, error) {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	pool, err := connect(ctx, c)
	if err != nil {
		return nil, err
	}
	s := &Store{pool: pool, queries: sqlcgen.New(pool), log: c.Log, now: c.Now}
	s.buffers.New = func() any { return new([]byte) }
	if err := s.prepare(ctx, c.Now()); err != nil {
		pool.Close()
		return nil, err
	}
	return s, nil
}

func connect(ctx context.Context, c Config) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig(c.URL)
	if err != nil {
		return nil, fmt.Errorf("database url: %w", err)
	}
	config.MaxConns = 8
	if c.MaxConns > 0 {
		config.MaxConns = int32(min(c.MaxConns, 1000))
	}
	config.PingTimeout = 5 * time.Second
	config.ConnConfig.ConnectTimeout = 5 * time.Second
	for name, value := range map[string]string{
		"application_name": "opscenter",
		"timezone":         "UTC",
		// A process that hangs in the middle of a transaction must not keep its partition's row
		// locked: its successor waits for it.
		"idle_in_transaction_session_timeout": "30s",
		"statement_timeout":                   "60s",
	} {
		if _, set := config.ConnConfig.RuntimeParams[name]; !set {
			config.ConnConfig.RuntimeParams[name] = value
		}
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("database: %w", err)
	}
	return pool, nil
}

func (s *Store) prepare(ctx context.Context, now time.Time) error {
	if err := s.Ping(ctx); err != nil {
		return err
	}
	if err := s.migrate(ctx); err != nil {
		return err
	}
	if err := s.EnsurePartitions(ctx, now); err != nil {
		return err
	}
	if err := s.keepFirstInventory(ctx, now); err != nil {
		return fmt.Errorf("keep the inventory: %w", err)
	}
	return s.loadSeries(ctx)
}

// Ping returns nil when the database answers.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.pool.Ping(ctx); err != nil {
		return fmt.Errorf("database: %w", err)
	}
	return nil
}

// Close waits for running calls and closes every connection.
func (s *Store) Close() { s.pool.Close() }
