// Package pgcluster runs a private PostgreSQL from the binaries on this machine. The server is a
// child process that listens on a Unix socket only, which nobody but this process's user may use.
//
// PostgreSQL refuses to run as root: then initdb and the server run as the user postgres or nobody,
// who owns the cluster's directory. That works even where the directory's parents are closed to that
// user. If this process is killed the kernel tells the server to shut down; a server that still runs
// when the next Cluster starts on the directory is shut down first.
package pgcluster

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"
)

const (
	superuser   = "opscenter" // the role that initdb makes, and the only one
	database    = "postgres"  // the database that initdb makes
	socketName  = ".s.PGSQL.5432"
	socketsName = "opscenter-pg-" // of the directories that sockets are in
)

// Config says where a cluster is and how it runs.
type Config struct {
	Dir string // the cluster's own directory; it is made, its parents too

	// User is the account that runs the server when this process is root. Empty: the owner of an
	// existing cluster, else postgres, else nobody.
	User string

	// Settings are server settings that replace this package's, by name.
	Settings map[string]string

	// SocketParent is the directory in which a directory for the socket is made. Empty: the first
	// of the system's temporary directories that will do. Socket paths are at most 107 bytes long.
	SocketParent string

	// Volatile gives up durability, for tests.
	Volatile bool

	StopTimeout time.Duration // for a fast shutdown, before an immediate one; 0: 30 s
	Log         *slog.Logger  // nil: discarded
}

// Cluster is a private PostgreSQL. Start and Stop may alternate; all methods are safe for concurrent
// use.
type Cluster struct {
	config Config
	dir    string // absolute
	log    *slog.Logger

	mu     sync.Mutex // held while starting and stopping
	socket string     // the socket's directory, for as long as the Cluster lives
	lock   *os.File
	server *server // nil while stopped
}

// New returns a cluster that is not started. It touches nothing.
func New(c Config) (*Cluster, error) {
	if c.Dir == "" {
		return nil, errors.New("postgresql: no directory for the cluster is given")
	}
	dir, err := filepath.Abs(c.Dir)
	if err != nil {
		return nil, fmt.Errorf("postgresql: %w", err)
	}
	if c.StopTimeout <= 0 {
		c.StopTimeout = 30 * time.Second
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return &Cluster{config: c, dir: dir, log: c.Log}, nil
}

// Start makes the cluster if there is none, ends a server that an earlier process left, and starts
// one; it returns when the server accepts connections, after a crash when recovery is done. A server
// that dies later is started again until Stop is called. Starting twice is an error.
func (c *Cluster) Start(ctx context.Context) (err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.server != nil {
		return fmt.Errorf("postgresql in %s: already started", c.dir)
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("postgresql in %s: %w", c.dir, err), c.release())
		}
	}()
	if err := os.MkdirAll(filepath.Dir(c.dir), 0o750); err != nil {
		return err
	}
	if c.lock, err = lockFile(c.dir + ".lock"); err != nil {
		return err
	}
	bin, err := findBinaries(existingVersion(c.dir))
	if err != nil {
		return err
	}
	acc, err := chooseAccount(c.config.User, c.dir)
	if err != nil {
		return err
	}
	if err := c.clearLeftovers(ctx); err != nil {
		return err
	}
	if err := c.create(ctx, bin, acc); err != nil {
		return err
	}
	if c.socket == "" {
		if c.socket, err = makeSocketDirectory(c.config.SocketParent, bin, acc); err != nil {
			return err
		}
	}
	if err := c.noteSocketDirectory(); err != nil {
		return err
	}
	s := &server{cluster: c, bin: bin, acc: acc}
	if err := s.start(ctx); err != nil {
		return err
	}
	c.server = s
	return nil
}

// Stop shuts the server down: open transactions are rolled back, what was committed is kept. If
// that takes longer than the stop timeout or ctx allow, the server is stopped at once and recovers
// at its next start. Stopping a stopped cluster does nothing.
func (c *Cluster) Stop(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.server == nil {
		return nil
	}
	err := c.server.stop(ctx, c.config.StopTimeout)
	c.server = nil
	if err = errors.Join(err, c.release()); err != nil {
		return fmt.Errorf("postgresql in %s: %w", c.dir, err)
	}
	return nil
}

// release gives up the lock. The directory of the socket goes too, but its name stays reserved for
// the next start, so that URLs stay true.
func (c *Cluster) release() error {
	var err error
	if c.socket != "" {
		err = os.RemoveAll(c.socket)
	}
	if c.lock != nil {
		err = errors.Join(err, c.lock.Close())
		c.lock = nil
	}
	return err
}

// URL returns the address of a database of the started cluster; empty means the one that every
// cluster has. It stays the same when the cluster is stopped and started again.
func (c *Cluster) URL(name string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if name == "" {
		name = database
	}
	u := url.URL{Scheme: "postgres", User: url.User(superuser), Path: "/" + name, RawQuery: url.Values{"host": {c.socket}}.Encode()}
	return u.String()
}

// PID returns the process id of the running server, or 0.
func (c *Cluster) PID() int {
	c.mu.Lock()
	s := c.server
	c.mu.Unlock()
	if s == nil {
		return 0
	}
	return s.pid()
}
