package simulator_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"opscenter/internal/city"
	"opscenter/internal/simulator"
)

func newLoad(t testing.TB, devices int, rate float64) *simulator.Load {
	t.Helper()
	_, _, made := simulator.Scale(devices, 1)
	l, err := simulator.NewLoad(simulator.LoadConfig{Start: monday(), Devices: made, Rate: rate})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestALoadKeepsItsRateFromEveryDeviceInTurn(t *testing.T) {
	t.Parallel()
	l := newLoad(t, 40, 1000)
	count := make(map[string]int)
	for at := monday(); at.Before(monday().Add(10 * time.Second)); {
		at = at.Add(20 * time.Millisecond)
		due := l.Step(at)
		if len(due) != 20 {
			t.Fatalf("%d messages in 20 ms at 1000/s", len(due))
		}
		for _, p := range due {
			count[p.Topic]++
		}
	}
	if len(count) != 40 {
		t.Errorf("%d devices said something", len(count))
	}
	for topic, n := range count {
		if n != 250 {
			t.Errorf("%s: %d messages", topic, n)
		}
	}
}

func TestALoadsMessagesKeepTheContractAndDiffer(t *testing.T) {
	t.Parallel()
	rules, seen := newContract(), make(map[string]bool)
	l := newLoad(t, 3, 5000)
	for _, p := range l.Step(monday().Add(2 * time.Second)) {
		payload := rules.check(t, p)
		if n := len(p.Payload); n < 80 || n > 120 {
			t.Fatalf("a payload of %d bytes: %s", n, p.Payload)
		}
		ts, err := time.Parse(time.RFC3339, payload["ts"].(string))
		if err != nil || ts.Sub(p.At).Abs() >= time.Millisecond {
			t.Fatalf("time %v in a message of %v: %v", ts, p.At, err)
		}
		message := p.Topic + string(p.Payload)
		if seen[message] {
			t.Fatalf("%s came twice", message)
		}
		seen[message] = true
	}
	if len(seen) != 10_000 {
		t.Errorf("%d messages in two seconds at 5000/s", len(seen))
	}
}

func TestALoadThatFallsBehindComesInPieces(t *testing.T) {
	t.Parallel()
	l := newLoad(t, 10, 100_000)
	total, steps := 0, 0
	for {
		n := len(l.Step(monday().Add(time.Second)))
		if n == 0 {
			break
		}
		total += n
		steps++
	}
	if total != 100_000 || steps != 7 {
		t.Errorf("%d messages in %d steps", total, steps)
	}
}

func TestALoadThatCannotBeIsAnError(t *testing.T) {
	t.Parallel()
	if _, err := simulator.NewLoad(simulator.LoadConfig{Rate: 10}); err == nil {
		t.Error("a load without devices")
	}
	if _, err := simulator.NewLoad(simulator.LoadConfig{Devices: make([]city.Device, 1), Rate: -1}); err == nil {
		t.Error("a load of -1 messages per second")
	}
}

func TestScaleMakesAsManyCamerasAsTold(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 200, 2000, 10_000} {
		areas, locations, devices := simulator.Scale(n, 3)
		if len(devices) != n {
			t.Errorf("%d devices instead of %d", len(devices), n)
		}
		inv, err := city.NewInventory(1, areas, locations, devices)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range locations {
			if here := len(inv.At(l.ID)); here < 1 || here > 6 {
				t.Errorf("%d cameras at %s", here, l.ID)
			}
		}
		if mean := float64(n) / float64(len(locations)); n > 1000 && (mean < 2 || mean > 2.4) {
			t.Errorf("%.2f cameras at a location", mean)
		}
	}
	again := func() []city.Device { _, _, d := simulator.Scale(500, 9); return d }
	if diff := cmp.Diff(again(), again()); diff != "" {
		t.Errorf("the same seed makes another city: %s", diff)
	}
}

func TestALargeWorldKeepsTheContractToo(t *testing.T) {
	t.Parallel()
	_, locations, devices := simulator.Scale(2000, 1)
	w, err := simulator.NewWorld(simulator.WorldConfig{Start: monday(), Locations: locations, Devices: devices})
	if err != nil {
		t.Fatal(err)
	}
	rules := newContract()
	for _, p := range w.Step(monday().Add(time.Minute)) {
		rules.check(t, p)
	}
}

func BenchmarkLoad(b *testing.B) {
	l := newLoad(b, 10_000, 1e6)
	b.ReportAllocs()
	at, published, bytes := monday(), 0, 0
	for b.Loop() {
		at = at.Add(10 * time.Millisecond)
		due := l.Step(at)
		published += len(due)
		bytes += len(due[0].Payload)
	}
	b.ReportMetric(float64(published)/b.Elapsed().Seconds(), "publications/s")
	b.ReportMetric(float64(bytes)/float64(b.N), "bytes/payload")
}
