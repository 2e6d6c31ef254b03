package pgcluster

import (
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

// endWithParent asks the kernel for a fast shutdown of the server when this process dies.
func endWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGINT}
}

// inheritedPath is the path by which a command reaches the nth extra file that it inherits, whatever
// the permissions of the directories above it.
func inheritedPath(n int) string { return "/proc/self/fd/" + strconv.Itoa(3+n) }

// inhabitants returns the processes that work in a directory, as every process of a server does in
// its cluster's.
func inhabitants(dir string) []int {
	home, err := os.Stat(dir)
	if err != nil {
		return nil
	}
	links, err := filepath.Glob("/proc/[0-9]*/cwd")
	if err != nil {
		return nil
	}
	var pids []int
	for _, link := range links {
		if at, err := os.Stat(link); err == nil && os.SameFile(at, home) {
			if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(link))); err == nil {
				pids = append(pids, pid)
			}
		}
	}
	return pids
}
