package app_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"

	"opscenter/internal/app"
	"opscenter/internal/backup"
	"opscenter/internal/mqtt"
	"opscenter/internal/store/pgcluster"
	"opscenter/internal/store/storetest"
)

// private is a center with a database of its own and a configuration file, in a new directory.
func private(t *testing.T) app.Config {
	t.Helper()
	c := settings(t)
	c.DatabaseURL = ""
	c.Data = filepath.Join(c.Data, "data")
	return c
}

const cameras = 20

// cityOf is an inventory file with cameras at ten locations.
func cityOf() string {
	var csv strings.Builder
	csv.WriteString("type,id,name,area,lat,lon,location,subsystem,kind\n")
	for i := range cameras / 2 {
		fmt.Fprintf(&csv, "location,loc-%d,Ngã tư %d,a,21.3,105.4,,,\n", i, i)
	}
	for i := range cameras {
		fmt.Fprintf(&csv, "device,cam-%d,Camera %d,,,,loc-%d,trafficsafety,camera.overview\n", i, i, i/2)
	}
	return csv.String()
}

// stream is messages that go on until they are told to stop.
type stream struct {
	mu    sync.Mutex
	acked map[string]time.Time // by device and time, or by number of those that cannot be read: when the broker had it
	stop  func()
}

// publishOn publishes health of every camera in turn, and now and then what nobody can read.
func publishOn(t *testing.T, url string) *stream {
	t.Helper()
	p, err := mqtt.NewPublisher(t.Context(), mqtt.PublisherConfig{URL: url}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	s := &stream{acked: map[string]time.Time{}}
	ctx, cancel := context.WithCancel(t.Context())
	var done sync.WaitGroup
	done.Go(func() {
		for i := 0; ctx.Err() == nil; i++ {
			at := time.Now().UTC().Truncate(time.Microsecond)
			name := fmt.Sprintf("cam-%d %s", i%cameras, at.Format(time.RFC3339Nano))
			payload := fmt.Sprintf(`{"ts":%q,"stream":%q,"fps":%d}`, at.Format(time.RFC3339Nano), []string{"ok", "no_signal"}[i/400%2], 20+i%5)
			if i%50 == 0 {
				name = fmt.Sprintf("bad %d", i)
				payload = fmt.Sprintf(`{"ts":%q,"n":%d}`, at.Format(time.RFC3339Nano), i)
			}
			topic := fmt.Sprintf("ioc/v1/trafficsafety/loc-%d/cam-%d/health", i%cameras/2, i%cameras)
			_ = p.Publish(ctx, mqtt.Outgoing{Topic: topic, Payload: []byte(payload), QoS: 1}, func(err error) {
				if err == nil {
					s.mu.Lock()
					defer s.mu.Unlock()
					s.acked[name] = time.Now()
				}
			})
			time.Sleep(time.Millisecond)
		}
	})
	s.stop = sync.OnceFunc(func() {
		cancel()
		done.Wait()
		_ = p.Flush(context.Background())
		_ = p.Close(context.Background())
	})
	t.Cleanup(s.stop)
	return s
}

// wait waits until the broker has so many messages more.
func (s *stream) wait(t *testing.T, more int) {
	t.Helper()
	count := func() int {
		s.mu.Lock()
		defer s.mu.Unlock()
		return len(s.acked)
	}
	want := count() + more
	for deadline := time.Now().Add(30 * time.Second); count() < want; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the broker has %d messages, not %d", count(), want)
		}
	}
}

// before returns how many messages the broker had before a time: readable ones by name, and others.
func (s *stream) before(at time.Time) (good map[string]int, bad int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	good = map[string]int{}
	for name, when := range s.acked {
		switch {
		case !when.Before(at):
		case strings.HasPrefix(name, "bad"):
			bad++
		default:
			good[name] = 1
		}
	}
	return good, bad
}

// past is what a database of a center that does not run remembers.
type past struct {
	readings map[string]int // by device and time, how often
	rejected map[string]int // by position in the log
	statuses map[string]int // by device, beginning, status and reason

	// What was received before a message that was two before the last of those that could not be read and
	// are in the log up to a sequence: that is surely in the log too.
	sure map[string]int
}

func pastOf(t *testing.T, data string, m *backup.Manifest, until time.Time) past {
	t.Helper()
	cluster, err := pgcluster.New(pgcluster.Config{Dir: filepath.Join(data, "postgres")})
	if err != nil {
		t.Fatal(err)
	}
	if err := cluster.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := cluster.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	}()
	count := func(query string) map[string]int {
		all := map[string]int{}
		for _, row := range storetest.Rows(t, cluster.URL(""), query) {
			name := ""
			for _, v := range row {
				if at, is := v.(time.Time); is {
					v = at.UTC().Format(time.RFC3339Nano)
				}
				name += fmt.Sprint(v, " ")
			}
			all[strings.TrimSpace(name)]++
		}
		return all
	}
	const readings = "SELECT s.device, r.observed_at FROM reading r JOIN series s ON s.id = r.series_id"
	return past{
		readings: count(readings),
		sure:     count(fmt.Sprintf(readings+" WHERE r.received_at < (SELECT at FROM quarantine WHERE seq <= %d ORDER BY seq DESC OFFSET 2 LIMIT 1)", m.LogThrough)),
		rejected: count("SELECT partition, seq, ordinal FROM quarantine"),
		statuses: count("SELECT device, lower(during), status, reason FROM status_interval WHERE lower(during) < '" + until.UTC().Format(time.RFC3339Nano) + "'"),
	}
}

// The test of all: what a center had acknowledged when a backup was made is in the center that was made of
// the backup, once.
func TestARestoredCenterHasAllThatWasAcknowledged(t *testing.T) {
	t.Parallel()
	c := private(t)
	configuration := filepath.Join(t.TempDir(), "opscenter.yaml")
	if err := os.WriteFile(configuration, []byte("retention: {violations: 30d}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c.Config = kong.ConfigFlag(configuration)
	endpoints, stop := running(t, c)
	b := &bank{t: t, endpoints: endpoints}
	await(t, endpoints.HTTP+"/readyz", `"ready":true`)
	b.request(http.MethodPost, "/api/v1/inventory", cityOf(), http.StatusOK)
	load := publishOn(t, endpoints.MQTT)
	load.wait(t, 2500)

	file := filepath.Join(t.TempDir(), "b.tar")
	_, m, err := app.BackUp(t.Context(), c, file, func(int64) {})
	if err != nil {
		t.Fatal(err)
	}
	load.wait(t, 400) // it goes on
	load.stop()
	inventory := b.request(http.MethodGet, "/api/v1/inventory", "", http.StatusOK)
	stop()

	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file: %v, %v", info, err)
	}
	if verified, err := app.VerifyBackup(file); err != nil || !cmp.Equal(m, verified) {
		t.Errorf("verified as %+v, %v", verified, err)
	}
	again := private(t)
	if _, err := app.Restore(t.Context(), again, file); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(filepath.Join(again.Data, "opscenter.yaml")); err != nil || !strings.Contains(string(text), "violations: 30d") {
		t.Errorf("the configuration is %q, %v", text, err)
	}
	endpoints, stop = running(t, again)
	b = &bank{t: t, endpoints: endpoints}
	await(t, endpoints.HTTP+"/readyz", `"ready":true`)
	if got := b.request(http.MethodGet, "/api/v1/inventory", "", http.StatusOK); got != inventory {
		t.Errorf("inventory (-before +restored):\n%s", cmp.Diff(inventory, got))
	}
	b.request(http.MethodPost, "/api/v1/quarantine/1/replay", "", http.StatusAccepted) // what was sealed can be opened
	fresh := publishOn(t, endpoints.MQTT)                                              // and it goes on
	await(t, endpoints.HTTP+"/api/v1/devices/cam-3", `"status":"ok"`)
	fresh.stop()
	stop()

	moment := m.Moment.Add(-time.Second) // what was with the broker alone is not in a backup
	before, after := pastOf(t, c.Data, &m, moment), pastOf(t, again.Data, &m, moment)
	good, bad := load.before(moment)
	if len(good) < 300 || bad < 5 || len(before.sure) < len(good) || len(before.statuses) < cameras {
		t.Errorf("too little happened: %d readings, %d not readable, %d statuses", len(good), bad, len(before.statuses))
	}
	news, _ := fresh.before(time.Now())
	maps.Copy(before.sure, good)
	for name := range before.sure {
		if after.readings[name] != 1 {
			t.Errorf("%s is there %d times", name, after.readings[name])
		}
	}
	for name, n := range after.readings {
		if n != 1 || before.readings[name] != 1 && news[name] == 0 {
			t.Errorf("%s is there %d times, and was %d times", name, n, before.readings[name])
		}
	}
	common := 0
	for at, n := range after.rejected {
		if n != 1 {
			t.Errorf("quarantine of %s is there %d times", at, n)
		}
		if before.rejected[at] == 1 {
			common++
		}
	}
	if common < bad {
		t.Errorf("%d messages could not be read, and %d are in quarantine", bad, common)
	}
	if diff := cmp.Diff(before.statuses, after.statuses); diff != "" {
		t.Errorf("statuses (-before +restored):\n%s", diff)
	}
}

func TestACenterThatDoesNotRunIsBackedUpToo(t *testing.T) {
	t.Parallel()
	c := private(t)
	endpoints, stop := running(t, c)
	b := &bank{t: t, endpoints: endpoints}
	await(t, endpoints.HTTP+"/readyz", `"ready":true`)
	b.request(http.MethodPost, "/api/v1/inventory", cityOf(), http.StatusOK)
	load := publishOn(t, endpoints.MQTT)
	load.wait(t, 300)
	load.stop()
	stop()
	dir := t.TempDir()
	file, m, err := app.BackUp(t.Context(), c, dir, func(int64) {})
	if err != nil {
		t.Fatal(err)
	}
	if filepath.Dir(file) != dir || m.LogEntries == 0 {
		t.Errorf("%s has %d entries of the log", file, m.LogEntries)
	}
	again := private(t)
	if _, err := app.Restore(t.Context(), again, file); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(pastOf(t, c.Data, &m, m.Moment), pastOf(t, again.Data, &m, m.Moment), cmp.AllowUnexported(past{})); diff != "" {
		t.Errorf("(-before +restored):\n%s", diff)
	}
	url, stop := running(t, again) // the log ends where the database thinks
	await(t, url.HTTP+"/readyz", `"ready":true`)
	stop()

	if _, err := app.Restore(t.Context(), again, file); err == nil || !strings.Contains(err.Error(), "not empty") {
		t.Errorf("restored over a center: %v", err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for name, damage := range map[string]func() []byte{
		"changed": func() []byte { damaged := slices.Clone(text); damaged[4096] ^= 1; return damaged },
		"cut off": func() []byte { return text[:len(text)/2] },
	} {
		damaged := filepath.Join(t.TempDir(), "damaged.tar")
		if err := os.WriteFile(damaged, damage(), 0o600); err != nil {
			t.Fatal(err)
		}
		third := private(t)
		_, err := app.Restore(t.Context(), third, damaged)
		if !errors.Is(err, backup.ErrCorrupt) && !errors.Is(err, backup.ErrIncomplete) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := os.Stat(third.Data); err == nil {
			t.Errorf("%s: something was restored", name)
		}
	}
}

func TestADirectoryThatWasRestoredInPartIsNotServed(t *testing.T) {
	t.Parallel()
	c := settings(t)
	if err := os.WriteFile(filepath.Join(c.Data, "restoring"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := app.New(t.Context(), c); err == nil || !strings.Contains(err.Error(), "restore again") {
		t.Errorf("got %v", err)
	}
}
