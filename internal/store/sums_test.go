package store_test

import (
	"testing"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/store"
)

func (d *db) sums(r store.Resolution) []store.Sum {
	d.t.Helper()
	sums, err := d.Sums(d.t.Context(), store.SumQuery{
		Scope: store.Scope{Location: "loc-1"}, Kind: "flow", Value: "speed", Weight: "vehicles", Product: "speed*vehicles",
		Resolution: r, From: noon().Add(-time.Hour), To: noon().Add(24 * time.Hour),
	})
	if err != nil {
		d.t.Fatal(err)
	}
	for i := range sums {
		sums[i].At = sums[i].At.UTC()
	}
	return sums
}

func TestSumsAreThoseOfTheLocationsReports(t *testing.T) {
	t.Parallel()
	d := setup(t)
	d.apply(registry(t, map[string]string{"cam-9": "loc-2"}, "cam-1", "cam-2", "cam-9"))
	reading := func(device, kind string, second int, values ...city.Reading) store.Reading {
		return store.Reading{Device: device, Kind: kind, Channel: "1", ObservedAt: at(second), ReceivedAt: at(second), Values: values}
	}
	speed, vehicles := city.Reading{Metric: "speed", Value: 40}, city.Reading{Metric: "vehicles", Value: 3}
	hour := func(device string, metrics []string, sum []float64) store.Rollup {
		return store.Rollup{
			Device: device, Kind: "flow", Channel: "1", Metrics: metrics, Span: store.Hour, Bucket: noon(), N: 2, Sum: sum, Min: sum, Max: sum,
		}
	}
	d.commit(&store.Write{
		Readings: []store.Reading{
			reading("cam-2", "flow", 1, vehicles, speed),
			reading("cam-1", "flow", 1, speed, vehicles),
			reading("cam-1", "flow", 2, vehicles),          // no vehicle, no speed
			reading("cam-1", "health", 3, speed, vehicles), // of another kind
			reading("cam-9", "flow", 4, speed, vehicles),   // elsewhere
		},
		Rollups: []store.Rollup{
			hour("cam-1", []string{"speed", "vehicles", "speed*vehicles"}, []float64{80, 6, 250}),
			hour("cam-2", []string{"vehicles", "speed"}, []float64{6, 80}), // from before there were products
		},
	})
	equal(t, "raw", d.sums(store.Raw), []store.Sum{
		{Device: "cam-1", Channel: "1", At: at(1), N: 1, Value: 40, Weight: 3, Product: 120},
		{Device: "cam-2", Channel: "1", At: at(1), N: 1, Value: 40, Weight: 3, Product: 120},
	})
	equal(t, "hours", d.sums(store.PerHour), []store.Sum{
		{Device: "cam-1", Channel: "1", At: noon(), N: 2, Value: 80, Weight: 6, Product: 250},
		{Device: "cam-2", Channel: "1", At: noon(), N: 2, Value: 80, Weight: 6, Product: 240, Estimated: true},
	})
	equal(t, "minutes", d.sums(store.PerMinute), []store.Sum(nil))
}

func TestAMetricIsGatheredOverAScope(t *testing.T) {
	t.Parallel()
	d := setup(t)
	inv, err := city.NewInventory(0, []city.Area{{ID: "old"}, {ID: "new"}},
		[]city.Location{{ID: "loc-1", Area: "old"}, {ID: "loc-2", Area: "old"}, {ID: "loc-3", Area: "new"}}, []city.Device{
			{ID: "cam-1", Location: "loc-1", Subsystem: "trafficsafety", RegisteredAt: at(-1000)},
			{ID: "cam-2", Location: "loc-2", Subsystem: "trafficsafety", RegisteredAt: at(-1000)},
			{ID: "air-1", Location: "loc-2", Subsystem: "environment", RegisteredAt: at(-1000)},
			{ID: "cam-3", Location: "loc-3", Subsystem: "trafficsafety", RegisteredAt: at(-1000)},
		})
	if err != nil {
		t.Fatal(err)
	}
	d.apply(inv)
	w := &store.Write{}
	for i, id := range []string{"cam-1", "cam-2", "air-1", "cam-3"} {
		v := []city.Reading{{Metric: "temperature_c", Value: float64(10 * (i + 1))}, {Metric: "other", Value: -1}}
		w.Readings = append(w.Readings, store.Reading{Device: id, Kind: "health", ObservedAt: at(1), ReceivedAt: at(1), Values: v})
		w.Rollups = append(w.Rollups, store.Rollup{
			Device: id, Kind: "health", Metrics: []string{"other", "temperature_c"}, Span: store.Minute, Bucket: noon(), N: 2,
			Sum: []float64{0, float64(20 * (i + 1))}, Min: []float64{0, float64(9 * (i + 1))}, Max: []float64{0, float64(11 * (i + 1))},
		})
	}
	d.commit(w)
	for name, of := range map[string]struct {
		scope  store.Scope
		raw    store.Gathered
		minute store.Gathered
	}{
		"location": {
			store.Scope{Location: "loc-2"},
			store.Gathered{At: at(1), N: 2, Sum: 50, Min: 20, Max: 30},
			store.Gathered{At: noon(), N: 4, Sum: 100, Min: 18, Max: 33},
		},
		"area": {
			store.Scope{Area: "old"},
			store.Gathered{At: at(1), N: 3, Sum: 60, Min: 10, Max: 30},
			store.Gathered{At: noon(), N: 6, Sum: 120, Min: 9, Max: 33},
		},
		"subsystem": {
			store.Scope{Subsystem: "trafficsafety"},
			store.Gathered{At: at(1), N: 3, Sum: 70, Min: 10, Max: 40},
			store.Gathered{At: noon(), N: 6, Sum: 140, Min: 9, Max: 44},
		},
	} {
		for resolution, want := range map[store.Resolution]store.Gathered{store.Raw: of.raw, store.PerMinute: of.minute} {
			got, err := d.Gather(t.Context(), store.GatherQuery{
				Scope: of.scope, Metric: "temperature_c", Resolution: resolution, From: noon().Add(-time.Hour), To: noon().Add(time.Hour),
			})
			if err != nil {
				t.Fatal(err)
			}
			for i := range got {
				got[i].At = got[i].At.UTC()
			}
			equal(t, name, got, []store.Gathered{want})
		}
	}
}
