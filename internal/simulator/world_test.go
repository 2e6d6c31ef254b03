package simulator_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/simulator"
	"opscenter/internal/simulator/vietri"
)

// monday is a working day at the height of the morning peak.
func monday() time.Time {
	return time.Date(2026, 11, 23, 7, 0, 0, 0, time.FixedZone("+07", 7*60*60))
}

// natives returns the demonstration city's locations and cameras, as if all of them spoke natively.
func natives() ([]city.Location, []city.Device) {
	_, locations, devices := vietri.City()
	cameras := slices.DeleteFunc(devices, func(d city.Device) bool { return !strings.HasPrefix(d.Kind, "camera.") })
	for i := range cameras {
		cameras[i].ExternalID, cameras[i].Parent = "", ""
	}
	return locations, cameras
}

func newWorld(t testing.TB, seed uint64, start time.Time, faults string) *simulator.World {
	t.Helper()
	locations, devices := natives()
	w, err := simulator.NewWorld(simulator.WorldConfig{
		Seed: seed, Start: start, Locations: locations, Devices: devices, Faults: faults,
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// clone keeps messages beyond the next step.
func clone(due []simulator.Publication) []simulator.Publication {
	return append([]simulator.Publication(nil), due...)
}

func TestSameSeedAndStartGiveTheSameMessagesHoweverTimeIsCut(t *testing.T) {
	t.Parallel()
	const faults = "x50,loc-005:power@1m+1m"
	end := monday().Add(10 * time.Minute)
	once := lines(newWorld(t, 7, monday(), faults).Step(end))
	var pieces []string
	w := newWorld(t, 7, monday(), faults)
	for at := monday(); at.Before(end); {
		at = at.Add(250 * time.Millisecond)
		pieces = append(pieces, lines(w.Step(at))...)
	}
	if len(once) < 10_000 || len(pieces) != len(once) {
		t.Fatalf("%d messages in one step and %d in many", len(once), len(pieces))
	}
	for i := range once {
		if once[i] != pieces[i] {
			t.Fatalf("message %d differs:\n%s\n%s", i, once[i], pieces[i])
		}
	}
	if slices.Equal(once, lines(newWorld(t, 8, monday(), faults).Step(end))) {
		t.Error("another seed makes the same world")
	}
}

// lines writes messages as text, which is quick to compare.
func lines(due []simulator.Publication) []string {
	text := make([]string, 0, len(due))
	for _, p := range due {
		text = append(text, fmt.Sprintf("%d %s %s %v %s", p.At.UnixNano(), p.Kind, p.Topic, p.Retained, p.Payload))
	}
	return text
}

func TestMessagesComeInOrderAndNoneBeforeItsTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, monday(), "")
	from := monday()
	for range 100 {
		to := from.Add(700 * time.Millisecond)
		last := from
		for _, p := range w.Step(to) {
			if p.At.Before(last) || p.At.After(to) {
				t.Fatalf("%s is of %v in a step from %v to %v", p.Topic, p.At, last, to)
			}
			last = p.At
		}
		from = to
	}
}

func TestEveryMessageKeepsTheContract(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3, monday(), "x100")
	seen, rules := make(map[string]int), newContract()
	for at := monday(); at.Before(monday().Add(30 * time.Minute)); {
		at = at.Add(time.Minute)
		for _, p := range w.Step(at) {
			seen[p.Kind]++
			rules.check(t, p)
		}
	}
	for kind, least := range map[string]int{
		simulator.KindAvailability: 200, simulator.KindHealth: 4000, simulator.KindFlow: 20_000,
		simulator.KindIncident: 3, simulator.KindViolation: 30,
	} {
		if seen[kind] < least {
			t.Errorf("%d messages of kind %s, want at least %d", seen[kind], kind, least)
		}
	}
}

// picture is what a board knows after some messages: the last health of each camera, and whether
// its link is there.
type picture struct {
	contract     contract
	availability map[string]string
	health       map[string]map[string]any
}

func (b *picture) take(t *testing.T, p simulator.Publication) {
	t.Helper()
	device := strings.Split(p.Topic, "/")[4]
	payload := b.contract.check(t, p)
	switch p.Kind {
	case simulator.KindAvailability:
		b.availability[device] = string(p.Payload)
	case simulator.KindHealth:
		b.health[device] = payload
	}
}

func watch(t *testing.T, due []simulator.Publication) *picture {
	t.Helper()
	b := &picture{contract: newContract(), availability: map[string]string{}, health: map[string]map[string]any{}}
	for _, p := range due {
		b.take(t, p)
	}
	return b
}

// unwell tells whether the board would not show a device green.
func (b *picture) unwell(device string) bool {
	h := b.health[device]
	if b.availability[device] != city.Online || h == nil || h["stream"] != "ok" {
		return true
	}
	offset := h["clock_offset_ms"].(float64)
	return h["image"] != "ok" || !h["recording"].(bool) || offset < -10_000 || offset > 10_000 ||
		h["fps"].(float64) < 0.8*h["expected_fps"].(float64) || h["retention_days"].(float64) < 15
}

func TestTheWallFillsWithinFiveSecondsAndIsNotAllGreen(t *testing.T) {
	t.Parallel()
	_, devices := natives()
	for seed := range uint64(20) {
		b := watch(t, newWorld(t, seed, monday(), "").Step(monday().Add(5*time.Second)))
		unwell := 0
		for _, d := range devices {
			if b.unwell(d.ID) {
				unwell++
			}
			switch {
			case b.availability[d.ID] == "":
				t.Errorf("seed %d: nothing is known of %s after five seconds", seed, d.ID)
			case b.availability[d.ID] == city.Online && b.health[d.ID] == nil:
				t.Errorf("seed %d: %s is online and has told no health after five seconds", seed, d.ID)
			}
		}
		if unwell < 6 || unwell > 8 {
			t.Errorf("seed %d: %d of 200 cameras are not well at the start, want 6 to 8", seed, unwell)
		}
		healthy := watch(t, newWorld(t, seed, monday(), "none").Step(monday().Add(5*time.Second)))
		for _, d := range devices {
			if healthy.unwell(d.ID) {
				t.Errorf("seed %d: %s is not well though nothing may fail", seed, d.ID)
			}
		}
	}
}

func TestHealthComesAtEachCamerasCadence(t *testing.T) {
	t.Parallel()
	_, devices := natives()
	count := make(map[string]int)
	for _, p := range newWorld(t, 5, monday(), "none").Step(monday().Add(10 * time.Minute)) {
		if p.Kind == simulator.KindHealth {
			count[strings.Split(p.Topic, "/")[4]]++
		}
	}
	for _, d := range devices {
		want := int(10 * time.Minute / d.Cadence)
		if got := count[d.ID]; got < want-1 || got > want+2 {
			t.Errorf("%s told its health %d times in ten minutes, at a cadence of %v", d.ID, got, d.Cadence)
		}
	}
}

func TestAWorldThatCannotBeIsAnError(t *testing.T) {
	t.Parallel()
	camera := city.Device{ID: "cam-1", Location: "loc-2", Subsystem: simulator.Subsystem}
	for name, c := range map[string]simulator.WorldConfig{
		"has no device of subsystem": {Devices: []city.Device{{ID: "s", Location: "loc-1", Subsystem: "environment"}}},
		`unknown location "loc-2"`:   {Locations: []city.Location{{ID: "loc-1"}}, Devices: []city.Device{camera}},
	} {
		if _, err := simulator.NewWorld(c); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("got error %v, want one about %s", err, name)
		}
	}
}

func BenchmarkWorld(b *testing.B) {
	_, locations, devices := simulator.Scale(2000, 1)
	w, err := simulator.NewWorld(simulator.WorldConfig{Start: monday(), Locations: locations, Devices: devices})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	at, published := monday(), 0
	for b.Loop() {
		at = at.Add(20 * time.Millisecond)
		published += len(w.Step(at))
	}
	b.ReportMetric(float64(published)/b.Elapsed().Seconds(), "publications/s")
}
