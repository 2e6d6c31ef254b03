package recorder_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"opscenter/internal/city"
	"opscenter/internal/store/storetest"
)

// A mean that is weighted can only be had of a past hour if the products were summed then.
func TestRollupsKeepTheProductsOfWeightedMeans(t *testing.T) {
	t.Parallel()
	flow := func(second int, readings ...city.Reading) city.Entry {
		at := start.Add(time.Duration(second) * time.Second)
		return city.Entry{At: at, Observation: &city.Observation{
			Subsystem: "traffic", Location: "loc-1", Device: "cam-0", Kind: "flow", ObservedAt: at, ReceivedAt: at,
			Digest: uint64(second) + 1, Readings: readings,
		}}
	}
	vehicles := func(v float64) city.Reading { return city.Reading{Metric: "vehicles", Value: v} }
	speed := func(v float64) city.Reading { return city.Reading{Metric: "speed", Value: v} }
	log := memoryLog{
		flow(0, vehicles(10), speed(20)), flow(10, vehicles(30), speed(60)),
		flow(20, vehicles(0)), // no vehicle, no speed
		{At: start.Add(5 * time.Minute)},
		{At: start.Add(6 * time.Minute)},
	}
	url := storetest.URL(t)
	record(t, url, log, uint64(len(log)), 1<<30, true)
	const query = `SELECT s.metrics, r.n, r.sum FROM reading_hour r JOIN series s ON s.id = r.series_id ORDER BY r.n`
	want := [][]any{
		{[]any{"vehicles"}, int32(1), []any{0.0}},
		{[]any{"speed", "speed*vehicles", "vehicles"}, int32(2), []any{80.0, 2000.0, 40.0}},
	}
	if diff := cmp.Diff(want, storetest.Rows(t, url, query)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
