//go:build !linux

package pgcluster

import (
	"strconv"
	"syscall"
)

// endWithParent does nothing here: a server that outlives this process is ended at the next start.
func endWithParent() *syscall.SysProcAttr { return &syscall.SysProcAttr{} }

// inheritedPath is empty: here a server needs a directory that its user can reach.
func inheritedPath(int) string { return "" }

// inhabitants returns the process that the pid file names, if there is such a process.
func inhabitants(dir string) []int {
	lines := pidFile(dir)
	if len(lines) == 0 {
		return nil
	}
	pid, err := strconv.Atoi(lines[0])
	if err != nil || pid <= 1 || syscall.Kill(pid, 0) != nil {
		return nil
	}
	return []int{pid}
}
