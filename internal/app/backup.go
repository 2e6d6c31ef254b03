package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"opscenter/internal/backup"
	"opscenter/internal/eventlog"
	"opscenter/internal/httpapi"
	"opscenter/internal/store"
	"opscenter/internal/store/pgcluster"
)

// backupSource is all that a backup is made of.
type backupSource struct {
	store       *store.Store
	eventlog    *eventlog.Log
	databaseURL string
	dir         *dataDir
	configPath  string // empty: there is no configuration file
	version     string
	timezone    string
}

// write writes a backup. The database is cut first, and then the log is read from where its saved
// states are up to where it is when the dump is done. In between nothing may be trimmed from the log,
// and no partition of a table dropped.
func (b *backupSource) write(ctx context.Context, to io.Writer) error {
	w := backup.NewWriter(to, time.Now())
	m, err := b.members(ctx, w)
	if err == nil {
		return w.Close(m)
	}
	return errors.Join(err, w.Fail(err))
}

func (b *backupSource) members(ctx context.Context, w *backup.Writer) (backup.Manifest, error) {
	m := backup.Manifest{Version: b.version, Timezone: b.timezone}
	if err := b.files(w, &m); err != nil {
		return m, err
	}
	err := b.store.Snapshot(ctx, func(s store.Snapshot) error {
		m.Began, m.Schema, m.PostgreSQL = s.At, s.Schema, s.Server
		for p := range b.eventlog.Partitions() {
			m.Partitions = append(m.Partitions, backup.Partition{Partition: p, Seq: s.Checkpoints[p].Seq, StateSeq: s.Checkpoints[p].StateSeq})
		}
		return w.Stream(backup.Database, func(to io.Writer) error {
			return pgcluster.Dump(ctx, b.databaseURL, s.Name, s.Server, to)
		})
	})
	if err != nil {
		return m, err
	}
	return m, b.entries(ctx, w, &m)
}

// files writes the configuration and the keys.
func (b *backupSource) files(w *backup.Writer, m *backup.Manifest) error {
	if b.configPath != "" {
		text, err := os.ReadFile(b.configPath)
		if err != nil {
			return fmt.Errorf("configuration file: %w", err)
		}
		if err := w.File(backup.Config, text); err != nil {
			return err
		}
		if m.ConfigPath, err = filepath.Abs(b.configPath); err != nil {
			return fmt.Errorf("configuration file: %w", err)
		}
	}
	keys, err := filepath.Glob(b.dir.join("*.key"))
	if err != nil {
		return err
	}
	for _, path := range keys {
		text, err := os.ReadFile(path)
		if err != nil {
			return fmt.Errorf("key file: %w", err)
		}
		if err := w.File(backup.Keys+filepath.Base(path), text); err != nil {
			return err
		}
	}
	return nil
}

// entries writes the entries of the log that the database does not know yet, or would need to restore
// its saved states; and the last of each partition in any case, which says how far the log was.
func (b *backupSource) entries(ctx context.Context, w *backup.Writer, m *backup.Manifest) error {
	for i := range m.Partitions {
		p := &m.Partitions[i]
		var err error
		if p.Head, err = b.eventlog.Head(ctx, p.Partition); err != nil {
			return err
		}
		after := min(p.StateSeq, p.Head-min(p.Head, 1))
		if i == 0 || after < m.LogAfter {
			m.LogAfter = after
		}
		m.LogThrough = max(m.LogThrough, p.Head)
	}
	m.Moment = time.Now()
	return w.Stream(backup.Log, func(to io.Writer) error {
		return b.eventlog.Export(ctx, m.LogAfter, m.LogThrough, func(r eventlog.Raw) error {
			m.LogEntries++
			e := backup.Entry(r)
			return backup.WriteEntry(to, &e)
		})
	})
}

// quiet is a lock under which nothing is forgotten, neither by the log nor by the database. It is held by
// a backup, and by whoever is about to forget.
type quiet chan struct{}

func newQuiet() quiet { return make(quiet, 1) }

// try takes the lock if it is free.
func (q quiet) try() bool {
	select {
	case q <- struct{}{}:
		return true
	default:
		return false
	}
}

// wait takes the lock when it is free.
func (q quiet) wait(ctx context.Context) error {
	select {
	case q <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (q quiet) done() { <-q }

// backups is httpapi.Backups on a running center: one at a time.
type backups struct {
	source backupSource
	quiet  quiet
	one    quiet
	ended  context.Context //nolint:containedctx // of the center: it ends backups that outlive it
}

// Backup implements httpapi.Backups.
func (b *backups) Backup(ctx context.Context, start func() io.Writer) error {
	if !b.one.try() {
		return fmt.Errorf("%w: a backup is under way", httpapi.ErrConflict)
	}
	defer b.one.done()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(b.ended, cancel)()
	if err := b.quiet.wait(ctx); err != nil {
		return err
	}
	defer b.quiet.done()
	return b.source.write(ctx, start())
}

// newBackups lets a running center be backed up. It returns how to end that: a backup that is under way
// is given up.
func (a *App) newBackups() (b *backups, end func(context.Context) error) {
	ended, cancel := context.WithCancel(context.Background())
	b = &backups{
		source: backupSource{
			store: a.store, eventlog: a.eventlog, databaseURL: a.databaseURL, dir: a.dir, configPath: string(a.config.Config),
			version: a.config.Version, timezone: a.config.Timezone,
		},
		quiet: a.quiet, one: newQuiet(), ended: ended,
	}
	return b, func(ctx context.Context) error {
		cancel()
		return b.one.wait(ctx) // never given back
	}
}
