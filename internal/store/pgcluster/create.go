package pgcluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
)

// create makes the cluster if there is none, and sets who may connect. A cluster is made beside its
// place and moved there whole, so a crash in between leaves nothing that looks like one.
func (c *Cluster) create(ctx context.Context, bin binaries, acc account) error {
	if existingVersion(c.dir) == 0 {
		if err := c.initialise(ctx, bin, acc); err != nil {
			return fmt.Errorf("initdb: %w", err)
		}
	} else if err := acc.ownAll(c.dir); err != nil {
		return err
	}
	return c.writeAccess(acc)
}

func (c *Cluster) initialise(ctx context.Context, bin binaries, acc account) error {
	if entries, err := os.ReadDir(c.dir); err == nil && len(entries) > 0 {
		return fmt.Errorf("%s is not empty and holds no PostgreSQL cluster", c.dir)
	}
	fresh := c.dir + ".init"
	if err := os.RemoveAll(fresh); err != nil {
		return err
	}
	if err := os.Mkdir(fresh, 0o700); err != nil {
		return err
	}
	if err := acc.own(fresh); err != nil {
		return err
	}
	if err := c.runInitdb(ctx, fresh, bin, acc); err != nil {
		return errors.Join(err, os.RemoveAll(fresh))
	}
	if err := os.Remove(c.dir); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := os.Rename(fresh, c.dir); err != nil {
		return err
	}
	return syncDirectory(filepath.Dir(c.dir))
}

func (c *Cluster) runInitdb(ctx context.Context, dir string, bin binaries, acc account) error {
	args := []string{
		"--username=" + superuser, "--encoding=UTF8", "--locale=C", "--auth-local=peer", "--auth-host=reject",
		"--data-checksums", "--no-instructions",
	}
	if c.config.Volatile {
		args = append(args, "--no-sync")
	}
	cmd := exec.CommandContext(ctx, bin.initdb(), args...) //nolint:gosec // the installed program
	acc.become(cmd)
	path, closeFile, err := acc.place(cmd, dir, bin)
	if err != nil {
		return err
	}
	cmd.Args = append(cmd.Args, "--pgdata="+path)
	out, err := cmd.CombinedOutput()
	if err := errors.Join(err, closeFile()); err != nil {
		return fmt.Errorf("%w: %s", err, strings.TrimSpace(string(out)))
	}
	return nil
}

// writeAccess lets this process's user connect, and nobody else.
func (c *Cluster) writeAccess(acc account) error {
	me, err := user.Current()
	if err != nil {
		return fmt.Errorf("who is to connect: %w", err)
	}
	files := map[string]string{
		"pg_hba.conf":   "local all " + superuser + " peer map=" + superuser + "\n",
		"pg_ident.conf": fmt.Sprintf("%s %q %s\n", superuser, me.Username, superuser),
	}
	for name, text := range files {
		path := filepath.Join(c.dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return err
		}
		if err := acc.own(path); err != nil {
			return err
		}
	}
	return nil
}

func syncDirectory(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
