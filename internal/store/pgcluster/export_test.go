package pgcluster

import (
	"context"
	"os/exec"
)

// PickNone is the error on a machine without PostgreSQL, for a cluster made by a version, or 0.
func PickNone(made int) error {
	_, err := pick(nil, made)
	return err
}

// PickVersion is the version that is picked from those installed.
func PickVersion(made int, installed ...int) int {
	var found []binaries
	for _, v := range installed {
		found = append(found, binaries{version: v})
	}
	b, err := pick(found, made)
	if err != nil {
		return 0
	}
	return b.version
}

// Abandon starts a server on a stopped cluster as a process that died would have left it: running,
// and known to nobody.
func (c *Cluster) Abandon(ctx context.Context) (*exec.Cmd, error) {
	bin, err := findBinaries(existingVersion(c.dir))
	if err != nil {
		return nil, err
	}
	acc, err := chooseAccount("", c.dir)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, bin.postgres())
	acc.become(cmd)
	path, closeFile, err := acc.place(cmd, c.dir, bin)
	if err != nil {
		return nil, err
	}
	if err := acc.keepSocketDirectory(c.socket); err != nil {
		return nil, err
	}
	cmd.Args = append(append(cmd.Args, "-D", path), c.arguments()...)
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	if err := closeFile(); err != nil {
		return nil, err
	}
	ended := make(chan struct{})
	return cmd, (&server{cluster: c}).awaitReady(ctx, &process{pid: cmd.Process.Pid, ended: ended})
}
