package live_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"opscenter/internal/city"
	"opscenter/internal/live"
	"opscenter/internal/subsystem"
)

// townSpecs are the subsystems of the town.
func townSpecs() []subsystem.Spec { return []subsystem.Spec{cameras(), sensors(), services(), air()} }

// town is a small inventory in which everything occurs: parents, sensors, a system that tells
// figures, two locations.
func town() []city.Device {
	devices := family()
	far := camera("cam-3", "loc-22")
	far.Cadence = 25 * time.Second
	return append(devices, far, desk("desk-1", "loc-1"), station(), city.Device{ID: "pm-1", Location: "loc-1", Subsystem: "env", Kind: "sensor.air", RegisteredAt: start().Add(time.Minute)})
}

// history draws a log in which everything may happen: redelivery, replays, wrong clocks, gaps.
func history(r *rapid.T, most int) []city.Entry {
	var log []city.Entry
	now := start().Add(15*time.Hour + 40*time.Minute) // civic midnight is near
	for range rapid.IntRange(1, most).Draw(r, "entries") {
		now = now.Add(time.Duration(rapid.SampledFrom([]int{0, 0, 1, 250, 1000, 9_999, 10_000, 30_000, 45_000, 400_000, 2_000_000}).Draw(r, "gap")) * time.Millisecond)
		switch rapid.IntRange(0, 11).Draw(r, "what") {
		case 11:
			log = append(log, city.Entry{At: now, Deaf: true})
		case 10:
			log = append(log, drawUpkeep(r, now))
		case 0, 1:
			log = append(log, mark(now))
		case 2:
			if len(log) > 0 { // again, the same
				again := log[rapid.IntRange(max(0, len(log)-5), len(log)-1).Draw(r, "again")]
				again.At = now
				log = append(log, again)
			}
		case 3:
			log = append(log, city.Entry{At: now, Rejection: &city.Rejection{Code: "malformed"}})
		default:
			log = append(log, said(now, drawObservation(r, now)))
		}
	}
	return log
}

// drawUpkeep plans or cancels maintenance.
func drawUpkeep(r *rapid.T, now time.Time) city.Entry {
	id := rapid.SampledFrom([]string{"w1", "w2", "w3"}).Draw(r, "window")
	a := &city.Action{Key: fmt.Sprint(rapid.IntRange(0, 50).Draw(r, "key")), Verb: city.Resume, WindowID: id, Actor: "lan"}
	if rapid.Bool().Draw(r, "plan") {
		a.Verb, a.Window = city.Maintain, &city.Window{
			ID: id, Start: now.Add(time.Duration(rapid.IntRange(-100, 600).Draw(r, "begins")) * time.Second),
			Duration: time.Duration(rapid.IntRange(1, 3000).Draw(r, "lasts")) * time.Second,
			Rule:     rapid.SampledFrom([]string{"", "", "FREQ=DAILY"}).Draw(r, "rule"),
			Device:   rapid.SampledFrom([]string{"cam-1", "nvr", ""}).Draw(r, "of"), Subsystem: "cams",
		}
	}
	return city.Entry{At: now, Action: a}
}

func drawObservation(r *rapid.T, now time.Time) city.Observation {
	device := rapid.SampledFrom([]string{"cam-1", "cam-2", "cam-3", "nvr", "switch", "pm-1", "unregistered"}).Draw(r, "device")
	observed := now.Add(time.Duration(rapid.SampledFrom([]int{0, 0, 0, -1, -20, -3600, -86400 * 400, 5, 86400 * 400}).Draw(r, "off")) * time.Second)
	switch rapid.IntRange(0, 5).Draw(r, "line") {
	case 0:
		return drawService(r, now, observed)
	case 1:
		return *measures(now, observed, city.Reading{Metric: rapid.SampledFrom([]string{"pm25", "no2"}).Draw(r, "metric"), Value: rapid.Float64Range(0, 99).Draw(r, "dust")}).Observation
	}
	var o city.Observation
	switch rapid.IntRange(0, 5).Draw(r, "kind") {
	case 0:
		o = *availability(device, now, rapid.SampledFrom([]string{"online", "offline"}).Draw(r, "availability"), false).Observation
		observed = time.Time{}
	case 1, 2:
		o = healthOf(device, observed, "image="+rapid.SampledFrom([]string{"ok", "dark", "frozen"}).Draw(r, "image"), "fps="+rapid.SampledFrom([]string{"25", "15"}).Draw(r, "fps"))
	case 3:
		o = *flow(device, now, observed, rapid.SampledFrom([]string{"", "1"}).Draw(r, "channel"),
			float64(rapid.IntRange(0, 9).Draw(r, "vehicles")), 10, occupancy(rapid.Float64Range(0, 100).Draw(r, "occupancy"))).Observation
	case 4:
		o = *event(now, observed, "incident", rapid.SampledFrom([]string{"a", "b", "c"}).Draw(r, "id"), "accident",
			rapid.SampledFrom([]city.Phase{city.Started, city.Updated, city.Ended}).Draw(r, "phase")).Observation
	case 5:
		o = *event(now, observed, "violation", fmt.Sprint(rapid.IntRange(0, 99).Draw(r, "id")), rapid.SampledFrom([]string{"speeding", "red_light"}).Draw(r, "type"), city.Instant).Observation
	}
	o.Device, o.ObservedAt, o.Undated = device, observed, false
	if o.Event == nil && rapid.IntRange(0, 9).Draw(r, "undated") == 0 {
		o.ObservedAt = time.Time{}
	}
	if device == "cam-3" {
		o.Location = "loc-22"
	}
	o.Retained = rapid.IntRange(0, 4).Draw(r, "retained") == 0
	return o
}

// drawService draws what the services say: a figure, or news of a case.
func drawService(r *rapid.T, now, observed time.Time) city.Observation {
	o := *tells(now, "", "", float64(rapid.IntRange(0, 120).Draw(r, "value")), revision(rapid.IntRange(0, 2).Draw(r, "revision"))).Observation
	told := rapid.SampledFrom([][2]string{
		{"on_time", "2026-11-22"},
		{"on_time", "2026-11-23"},
		{"on_time", "2026-11-24"},
		{"revenue", "2026-10"},
		{"revenue", "2026-11"},
		{"backlog", "2026-11-23"},
		{"backlog", "2026-W48"},
		{"open", "2026-11-23"},
	}).Draw(r, "indicator")
	o.Indicator.Code, o.Indicator.Period = told[0], told[1]
	o.Indicator.Scope = rapid.SampledFrom([]string{"", "", "ward-1"}).Draw(r, "scope")
	if rapid.Bool().Draw(r, "case") {
		o = *caseOf(observed, now, rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(r, "id"),
			rapid.SampledFrom([]city.Phase{city.Started, city.Started, city.Updated, city.Ended, city.Instant}).Draw(r, "phase")).Observation
		if rapid.IntRange(0, 2).Draw(r, "dated") == 0 {
			o.Event.DueAt = now.Add(time.Duration(rapid.IntRange(-2, 120).Draw(r, "due")) * time.Second)
		}
	}
	o.Device = rapid.SampledFrom([]string{"", "desk-1"}).Draw(r, "by")
	o.ObservedAt, o.Undated = observed, false
	o.Retained = rapid.IntRange(0, 4).Draw(r, "retained") == 0
	return o
}

// run applies a log in batches of the given size.
func run(t testing.TB, inv *city.Inventory, log []city.Entry, batch int) (*live.Board, *memory) {
	t.Helper()
	b := live.NewBoard(live.BoardConfig{Specs: townSpecs(), Zone: civic()})
	m := newMemory()
	p := live.NewProjection(live.ProjectionConfig{Specs: townSpecs(), Zone: civic(), Effects: m})
	b.SetInventory(inv)
	p.SetInventory(inv)
	for chunk := range slices.Chunk(log, batch) {
		b.Apply(0, chunk, 1)
		for i := range chunk {
			p.Apply(&chunk[i])
		}
	}
	return b, m
}

func TestTheSameLogGivesTheSamePictureAndEffects(t *testing.T) {
	t.Parallel()
	inv := inventory(t, town()...)
	rapid.Check(t, func(r *rapid.T) {
		log := history(r, 80)
		b1, m1 := run(t, inv, log, 1000)
		b2, m2 := run(t, inv, log, rapid.IntRange(1, 7).Draw(r, "batch"))
		if diff := cmp.Diff(picture(b1), picture(b2)); diff != "" {
			r.Fatalf("picture: %s", diff)
		}
		if diff := cmp.Diff(m1.lines, m2.lines); diff != "" {
			r.Fatalf("effects: %s", diff)
		}
	})
}

func TestAPictureThatIsReadAllTheTimeIsNoOther(t *testing.T) {
	t.Parallel()
	inv := inventory(t, town()...)
	rapid.Check(t, func(r *rapid.T) {
		log := history(r, 40)
		once, _ := run(t, inv, log, 1000)
		often := live.NewBoard(live.BoardConfig{Specs: townSpecs(), Zone: civic()})
		often.SetInventory(inv)
		for i := range log {
			often.Apply(0, log[i:i+1], uint64(i))
			picture(often)
		}
		if diff := cmp.Diff(picture(once), picture(often)); diff != "" {
			r.Fatal(diff)
		}
	})
}

func TestCountsAndTransitionsAgreeWithTheDevices(t *testing.T) {
	t.Parallel()
	inv := inventory(t, town()...)
	rapid.Check(t, func(r *rapid.T) {
		b, m := run(t, inv, history(r, 80), 10)
		perLocation, perArea, perSubsystem := map[string]map[city.Status]int{}, map[string]map[city.Status]int{}, map[string]map[city.Status]int{}
		everything := map[city.Status]int{}
		for _, d := range b.Devices(live.DeviceFilter{}) {
			area := inv.Location(d.Location).Area
			for _, at := range []map[city.Status]int{at(perLocation, d.Location), at(perArea, area), at(perSubsystem, d.Subsystem), everything} {
				at[d.Status]++
			}
			checkChain(r, m.statuses[d.ID])
			if list := m.statuses[d.ID]; len(list) > 0 && (list[len(list)-1].To != d.Status || list[len(list)-1].Reason != d.Reason) {
				r.Fatalf("%s is %s, but %+v was recorded last", d.ID, d.Status, list[len(list)-1])
			}
		}
		open := map[string]int{}
		for _, e := range b.Events() {
			if e.Phase == city.Started || e.Phase == city.Updated {
				open[e.Location]++
			}
		}
		total := 0
		for _, l := range b.Locations() {
			checkCounts(r, l.ID, l.Devices, l.Status, perLocation[l.ID])
			if l.Incidents != open[l.ID] {
				r.Fatalf("%s counts %d incidents, and %d are open", l.ID, l.Incidents, open[l.ID])
			}
			total += l.Incidents
		}
		for _, a := range b.Areas() {
			checkCounts(r, a.ID, a.Devices, a.Status, perArea[a.ID])
		}
		for _, s := range b.Subsystems() {
			checkCounts(r, s.ID, s.Devices, worst(perSubsystem[s.ID]), perSubsystem[s.ID])
			all := maps.Clone(perSubsystem[s.ID])
			for _, v := range s.Indicators {
				if v.Status != city.Unknown {
					all[v.Status]++
				}
			}
			if want := worst(all); s.Status != want {
				r.Fatalf("%s is %s, its worst device or indicator %s", s.ID, s.Status, want)
			}
		}
		all := b.City()
		checkCounts(r, "the city", all.Devices, all.Status, everything)
		if all.Incidents != total {
			r.Fatalf("the city counts %d incidents, its locations %d", all.Incidents, total)
		}
	})
}

func TestADeviceIsEncodedAsItsViewIs(t *testing.T) {
	t.Parallel()
	devices := town()
	devices[2].Name, devices[2].Model, devices[2].Contractor = "Ngã tư \"Tỉnh ủy\"\n\xff", `\<&>`, "VNPT"
	inv := inventory(t, devices...)
	rapid.Check(t, func(r *rapid.T) {
		log := history(r, 40)
		for _, e := range log {
			if e.Observation != nil && len(e.Observation.Readings) > 0 {
				e.Observation.Readings[0].Value = rapid.Float64().Draw(r, "value")
			}
		}
		b, _ := run(t, inv, log, 10)
		for _, d := range b.Devices(live.DeviceFilter{}) {
			var got, want any
			b.Cut(func(p city.Picture) {
				data, _ := p.Entity("device/" + d.ID)
				if err := json.Unmarshal(data, &got); err != nil {
					r.Fatalf("%v: %s", err, data)
				}
			})
			data, err := json.Marshal(d)
			if err == nil {
				err = json.Unmarshal(data, &want)
			}
			if err != nil {
				r.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				r.Fatal(diff)
			}
		}
	})
}

func at(m map[string]map[city.Status]int, key string) map[city.Status]int {
	if m[key] == nil {
		m[key] = map[city.Status]int{}
	}
	return m[key]
}

func checkCounts(r *rapid.T, of string, got live.Counts, status city.Status, want map[city.Status]int) {
	counts := live.Counts{
		OK: want[city.OK], Warning: want[city.Warning], Critical: want[city.Critical],
		Stale: want[city.Stale], Unknown: want[city.Unknown], Maintenance: want[city.Maintenance],
	}
	if got != counts {
		r.Fatalf("%s counts %+v, its devices are %+v", of, got, counts)
	}
	if wanted := worst(want); status != wanted {
		r.Fatalf("%s is %s, its worst device %s", of, status, wanted)
	}
}

// worst returns the worst status that there is any of.
func worst(counts map[city.Status]int) city.Status {
	for _, s := range city.Statuses() {
		if counts[s] > 0 {
			return s
		}
	}
	return city.Unknown
}

func TestARestoredProjectionGoesOnAsIfNothingHadHappened(t *testing.T) {
	t.Parallel()
	inv := inventory(t, town()...)
	rapid.Check(t, func(r *rapid.T) {
		log := history(r, 120)
		cut := rapid.IntRange(0, len(log)).Draw(r, "cut")
		straight, m1 := run(t, inv, log, 1000)

		m2 := newMemory()
		first := live.NewProjection(live.ProjectionConfig{Specs: townSpecs(), Zone: civic(), Effects: m2})
		first.SetInventory(inv)
		for i := range log[:cut] {
			first.Apply(&log[i])
		}
		blob, err := first.State()
		if err != nil {
			r.Fatal(err)
		}
		second := live.NewProjection(live.ProjectionConfig{Specs: townSpecs(), Zone: civic(), Effects: m2})
		second.SetInventory(inv)
		if err := second.Restore(blob); err != nil {
			r.Fatal(err)
		}
		again, err := second.State()
		if err != nil {
			r.Fatal(err)
		}
		if diff := cmp.Diff(string(blob), string(again)); diff != "" {
			r.Fatalf("saved again: %s", diff)
		}
		board := live.NewBoard(live.BoardConfig{Specs: townSpecs(), Zone: civic()})
		board.SetInventory(inv)
		if err := board.Restore(0, blob, uint64(cut)); err != nil {
			r.Fatal(err)
		}
		for i := range log[cut:] {
			second.Apply(&log[cut+i])
		}
		board.Apply(0, log[cut:], uint64(len(log)))
		if diff := cmp.Diff(picture(straight), picture(board)); diff != "" {
			r.Fatalf("picture: %s", diff)
		}
		if diff := cmp.Diff(m1.lines, m2.lines); diff != "" {
			r.Fatalf("effects: %s", diff)
		}
	})
}

func TestAStateOfAnotherInventoryIsTakenAsFarAsItGoes(t *testing.T) {
	t.Parallel()
	c := newCenter(t, camera("cam-1", "loc-1"), camera("cam-2", "loc-1"))
	c.apply(health("cam-1", after(0), after(0)), health("cam-2", after(0), after(0)))
	blob, err := c.record.State()
	if err != nil {
		t.Fatal(err)
	}
	b := live.NewBoard(live.BoardConfig{Specs: townSpecs(), Zone: civic()})
	b.SetInventory(inventory(t, camera("cam-2", "loc-1"), camera("cam-3", "loc-1")))
	if err := b.Restore(0, blob, 7); err != nil {
		t.Fatal(err)
	}
	if got := b.City().Devices; got != (live.Counts{OK: 1, Unknown: 1}) || b.Position(0) != 7 {
		t.Fatalf("the city counts %+v at %d", got, b.Position(0))
	}
}

func TestAStateThatCannotBeReadIsRefused(t *testing.T) {
	t.Parallel()
	for blob, want := range map[string]string{
		`{"version":99}`: "version 99", `{}`: "version 0", `nonsense`: "saved state",
		`{"version":1,"devices":[{"id":"cam-1","sub":"cams","st":"ok","readings":[{"m":"fps","k":3}]}]}`: "no kind",
	} {
		p := live.NewProjection(live.ProjectionConfig{Specs: specs()})
		if err := p.Restore([]byte(blob)); err == nil || !strings.Contains(err.Error(), "inventory") {
			t.Fatalf("without an inventory: %v", err)
		}
		p.SetInventory(inventory(t, camera("cam-1", "loc-1")))
		err := p.Restore([]byte(blob))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want an error with %q", blob, err, want)
		}
	}
}
