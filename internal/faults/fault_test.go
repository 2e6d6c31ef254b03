package faults_test

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"opscenter/internal/harness"
	"opscenter/internal/store/storetest"
)

func TestFaultKilledCenterLosesAndDoublesNothing(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open()
	w := watch(t, r.center)
	stop := r.publish(r.center.MQTT)
	for range times(3, 20) {
		r.waitAcked(2*rate, time.Minute)
		if err := r.center.Kill(); err != nil {
			t.Fatal(err)
		}
		r.start()
		r.waitAcked(1, 30*time.Second)
		w.waitChange(t, 30*time.Second)
	}
	r.settle(stop, w)
	r.checkPrivate()
}

func TestFaultStoppedDatabaseKeepsTheWallLive(t *testing.T) {
	t.Parallel()
	cluster := storetest.Cluster(t)
	r := newRig(t, "--database-url", cluster.URL(""))
	r.open()
	w := watch(t, r.center)
	stop := r.publish(r.center.MQTT)
	r.waitAcked(rate, time.Minute)
	w.waitIngest(t, "live", 30*time.Second)
	if err := cluster.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range times(5, 60) { // seconds
		second := time.NewTimer(time.Second)
		r.waitAcked(rate/2, 10*time.Second)
		w.waitChange(t, 10*time.Second)
		w.waitIngest(t, "live", time.Second)
		<-second.C
	}
	if status, body, err := r.center.Get(t.Context(), "/readyz"); err != nil || status != 503 || !strings.Contains(string(body), "database") {
		t.Errorf("/readyz says %d %s (%v) while the database is down", status, body, err)
	}
	if err := cluster.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.waitAcked(rate, time.Minute)
	r.settle(stop, w)
	r.check(cluster.URL(""))
}

func TestFaultRestartedBrokerLosesAndDoublesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	broker, err := harness.StartMosquitto(t.Context(), dir, 20, harness.Persistent)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = broker.Stop() })
	r := newRig(t, "--mqtt-url", broker.URL)
	r.open()
	w := watch(t, r.center)
	stop := r.publish(broker.URL)
	for range times(2, 10) {
		r.waitAcked(rate, time.Minute)
		if err := broker.Terminate(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.waitIngest(t, "blind", 15*time.Second)
		if err := broker.Restart(t.Context()); err != nil {
			t.Fatal(err)
		}
		r.waitAcked(1, 30*time.Second)
		w.waitChange(t, 30*time.Second)
		w.waitIngest(t, "live", 15*time.Second)
	}
	r.settle(stop, w)
	r.checkPrivate()
}

func TestFaultFullDiskStopsAcknowledgingAndResumesByItself(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		t.Skip("only root may make the small file system that this test fills")
	}
	r := newRig(t)
	disk := filepath.Join(r.dir, "data", "broker")
	if err := os.MkdirAll(disk, 0o700); err != nil {
		t.Fatal(err)
	}
	const size = 64 << 20
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "mode=0700,size="+strconv.Itoa(size)); err != nil {
		t.Fatalf("mount a file system of %d bytes: %v", size, err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(disk, syscall.MNT_DETACH) })
	r.open()
	w := watch(t, r.center)
	stop := r.publish(r.center.MQTT)
	for range times(1, 5) {
		r.waitAcked(rate, time.Minute)
		w.waitIngest(t, "live", 30*time.Second)
		ballast := filepath.Join(disk, "ballast")
		release := fill(t, ballast)
		filled := time.Now()
		w.waitIngest(t, "blind", 30*time.Second)
		t.Logf("the wall said blind %v after the disk was full", time.Since(filled).Round(time.Millisecond))
		release()
		status, body, err := r.center.Get(t.Context(), "/readyz")
		if err != nil || status != 503 {
			t.Errorf("/readyz says %d %s (%v) while the disk is full", status, body, err)
		}
		if err := os.Remove(ballast); err != nil {
			t.Fatal(err)
		}
		w.waitIngest(t, "live", time.Minute)
		r.waitAcked(rate, time.Minute)
		w.waitChange(t, 30*time.Second)
	}
	r.settle(stop, w)
	r.checkPrivate()
}

// fill takes all the room that is left on a file system, and what becomes free there until release is
// called: the broker removes what was delivered, block by block, and could write on for minutes.
func fill(t *testing.T, path string) (release func()) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	takeRoom(f)
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		ticker := time.NewTicker(50 * time.Millisecond)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				takeRoom(f)
			case <-stop:
				return
			}
		}
	}()
	release = sync.OnceFunc(func() {
		close(stop)
		<-stopped
		_ = f.Close() // its content does not matter
	})
	t.Cleanup(release)
	return release
}

// takeRoom writes until there is no room for a single byte.
func takeRoom(f *os.File) {
	for block := make([]byte, 64<<10); len(block) > 0; {
		if _, err := f.Write(block); err != nil {
			block = block[:len(block)/2] // the last bit of room, too
		}
	}
}

// settle ends the publishing, waits until everything is stored and the wall shows what the center
// says, and stops the center.
func (r *rig) settle(stop func(), w *wall) {
	r.t.Helper()
	stop()
	r.waitStored()
	w.settle(r.t, r.center)
	r.stopCenter()
}

// settle waits until the wall shows what the center says, now that nobody publishes.
func (w *wall) settle(t *testing.T, c *harness.Center) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	<-ctx.Done() // frames are at most 100 ms behind
	w.checkAgainst(t, c)
}
