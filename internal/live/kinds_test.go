package live_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/live"
	"opscenter/internal/subsystem"
)

// door tells of its lock every ten seconds, of its battery once an hour and of its service plan on
// two topics, one of them slower than the other.
func doors() subsystem.Spec {
	return subsystem.Spec{
		ID: "doors", Names: city.Names{VI: "Cửa", EN: "Doors"}, Cadence: time.Minute,
		Topics: []subsystem.Topic{
			{Pattern: "{root}/doors/{location}/{device}/lock", Kind: "lock", Cadence: 10 * time.Second},
			{Pattern: "{root}/doors/{location}/{device}/battery", Kind: "battery", Cadence: time.Hour},
			{Pattern: "{root}/doors/{location}/{device}/plan", Kind: "plan", Cadence: 20 * time.Second},
			{Pattern: "foreign/{device}", Kind: "plan"},
			{Pattern: "{root}/doors/{location}/{device}/event", Kind: "event", EventOnly: true},
		},
		Metrics: []subsystem.Metric{{Name: "battery_pct", Unit: "%", Reason: "battery_low", Direction: subsystem.Below, Warning: subsystem.At(20)}},
		States: []subsystem.State{
			{Name: "lock", Words: []subsystem.Word{
				{Value: "open", Status: city.OK}, {Value: "jammed", Status: city.Critical, Reason: "jammed"},
			}},
			{Name: "mode", Facet: city.Recording, Words: []subsystem.Word{
				{Value: "on", Status: city.OK}, {Value: "disabled", Status: city.Maintenance, Reason: "disabled"},
			}},
			{Name: "seal", Facet: city.Recording, Words: []subsystem.Word{
				{Value: "whole", Status: city.OK}, {Value: "broken", Status: city.Warning, Reason: "seal_broken"},
			}},
		},
	}
}

func door() city.Device {
	return city.Device{ID: "door-1", Location: "loc-1", Subsystem: "doors", Kind: "door", RegisteredAt: start()}
}

// says makes an entry in which the door says something: name=word.
func says(seconds float64, kind string, pairs ...string) city.Entry {
	o := city.Observation{Subsystem: "doors", Location: "loc-1", Device: "door-1", Kind: kind, ObservedAt: after(seconds)}
	for _, pair := range pairs {
		name, word, _ := strings.Cut(pair, "=")
		o.States = append(o.States, city.State{Name: name, Value: word})
	}
	return said(after(seconds), o)
}

func battery(seconds, pct float64) city.Entry {
	o := city.Observation{Subsystem: "doors", Location: "loc-1", Device: "door-1", Kind: "battery", ObservedAt: after(seconds)}
	o.Readings = []city.Reading{{Metric: "battery_pct", Value: pct}}
	return said(after(seconds), o)
}

func newDoors(t testing.TB, d city.Device) *center {
	t.Helper()
	return newCenterOf(t, []subsystem.Spec{doors()}, d)
}

func TestWhatAKindSaidIsFreshForThreeOfItsOwnCadences(t *testing.T) {
	t.Parallel()
	bell := said(after(0), city.Observation{
		Subsystem: "doors", Location: "loc-1", Device: "door-1", Kind: "event", ObservedAt: after(0),
		Event: &city.Event{ID: "bell", Type: "bell", Phase: city.Instant},
	})
	online := said(after(0), city.Observation{
		Subsystem: "doors", Location: "loc-1", Device: "door-1", Kind: "availability",
		States: []city.State{{Name: city.AvailabilityState, Value: city.Online}},
	})
	for _, tt := range []struct {
		name    string
		said    city.Entry
		cadence time.Duration // of the inventory
		stale   float64
	}{
		{"faster than the subsystem", says(0, "lock", "lock=open"), 0, 30},
		{"slower than the subsystem", battery(0, 80), 0, 3 * 3600},
		{"of two topics the slower", says(0, "plan", "mode=on"), 0, 180},
		{"without a topic", says(0, "other", "mode=on"), 0, 180},
		{"availability", online, 0, 180},
		{"only an event", bell, 0, 180},
		{"the inventory goes first", says(0, "lock", "lock=open"), 5 * time.Second, 15},
		{"the inventory goes first for a slow kind", battery(0, 80), 5 * time.Second, 15},
		{"the inventory goes first for events", bell, 5 * time.Second, 15},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := door()
			d.Cadence = tt.cadence
			c := newDoors(t, d)
			c.apply(tt.said, mark(after(tt.stale-0.000001)))
			c.wants("door-1", city.OK, "")
			if got := c.device("door-1").ValidUntil; !got.Equal(after(tt.stale)) {
				t.Fatalf("valid until %s, want %s", got, after(tt.stale))
			}
			c.apply(mark(after(tt.stale)))
			c.wants("door-1", city.Stale, city.ReasonSilent)
			if got := c.device("door-1").Since; !got.Equal(after(tt.stale)) {
				t.Fatalf("stale since %s, want %s", got, after(tt.stale))
			}
		})
	}
}

func TestADeviceLivesAsLongAsAnyKindIsFresh(t *testing.T) {
	t.Parallel()
	c := newDoors(t, door())
	c.apply(battery(0, 15), says(1, "lock", "lock=jammed"))
	c.wants("door-1", city.Critical, "jammed")
	c.apply(mark(after(31)))
	v := c.device("door-1")
	if v.Facets[city.Link] != city.OK || !v.ValidUntil.Equal(after(3*3600)) {
		t.Fatalf("link %s until %s: its battery is fresh for three hours", v.Facets[city.Link], v.ValidUntil)
	}
	c.wants("door-1", city.Warning, "battery_low") // the lock is not known, the battery is
	if at := c.memory.last(t, "door-1").At; !at.Equal(after(31)) {
		t.Fatalf("it changed at %s, want when the lock became stale", at)
	}
	c.apply(mark(after(3 * 3600)))
	c.wants("door-1", city.Stale, city.ReasonSilent)
}

func TestAFastKindThatComesAfterASlowOneExpiresFirst(t *testing.T) {
	t.Parallel()
	c := newDoors(t, door())
	c.apply(battery(0, 80), mark(after(100)), says(100, "lock", "lock=jammed"), mark(after(129)))
	c.wants("door-1", city.Critical, "jammed")
	c.apply(mark(after(130)))
	c.wants("door-1", city.OK, "")
	c.apply(says(200, "lock", "lock=jammed"), mark(after(229)))
	c.wants("door-1", city.Critical, "jammed")
	c.apply(mark(after(231)))
	if at := c.memory.last(t, "door-1").At; !at.Equal(after(230)) {
		t.Fatalf("the second time it expired at %s, want %s", at, after(230))
	}
}

func TestAThingThatIsDisabledOnPurposeIsInMaintenance(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		says   []string
		facet  city.Status
		status city.Status
		reason city.Reason
	}{
		{"alone", []string{"mode=disabled"}, city.Maintenance, city.Maintenance, "disabled"},
		{"beside what is well", []string{"mode=disabled", "seal=whole", "lock=open"}, city.Maintenance, city.Maintenance, "disabled"},
		{"a worse word of the facet wins", []string{"mode=disabled", "seal=broken"}, city.Warning, city.Warning, "seal_broken"},
		{"a worse word of the device wins", []string{"mode=disabled", "lock=jammed"}, city.Maintenance, city.Critical, "jammed"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := newDoors(t, door())
			c.apply(says(0, "plan", tt.says...))
			c.wants("door-1", tt.status, tt.reason)
			if got := c.device("door-1").Facets[city.Recording]; got != tt.facet {
				t.Fatalf("the facet is %s, want %s", got, tt.facet)
			}
			if n := c.board.City().Devices.Maintenance; (n == 1) != (tt.status == city.Maintenance) {
				t.Fatalf("%d devices are counted as in maintenance", n)
			}
			c.apply(mark(after(180)))
			c.wants("door-1", city.Stale, city.ReasonSilent)
		})
	}
}

func TestAnAnnouncementIsNoSignOfLife(t *testing.T) {
	t.Parallel()
	c := newDoors(t, door())
	c.apply(said(after(0), city.Observation{
		Subsystem: "doors", Location: "loc-1", Device: "door-1", Kind: "announcement", ObservedAt: after(0),
		Announcement: &city.Announcement{Name: "Front door"},
	}))
	c.wants("door-1", city.Unknown, city.ReasonNeverHeard)
}

func TestAStateFromBeforeKindsHadWindowsIsRestored(t *testing.T) {
	t.Parallel()
	c := newDoors(t, door())
	c.apply(says(0, "lock", "lock=open"), says(10, "event"))
	blob, err := c.record.State()
	if err != nil {
		t.Fatal(err)
	}
	var state map[string]any
	if err := json.Unmarshal(blob, &state); err != nil {
		t.Fatal(err)
	}
	delete(state["devices"].([]any)[0].(map[string]any), "bare")
	if blob, err = json.Marshal(state); err != nil {
		t.Fatal(err)
	}
	b := live.NewBoard(live.BoardConfig{Specs: []subsystem.Spec{doors()}, Zone: civic()})
	b.SetInventory(inventory(t, door()))
	if err := b.Restore(0, blob, 1); err != nil {
		t.Fatal(err)
	}
	if v, _ := b.Device("door-1"); !v.ValidUntil.Equal(after(190)) {
		t.Fatalf("valid until %s, want three cadences after it was heard last", v.ValidUntil)
	}
}
