package store_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"opscenter/internal/city"
	"opscenter/internal/store"
	"opscenter/internal/store/storetest"
)

func (d *db) history(device string, from, to time.Time) []store.Interval {
	d.t.Helper()
	history, err := d.History(d.t.Context(), device, from, to)
	if err != nil {
		d.t.Fatal(err)
	}
	return history
}

func at(second int) time.Time { return noon().Add(time.Duration(second) * time.Second) }

func TestHistoryIsWhatWasRecorded(t *testing.T) {
	t.Parallel()
	d := setup(t)
	facets := map[city.Facet]city.Status{city.Link: city.OK, city.Image: city.Critical}
	change := func(second int, s city.Status, r city.Reason) store.StatusChange {
		return store.StatusChange{Device: "cam-1", Status: s, Reason: r, Facets: facets, At: at(second)}
	}
	interval := func(from, to int, s city.Status, r city.Reason) store.Interval {
		i := store.Interval{From: at(from), Status: s, Reason: r, Facets: facets}
		if to > 0 {
			i.To = at(to)
		}
		return i
	}
	d.commit(&store.Write{Statuses: []store.StatusChange{
		change(0, city.Unknown, city.ReasonNeverHeard), change(10, city.OK, ""), change(20, city.OK, ""),
		change(30, city.Warning, "low_fps"), change(30, city.Critical, "no_stream"), // at one moment the last counts
	}})
	d.commit(&store.Write{Statuses: []store.StatusChange{
		change(40, city.Critical, "no_stream"), // nothing new
		change(50, city.Stale, city.ReasonSilent),
		{Device: "cam-2", Status: city.OK, At: at(0)},
	}})
	d.commit(&store.Write{Statuses: []store.StatusChange{change(50, city.OK, "")}}) // the one before had no length
	all := []store.Interval{
		interval(0, 10, city.Unknown, city.ReasonNeverHeard), interval(10, 30, city.OK, ""),
		interval(30, 50, city.Critical, "no_stream"), interval(50, 0, city.OK, ""),
	}
	equal(t, "all", d.history("cam-1", at(-100), at(100)), all)
	equal(t, "ends are exclusive", d.history("cam-1", at(10), at(30)), all[1:2])
	equal(t, "overlapping", d.history("cam-1", at(29), at(31)), all[1:3])
	equal(t, "now", d.history("cam-1", at(1000), at(1001)), all[3:])
	equal(t, "unknown device", d.history("cam-9", at(0), at(1000)), []store.Interval{})
}

func TestChangeBeforeTheLastIntervalTakesEffectAtItsBeginning(t *testing.T) {
	t.Parallel()
	d := setup(t)
	d.commit(&store.Write{Statuses: []store.StatusChange{{Device: "cam-1", Status: city.OK, At: at(10)}}})
	d.commit(&store.Write{Statuses: []store.StatusChange{{Device: "cam-1", Status: city.Stale, At: at(5)}}})
	equal(t, "history", d.history("cam-1", at(0), at(100)), []store.Interval{{From: at(10), Status: city.Stale}})
	d.exec("UPDATE status_interval SET during = tstzrange(lower(during), lower(during) + interval '10 s')")
	d.commit(&store.Write{Statuses: []store.StatusChange{{Device: "cam-1", Status: city.OK, At: at(5)}}})
	equal(t, "after a closed one", d.history("cam-1", at(0), at(100)), []store.Interval{
		{From: at(10), To: at(20), Status: city.Stale}, {From: at(20), Status: city.OK},
	})
}

// Whatever changes come, in whatever stretches, a device's intervals touch, differ from their
// neighbours in what was recorded, and say at every moment what the last change up to it said.
func TestIntervalsCoverEveryMomentOnce(t *testing.T) {
	t.Parallel()
	d := claim(t, storetest.URL(t))
	run := 0
	rapid.Check(t, func(r *rapid.T) {
		run++
		devices := []string{"a", "b", "c"}
		for i := range devices {
			devices[i] += "-" + time.Duration(run).String()
		}
		now := map[string]int{}
		said := map[string]map[int]city.Status{}
		for range rapid.IntRange(1, 4).Draw(r, "commits") {
			w := &store.Write{}
			for range rapid.IntRange(1, 8).Draw(r, "changes") {
				device := rapid.SampledFrom(devices).Draw(r, "device")
				now[device] += rapid.IntRange(0, 2).Draw(r, "later")
				status := rapid.SampledFrom(city.Statuses()).Draw(r, "status")
				if said[device] == nil {
					said[device] = map[int]city.Status{}
				}
				said[device][now[device]] = status
				w.Statuses = append(w.Statuses, store.StatusChange{Device: device, Status: status, At: at(now[device])})
			}
			d.commit(w)
		}
		for device, changes := range said {
			checkIntervals(r, device, d.history(device, at(-1), at(1000)), changes, now[device])
		}
	})
}

func checkIntervals(r *rapid.T, device string, history []store.Interval, changes map[int]city.Status, last int) {
	for i, interval := range history {
		if open := interval.To.IsZero(); open != (i == len(history)-1) {
			r.Fatalf("%s: interval %d of %d: open is %v: %v", device, i, len(history), open, history)
		}
		if i > 0 && !history[i-1].To.Equal(interval.From) {
			r.Fatalf("%s: intervals do not touch: %v", device, history)
		}
	}
	want, begun := city.Unknown, false
	for second := 0; second <= last+1; second++ {
		if status, ok := changes[second]; ok {
			want, begun = status, true
		}
		covered := 0
		for _, i := range history {
			if !i.From.After(at(second)) && (i.To.IsZero() || i.To.After(at(second))) {
				covered++
				if i.Status != want {
					r.Fatalf("%s: at %d it is %v, want %v: %v", device, second, i.Status, want, history)
				}
			}
		}
		if begun != (covered == 1) || covered > 1 {
			r.Fatalf("%s: %d intervals cover second %d: %v", device, covered, second, history)
		}
	}
}
