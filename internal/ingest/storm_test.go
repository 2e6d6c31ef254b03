package ingest_test

import (
	"bytes"
	"context"
	"log/slog"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"opscenter/internal/city"
	"opscenter/internal/ingest"
	"opscenter/internal/subsystem"
	"opscenter/subsystems/trafficsafety"
)

// storm is a source of messages that are good ones with bytes changed, lost, doubled and swapped,
// each other than the one before.
type storm struct {
	random *rand.Rand
	good   []ingest.Message
	left   int
	acked  int
}

func (s *storm) Next(context.Context) (ingest.Message, bool) {
	if s.left == 0 {
		return ingest.Message{}, false
	}
	s.left--
	m := s.good[s.random.IntN(len(s.good))]
	m.Payload = s.mutate(bytes.Clone(m.Payload))
	if s.random.IntN(8) == 0 {
		m.Topic = string(s.mutate([]byte(m.Topic)))
	}
	m.Ack = func() { s.acked++ }
	return m, true
}

func (s *storm) More() (ingest.Message, bool) { return s.Next(context.Background()) }
func (s *storm) Waiting() int                 { return s.left }

func (s *storm) mutate(b []byte) []byte {
	const spice = "\"{}[]:,\\ \x00\xff0123456789eE+-.tfnu/'#\n"
	for range s.random.IntN(6) {
		if len(b) == 0 {
			return append(b, spice[s.random.IntN(len(spice))])
		}
		at := s.random.IntN(len(b))
		switch s.random.IntN(5) {
		case 0:
			b[at] = spice[s.random.IntN(len(spice))]
		case 1:
			b[at] = byte(s.random.IntN(256))
		case 2:
			b = append(b[:at], b[at+s.random.IntN(len(b)-at):]...)
		case 3:
			b = append(b, b[at:]...)
		case 4:
			other := s.good[s.random.IntN(len(s.good))].Payload
			b = append(b[:at], other[s.random.IntN(len(other)):]...)
		}
	}
	return b
}

// audit is a log that keeps nothing and looks at everything.
type audit struct {
	t                        *testing.T
	observations, rejections int
}

func (a *audit) Append(_ context.Context, entries []city.Entry) error {
	for _, e := range entries {
		switch r := e.Rejection; {
		case r == nil:
			a.observations++
			if o := e.Observation; o.Location == "" || o.Kind == "" || o.ObservedAt.IsZero() {
				a.t.Errorf("an observation of nothing: %+v", o)
			}
		case r.Code == "" || r.Reason == "" || r.Code == ingest.Panicked:
			a.t.Errorf("a rejection without a reason, or a panic: %+v", r)
		case len(r.Sealed) == 0:
			a.t.Errorf("a rejection without its payload: %+v", r)
		default:
			a.rejections++
		}
	}
	return nil
}

// STORM is how many messages to generate; `make fuzz` makes ten million.
func TestStormOfGeneratedMessagesEndsInTheLogOrInQuarantine(t *testing.T) {
	t.Parallel()
	n := 100_000
	if text := os.Getenv("STORM"); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	set, err := subsystem.NewSet(subsystem.SetConfig{Root: "ioc/v1", Factories: []subsystem.Factory{trafficsafety.Factory()}})
	if err != nil {
		t.Fatal(err)
	}
	a := &audit{t: t}
	in, err := ingest.New(ingest.Config{Subsystems: set, Seal: newSeal(t), Now: morning.Local, Log: slog.New(slog.DiscardHandler)}, a)
	if err != nil {
		t.Fatal(err)
	}
	in.SetInventory(inventory(t, "cam-017"))
	s := &storm{random: rand.New(rand.NewPCG(1, 2)), left: n}
	for topic, payload := range map[string]string{
		"health": health, "incident": incident, "availability": "online",
		"flow":      `{"ts":"2026-11-23T08:15:00+07:00","seq":7,"window_s":60,"vehicles":41,"speed_kmh":38.4,"occupancy_pct":17.5,"classes":{"motorbike":30,"car":11},"lane":2,"direction":"north"}`,
		"violation": `{"ts":"2026-11-23T08:15:00+07:00","id":"v-1","type":"speeding","plate":"19A-123.45","speed_kmh":83,"limit_kmh":60}`,
	} {
		s.good = append(s.good, ingest.Message{Topic: camera + topic, Payload: []byte(payload), ReceivedAt: morning})
	}
	if err := in.Run(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if s.acked != n || a.observations+a.rejections != n {
		t.Errorf("%d messages gave %d acknowledgements, %d observations and %d rejections", n, s.acked, a.observations, a.rejections)
	}
	if a.observations < n/100 || a.rejections < n/100 {
		t.Errorf("%d observations and %d rejections: the storm is too kind or too wild", a.observations, a.rejections)
	}
	t.Logf("%d messages: %d observations, %d rejections", n, a.observations, a.rejections)
}
