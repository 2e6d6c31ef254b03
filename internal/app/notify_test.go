package app_test

import (
	"context"
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

	"opscenter/internal/app"
	"opscenter/internal/config"
	"opscenter/internal/mqtt"
	"opscenter/internal/notify"
	"opscenter/internal/notify/topic"
	"opscenter/internal/notify/webhook"
)

// pager is a receiver of webhooks that counts, and takes nothing while it is off.
type pager struct {
	mu  sync.Mutex
	off bool
	got []string // type and device of every alarm that was confirmed
}

func (p *pager) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var m struct {
		Type string
		Data struct{ Alarms []struct{ Device string } }
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.off {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	if body, err := io.ReadAll(r.Body); err != nil || json.Unmarshal(body, &m) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	if len(m.Data.Alarms) == 0 {
		p.got = append(p.got, m.Type)
	}
	for _, a := range m.Data.Alarms {
		p.got = append(p.got, m.Type+" "+a.Device)
	}
}

func (p *pager) turn(off bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.off = off
}

func (p *pager) all() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.got, ", ")
}

// paged are settings of a center that tells a pager of every alarm, and the broker of critical ones.
func paged(t *testing.T, p *pager) app.Config {
	t.Helper()
	server := httptest.NewServer(p)
	t.Cleanup(server.Close)
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := settings(t)
	c.Channels = []notify.Factory{webhook.Factory(), topic.Factory()}
	var err error
	c.File, err = config.ReadFile([]byte(fmt.Sprintf(`
alarms:
  hold: 1s
  rules: [{on_delay: 1s, off_delay: 1s}]
channels:
  - {name: pager, kind: webhook, settings: {url: %q, secret_file: %q}}
  - {name: broker, kind: mqtt, settings: {topic: "city/told/{type}"}}
routes:
  - {name: critical, match: {severity: critical}, channels: broker, group_wait: 1s, group_interval: 1s, continue: true}
  - {name: everything, channels: pager, group_wait: 1s, group_interval: 1s}
`, server.URL, secret)))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// street is a center with two cameras.
func street(t *testing.T, c app.Config) (b *bank, stop func()) {
	t.Helper()
	b = &bank{t: t, database: c.DatabaseURL}
	b.endpoints, stop = running(t, c)
	await(t, b.endpoints.HTTP+"/readyz", `"ready":true`)
	var err error
	b.publisher, err = mqtt.NewPublisher(t.Context(), mqtt.PublisherConfig{URL: b.endpoints.MQTT}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.publisher.Close(context.Background()) })
	b.request(http.MethodPost, "/api/v1/inventory", "type,id,name,area,lat,lon,location,subsystem,kind\n"+
		"location,loc-1,Cầu,w,21,105,,,\nlocation,loc-2,Chợ,w,21,105,,,\n"+
		"device,cam-1,Camera 1,,,,loc-1,trafficsafety,camera\ndevice,cam-2,Camera 2,,,,loc-2,trafficsafety,camera\n", http.StatusOK)
	return b, stop
}

// camera says what a camera's stream is like.
func (b *bank) camera(location, id, stream string) {
	b.t.Helper()
	b.publish("ioc/v1/trafficsafety/"+location+"/"+id+"/health", fmt.Sprintf(`{"ts":%q,"stream":%q}`, time.Now().Format(time.RFC3339Nano), stream))
}

func (p *pager) await(t *testing.T, want string) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if p.all() == want {
			return
		}
	}
	t.Fatalf("the pager was told %q, want %q", p.all(), want)
}

func TestPeopleAreToldOfACameraThatFailsOnceWhateverFailsBesides(t *testing.T) {
	t.Parallel()
	p := &pager{}
	c := paged(t, p)
	b, stop := street(t, c)
	heard, err := mqtt.Connect(t.Context(), mqtt.Config{URL: b.endpoints.MQTT, ClientID: "listener", Topics: []string{"city/told/#"}}, time.Now, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = heard.Close(context.Background()) })
	for !heard.Status().Subscribed {
		time.Sleep(time.Millisecond)
	}
	b.camera("loc-1", "cam-1", "unreachable")
	p.await(t, "alarm.raised cam-1")
	select {
	case m := <-heard.Messages():
		if m.Topic != "city/told/alarm.raised" || !strings.Contains(string(m.Payload), `"device":"cam-1"`) {
			t.Errorf("the broker was told %s: %s", m.Topic, m.Payload)
		}
	case <-time.After(20 * time.Second):
		t.Error("the broker was told nothing")
	}

	// While the pager is away it is known to be, and the center is stopped and started.
	p.turn(true)
	b.camera("loc-2", "cam-2", "unreachable")
	await(t, b.endpoints.HTTP+"/api/v1/channels", `{"name":"pager","kind":"webhook","state":"failing","since":`)
	await(t, b.endpoints.HTTP+"/metrics", `opscenter_notification_channel_failing{channel="pager"} 1`)
	await(t, b.endpoints.HTTP+"/api/v1/deliveries?channel=pager&state=waiting", `503 Service Unavailable`)
	stop()
	b, _ = street(t, c)
	p.turn(false)
	p.await(t, "alarm.raised cam-1, alarm.raised cam-2")
	b.camera("loc-1", "cam-1", "ok")
	p.await(t, "alarm.raised cam-1, alarm.raised cam-2, alarm.cleared cam-1")
	await(t, b.endpoints.HTTP+"/api/v1/channels", `{"name":"pager","kind":"webhook","state":"ok","queued":0,"last_sent":`)

	if id, err := app.TestChannel(t.Context(), c.Serve, "pager"); err != nil || !strings.HasPrefix(id, "msg_") {
		t.Errorf("the test is %q, %v", id, err)
	}
	p.await(t, "alarm.raised cam-1, alarm.raised cam-2, alarm.cleared cam-1, test")
	if _, err := app.TestChannel(t.Context(), c.Serve, "page"); err == nil || !strings.Contains(err.Error(), `channel "page"`) {
		t.Errorf("a channel that is not there: %v", err)
	}
}

func TestCheckListsChannelsAndRoutesAndWhatIsDoubtful(t *testing.T) {
	t.Parallel()
	c := paged(t, &pager{})
	c.File.Notify.Routes = json.RawMessage(`[{"name":"all","channels":"pager"},{"name":"ward","match":{"area":"w"},"channels":"pager"}]`)
	var out strings.Builder
	if err := app.Check(c, "", &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"CHANNEL  KIND     TIMEOUT  GIVES UP AFTER\npager    webhook  30 s     1 d\n", "ward   area w      always  pager     area        stop\n",
		`warning: route "ward" can never take an alarm: "all" before it takes all of them`, `warning: channel "broker" is used by no route`,
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in:\n%s", want, out.String())
		}
	}
	c.File.Notify.Routes = json.RawMessage(`[{"name":"all","channels":"fax"}]`)
	if err := app.Check(c, "", &out); err == nil || !strings.Contains(err.Error(), `routes[0] (all): channels: there is no channel "fax"`) {
		t.Errorf("got %v", err)
	}
}
