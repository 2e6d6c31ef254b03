package store_test

import (
	"testing"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/store"
)

func link(s city.Status) map[city.Facet]city.Status { return map[city.Facet]city.Status{city.Link: s} }

// faulty is a database with cameras that fail in some ways, times in seconds after noon.
func faulty(t *testing.T) *db {
	t.Helper()
	d := setup(t)
	d.apply(registry(t, nil, "cam-1", "cam-2", "cam-3", "cam-4"))
	change := func(device string, s city.Status, r city.Reason, second int, facets map[city.Facet]city.Status) store.StatusChange {
		return store.StatusChange{Device: device, Status: s, Reason: r, Facets: facets, At: at(second)}
	}
	d.commit(&store.Write{Statuses: []store.StatusChange{
		change("cam-1", city.OK, "", 0, nil),
		change("cam-1", city.Critical, "offline", 10, nil),
		change("cam-1", city.Stale, "silent", 20, nil),
		change("cam-1", city.Critical, "offline", 30, nil),
		change("cam-1", city.Critical, "offline", 40, link(city.Critical)), // only a facet is different
		change("cam-1", city.Critical, "offline", 50, nil),
		change("cam-1", city.OK, "", 70, nil),
		change("cam-1", city.Warning, "dark", 80, nil),
		change("cam-2", city.OK, "", 0, nil),
		change("cam-3", city.Critical, "power", 5, nil), // never worked
		change("cam-3", city.Stale, "silent", 15, nil),
	}})
	return d
}

func TestAFaultBeginsWhereItBegan(t *testing.T) {
	t.Parallel()
	d := faulty(t)
	got := make(map[string][]store.Interval)
	err := d.EachFault(t.Context(), at(55), at(85), []city.Status{city.Critical, city.Stale}, func(p []store.Placement, h []store.Interval) error {
		got[p[0].Device] = append([]store.Interval(nil), h...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "faults", got, map[string][]store.Interval{
		"cam-1": {
			{From: at(30), To: at(70), Status: city.Critical, Reason: "offline"}, // not at 50, nor at 10
			{From: at(80), Status: city.Warning, Reason: "dark"},
		},
		"cam-3": {{From: at(15), Status: city.Stale, Reason: "silent"}},
	})
}

func TestAnOpenFaultIsAsOldAsTheLastWork(t *testing.T) {
	t.Parallel()
	d := faulty(t)
	open := func(to int) map[string]store.Interval {
		got := make(map[string]store.Interval)
		err := d.EachOpen(t.Context(), at(-10), at(to), []city.Status{city.Critical, city.Stale}, func(p []store.Placement, h []store.Interval) error {
			got[p[0].Device] = h[0]
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	equal(t, "in the middle", open(45), map[string]store.Interval{
		"cam-1": {From: at(10), To: at(50), Status: city.Critical, Reason: "offline", Facets: link(city.Critical)},
		"cam-3": {From: at(5), Status: city.Stale, Reason: "silent"},
	})
	equal(t, "when it was over", open(70), map[string]store.Interval{"cam-3": {From: at(5), Status: city.Stale, Reason: "silent"}})
}

func TestWhatHappenedIsCountedByQuarterHour(t *testing.T) {
	t.Parallel()
	d := setup(t)
	started := incident("a", city.Started, noon().Add(14*time.Minute))
	later := incident("a", city.Ended, noon().Add(40*time.Minute)) // counts where it began
	other := incident("b", city.Started, noon().Add(16*time.Minute))
	v := incident("v", city.Instant, noon().Add(59*time.Minute))
	v.Kind = store.KindViolation
	d.commit(&store.Write{Events: []store.Event{started, later, other, v}})
	incidents, err := d.Incidents(t.Context(), noon(), noon().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "incidents", incidents, []store.Tally{
		{Location: started.Location, At: noon(), N: 1}, {Location: started.Location, At: noon().Add(15 * time.Minute), N: 1},
	})
	violations, err := d.CountViolations(t.Context(), noon(), noon().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "violations", violations, []store.Tally{{Location: violations[0].Location, At: noon().Add(45 * time.Minute), N: 1}})
	if none, err := d.CountViolations(t.Context(), noon(), noon().Add(59*time.Minute)); err != nil || len(none) != 0 {
		t.Errorf("the end is exclusive: %v, %v", none, err)
	}
}

func TestAFigureCountsAsOfWhenItWasReceived(t *testing.T) {
	t.Parallel()
	d := setup(t)
	told := func(value float64, revision, minute int) store.Figure {
		return store.Figure{
			Subsystem: "health", Begins: noon().Truncate(24 * time.Hour), ObservedAt: noon(), ReceivedAt: noon().Add(time.Duration(minute) * time.Minute),
			Indicator: city.Indicator{Code: "visits", Period: "2026-03-14", Value: value, Revision: revision},
		}
	}
	d.commit(&store.Write{Figures: []store.Figure{told(10, 0, 1), told(12, 1, 5)}})
	for minute, want := range map[int][]float64{0: nil, 1: {10}, 4: {10}, 5: {12}} {
		figures, err := d.FiguresAsOf(t.Context(), store.FigureQuery{Subsystem: "health", Code: "visits"}, noon().Add(time.Duration(minute)*time.Minute))
		if err != nil {
			t.Fatal(err)
		}
		var values []float64
		for i := range figures {
			values = append(values, figures[i].Value)
		}
		equal(t, "as of then", values, want)
	}
}
