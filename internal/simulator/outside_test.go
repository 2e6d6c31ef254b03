package simulator_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"opscenter/internal/broker"
	"opscenter/internal/city"
	"opscenter/internal/mqtt"
	"opscenter/internal/simulator"
	"opscenter/internal/subsystem"
	"opscenter/subsystems/trafficsafety"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestTheSubsystemReadsEveryMessage(t *testing.T) {
	t.Parallel()
	decoder, err := trafficsafety.Factory().Open(nil)
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, 11, monday(), "x100,loc-005:power@1m+1m")
	for at := monday(); at.Before(monday().Add(20 * time.Minute)); {
		at = at.Add(time.Minute)
		for _, p := range w.Step(at) {
			levels := strings.Split(p.Topic, "/")
			_, err := decoder.Decode(subsystem.Message{
				Topic: p.Topic, Kind: p.Kind, Location: levels[3], Device: levels[4],
				Payload: p.Payload, ReceivedAt: p.At, Retained: p.Retained,
			})
			if err != nil {
				t.Fatalf("%s: %v in %s", p.Topic, err, p.Payload)
			}
		}
	}
}

// deadline bounds what a test waits for, in real time.
const deadline = 30 * time.Second

func TestACityReachesARealBroker(t *testing.T) {
	t.Parallel()
	server, err := broker.Start(broker.Config{StoreDir: t.TempDir(), Unsynced: true})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), deadline)
	defer cancel()
	defer func() { _ = server.Shutdown(context.WithoutCancel(ctx)) }()
	url, log := "tcp://"+server.MQTTAddr(), slog.New(slog.DiscardHandler)

	p, err := mqtt.NewPublisher(ctx, mqtt.PublisherConfig{URL: url, ClientID: "simulator"}, log)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = p.Close(context.WithoutCancel(ctx)) }()
	c := demo()
	c.Faults, c.Duration = "none,cam-019:offline", 1500*time.Millisecond
	s, err := simulator.New(c, simulator.Over(p), time.Now, log)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Run(ctx); err != nil {
		t.Fatal(err)
	}
	if counts := s.Counts(); counts.Acknowledged != counts.Published || counts.Acknowledged < 200 {
		t.Fatalf("counts %+v", counts)
	}
	checkRetained(ctx, t, url, log)
}

// checkRetained looks at the broker as a center does that comes later: it must be told at once who
// is online.
func checkRetained(ctx context.Context, t *testing.T, url string, log *slog.Logger) {
	t.Helper()
	late, err := mqtt.Connect(ctx, mqtt.Config{
		URL: url, ClientID: "late", Topics: []string{"ioc/v1/trafficsafety/+/+/availability"},
	}, time.Now, log)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = late.Close(context.WithoutCancel(ctx)) }()
	said := make(map[string]string)
	for len(said) < 200 {
		select {
		case m := <-late.Messages():
			said[m.Topic] = string(m.Payload)
			m.Ack()
		case <-ctx.Done():
			t.Fatalf("the broker kept the availability of %d of 200 cameras", len(said))
		}
	}
	for topic, word := range said {
		want := city.Online
		if strings.Contains(topic, "/cam-019/") {
			want = city.Offline
		}
		if word != want {
			t.Errorf("%s: %s, want %s", topic, word, want)
		}
	}
}
