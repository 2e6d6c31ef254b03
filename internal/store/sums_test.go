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
		Location: "loc-1", Kind: "flow", Value: "speed", Weight: "vehicles", Product: "speed*vehicles",
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
