package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"opscenter/internal/backup"
	"opscenter/internal/eventlog"
	"opscenter/internal/seal"
	"opscenter/internal/store"
	"opscenter/internal/store/pgcluster"
)

// restoredConfig is where Restore puts the configuration file, in the data directory.
const restoredConfig = "opscenter.yaml"

// VerifyBackup reads a whole backup and returns what is in it, or what is wrong with it, by name.
func VerifyBackup(path string) (backup.Manifest, error) {
	file, err := os.Open(path)
	if err != nil {
		return backup.Manifest{}, err
	}
	defer func() { _ = file.Close() }()
	m, err := backup.Verify(file)
	if err != nil {
		return m, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}

// Restore makes a center of a backup in the data directory, which must be empty or not there; a database or
// a log that the configuration names elsewhere must be empty too. The whole file is verified before
// anything is written. The center that is started there goes on where the backup was made.
func Restore(ctx context.Context, c Config, path string) (m backup.Manifest, err error) {
	if m, err = VerifyBackup(path); err != nil {
		return m, err
	}
	known, err := store.Schema()
	if err != nil {
		return m, err
	}
	if m.Schema > known {
		return m, fmt.Errorf("%s: %w: its database has schema %d, and this program knows %d (it was made by version %s)", path, backup.ErrFormat, m.Schema, known, m.Version)
	}
	if err := emptyDirectory(c.Data); err != nil {
		return m, err
	}
	file, err := os.Open(path)
	if err != nil {
		return m, err
	}
	defer func() { _ = file.Close() }()
	dir, err := openDataDir(c.Data)
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, dir.close()) }()
	if err := os.WriteFile(dir.join(restoringFile), []byte(path+"\n"), 0o600); err != nil {
		return m, err
	}
	r := &restore{config: c, dir: dir, manifest: &m}
	if err := r.run(ctx, file); err != nil {
		return m, fmt.Errorf("%w; what is in %s now is of no use", err, dir.path)
	}
	return m, r.finish(path)
}

func emptyDirectory(path string) error {
	entries, err := os.ReadDir(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err == nil && len(entries) > 0 {
		err = fmt.Errorf("data directory %q is not empty: a backup is only restored into an empty one", path)
	}
	return err
}

// restore is a backup that is being restored.
type restore struct {
	config   Config
	dir      *dataDir
	manifest *backup.Manifest
	url      string // of the database
}

func (r *restore) run(ctx context.Context, file io.Reader) (err error) {
	var stop func(context.Context) error
	if r.url, stop, err = databaseURL(ctx, r.config.Serve, r.dir, discardLog()); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop(context.WithoutCancel(ctx))) }()
	err = backup.Read(file, backup.Visit{
		File: r.file,
		Stream: func(name string, content io.Reader) error {
			switch name {
			case backup.Database:
				return r.database(ctx, content)
			case backup.Log:
				return r.log(ctx, content)
			}
			return fmt.Errorf("%w: it has a member %q, which nobody knows", backup.ErrFormat, name)
		},
	})
	if err != nil {
		return err
	}
	_, err = seal.Load(r.dir.join(sealKey))
	return err
}

// file puts a file in its place.
func (r *restore) file(name string, data []byte) error {
	key, isKey := strings.CutPrefix(name, backup.Keys)
	switch {
	case isKey && key == filepath.Base(key) && strings.HasSuffix(key, ".key"):
		return os.WriteFile(r.dir.join(key), data, 0o600)
	case name == backup.Config:
		return os.WriteFile(r.dir.join(restoredConfig), data, 0o600)
	}
	return fmt.Errorf("%w: it has a member %q, which nobody knows", backup.ErrFormat, name)
}

// database restores the database, and brings its schema up to date.
func (r *restore) database(ctx context.Context, content io.Reader) error {
	version, empty, err := store.Server(ctx, r.url)
	if err != nil {
		return err
	}
	if !empty {
		return errors.New("the database is not empty: a backup is only restored into an empty one")
	}
	if version < r.manifest.PostgreSQL {
		return fmt.Errorf("the backup is of PostgreSQL %d, and this server is PostgreSQL %d: it must not be older", r.manifest.PostgreSQL, version)
	}
	if err := pgcluster.Restore(ctx, r.url, version, content); err != nil {
		return err
	}
	s, err := store.Open(ctx, store.Config{URL: r.url})
	if err != nil {
		return err
	}
	defer s.Close()
	return s.Analyze(ctx)
}

// log makes a log of the entries, under the sequences that the database knows them by.
func (r *restore) log(ctx context.Context, content io.Reader) (err error) {
	c, stop, err := offlineLog(r.config, r.dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop(context.WithoutCancel(ctx))) }()
	c.Partitions = len(r.manifest.Partitions)
	entries := backup.NewEntries(content)
	return eventlog.Refill(ctx, c, func() (eventlog.Raw, bool, error) {
		e, more, err := entries.Next()
		return eventlog.Raw(e), more, err
	})
}

// finish says in the directory what it is, and lets a center start in it.
func (r *restore) finish(path string) error {
	text, err := json.MarshalIndent(struct {
		File       string    `json:"file"`
		RestoredAt time.Time `json:"restored_at"`
		Moment     time.Time `json:"moment"`
		Version    string    `json:"version"`
	}{path, time.Now(), r.manifest.Moment, r.manifest.Version}, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(r.dir.join(restoredFile), append(text, '\n'), 0o600); err != nil {
		return err
	}
	return os.Remove(r.dir.join(restoringFile))
}
