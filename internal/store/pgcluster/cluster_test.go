package pgcluster_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"go.uber.org/goleak"

	"opscenter/internal/store/pgcluster"
)

const childDir = "PGCLUSTER_TEST_CHILD_DIR"

// TestMain is also the program that TestServerEndsWhenItsParentIsKilled kills.
func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		child(dir)
	}
	goleak.VerifyTestMain(m)
}

func child(dir string) {
	c, err := pgcluster.New(pgcluster.Config{Dir: dir, Volatile: true})
	if err == nil {
		err = c.Start(context.Background())
	}
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	fmt.Println("started", c.PID())
	select {}
}

// place returns a directory for a cluster whose parents are closed to every user but this one, as
// temporary directories and home directories are.
func place(t *testing.T) string {
	t.Helper()
	parent := t.TempDir()
	if err := os.Chmod(parent, 0o700); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(parent, "made on the way", "pg")
}

func cluster(t *testing.T, c pgcluster.Config) *pgcluster.Cluster {
	t.Helper()
	c.Volatile = true
	made, err := pgcluster.New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := made.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return made
}

func start(t *testing.T, c *pgcluster.Cluster) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := c.Start(ctx); err != nil {
		t.Fatal(err)
	}
}

func query(ctx context.Context, c *pgcluster.Cluster, sql string) (answer string, err error) {
	conn, err := pgx.Connect(ctx, c.URL(""))
	if err != nil {
		return "", err
	}
	err = conn.QueryRow(ctx, sql).Scan(&answer)
	return answer, errors.Join(err, conn.Close(ctx))
}

func want(t *testing.T, c *pgcluster.Cluster, sql, answer string) {
	t.Helper()
	got, err := query(t.Context(), c, sql)
	if err != nil {
		t.Fatal(err)
	}
	if got != answer {
		t.Errorf("%s: got %q, want %q", sql, got, answer)
	}
}

const (
	write = "WITH made AS (SELECT lo_from_bytea(4242, 'kept')) SELECT 'written' FROM made"
	read  = "SELECT convert_from(lo_get(4242), 'UTF8')"
)

func TestDataSurvivesStopAndStart(t *testing.T) {
	t.Parallel()
	c := cluster(t, pgcluster.Config{Dir: place(t)})
	start(t, c)
	url := c.URL("")
	want(t, c, write, "written")
	if err := c.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if c.PID() != 0 {
		t.Error("a stopped cluster has a process")
	}
	start(t, c)
	want(t, c, read, "kept")
	if c.URL("") != url {
		t.Errorf("the address changed from %s to %s", url, c.URL(""))
	}
}

func TestAnyUnprivilegedAccountWillDo(t *testing.T) {
	t.Parallel()
	c := cluster(t, pgcluster.Config{Dir: place(t), User: "nobody"}) // not used unless root
	start(t, c)
	want(t, c, write, "written")
}

func TestServerListensOnNoNetworkAddress(t *testing.T) {
	t.Parallel()
	c := cluster(t, pgcluster.Config{Dir: place(t)})
	start(t, c)
	want(t, c, "SHOW listen_addresses", "")
	want(t, c, "SELECT string_agg(auth_method, ' ') FROM pg_hba_file_rules", "peer")
}

func TestKilledServerIsStartedAgainWithItsData(t *testing.T) {
	t.Parallel()
	c := cluster(t, pgcluster.Config{Dir: place(t)})
	start(t, c)
	want(t, c, write, "written")
	killed := c.PID()
	if err := syscall.Kill(killed, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(time.Minute)
	for c.PID() == 0 || c.PID() == killed {
		if time.Now().After(deadline) {
			t.Fatal("it was not started again")
		}
		time.Sleep(5 * time.Millisecond)
	}
	for {
		answer, err := query(t.Context(), c, read)
		if err == nil && answer == "kept" {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("got %q, %v", answer, err)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func TestServerOfADeadProcessIsShutDownFirst(t *testing.T) {
	t.Parallel()
	c := cluster(t, pgcluster.Config{Dir: place(t)})
	start(t, c)
	want(t, c, write, "written")
	if err := c.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	abandoned, err := c.Abandon(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- abandoned.Wait() }()
	start(t, c)
	if err := <-ended; err != nil {
		t.Errorf("the abandoned server did not shut down cleanly: %v", err)
	}
	want(t, c, read, "kept")
}

func TestStalePidFileOfALivingStrangerIsNoObstacle(t *testing.T) {
	t.Parallel()
	dir := place(t)
	c := cluster(t, pgcluster.Config{Dir: dir})
	start(t, c)
	if err := c.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(dir)
	if err != nil {
		t.Fatal(err)
	}
	stranger := exec.CommandContext(t.Context(), "sleep", "600")
	if owner := info.Sys().(*syscall.Stat_t); int(owner.Uid) != os.Getuid() {
		stranger.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: owner.Uid, Gid: owner.Gid}}
	}
	if err := stranger.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = stranger.Process.Kill(), stranger.Wait() })
	text := fmt.Sprintf("%d\n%s\n1\n5432\n/nowhere\n\n\nready\n", stranger.Process.Pid, dir)
	if err := os.WriteFile(filepath.Join(dir, "postmaster.pid"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	start(t, c)
	if err := stranger.Process.Signal(syscall.Signal(0)); err != nil {
		t.Error("the stranger was killed")
	}
}

func TestServerEndsWhenItsParentIsKilled(t *testing.T) {
	t.Parallel()
	dir := place(t)
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	parent := exec.CommandContext(t.Context(), program)
	parent.Env = append(os.Environ(), childDir+"="+dir)
	out, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	var pid int
	if _, err := fmt.Sscanf(line, "started %d", &pid); err != nil {
		t.Fatalf("%q: %v", line, err)
	}
	socket := noted(t, dir)
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = parent.Wait()
	// Its own shutdown removes the pid file.
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		if _, err := os.Stat(filepath.Join(dir, "postmaster.pid")); errors.Is(err, fs.ErrNotExist) {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("server %d still runs", pid)
		}
	}
	c := cluster(t, pgcluster.Config{Dir: dir})
	start(t, c)
	want(t, c, "SELECT 'up'", "up")
	if _, err := os.Stat(socket); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the directory of the killed process's socket is left behind: %v", err)
	}
}

// noted returns the directory of the socket that the lock file of a cluster names.
func noted(t *testing.T, dir string) string {
	t.Helper()
	text, err := os.ReadFile(dir + ".lock")
	if err != nil {
		t.Fatal(err)
	}
	socket := strings.TrimSpace(string(text))
	if _, err := os.Stat(socket); err != nil {
		t.Fatal(err)
	}
	return socket
}

func TestSecondProcessIsRefused(t *testing.T) {
	t.Parallel()
	dir := place(t)
	start(t, cluster(t, pgcluster.Config{Dir: dir}))
	err := cluster(t, pgcluster.Config{Dir: dir}).Start(t.Context())
	if err == nil || !strings.Contains(err.Error(), "another process uses it") {
		t.Errorf("got %v", err)
	}
}

func TestFailedStartSaysWhatTheServerSaid(t *testing.T) {
	t.Parallel()
	c := cluster(t, pgcluster.Config{Dir: place(t), Settings: map[string]string{"shared_buffers": "plenty"}})
	err := c.Start(t.Context())
	if err == nil || !strings.Contains(err.Error(), `"shared_buffers": "plenty"`) {
		t.Errorf("got %v", err)
	}
}

func TestForeignDirectoryIsLeftAlone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "thesis.txt")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	err := cluster(t, pgcluster.Config{Dir: dir}).Start(t.Context())
	if err == nil || !strings.Contains(err.Error(), "is not empty") {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(file); err != nil {
		t.Error(err)
	}
}

func TestSocketPathThatIsTooLongIsAnError(t *testing.T) {
	t.Parallel()
	parent := filepath.Join(t.TempDir(), strings.Repeat("long", 25))
	if err := os.Mkdir(parent, 0o755); err != nil {
		t.Fatal(err)
	}
	err := cluster(t, pgcluster.Config{Dir: place(t), SocketParent: parent}).Start(t.Context())
	if err == nil || !strings.Contains(err.Error(), "more than 107") {
		t.Errorf("got %v", err)
	}
}

func TestMissingPostgreSQLNamesThePackage(t *testing.T) {
	t.Parallel()
	for made, words := range map[int]string{0: "Debian package `postgresql`", 13: "postgresql-13"} {
		err := pgcluster.PickNone(made)
		if !errors.Is(err, pgcluster.ErrNotInstalled) || !strings.Contains(err.Error(), words) {
			t.Errorf("%d: got %v", made, err)
		}
	}
}

func TestVersionIsTheNewestOrTheClustersOwn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		made, want int
		installed  []int
	}{
		{0, 17, []int{15, 17, 16}}, {15, 15, []int{15, 17}}, {15, 0, []int{16, 17}}, {0, 0, []int{13}},
	} {
		if got := pgcluster.PickVersion(c.made, c.installed...); got != c.want {
			t.Errorf("made by %d, installed %v: got %d, want %d", c.made, c.installed, got, c.want)
		}
	}
}
