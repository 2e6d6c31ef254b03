package ingest_test

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"opscenter/internal/city"
	"opscenter/internal/ingest"
	"opscenter/internal/subsystem"
	"opscenter/subsystems/trafficsafety"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var morning = time.Date(2026, 11, 23, 1, 15, 0, 0, time.UTC) //nolint:gochecknoglobals // a constant

// gcm seals as the program does.
type gcm struct{ cipher.AEAD }

func newSeal(t testing.TB) gcm {
	t.Helper()
	block, err := aes.NewCipher(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		t.Fatal(err)
	}
	return gcm{aead}
}

func (g gcm) Seal(plain []byte) []byte { return g.AEAD.Seal(nil, nil, plain, nil) }

func (g gcm) unseal(t testing.TB, sealed []byte) string {
	t.Helper()
	plain, err := g.Open(nil, nil, sealed, nil)
	if err != nil {
		t.Fatal(err)
	}
	return string(plain)
}

// journal is an event log in memory that fails on command.
type journal struct {
	mu      sync.Mutex
	entries []city.Entry
	batches []int
	tries   int
	failure error
	entered chan struct{} // nil: nobody wants to know
	release chan struct{} // nil: no waiting
}

func (j *journal) Append(ctx context.Context, entries []city.Entry) error {
	j.mu.Lock()
	j.tries++
	failure, entered, release := j.failure, j.entered, j.release
	j.mu.Unlock()
	if entered != nil {
		entered <- struct{}{}
	}
	if release != nil {
		select {
		case <-release:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if failure != nil {
		return failure
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.entries = append(j.entries, entries...)
	j.batches = append(j.batches, len(entries))
	return nil
}

func (j *journal) fail(err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.failure = err
}

func (j *journal) kept() []city.Entry {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.entries)
}

// counts are what ingest counted.
type counts struct {
	mu       sync.Mutex
	messages map[string]int // subsystem/outcome
	appended int
	failed   int
}

func (c *counts) Message(subsystem, outcome string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.messages[subsystem+"/"+outcome]++
}

func (c *counts) Appended(entries int, _ time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.appended += entries
}

func (c *counts) AppendFailed() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.failed++
}

func (*counts) Waiting(int) {}

func (c *counts) of(key string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.messages[key]
}

// panicking is a subsystem whose decoder has faults.
func panicking() subsystem.Factory {
	names := city.Names{VI: "Tên", EN: "Name"}
	spec := subsystem.Spec{
		ID: "faulty", Names: names, Doc: "For tests.", Cadence: time.Minute,
		Topics: []subsystem.Topic{{Pattern: "{root}/faulty/{location}/{device}/x", Kind: "x", Doc: "A topic."}},
	}
	return subsystem.Define(spec, struct{}{}, func(struct{}) (subsystem.Decoder, error) { return faulty{}, nil })
}

type faulty struct{}

func (faulty) Decode(m subsystem.Message) ([]city.Observation, error) {
	o := city.Observation{Kind: "x", ObservedAt: m.ReceivedAt, Readings: []city.Reading{{Metric: "x", Value: 1}}}
	if words := strings.Fields(string(m.Payload)); len(words) > 1 && words[0] == "from" {
		o.External = "fake:" + words[1] // as a dialect would
		if strings.Contains(string(m.Payload), "announced") {
			o.Readings, o.Announcement = nil, &city.Announcement{Name: words[1]}
		}
	}
	switch string(m.Payload) {
	case "panic":
		panic(errors.New("index out of range: 19A-123.45"))
	case "ignore":
		return nil, nil
	case "two":
		return []city.Observation{o, o}, nil
	case "nan":
		zero := 0.0
		o.Readings[0].Value /= zero
	case "timeless":
		o.ObservedAt = time.Time{}
	case "kindless":
		o.Kind = ""
	case "anonymous":
		o.Event = &city.Event{}
	case "talkative":
		o.Event = &city.Event{
			ID: "e-1", Title: "Xe 19A-123.45", Description: "Xe 19A-123.45 quá tốc độ", Plate: city.Plate{Clear: "19A-123.45"},
		}
	}
	return []city.Observation{o}, nil
}

func inventory(t testing.TB, cameras ...string) *city.Inventory {
	t.Helper()
	devices := []city.Device{{ID: "other-1", Location: "loc-005", Subsystem: "other"}, {ID: "faulty-1", Location: "loc-005", Subsystem: "faulty"}}
	for _, c := range cameras {
		devices = append(devices, city.Device{ID: c, Location: "loc-005", Subsystem: "trafficsafety"})
	}
	inv, err := city.NewInventory(1, nil, []city.Location{{ID: "loc-005"}, {ID: "loc-006"}}, devices)
	if err != nil {
		t.Fatal(err)
	}
	return inv
}

// desk is an ingest at work, with everything that it works with.
type desk struct {
	*ingest.Ingest
	seal     gcm
	journal  *journal
	counts   *counts
	logged   *bytes.Buffer // to be read when Run has returned
	messages chan ingest.Message
	acked    chan int // numbers of messages, in the order of their acknowledgement
	done     chan error
	sent     int
}

const deep = 4096 // more messages than any test sends

func setup(t testing.TB) *desk {
	t.Helper()
	set, err := subsystem.NewSet(subsystem.SetConfig{Root: "ioc/v1", Factories: []subsystem.Factory{trafficsafety.Factory(), panicking()}})
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{
		logged: &bytes.Buffer{},
		seal:   newSeal(t), journal: &journal{}, counts: &counts{messages: map[string]int{}},
		messages: make(chan ingest.Message, deep), acked: make(chan int, deep), done: make(chan error, 1),
	}
	d.Ingest, err = ingest.New(ingest.Config{
		Subsystems: set, Seal: d.seal, Now: time.Now, Log: slog.New(slog.NewTextHandler(d.logged, nil)), Metrics: d.counts,
	}, d.journal)
	if err != nil {
		t.Fatal(err)
	}
	d.SetInventory(inventory(t, "cam-017"))
	return d
}

func (d *desk) run(ctx context.Context) {
	source := ingest.From(d.messages, func(m ingest.Message) ingest.Message { return m })
	go func() { d.done <- d.Run(ctx, source) }()
}

func (d *desk) send(topic, payload string) {
	n := d.sent
	d.sent++
	d.messages <- ingest.Message{
		Topic: topic, Payload: []byte(payload), ReceivedAt: morning.Add(time.Duration(n) * time.Second), Ack: func() { d.acked <- n },
	}
}

// finish closes the source, waits until everything is kept, and returns it.
func (d *desk) finish(t testing.TB) []city.Entry {
	t.Helper()
	close(d.messages)
	if err := <-d.done; err != nil {
		t.Fatal(err)
	}
	return d.journal.kept()
}

const (
	camera = "ioc/v1/trafficsafety/loc-005/cam-017/"
	health = `{"ts":"2026-11-23T08:14:59+07:00","seq":9,"stream":"ok","fps":25}`
)
