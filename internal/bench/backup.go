package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"opscenter/internal/store"
)

// Backup says of how many readings a backup is made: two a minute of each camera.
type Backup struct {
	Cameras int
	Days    int
}

// RunBackup fills the database of a center as RunHistory does, lets the center run, backs it up, verifies
// the backup, restores it elsewhere, and starts a center of that.
func RunBackup(ctx context.Context, p Printer, o Backup) error {
	dir, remove, err := scratch()
	if err != nil {
		return err
	}
	defer remove()
	readings, bytes, err := o.fill(ctx, dir)
	if err != nil {
		return err
	}
	p.Printf("%d readings of %d cameras in %d days, four values each: %d MiB on disk\n", readings, o.Cameras, o.Days, bytes>>20)
	file := filepath.Join(dir, "backup.tar")
	if err := o.back(ctx, p, dir, file); err != nil {
		return err
	}
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	p.Printf("backup: %.1f MiB, %.0f bytes a reading\n", float64(info.Size())/(1<<20), float64(info.Size())/float64(readings))
	return o.restore(ctx, p, filepath.Join(dir, "restored"), file)
}

func (o Backup) fill(ctx context.Context, dir string) (readings int, bytes int64, err error) {
	from, to := month(time.Now())
	err = withStore(ctx, dir, func(s *store.Store) error {
		f, err := newFiller(ctx, s, History{Devices: o.Cameras, Cameras: o.Cameras, ReadingDays: o.Days}, from, to)
		if err != nil {
			return err
		}
		for day := to.AddDate(0, 0, -o.Days); !day.After(to); day = day.AddDate(0, 0, 1) {
			if err := s.EnsurePartitions(ctx, day); err != nil {
				return err
			}
		}
		if readings, err = f.readings(ctx); err != nil {
			return err
		}
		sizes, err := s.Sizes(ctx)
		for _, size := range sizes {
			if size.Class == store.ClassReadings {
				bytes = size.Bytes
			}
		}
		return err
	})
	return readings, bytes, err
}

// back backs a running center up.
func (o Backup) back(ctx context.Context, p Printer, dir, file string) (err error) {
	c, err := startCenter(ctx, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Stop()) }()
	if err := c.WaitReady(ctx, time.Minute); err != nil {
		return err
	}
	before, err := c.Usage()
	if err != nil {
		return err
	}
	took, err := self(ctx, "backup", file, "--data", filepath.Join(dir, "data"))
	if err != nil {
		return err
	}
	after, err := c.Usage()
	if err != nil {
		return err
	}
	used := after.Minus(before)
	p.Printf("backup of the running center: %.1f s; processor seconds: the center %.1f, PostgreSQL %.1f\n", took.Seconds(), used.Center, used.Postgres)
	if took, err = self(ctx, "backup", "verify", file); err != nil {
		return err
	}
	p.Printf("verify: %.1f s\n", took.Seconds())
	return nil
}

// restore restores and starts what was restored.
func (o Backup) restore(ctx context.Context, p Printer, dir, file string) error {
	if err := os.Mkdir(dir, 0o755); err != nil { //nolint:gosec // the private database runs as another user
		return err
	}
	took, err := self(ctx, "restore", file, "--data", filepath.Join(dir, "data"))
	if err != nil {
		return err
	}
	started := time.Now()
	c, err := startCenter(ctx, dir)
	if err != nil {
		return err
	}
	ready := c.WaitReady(ctx, time.Minute)
	p.Printf("restore: %.1f s, initdb included; then started and ready: %.1f s\n", took.Seconds(), time.Since(started).Seconds())
	return errors.Join(ready, c.Stop())
}

// self runs this program with arguments, and returns how long that took.
func self(ctx context.Context, args ...string) (time.Duration, error) {
	program, err := os.Executable()
	if err != nil {
		return 0, err
	}
	started := time.Now()
	if out, err := exec.CommandContext(ctx, program, args...).CombinedOutput(); err != nil { //nolint:gosec // this program
		return 0, fmt.Errorf("%s: %w: %s", args[0], err, out)
	}
	return time.Since(started), nil
}
