package store_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"opscenter/internal/availability"
	"opscenter/internal/city"
	"opscenter/internal/store"
	"opscenter/internal/store/storetest"
)

// seen is what EachDevice said of one device.
type seen struct {
	Placements []store.Placement
	History    []store.Interval
}

func (d *db) devices(from, to time.Time) map[string]seen {
	d.t.Helper()
	all := make(map[string]seen)
	err := d.EachDevice(d.t.Context(), from, to, func(p []store.Placement, h []store.Interval) error {
		all[p[0].Device] = seen{append([]store.Placement(nil), p...), append([]store.Interval(nil), h...)}
		return nil
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return all
}

// registry is an inventory of two places with cameras at the first, unless moved says otherwise.
func registry(t testing.TB, moved map[string]string, cameras ...string) *city.Inventory {
	t.Helper()
	var devices []city.Device
	for _, id := range cameras {
		d := city.Device{ID: id, Name: "Camera " + id, Location: "loc-1", Contractor: "vnpt", RegisteredAt: at(-1000)}
		if l := moved[id]; l != "" {
			d.Location = l
		}
		devices = append(devices, d)
	}
	inv, err := city.NewInventory(0, []city.Area{{ID: "old"}, {ID: "new"}},
		[]city.Location{{ID: "loc-1", Name: "Cầu", Area: "old"}, {ID: "loc-2", Name: "Chợ", Area: "new"}}, devices)
	if err != nil {
		t.Fatal(err)
	}
	return inv
}

func TestAMovedAndARemovedDeviceWereWhereTheyWere(t *testing.T) {
	t.Parallel()
	d := setup(t)
	d.apply(registry(t, nil, "cam-1", "cam-2", "cam-3"))
	before := time.Now().Add(-time.Second)
	d.apply(registry(t, map[string]string{"cam-1": "loc-2"}, "cam-1", "cam-2"))
	d.commit(&store.Write{Statuses: []store.StatusChange{
		{Device: "cam-1", Status: city.OK, At: at(0)},
		{Device: "cam-1", Status: city.Critical, Reason: "no_stream", At: at(10)},
		{Device: "cam-1", Status: city.OK, At: at(20)},
	}})
	all := d.devices(at(10), at(15))
	equal(t, "history", all["cam-1"].History, []store.Interval{
		{From: at(10), To: at(20), Status: city.Critical},
	})
	equal(t, "history of one that nothing is known of", all["cam-2"].History, []store.Interval(nil))
	equal(t, "a day ago", all["cam-1"].Placements, []store.Placement{{
		Device: "cam-1", Name: "Camera cam-1", Location: "loc-1", LocationName: "Cầu", Area: "old", Contractor: "vnpt",
		From: at(-1000), To: all["cam-1"].Placements[0].To,
	}})

	all = d.devices(at(0), time.Now().Add(time.Hour))
	moved := all["cam-1"].Placements
	if len(moved) != 2 || moved[0].To.Before(before) || !moved[1].From.Equal(moved[0].To) || moved[1].Location != "loc-2" || !moved[1].To.IsZero() {
		t.Errorf("cam-1 was at %+v", moved)
	}
	equal(t, "one that stayed", len(all["cam-2"].Placements), 1)
	if gone := all["cam-3"].Placements; len(gone) != 1 || gone[0].To.Before(before) {
		t.Errorf("cam-3 was at %+v", gone)
	}
	if later := d.devices(time.Now().Add(time.Minute), time.Now().Add(time.Hour)); len(later) != 2 {
		t.Errorf("later there are %d devices", len(later))
	}
	d.apply(registry(t, nil, "cam-3"))
	if back := d.devices(at(0), time.Now().Add(time.Hour))["cam-3"].Placements; len(back) != 2 || back[1].From.Before(back[0].To) {
		t.Errorf("cam-3 was registered again: %+v", back)
	}
}

// Two changes at one moment, or a clock that stepped back, leave no placement without length.
func TestAPlacementThatNeverBeganIsForgotten(t *testing.T) {
	t.Parallel()
	d := setup(t)
	ahead := time.Now().Add(time.Hour).UTC().Truncate(time.Second)
	register := func(location string) {
		inv := registry(t, map[string]string{"cam-1": location}, "cam-1")
		inv.Devices[0].RegisteredAt = ahead
		d.apply(inv)
	}
	register("loc-1")
	register("loc-2")
	equal(t, "placements", d.devices(ahead, ahead.Add(time.Hour))["cam-1"].Placements, []store.Placement{
		{Device: "cam-1", Name: "Camera cam-1", Location: "loc-2", LocationName: "Chợ", Area: "new", Contractor: "vnpt", From: ahead},
	})
}

// What comes of changes that the store was told, at whatever times and in whatever stretches, adds up
// to the period of every device: also when the clock stepped back between them.
func TestWhatIsStoredAddsUpToThePeriod(t *testing.T) {
	t.Parallel()
	d := claim(t, storetest.URL(t))
	run := 0
	rapid.Check(t, func(r *rapid.T) {
		run++
		id := fmt.Sprint("cam-", run)
		now := rapid.IntRange(-50, 50).Draw(r, "begin")
		for range rapid.IntRange(0, 4).Draw(r, "commits") {
			w := &store.Write{}
			for range rapid.IntRange(1, 5).Draw(r, "changes") {
				now += rapid.SampledFrom([]int{0, 1, 7, 30, -20}).Draw(r, "step")
				moment := at(now).Add(time.Duration(rapid.IntRange(0, 999_999).Draw(r, "µs")) * time.Microsecond)
				w.Statuses = append(w.Statuses, store.StatusChange{Device: id, Status: rapid.SampledFrom(city.Statuses()).Draw(r, "status"), At: moment})
			}
			d.commit(w)
		}
		if err := d.ApplyInventory(context.Background(), registry(t, nil, id)); err != nil {
			r.Fatal(err)
		}
		from := at(rapid.IntRange(-60, 60).Draw(r, "from"))
		to := from.Add(time.Duration(rapid.IntRange(1, 120).Draw(r, "length")) * time.Second)
		s := account(r, d, id, from, to)
		if sum := s.Up + s.Down + s.Unknown + s.Maintenance; sum != to.Unix()-from.Unix() || s.Period != sum {
			r.Fatalf("%+v adds up to %d s of %v", s, sum, to.Sub(from))
		}
		known := s.Up + s.Down + s.Maintenance
		for _, i := range d.history(id, from, to) {
			if i.Status != city.Unknown && i.Status != city.Stale {
				known -= min(endOf(i).Unix(), to.Unix()) - max(i.From.Unix(), from.Unix())
			}
		}
		if known != 0 {
			r.Fatalf("%+v is %d s off from the intervals", s, known)
		}
	})
}

func endOf(i store.Interval) time.Time {
	if i.To.IsZero() {
		return at(1 << 20)
	}
	return i.To
}

func account(r *rapid.T, d *db, id string, from, to time.Time) (s availability.Sums) {
	err := d.EachDevice(d.t.Context(), from, to, func(p []store.Placement, h []store.Interval) error {
		if p[0].Device != id {
			return nil
		}
		history := make([]availability.Interval, len(h))
		for i := range h {
			history[i] = availability.Interval{From: h[i].From, To: h[i].To, Status: h[i].Status}
		}
		s = availability.Account(history, from, to)
		return nil
	})
	if err != nil {
		r.Fatal(err)
	}
	return s
}
