// Package storetest gives tests a real PostgreSQL: one cluster per test process, and in it a
// database of their own for each test.
//
// The cluster runs while at least one test uses it. A package with many such tests keeps it between
// them by
//
//	func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }
package storetest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"opscenter/internal/store"
	"opscenter/internal/store/pgcluster"
)

const (
	template  = "opscenter_template"
	directory = "opscenter-test-" // then the process id
	patience  = time.Minute
)

// shared is the cluster of this process.
type shared struct {
	mu      sync.Mutex
	users   int
	next    int
	dir     string
	cluster *pgcluster.Cluster // nil while nobody uses it
}

//nolint:gochecknoglobals // one cluster per process is the point
var process shared

// Main runs a package's tests and keeps the cluster that they start until the last has ended.
func Main(m *testing.M) int {
	process.hold()
	code := m.Run()
	if err := process.release(); err != nil {
		fmt.Fprintln(os.Stderr, "storetest:", err)
		return max(code, 1)
	}
	return code
}

// URL returns the address of a new database with the store's schema and nothing in it. It is dropped
// when the test ends.
func URL(t testing.TB) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	process.hold()
	t.Cleanup(func() {
		if err := process.release(); err != nil {
			t.Error(err)
		}
	})
	name, err := process.createDatabase(ctx)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := process.admin(ctx, "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	return process.url(name)
}

// Cluster returns a started cluster of the test's own, which it may stop, start and kill. It loses
// no committed data by that, and goes when the test ends.
func Cluster(t testing.TB) *pgcluster.Cluster {
	t.Helper()
	dir, err := makeDirectory()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	c, err := newCluster(dir)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := c.Start(ctx); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return c
}

// newCluster returns a cluster that forgets nothing unless the machine itself goes down.
func newCluster(dir string) (*pgcluster.Cluster, error) {
	return pgcluster.New(pgcluster.Config{
		Dir: filepath.Join(dir, "pg"), SocketParent: dir, Volatile: true,
		Settings: map[string]string{"shared_buffers": "32MB", "max_connections": "200"},
	})
}

func (s *shared) hold() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.users++
}

func (s *shared) release() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.users--
	if s.users > 0 || s.cluster == nil {
		return nil
	}
	err := errors.Join(s.cluster.Stop(context.Background()), os.RemoveAll(s.dir))
	s.cluster = nil
	return err
}

func (s *shared) url(database string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cluster.URL(database)
}

// createDatabase starts the cluster and makes the template if need be.
func (s *shared) createDatabase(ctx context.Context) (string, error) {
	s.mu.Lock()
	if s.cluster == nil {
		if err := s.start(ctx); err != nil {
			s.mu.Unlock()
			return "", err
		}
	}
	s.next++
	name := "test_" + strconv.Itoa(s.next)
	s.mu.Unlock()
	return name, s.admin(ctx, "CREATE DATABASE "+name+" TEMPLATE "+template)
}

func (s *shared) start(ctx context.Context) error {
	dir, err := makeDirectory()
	if err != nil {
		return err
	}
	cluster, err := newCluster(dir)
	if err != nil {
		return errors.Join(err, os.RemoveAll(dir))
	}
	if err := cluster.Start(ctx); err != nil {
		return errors.Join(err, os.RemoveAll(dir))
	}
	if err := makeTemplate(ctx, cluster); err != nil {
		return errors.Join(err, cluster.Stop(ctx), os.RemoveAll(dir))
	}
	s.dir, s.cluster = dir, cluster
	return nil
}

func makeTemplate(ctx context.Context, c *pgcluster.Cluster) error {
	if err := execute(ctx, c.URL(""), "CREATE DATABASE "+template); err != nil {
		return err
	}
	migrated, err := store.Open(ctx, store.Config{URL: c.URL(template)})
	if err != nil {
		return err
	}
	migrated.Close()
	return nil
}

func (s *shared) admin(ctx context.Context, sql string) error { return execute(ctx, s.url(""), sql) }

func execute(ctx context.Context, url, sql string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, sql)
	return errors.Join(err, conn.Close(ctx))
}

// makeDirectory makes a temporary directory, short enough for sockets, and removes those that test
// processes left behind which were killed.
func makeDirectory() (string, error) {
	old, err := filepath.Glob("/tmp/" + directory + "*")
	if err != nil {
		return "", err
	}
	for _, dir := range old {
		number, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(dir), directory), "-")
		pid, err := strconv.Atoi(number)
		if err == nil && errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
			_ = os.RemoveAll(dir) // it may be another user's
		}
	}
	dir, err := os.MkdirTemp("/tmp", directory+strconv.Itoa(os.Getpid())+"-")
	if err != nil {
		return "", err
	}
	return dir, os.Chmod(dir, 0o711) //nolint:gosec // the server's user must pass
}
