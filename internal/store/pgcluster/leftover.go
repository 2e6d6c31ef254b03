package pgcluster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// lockFile locks the cluster for this process, against a second one that would shut its server down.
// The kernel unlocks it when the process ends in whatever way. The file stays.
func lockFile(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(fmt.Errorf("another process uses it (%s is locked)", path), file.Close())
	}
	return file, nil
}

// clearLeftovers ends the server that an earlier process left in the cluster's directory, running or
// half dead, and removes its pid file. The caller holds the lock, so it belongs to nobody.
func (c *Cluster) clearLeftovers(ctx context.Context) error {
	lines := pidFile(c.dir)
	if len(lines) == 0 {
		return nil
	}
	pid, err := strconv.Atoi(lines[0])
	if err == nil && pid > 0 && slices.Contains(inhabitants(c.dir), pid) {
		c.log.WarnContext(ctx, "postgresql still runs from before and is shut down", "pid", pid)
	} else {
		pid = 0
	}
	steps := []struct {
		signal syscall.Signal
		wait   time.Duration
	}{{syscall.SIGINT, c.config.StopTimeout}, {syscall.SIGQUIT, killTimeout}, {syscall.SIGKILL, killTimeout}}
	for _, step := range steps {
		if pid > 0 {
			_ = syscall.Kill(pid, step.signal) // it may have ended by itself
		} else {
			// Without their postmaster, processes end when they next look for it, or never.
			for _, orphan := range inhabitants(c.dir) {
				_ = syscall.Kill(orphan, syscall.SIGQUIT)
			}
		}
		err := c.awaitEmpty(ctx, pid, step.wait)
		if err == nil {
			return c.removePidFile()
		}
		if ctx.Err() != nil {
			return err
		}
	}
	return fmt.Errorf("a server from before does not end (pid %s)", lines[0])
}

// awaitEmpty returns nil when no process is left in the cluster's directory.
func (c *Cluster) awaitEmpty(ctx context.Context, pid int, wait time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	for {
		left := inhabitants(c.dir)
		if len(left) == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the server from before does not end (pid %d, processes %v): %w", pid, left, ctx.Err())
		case <-time.After(poll):
		}
	}
}

// removePidFile removes the pid file, whose number may by now be another process's.
func (c *Cluster) removePidFile() error {
	err := os.Remove(filepath.Join(c.dir, "postmaster.pid"))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

// noteSocketDirectory writes the socket's directory into the lock file, and removes the one that a
// process which was killed has left there.
func (c *Cluster) noteSocketDirectory() error {
	old := make([]byte, 4096)
	n, err := c.lock.ReadAt(old, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	left := strings.TrimSpace(string(old[:n]))
	if left != c.socket && filepath.IsAbs(left) && strings.HasPrefix(filepath.Base(left), socketsName) {
		for _, name := range []string{socketName, socketName + ".lock", ""} {
			_ = os.Remove(filepath.Join(left, name)) // what is gone already is no concern
		}
	}
	if err := c.lock.Truncate(0); err != nil {
		return err
	}
	_, err = c.lock.WriteAt([]byte(c.socket+"\n"), 0)
	return err
}
