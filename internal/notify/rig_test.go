package notify_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"opscenter/internal/city"
	"opscenter/internal/notify"
	"opscenter/internal/store"
	"opscenter/internal/store/storetest"
)

func TestMain(m *testing.M) {
	code := storetest.Main(m)
	if code == 0 {
		if err := goleak.Find(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

// clock is a time that moves when told to.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// noon is a Wednesday's, in the zone of the tests.
func noon() time.Time { return time.Date(2026, 11, 25, 12, 0, 0, 0, zone()) }

func zone() *time.Location { return time.FixedZone("+07", 7*3600) }

// recorder is a channel that keeps what it confirms.
type recorder struct {
	mu   sync.Mutex
	err  error // what every Send returns, if set
	got  []notify.Message
	seen func(m notify.Message) error // asked first, if set
}

func (r *recorder) Send(ctx context.Context, m notify.Message) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.seen != nil {
		if err := r.seen(m); err != nil {
			return err
		}
	}
	if r.err != nil {
		return r.err
	}
	r.got = append(r.got, m)
	return ctx.Err()
}

func (r *recorder) fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.err = err
}

// told is what was confirmed, one line for each alarm in each message.
func (r *recorder) told() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var lines []string
	for _, m := range r.got {
		for _, i := range m.Alarms {
			lines = append(lines, m.Type+" "+i.ID)
		}
	}
	return lines
}

// configureWith is a configuration that leads everything to one channel, duty.
func configureWith(t testing.TB, duty notify.Channel) *notify.Config {
	t.Helper()
	return configure(t, everything, "", map[string]notify.Channel{"duty": duty})
}

// configure reads a configuration with those channels, by name.
func configure[C notify.Channel](t testing.TB, routes, calendars string, channels map[string]C) *notify.Config {
	t.Helper()
	var list []map[string]any
	for name := range channels {
		list = append(list, map[string]any{"name": name, "kind": "recorder", "settings": map[string]string{"of": name}})
	}
	encoded, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	type settings struct {
		Of string `json:"of"`
	}
	factory := notify.Define("recorder", "", settings{}, func(_ notify.Environment, s settings) (notify.Channel, error) {
		return channels[s.Of], nil
	})
	section := notify.Section{Channels: encoded, Routes: json.RawMessage(routes)}
	if calendars != "" {
		section.Calendars = json.RawMessage(calendars)
	}
	c, err := notify.Read(section, []notify.Factory{factory}, notify.Environment{Zone: zone()})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

type discard struct{}

func (discard) NotificationSent(string)          {}
func (discard) NotificationAttemptFailed(string) {}
func (discard) NotificationsFailed(string, int)  {}
func (discard) NotificationsUnrouted(int)        {}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// center is a database whose recorder is the test.
type center struct {
	t     testing.TB
	url   string
	store *store.Store
	clock *clock
	epoch int64
	seq   uint64
	n     map[string]int // transitions of each alarm
}

func newCenter(t testing.TB) *center {
	t.Helper()
	url := storetest.URL(t)
	s, err := store.Open(t.Context(), store.Config{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	epoch, _, err := s.Claim(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	return &center{t: t, url: url, store: s, clock: &clock{at: noon()}, epoch: epoch, n: make(map[string]int)}
}

func (c *center) notifier(configured *notify.Config) *notify.Notifier {
	return notify.New(configured, "https://ioc.example.org/", c.store, c.clock.now, quiet(), discard{})
}

// alarm is an active alarm of the test's city.
func alarm(id string) city.Alarm {
	return city.Alarm{
		ID: id, Key: "device/" + id + "/link", Location: "loc-1", Area: "viet-tri", Device: id, Subsystem: "trafficsafety",
		Severity: city.SeverityCritical, State: city.AlarmActive, Reason: "offline", Count: 1,
		Title:  city.Names{VI: "Camera " + id + " mất kết nối", EN: "Camera " + id + " is offline"},
		Advice: city.Names{VI: "Kiểm tra nguồn điện", EN: "Check the power"}, RaisedAt: noon(),
	}
}

// happens stores transitions as the recorder does.
func (c *center) happens(what city.Transition, alarms ...city.Alarm) {
	c.t.Helper()
	c.seq++
	w := store.Write{Seq: c.seq}
	for _, a := range alarms {
		c.n[a.ID]++
		w.Alarms = append(w.Alarms, city.AlarmChange{Alarm: a, N: c.n[a.ID], At: c.clock.now(), What: what})
	}
	if err := c.store.Commit(context.Background(), 0, c.epoch, &w); err != nil {
		c.t.Fatal(err)
	}
}

// settle lets the notifier do what it can do now.
func (c *center) settle(n *notify.Notifier, senders ...notify.Sender) {
	c.t.Helper()
	for range 1000 {
		worked, err := n.DispatchOnce(context.Background())
		for _, s := range senders {
			sent, failed := s.Step(context.Background())
			worked, err = worked || sent, errors.Join(err, failed)
		}
		if err != nil {
			c.t.Fatal(err)
		}
		if !worked {
			return
		}
	}
	c.t.Fatal("the notifier never comes to rest")
}

func cleared(a city.Alarm) city.Alarm {
	a.State, a.ClearedAt = city.AlarmCleared, a.RaisedAt.Add(time.Minute)
	return a
}

func acknowledged(a city.Alarm) city.Alarm {
	a.Acknowledged, a.AcknowledgedBy = true, "lan"
	return a
}
