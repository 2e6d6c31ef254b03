package store_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/store"
)

func rollup(span store.Span, at time.Time, n int, sum, low, high float64) store.Rollup {
	return store.Rollup{
		Device: "cam-1", Kind: "health", Metrics: []string{"fps"}, Span: span, Bucket: at,
		N: n, Sum: []float64{sum}, Min: []float64{low}, Max: []float64{high},
	}
}

func (d *db) series(metric string, r store.Resolution) []store.Point {
	d.t.Helper()
	points, err := d.Series(d.t.Context(), store.SeriesQuery{
		Device: "cam-1", Metric: metric, Resolution: r, From: noon().Add(-time.Hour), To: noon().Add(time.Hour), Limit: 1000,
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return points
}

func TestReadingsComeBackByMetric(t *testing.T) {
	t.Parallel()
	d := setup(t)
	flow := func(i int, channel string, values ...city.Reading) store.Reading {
		at := noon().Add(time.Duration(i)*time.Second + 123456*time.Microsecond)
		return store.Reading{Device: "cam-1", Kind: "flow", Channel: channel, ObservedAt: at, ReceivedAt: at, Digest: math.MaxUint64 - uint64(i), Values: values}
	}
	d.commit(&store.Write{Readings: []store.Reading{
		flow(0, "1", city.Reading{Metric: "vehicles", Value: 10}, city.Reading{Metric: "speed", Value: 42.5}),
		flow(1, "1", city.Reading{Metric: "speed", Value: -1e300}, city.Reading{Metric: "vehicles", Value: 11}), // another order
		flow(2, "2", city.Reading{Metric: "vehicles", Value: 12}),
		{Device: "cam-2", Kind: "flow", ObservedAt: noon(), Values: []city.Reading{{Metric: "vehicles", Value: 99}}},
		{Device: "cam-1", Kind: "flow", ObservedAt: noon()}, // nothing measured
	}})
	at := noon().Add(123456 * time.Microsecond)
	point := func(i int, channel string, v float64) store.Point {
		return store.Point{Kind: "flow", Channel: channel, At: at.Add(time.Duration(i) * time.Second), N: 1, Mean: v, Min: v, Max: v}
	}
	equal(t, "vehicles", d.series("vehicles", store.Raw), []store.Point{point(0, "1", 10), point(1, "1", 11), point(2, "2", 12)})
	equal(t, "speed", d.series("speed", store.Raw), []store.Point{point(0, "1", 42.5), point(1, "1", -1e300)})
	equal(t, "unknown", d.series("colour", store.Raw), []store.Point{})
	d.wantNumber(3, "SELECT count(*) FROM series")

	// Another process knows the series and does not make them again.
	other := claim(t, d.url)
	other.commit(&store.Write{Readings: []store.Reading{flow(3, "2", city.Reading{Metric: "vehicles", Value: 13})}})
	d.wantNumber(3, "SELECT count(*) FROM series")
}

func TestDuplicateReadingsAreStoredOnce(t *testing.T) {
	t.Parallel()
	d := setup(t)
	d.commit(&store.Write{Readings: []store.Reading{fps(noon(), 1, 25), fps(noon(), 2, 24)}})
	old := fps(noon().AddDate(-1, 0, 0), 1, 20) // in the default partition
	d.commit(&store.Write{
		Readings: []store.Reading{fps(noon(), 2, 24), fps(noon(), 3, 23), fps(noon(), 3, 23), old, old},
		Events:   []store.Event{incident("a", city.Started, noon())},
	})
	d.wantNumber(4, "SELECT count(*) FROM reading")
	d.wantNumber(1, "SELECT count(*) FROM event")
	d.wantNumber(2, "SELECT seq FROM partition_checkpoint")
	d.commit(&store.Write{Readings: []store.Reading{fps(noon(), 3, 23), fps(noon(), 4, 22)}}) // once more on the same connection
	d.wantNumber(5, "SELECT count(*) FROM reading")
}

func TestForeignTextAndTimesDoNotStopAPartition(t *testing.T) {
	t.Parallel()
	d := setup(t)
	bad := "a\x00b\xff\x1f"
	wrong := []time.Time{{}, time.Unix(1<<55, 0), time.Unix(-1<<55, 0), time.Date(1970, 1, 1, 0, 0, 0, 999, time.UTC)}
	w := &store.Write{}
	for i, at := range wrong {
		r := fps(at, uint64(i), 1)
		r.Channel, r.Values = bad, []city.Reading{{Metric: "z" + bad, Value: 1}, {Metric: bad, Value: math.MaxFloat64}}
		e := incident(fmt.Sprint(i, bad), city.Started, at)
		e.Title, e.Description, e.Type, e.Severity, e.EvidenceURL = bad, bad, bad, bad, bad
		v := e
		v.Kind, v.Plate.Masked = store.KindViolation, bad
		w.Readings = append(w.Readings, r)
		w.Events = append(w.Events, e, v)
		w.Statuses = append(w.Statuses, store.StatusChange{Device: "cam-1", Status: city.Critical, Reason: city.Reason(bad), At: at})
		w.Rejections = append(w.Rejections, store.Rejection{At: at, Ordinal: i, Rejection: city.Rejection{Topic: bad, Shown: bad, Reason: bad, Code: bad, Subsystem: bad}})
	}
	d.commit(w)
	for _, table := range []string{"reading_default", "event", "violation", "quarantine"} {
		d.wantNumber(int64(len(wrong)), "SELECT count(*) FROM "+table)
	}
}

func TestRollupsAddUp(t *testing.T) {
	t.Parallel()
	d := setup(t)
	two := store.Rollup{
		Device: "cam-1", Kind: "flow", Metrics: []string{"vehicles", "speed"}, Bucket: noon(), N: 2,
		Sum: []float64{30, 90}, Min: []float64{10, 40}, Max: []float64{20, 50},
	}
	late := store.Rollup{
		Device: "cam-1", Kind: "flow", Metrics: []string{"speed", "vehicles"}, Bucket: noon(), N: 1,
		Sum: []float64{30, 9}, Min: []float64{30, 9}, Max: []float64{30, 9},
	}
	old := rollup(store.Minute, noon().AddDate(-3, 0, 0), 1, 1, 1, 1)
	d.commit(&store.Write{Rollups: []store.Rollup{
		two, rollup(store.Hour, noon(), 60, 1500, 10, 30), rollup(store.Hour, noon(), 1, 5, 5, 5), old,
	}})
	d.commit(&store.Write{Rollups: []store.Rollup{late, old, rollup(store.Hour, noon(), 1, 40, 40, 40)}})
	equal(t, "vehicles", d.series("vehicles", store.PerMinute), []store.Point{{Kind: "flow", At: noon(), N: 3, Mean: 13, Min: 9, Max: 20}})
	equal(t, "speed", d.series("speed", store.PerMinute), []store.Point{{Kind: "flow", At: noon(), N: 3, Mean: 40, Min: 30, Max: 50}})
	equal(t, "fps", d.series("fps", store.PerHour), []store.Point{{Kind: "health", At: noon(), N: 62, Mean: 1545.0 / 62, Min: 5, Max: 40}})
	d.wantNumber(1, "SELECT count(*) FROM reading_minute_default WHERE n = 2")
}

func TestRollupWithoutItsSumsIsAnError(t *testing.T) {
	t.Parallel()
	d := setup(t)
	bad := rollup(store.Minute, noon(), 1, 1, 1, 1)
	bad.Sum = nil
	if err := d.Commit(t.Context(), 0, d.epoch, &store.Write{Seq: 1, Rollups: []store.Rollup{bad}}); err == nil {
		t.Error("it was stored")
	}
}

func TestMisdatedReadingsMoveToTheirPartition(t *testing.T) {
	t.Parallel()
	d := setup(t)
	later := noon().AddDate(0, 0, 10)
	d.commit(&store.Write{
		Readings: []store.Reading{fps(later, 1, 25), fps(later.AddDate(0, 0, 1), 1, 25), fps(later.AddDate(1, 0, 0), 1, 25)},
		Rollups:  []store.Rollup{rollup(store.Minute, later.AddDate(0, 1, 0), 1, 25, 25, 25)},
	})
	d.wantNumber(3, "SELECT count(*) FROM reading_default")
	for range 2 { // the second time there is nothing to do
		if err := d.EnsurePartitions(t.Context(), later); err != nil {
			t.Fatal(err)
		}
	}
	d.wantNumber(1, "SELECT count(*) FROM reading_default")
	d.wantNumber(1, "SELECT count(*) FROM reading_20260324")
	d.wantNumber(1, "SELECT count(*) FROM reading_20260325")
	if err := d.EnsurePartitions(t.Context(), later.AddDate(0, 1, 0)); err != nil {
		t.Fatal(err)
	}
	d.wantNumber(1, "SELECT count(*) FROM reading_minute_202604")
	d.commit(&store.Write{Readings: []store.Reading{fps(later, 1, 25)}}) // still known there
	d.wantNumber(3, "SELECT count(*) FROM reading")
}

func TestPartitionsAreMadeWhileCommitsGoOn(t *testing.T) {
	t.Parallel()
	d := setup(t)
	made := make(chan error, 1)
	go func() {
		for day := range 20 {
			if err := d.EnsurePartitions(t.Context(), noon().AddDate(0, 0, day)); err != nil {
				made <- err
				return
			}
		}
		made <- nil
	}()
	n := int64(0)
	for running := true; running; {
		select {
		case err := <-made:
			if err != nil {
				t.Fatal(err)
			}
			running = false
		default:
		}
		w := &store.Write{}
		for day := range 20 {
			w.Readings = append(w.Readings, fps(noon().AddDate(0, 0, day), uint64(n), 1))
			n++
		}
		d.commit(w)
	}
	d.wantNumber(n, "SELECT count(*) FROM reading")
	d.wantNumber(0, "SELECT count(*) FROM reading_default")
}
