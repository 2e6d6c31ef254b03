package faults_test

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"opscenter/internal/mqtt"
	"opscenter/internal/store/pgcluster"
	"opscenter/internal/store/storetest"
)

const (
	powerless  = 6  // sites that lose their power
	perSite    = 12 // cameras at each
	alarmRules = `
alarms: {hold: 1s, settle: 3s, rules: [{on_delay: 1s, off_delay: 1s}]}
channels: [{name: duty, kind: webhook, settings: {url: %q, secret_file: %q}}]
routes: [{name: all, channels: [duty], group_by: none, group_wait: 1s, group_interval: 1s}]
`
)

// receiver is who is told: it counts what it gets.
type receiver struct {
	*httptest.Server
	mu       sync.Mutex
	messages map[string]int // by webhook-id, how often it came
	told     map[string]int // by what happened to which alarm, in how many messages
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{messages: map[string]int{}, told: map[string]int{}}
	r.Server = httptest.NewServer(r)
	t.Cleanup(r.Close)
	return r
}

// ServeHTTP takes a message in. One that comes again with the same id is the same message.
func (r *receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		return // killed in the middle of it
	}
	var message struct {
		Data struct {
			Alarms []struct{ Type, Key, ID string }
		}
	}
	if json.Unmarshal(body, &message) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	id := request.Header.Get("Webhook-Id")
	if r.messages[id]++; r.messages[id] > 1 {
		return
	}
	for _, a := range message.Data.Alarms {
		r.told[strings.TrimPrefix(a.Type, "alarm.")+" "+a.Key]++
	}
}

func (r *receiver) heard(what string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.told[what] > 0
}

func camID(site, i int) string { return fmt.Sprintf("cam-%d-%d", site, i) }

// powerCity registers the sites. Their cameras speak every 20 s and are silent after a minute.
func powerCity(t *testing.T, r *rig) {
	t.Helper()
	var csv strings.Builder
	csv.WriteString("type,id,name,area,lat,lon,location,subsystem,kind,external_id,parent,contractor,model,cadence_s,expected_fps\n")
	for site := range powerless {
		fmt.Fprintf(&csv, "location,site-%d,Site %d,,21,105,,,,,,,,,\n", site, site)
		for i := range perSite {
			fmt.Fprintf(&csv, "device,%[1]s,%[1]s,,,,site-%[2]d,trafficsafety,camera.overview,,,,,20,\n", camID(site, i), site)
		}
	}
	if err := r.center.Post(t.Context(), "/api/v1/inventory", "text/csv", csv.String()); err != nil {
		t.Fatal(err)
	}
}

// cameras publishes as the cameras of all sites, until each message is acknowledged, whatever happens to
// the center meanwhile.
type cameras struct {
	t *testing.T
	p *mqtt.Publisher
}

func newCameras(t *testing.T, broker string) *cameras {
	t.Helper()
	p, err := mqtt.NewPublisher(t.Context(), mqtt.PublisherConfig{
		URL: broker, ClientID: "sites", Backoff: 20 * time.Millisecond, MaxBackoff: 100 * time.Millisecond,
	}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close(t.Context()) })
	return &cameras{t, p}
}

func (c *cameras) say(site, i int, message, payload string) {
	c.t.Helper()
	topic := fmt.Sprintf("ioc/v1/trafficsafety/site-%d/%s/%s", site, camID(site, i), message)
	for {
		done := make(chan error, 1)
		err := c.p.Publish(c.t.Context(), mqtt.Outgoing{Topic: topic, Payload: []byte(payload), QoS: 1}, func(err error) { done <- err })
		if err == nil && <-done == nil {
			return
		}
		if c.t.Context().Err() != nil {
			c.t.Fatal("the test is over")
		}
		time.Sleep(20 * time.Millisecond) // the center is down
	}
}

// all has every camera say something; those that are dead say nothing.
func (c *cameras) all(alive func(i int) bool, message string, payload func() string) {
	for site := range powerless {
		for i := range perSite {
			if alive(i) {
				c.say(site, i, message, payload())
			}
		}
	}
}

func healthy() string {
	return fmt.Sprintf(`{"ts":%q,"stream":"ok"}`, time.Now().UTC().Format(time.RFC3339Nano))
}

// Sites lose their power and get it back with one camera dead at each, while the center is killed again
// and again: every site is one alarm, every dead camera is one, and whoever is told is told of each once.
func TestFaultKilledCenterNeitherLosesNorDoublesAlarms(t *testing.T) {
	t.Parallel()
	told := newReceiver(t)
	dir := t.TempDir()
	secret, config := filepath.Join(dir, "secret"), filepath.Join(dir, "center.yaml")
	write(t, secret, "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=\n")
	write(t, config, fmt.Sprintf(alarmRules, told.URL, secret))
	r := newRig(t, "--config", config)
	r.start()
	t.Cleanup(func() { _ = r.center.Kill() })
	powerCity(t, r)
	c := newCameras(t, r.center.MQTT)
	kill := func() {
		if err := r.center.Kill(); err != nil {
			t.Fatal(err)
		}
		r.start()
	}
	kills := times(1, 4)
	everybody := func(int) bool { return true }
	c.all(everybody, "health", healthy)
	c.all(everybody, "availability", func() string { return "offline" })
	for range kills {
		kill()
	}
	told.waitFor(t, "raised location/site-%d/link", func() {})
	survivors := func(i int) bool { return i > 0 }
	c.all(survivors, "health", healthy)
	for range kills {
		kill()
	}
	told.waitFor(t, "raised device/cam-%d-0/link", func() { c.all(survivors, "health", healthy) })
	kill()
	told.waitFor(t, "cleared location/site-%d/link", func() { c.all(survivors, "health", healthy) })
	r.stopCenter()
	r.checkAlarms(told)
}

func (r *receiver) heardOfAll(what string) bool {
	for site := range powerless {
		if !r.heard(fmt.Sprintf(what, site)) {
			return false
		}
	}
	return true
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// waitFor waits until the receiver was told of something at every site.
func (r *receiver) waitFor(t *testing.T, what string, meanwhile func()) {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); !r.heardOfAll(what); time.Sleep(time.Second) {
		if time.Now().After(deadline) {
			r.Close() // so that nothing comes any more
			t.Fatalf("nobody was told %q of all sites within two minutes, but %v", what, r.told)
		}
		meanwhile()
	}
}

// checkAlarms compares the history in the database, and what the receiver was told, with what happened.
func (r *rig) checkAlarms(told *receiver) {
	r.t.Helper()
	cluster, err := pgcluster.New(pgcluster.Config{Dir: filepath.Join(r.dir, "data", "postgres")})
	if err != nil {
		r.t.Fatal(err)
	}
	if err := cluster.Start(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = cluster.Stop(r.t.Context()) }()
	url := cluster.URL("")
	want := map[string]int{}
	for site := range powerless {
		want[fmt.Sprintf("raised location/site-%d/link", site)] = 1
		want[fmt.Sprintf("cleared location/site-%d/link", site)] = 1
		want[fmt.Sprintf("raised device/%s/link", camID(site, 0))] = 1
	}
	stored := map[string]int{}
	for _, row := range storetest.Rows(r.t, url, `SELECT what || ' ' || key FROM alarm_transition WHERE what IN ('raised', 'cleared')`) {
		stored[row[0].(string)]++ //nolint:forcetypeassert // the query's type
	}
	if diff := cmp.Diff(want, stored); diff != "" {
		r.t.Errorf("the history (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, told.told); diff != "" {
		r.t.Errorf("whoever was told (-want +got):\n%s", diff)
	}
	again := 0
	for _, n := range told.messages {
		again += n - 1
	}
	r.t.Logf("%d alarms raised, %d messages, %d of them sent again with the same id after a kill", 2*powerless, len(told.messages), again)
	gaps := storetest.Rows(r.t, url, `SELECT alarm, count(*), max(n) FROM alarm_transition GROUP BY alarm HAVING count(*) <> max(n) OR count(*) <> count(DISTINCT n)`)
	if len(gaps) > 0 {
		r.t.Errorf("transitions are missing or doubled: %v", gaps)
	}
}
