package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"opscenter/internal/app"
	"opscenter/internal/backup"
	"opscenter/internal/config"
)

type backupCmd struct {
	Create backupCreateCmd `cmd:"" default:"withargs" help:"Write everything that matters into one file. The center may run."`
	Verify backupVerifyCmd `cmd:"" help:"Read a whole backup, and say what is in it or what is wrong with it."`
}

type backupCreateCmd struct {
	config.Serve

	File string `arg:"" help:"New file, or a directory for a file that is named after the time." type:"path"`
	Keep int    `help:"Of the backups in the directory, remove the oldest, so that this many are left; 0 keeps all." placeholder:"N"`
}

// Run asks the running center of the data directory for a backup, or, if none runs, makes one itself.
func (c *backupCreateCmd) Run(ctx context.Context, t *terminal, center *app.Config) error {
	center.Serve = c.Serve
	began, told := time.Now(), time.Now()
	name, m, err := app.BackUp(ctx, *center, c.File, func(written int64) {
		if time.Since(told) > 5*time.Second {
			told = time.Now()
			fmt.Fprintf(t.err, "%d MiB\n", written>>20)
		}
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(t.out, "%s written in %.1f s\n", name, time.Since(began).Seconds())
	tellBackup(t, &m)
	fmt.Fprintln(t.out, backup.Warning)
	if c.Keep <= 0 || name == c.File {
		return nil
	}
	removed, err := app.PruneBackups(filepath.Dir(name), c.Keep)
	for _, old := range removed {
		fmt.Fprintf(t.out, "%s removed\n", old)
	}
	return err
}

func tellBackup(t *terminal, m *backup.Manifest) {
	fmt.Fprintf(t.out, "everything until %s, of version %s: %.1f MiB, %d entries of the log, database of PostgreSQL %d with schema %d\n",
		m.Moment.Format(time.RFC3339), m.Version, float64(m.Size())/(1<<20), m.LogEntries, m.PostgreSQL, m.Schema)
}

type backupVerifyCmd struct {
	File string `arg:"" help:"Backup." type:"existingfile"`
}

// Run verifies.
func (c *backupVerifyCmd) Run(t *terminal) error {
	m, err := app.VerifyBackup(c.File)
	if err != nil {
		return err
	}
	fmt.Fprintf(t.out, "%s is sound\n", c.File)
	tellBackup(t, &m)
	return nil
}

type restoreCmd struct {
	config.Serve

	File string `arg:"" help:"Backup." type:"existingfile"`
}

// Run restores into an empty data directory.
func (c *restoreCmd) Run(ctx context.Context, t *terminal, center *app.Config) error {
	center.Serve = c.Serve
	began := time.Now()
	m, err := app.Restore(ctx, *center, c.File)
	if err != nil {
		return err
	}
	fmt.Fprintf(t.out, "restored into %s in %.1f s\n", c.Data, time.Since(began).Seconds())
	tellBackup(t, &m)
	if path := filepath.Join(c.Data, "opscenter.yaml"); m.ConfigPath != "" {
		if _, err := os.Stat(path); err == nil {
			fmt.Fprintf(t.out, "the configuration, which was %s, is %s\n", m.ConfigPath, path)
		}
	}
	return nil
}
