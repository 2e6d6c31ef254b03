package live_test

import (
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"opscenter/internal/city"
	"opscenter/internal/live"
)

// watch collects the keys that change.
func watch(b *live.Board) (take func() []string, cancel func()) {
	var keys []string
	cancel = b.Watch(func(changes []city.Change) {
		for _, c := range changes {
			keys = append(keys, c.Key+"@"+c.Location)
		}
	})
	return func() []string {
		defer func() { keys = nil }()
		slices.Sort(keys)
		return keys
	}, cancel
}

func TestWatchersAreToldEveryKeyOnceAndWhatFollowsFromIt(t *testing.T) {
	t.Parallel()
	c := newCenter(t, camera("cam-1", "loc-1"), camera("cam-2", "loc-1"))
	c.apply(mark(after(0)))
	take, cancel := watch(c.board)
	c.apply(health("cam-1", after(0.1), after(0)), health("cam-1", after(0.2), after(0.1)))
	want := []string{"area/ward-1@", "city@", "device/cam-1@loc-1", "location/loc-1@loc-1", "subsystem/cams@"}
	if diff := cmp.Diff(want, take()); diff != "" {
		t.Fatal(diff)
	}
	c.apply(health("cam-1", after(0.3), after(0.2))) // as well as before
	if diff := cmp.Diff([]string{"device/cam-1@loc-1"}, take()); diff != "" {
		t.Fatal(diff)
	}
	c.apply(mark(after(0.4)))
	if got := take(); len(got) != 0 {
		t.Fatalf("nothing changed, but %v", got)
	}
	cancel()
	c.apply(health("cam-1", after(0.5), after(0.5), "image=dark"))
	if got := take(); len(got) != 0 {
		t.Fatalf("told %v after cancel", got)
	}
}

func TestEntitiesAreEncodedOnceUntilTheyChange(t *testing.T) {
	t.Parallel()
	c := newCenter(t, camera("cam-1", "loc-1"), camera("cam-2", "loc-1"))
	c.apply(health("cam-1", after(0), after(0)), health("cam-2", after(0), after(0)))
	get := func(key string) (data []byte) {
		c.board.Cut(func(p city.Picture) { data, _ = p.Entity(key) })
		return data
	}
	one, two := get("device/cam-1"), get("device/cam-2")
	kept := string(one)
	c.apply(health("cam-1", after(1), after(1), "fps=22"))
	if again := get("device/cam-2"); &again[0] != &two[0] {
		t.Error("cam-2 was encoded again though it did not change")
	}
	if again := get("device/cam-1"); string(again) == kept || string(one) != kept {
		t.Error("cam-1 was not encoded again, or over what was handed out")
	}
}

func TestWhatFollowsFromAChangeIsEncodedAgain(t *testing.T) {
	t.Parallel()
	c := newCenter(t, camera("cam-1", "loc-1"))
	c.apply(health("cam-1", after(0), after(0)))
	picture(c.board)
	c.apply(health("cam-1", after(1), after(1), "image=dark"))
	for _, key := range []string{"device/cam-1", "location/loc-1", "area/ward-1", "subsystem/cams", "city"} {
		if got := c.entity(key); !strings.Contains(got, `"status":"warning"`) {
			t.Errorf("%s is still %s", key, got)
		}
	}
}

func TestWatchersAreToldThatABoardWasRestored(t *testing.T) {
	t.Parallel()
	c := newCenter(t, camera("cam-1", "loc-1"))
	blob, err := c.record.State()
	if err != nil {
		t.Fatal(err)
	}
	c.apply(health("cam-1", after(0), after(0)), event(after(0), after(0), "incident", "a", "fire", city.Started))
	picture(c.board)
	alarm := "alarm/" + c.board.Alarms()[0].ID + "@loc-1"
	take, cancel := watch(c.board)
	defer cancel()
	if err := c.board.Restore(0, blob, 0); err != nil {
		t.Fatal(err)
	}
	want := []string{
		alarm, "alarmgroup/incident.fire.ward-1@",
		"area/ward-0@", "area/ward-1@", "city@", "device/cam-1@loc-1", "event/a@loc-1", "location/loc-1@loc-1", "subsystem/cams@", "subsystem/env@",
	}
	if diff := cmp.Diff(want, slices.Compact(take())); diff != "" {
		t.Fatal(diff)
	}
	c.wants("cam-1", city.Unknown, city.ReasonNeverHeard)
	if got := c.board.City(); got.Incidents != 0 || c.entity("event/a") != "" {
		t.Fatalf("the city is %+v", got)
	}
}

func TestEntitiesAreShapedAsTheContractSays(t *testing.T) {
	t.Parallel()
	c := newCenter(t, camera("cam-1", "loc-1"))
	c.apply(mark(after(0)), health("cam-1", after(0), after(0), "image=frozen", "fps=24.9"))
	for key, want := range map[string]string{
		"device/cam-1": `{"id":"cam-1","subsystem":"cams","kind":"camera.overview","name":"Camera cam-1","location":"loc-1",
			"status":"critical","reason":"frozen","since":"2026-11-23T08:15:00+07:00","observed_at":"2026-11-23T08:15:00+07:00",
			"received_at":"2026-11-23T08:15:00+07:00","valid_until":"2026-11-23T08:15:30+07:00",
			"facets":{"link":"ok","recording":"ok","image":"critical"},"facet_reasons":{"image":"frozen"},
			"states":{"stream":"ok","recording":"true","image":"frozen"},
			"readings":{"fps":{"value":24.9,"unit":"fps","observed_at":"2026-11-23T08:15:00+07:00","status":"ok"},
			"storage_used_pct":{"value":60,"unit":"%","observed_at":"2026-11-23T08:15:00+07:00","status":"ok"}}}`,
		"location/loc-1": `{"id":"loc-1","name":"loc-1","area":"ward-1","lat":21.3,"lon":105.4,"status":"critical",
			"devices":{"ok":0,"warning":0,"critical":1,"stale":0,"unknown":0,"maintenance":0},"incidents":0,"alarms":{"active":0,"unacknowledged":0,"critical":0},"readings":{}}`,
		"area/ward-0": `{"id":"ward-0","name":"Việt Trì","status":"unknown","locations":0,
			"devices":{"ok":0,"warning":0,"critical":0,"stale":0,"unknown":0,"maintenance":0},"incidents":0,"alarms":{"active":0,"unacknowledged":0,"critical":0},"readings":{}}`,
		"subsystem/cams": `{"id":"cams","names":{"vi":"Camera","en":"Cameras"},"status":"critical",
			"devices":{"ok":0,"warning":0,"critical":1,"stale":0,"unknown":0,"maintenance":0},"incidents":0,"alarms":{"active":0,"unacknowledged":0,"critical":0},"readings":{},"indicators":{}}`,
		"city": `{"status":"critical","devices":{"ok":0,"warning":0,"critical":1,"stale":0,"unknown":0,"maintenance":0},
			"incidents":0,"alarms":{"active":0,"unacknowledged":0,"critical":0},"flood":{"active":false,"new_10min":0},"observations_per_s":0,"readings":{}}`,
	} {
		var got, wanted any
		c.board.Cut(func(p city.Picture) {
			data, _ := p.Entity(key)
			if err := json.Unmarshal(data, &got); err != nil {
				t.Fatalf("%s: %v", key, err)
			}
		})
		if err := json.Unmarshal([]byte(want), &wanted); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(wanted, got); diff != "" {
			t.Errorf("%s: %s", key, diff)
		}
	}
}

func TestEachVisitsKeysInOrder(t *testing.T) {
	t.Parallel()
	c := newCenter(t, camera("cam-1", "loc-1"), camera("cam-10", "loc-22"), camera("cam-2", "loc-1"))
	c.apply(event(after(0), after(0), "incident", "b", "fire", city.Started), event(after(0), after(0), "incident", "a", "fire", city.Started))
	if err := c.board.SetSystem(map[string]string{"version": "1"}); err != nil {
		t.Fatal(err)
	}
	var alarms []string
	for _, a := range c.board.Alarms() {
		alarms = append(alarms, "alarm/"+a.ID+"@loc-1")
	}
	slices.Sort(alarms)
	for prefix, want := range map[string]string{
		"alarmg": "alarmgroup/incident.fire.ward-1@",
		"ar":     "area/ward-0@ area/ward-1@",
		"": strings.Join(alarms, " ") + " alarmgroup/incident.fire.ward-1@ area/ward-0@ area/ward-1@ city@ device/cam-1@loc-1 device/cam-10@loc-22 device/cam-2@loc-1 event/a@loc-1 event/b@loc-1 " +
			"location/loc-1@loc-1 location/loc-22@loc-22 subsystem/cams@ subsystem/env@ system@",
		"device/cam-1": "device/cam-1@loc-1 device/cam-10@loc-22",
		"dev":          "device/cam-1@loc-1 device/cam-10@loc-22 device/cam-2@loc-1",
		"event/":       "event/a@loc-1 event/b@loc-1",
		"s":            "subsystem/cams@ subsystem/env@ system@",
		"city":         "city@", "city/": "", "nothing": "", "device/cam-3": "",
	} {
		var got []string
		c.board.Cut(func(p city.Picture) {
			p.Each(prefix, func(key, location string) { got = append(got, key+"@"+location) })
		})
		if diff := cmp.Diff(want, strings.Join(got, " ")); diff != "" {
			t.Errorf("%q: %s", prefix, diff)
		}
	}
	c.board.Cut(func(p city.Picture) {
		for _, key := range []string{"", "device", "device/", "device/none", "city/", "system/x", "event/none", "area/none", "location/none", "subsystem/none"} {
			if _, ok := p.Entity(key); ok {
				t.Errorf("there is an entity %q", key)
			}
		}
	})
}

func TestTheSystemIsAnEntityThatChangesWhenItDoes(t *testing.T) {
	t.Parallel()
	c := newCenter(t)
	take, cancel := watch(c.board)
	defer cancel()
	for range 2 {
		if err := c.board.SetSystem(map[string]any{"ingest": "live"}); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{"system@"}, take()); diff != "" {
		t.Fatal(diff)
	}
	if err := c.board.SetSystem(func() {}); err == nil {
		t.Fatal("a function was encoded")
	}
}

func TestTheInventoryMayChangeWhileTheBoardRuns(t *testing.T) {
	t.Parallel()
	c := newCenter(t, camera("cam-1", "loc-1"), camera("cam-2", "loc-1"), camera("cam-3", "loc-33"))
	c.apply(health("cam-1", after(0), after(0)), health("cam-2", after(0), after(0)))
	take, cancel := watch(c.board)
	defer cancel()
	moved, added := camera("cam-2", "loc-22"), camera("cam-4", "loc-1")
	inv := inventory(t, camera("cam-1", "loc-1"), moved, added, camera("cam-5", "loc-1"))
	c.board.SetInventory(inv)
	c.record.SetInventory(inv)
	got := strings.Join(take(), " ")
	for _, key := range []string{
		"device/cam-2@loc-1", "device/cam-2@loc-22", "device/cam-3@loc-33", "device/cam-4@loc-1",
		"location/loc-1@loc-1", "location/loc-22@loc-22", "location/loc-33@loc-33", "city@", "subsystem/cams@",
	} {
		if !strings.Contains(got, key) {
			t.Errorf("%s did not change: %s", key, got)
		}
	}
	if strings.Contains(got, "device/cam-1@") {
		t.Errorf("cam-1 did not change: %s", got)
	}
	if c.entity("device/cam-3") != "" || c.entity("location/loc-33") != "" {
		t.Error("what is gone is still shown")
	}
	if v := c.device("cam-2"); v.Status != city.OK || v.Location != "loc-22" {
		t.Errorf("what moved is %+v, want what it was", v)
	}
	if v := c.location("loc-1"); v.Devices != (live.Counts{OK: 1, Unknown: 2}) {
		t.Errorf("loc-1 counts %+v", v.Devices)
	}
	c.apply(mark(after(1)))
	if n := len(c.memory.statuses["cam-4"]); n != 1 {
		t.Errorf("%d changes of the new device, want its initial one", n)
	}
	c.apply(mark(after(31)))
	c.wants("cam-2", city.Stale, city.ReasonSilent)
}

func TestANewCadenceCountsFromTheNextEntryOn(t *testing.T) {
	t.Parallel()
	c := newCenter(t, camera("cam-1", "loc-1"))
	c.apply(health("cam-1", after(0), after(0)), mark(after(20)))
	fast := camera("cam-1", "loc-1")
	fast.Cadence = 5 * time.Second
	c.board.SetInventory(inventory(t, fast))
	c.apply(mark(after(21)))
	c.wants("cam-1", city.Stale, city.ReasonSilent)
}

func TestTheRateIsTheMeanOfTenWholeSeconds(t *testing.T) {
	t.Parallel()
	c := newCenter(t, camera("cam-1", "loc-1"))
	for s := range 20 {
		for i := range 5 {
			c.apply(health("cam-1", after(float64(s)+float64(i)/5), after(float64(s)+float64(i)/5)))
		}
	}
	c.apply(mark(after(20)))
	if got := c.board.City().ObservationsPerS; got != 5 {
		t.Fatalf("%v observations/s, want 5", got)
	}
	c.apply(mark(after(25)))
	if got := c.board.City().ObservationsPerS; got != 2.5 {
		t.Fatalf("%v observations/s, want 2.5", got)
	}
	c.apply(mark(after(100)))
	if got := c.board.City().ObservationsPerS; got != 0 {
		t.Fatalf("%v observations/s, want 0", got)
	}
}

func TestPartitionsAddUp(t *testing.T) {
	t.Parallel()
	const partitions = 3
	var devices []city.Device
	for _, n := range []string{"1", "2", "3", "4", "5", "66", "77"} {
		devices = append(devices, camera("cam-"+n, "loc-"+n))
	}
	b := live.NewBoard(live.BoardConfig{Specs: specs(), Zone: civic(), Partitions: partitions})
	b.SetInventory(inventory(t, devices...))
	var group sync.WaitGroup
	for p := range partitions {
		group.Go(func() {
			for i, d := range devices {
				if city.PartitionOf(d.Location, partitions) != p {
					continue
				}
				o := healthOf(d.ID, after(float64(i)))
				o.Location = d.Location
				b.Apply(p, []city.Entry{said(after(float64(i)), o)}, uint64(i)+1)
				_ = picture(b)
			}
			b.Apply(p, []city.Entry{mark(after(20))}, 100)
		})
	}
	group.Wait()
	if got := b.City(); got.Devices != (live.Counts{OK: 7}) || got.Status != city.OK {
		t.Fatalf("the city counts %+v", got.Devices)
	}
	areas := b.Areas()
	if areas[0].Devices.OK != 2 || areas[1].Devices.OK != 5 || areas[0].Locations != 2 || areas[1].Locations != 5 {
		t.Fatalf("areas %+v", areas)
	}
	if b.Position(1) != 100 || !b.Time().Equal(after(20)) || !b.Oldest().Equal(after(20)) {
		t.Fatalf("position %d, time %s, oldest %s", b.Position(1), b.Time(), b.Oldest())
	}
	if got := b.Devices(live.DeviceFilter{Location: "loc-66"}); len(got) != 1 || got[0].ID != "cam-66" {
		t.Fatalf("devices at loc-66: %+v", got)
	}
}
