package faults_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"opscenter/internal/harness"
	"opscenter/internal/store/pgcluster"
	"opscenter/internal/store/storetest"
)

// Every test publishes at this rate from this many cameras while it breaks things.
const (
	rate    = 2000 // messages/s
	devices = 500
)

// long says whether to break things as often, and for as long, as `make faults` promises.
func long() bool { return os.Getenv("FAULTS") == "long" }

// times returns how often to do something: short, or in the long form much.
func times(short, much int) int {
	if long() {
		return much
	}
	return short
}

// build builds the program once for all tests.
var build = sync.OnceValues(func() (string, error) { //nolint:gochecknoglobals // once per process is the point
	dir, err := os.MkdirTemp("", "opscenter-faults-")
	if err != nil {
		return "", err
	}
	if err := os.Chmod(dir, 0o755); err != nil { // the database's user must be able to pass through
		return "", err
	}
	program := filepath.Join(dir, "opscenter")
	out, err := exec.Command("go", "build", "-o", program, "opscenter/cmd/opscenter").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return program, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if program, err := build(); err == nil {
		_ = os.RemoveAll(filepath.Dir(program))
	}
	os.Exit(code)
}

// rig is a center with a city, devices that publish, and a note of what the broker acknowledged.
type rig struct {
	t       *testing.T
	program string
	dir     string
	flags   []string
	center  *harness.Center

	mu    sync.Mutex
	acked map[message]bool
}

// message is a message by its device and its time, which is in microseconds.
type message struct {
	device string
	at     int64
}

// newRig starts a center with flags, registers the city and waits until the center is ready.
func newRig(t *testing.T, flags ...string) *rig {
	t.Helper()
	program, err := build()
	if err != nil {
		t.Fatal(err)
	}
	mqttAddress, err := harness.FreeAddress(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	httpAddress, err := harness.FreeAddress(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	// Fixed addresses, so that devices and walls find the center again.
	flags = append([]string{"--listen", httpAddress, "--mqtt-listen", mqttAddress}, flags...)
	return &rig{t: t, program: program, dir: t.TempDir(), flags: flags, acked: map[message]bool{}}
}

// start starts the center and waits until it is ready.
func (r *rig) start() {
	r.t.Helper()
	c, err := harness.StartCenter(r.t.Context(), r.program, r.dir, r.flags...)
	if err != nil {
		r.t.Fatal(err)
	}
	r.center = c
	if err := c.WaitReady(r.t.Context(), time.Minute); err != nil {
		_ = c.Kill()
		r.t.Fatal(err)
	}
}

// open starts the center for the first time and registers the city.
func (r *rig) open() {
	r.t.Helper()
	r.start()
	r.t.Cleanup(func() { _ = r.center.Kill() })
	if err := r.center.ImportCity(r.t.Context(), devices); err != nil {
		r.t.Fatal(err)
	}
}

// publish lets the devices publish to broker until the returned function is called, which waits
// until nothing is in flight.
func (r *rig) publish(broker string) (stop func()) {
	ctx, cancel := context.WithCancel(r.t.Context())
	load := harness.Load{URL: broker, Devices: devices, Links: 4, InFlight: 250, Acked: func(device string, at time.Time) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.acked[message{device, at.UnixMicro()}] = true
	}}
	done := make(chan error, 1)
	go func() { done <- load.Publish(ctx, 1<<40, rate) }()
	return func() {
		cancel()
		<-done
	}
}

// ackedSoFar returns how many messages were acknowledged.
func (r *rig) ackedSoFar() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.acked)
}

// waitAcked waits until n more messages are acknowledged: until the city is being heard again.
func (r *rig) waitAcked(n int, limit time.Duration) {
	r.t.Helper()
	want := r.ackedSoFar() + n
	for deadline := time.Now().Add(limit); r.ackedSoFar() < want; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			r.t.Fatalf("only %d of %d messages were acknowledged within %v", r.ackedSoFar()-want+n, n, limit)
		}
	}
}

// waitStored waits until the database holds at least as many readings as were acknowledged, in the
// center's own words, or just until the center has written everything it has.
func (r *rig) waitStored() {
	r.t.Helper()
	err := r.center.PollEvery(r.t.Context(), 50*time.Millisecond, 2*time.Minute, "store what it has", func() bool {
		lag, err := r.center.Sum(r.t.Context(), "opscenter_log_lag_batches", "", "")
		waiting, werr := r.center.Sum(r.t.Context(), "opscenter_queue_depth", "", "")
		return err == nil && werr == nil && lag <= 1 && waiting == 0
	})
	if err != nil {
		r.t.Fatal(err)
	}
}

// stopCenter ends the center as an operator would, which flushes everything.
func (r *rig) stopCenter() {
	r.t.Helper()
	if err := r.center.Stop(); err != nil {
		r.t.Fatalf("stop: %v", err)
	}
}

// checkPrivate opens the private database of the stopped center and checks it.
func (r *rig) checkPrivate() {
	r.t.Helper()
	cluster, err := pgcluster.New(pgcluster.Config{Dir: filepath.Join(r.dir, "data", "postgres")})
	if err != nil {
		r.t.Fatal(err)
	}
	if err := cluster.Start(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = cluster.Stop(context.WithoutCancel(r.t.Context())) }()
	r.check(cluster.URL(""))
}

// check looks for every acknowledged message in a database, and at the status intervals.
func (r *rig) check(url string) {
	r.t.Helper()
	stored := map[message]int{}
	for _, row := range storetest.Rows(r.t, url, `SELECT s.device, r.observed_at FROM reading r JOIN series s ON s.id = r.series_id`) {
		stored[message{row[0].(string), row[1].(time.Time).UnixMicro()}]++ //nolint:forcetypeassert // the query's types
	}
	missing, twice := 0, 0
	for m := range r.acked {
		if stored[m] == 0 {
			missing++
		}
	}
	for _, n := range stored {
		if n > 1 {
			twice++
		}
	}
	r.t.Logf("%d messages acknowledged, %d stored, %d missing, %d more than once", len(r.acked), len(stored), missing, twice)
	if missing > 0 || twice > 0 {
		r.t.Errorf("of %d acknowledged messages %d are not in the database; %d are there more than once", len(r.acked), missing, twice)
	}
	if len(r.acked) == 0 {
		r.t.Error("nothing was acknowledged, so nothing was tested")
	}
	r.checkIntervals(url)
}

// checkIntervals checks that the statuses of every device follow one another without gap or overlap
// from its registration on, and that the last one lasts.
func (r *rig) checkIntervals(url string) {
	r.t.Helper()
	intervals := storetest.Rows(r.t, url, `SELECT count(*), count(DISTINCT device) FROM status_interval`)[0]
	r.t.Logf("%d status intervals of %d devices", intervals[0], intervals[1])
	if intervals[1] != int64(devices) {
		r.t.Errorf("%d of %d devices have status intervals", intervals[1], devices)
	}
	for what, query := range map[string]string{
		"a gap or an overlap between two intervals": `SELECT device, during FROM (
			SELECT device, during, lag(upper(during)) OVER (PARTITION BY device ORDER BY lower(during)) AS before
			FROM status_interval) i WHERE before IS NOT NULL AND before <> lower(during)`,
		"an interval without end before the last": `SELECT device, during FROM (
			SELECT device, during, lead(device) OVER (PARTITION BY device ORDER BY lower(during)) AS later
			FROM status_interval) i WHERE upper_inf(during) <> (later IS NULL)`,
		"no interval from the registration on": `SELECT id, registered_at FROM device
			WHERE registered_at <> (SELECT min(lower(during)) FROM status_interval WHERE device = id)`,
	} {
		if rows := storetest.Rows(r.t, url, query); len(rows) > 0 {
			r.t.Errorf("%s: %d, such as %v", what, len(rows), rows[0])
		}
	}
}
