package store_test

import (
	"errors"
	"testing"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/store"
)

func incident(id string, phase city.Phase, at time.Time) store.Event {
	return store.Event{
		Subsystem: "trafficsafety", Kind: "incident", Location: "loc-001", ObservedAt: at, ReceivedAt: noon(),
		Event: city.Event{ID: id, Type: "accident", Phase: phase, Severity: "major"},
	}
}

// Messages of one event may come late, twice and in any order; the row is the same.
func TestEventIsWhatItsLatestMessageSays(t *testing.T) {
	t.Parallel()
	lat := 21.3
	started, updated, ended := incident("x", city.Started, at(0)), incident("x", city.Updated, at(10)), incident("x", city.Ended, at(20))
	started.Title, started.Lat, started.DueAt = "Tai nạn", &lat, at(3600)
	updated.Severity, ended.Severity = "critical", ""
	want := store.EventRow{
		Subsystem: "trafficsafety", Kind: "incident", Location: "loc-001",
		StartedAt: at(0), ChangedAt: at(20), EndedAt: at(20), ReceivedAt: noon(),
	}
	for name, c := range map[string]struct {
		order             []store.Event
		severity, caption string
	}{
		"in order":  {[]store.Event{started, updated, ended}, "critical", "Tai nạn"},
		"twice":     {[]store.Event{started, updated, ended, started, updated, ended}, "critical", "Tai nạn"},
		"backwards": {[]store.Event{ended, updated, started}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, together := range []bool{true, false} {
				d := setup(t)
				if together {
					d.commit(&store.Write{Events: c.order})
				} else {
					for _, e := range c.order {
						d.commit(&store.Write{Events: []store.Event{e}})
					}
				}
				got, err := d.Events(t.Context(), noon().Add(-time.Hour), 10)
				if err != nil {
					t.Fatal(err)
				}
				want := want
				want.Event = city.Event{ID: "x", Type: "accident", Phase: city.Ended, Severity: c.severity, Title: c.caption}
				if c.caption != "" {
					want.Lat, want.DueAt = &lat, at(3600)
				}
				equal(t, name, got, []store.EventRow{want})
			}
		})
	}
}

func TestEventsAreListedLatestFirst(t *testing.T) {
	t.Parallel()
	d := setup(t)
	w := &store.Write{}
	for i, id := range []string{"a", "b", "c"} {
		e := incident(id, city.Instant, at(0))
		e.ReceivedAt = at(i)
		w.Events = append(w.Events, e)
	}
	d.commit(w)
	events, err := d.Events(t.Context(), at(1), 1)
	if err != nil {
		t.Fatal(err)
	}
	if len(events) != 1 || events[0].ID != "c" || !events[0].StartedAt.Equal(at(0)) || !events[0].EndedAt.Equal(at(0)) {
		t.Errorf("got %+v", events)
	}
	if events, err = d.Events(t.Context(), at(1), 10); err != nil || len(events) != 2 {
		t.Errorf("got %+v, %v", events, err)
	}
}

func TestViolationKeepsItsPlateSealed(t *testing.T) {
	t.Parallel()
	d := setup(t)
	speed := 83.5
	v := incident("v-1", city.Instant, at(0))
	v.Kind, v.Type, v.SpeedKmh, v.EvidenceURL = store.KindViolation, "speeding", &speed, "https://nvr/1.jpg"
	v.Plate = city.Plate{Clear: "19A-123.45", Masked: "19******45", Sealed: []byte("sealed")}
	d.commit(&store.Write{Events: []store.Event{v, v}})
	d.commit(&store.Write{Events: []store.Event{v}})
	got, err := d.Violations(t.Context(), noon().Add(-time.Hour), 10)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "violations", got, []store.Violation{{
		Subsystem: "trafficsafety", ID: "v-1", Location: "loc-001", Type: "speeding", PlateMasked: "19******45",
		SpeedKmh: &speed, EvidenceURL: "https://nvr/1.jpg", ObservedAt: at(0), ReceivedAt: noon(),
	}})
	d.wantNumber(1, "SELECT count(*) FROM violation WHERE plate_sealed = 'sealed'")
	d.wantNumber(0, "SELECT count(*) FROM violation v WHERE v::text LIKE '%123%'")
	d.wantNumber(0, "SELECT count(*) FROM event")
}

func TestQuarantineIsListedPageByPage(t *testing.T) {
	t.Parallel()
	d := setup(t)
	w := &store.Write{}
	for i := range 5 {
		code := "malformed"
		if i == 2 {
			code = "unroutable"
		}
		w.Rejections = append(w.Rejections, store.Rejection{
			At: at(i), Seq: 9, Ordinal: i,
			Rejection: city.Rejection{Subsystem: "trafficsafety", Topic: "ioc/v1/x", Sealed: []byte{1, byte(i)}, Shown: "{", Code: code, Reason: "why", Retained: true},
		})
	}
	d.commit(w)
	d.commit(w) // a replay
	first, err := d.Quarantine(t.Context(), store.QuarantineQuery{Code: "malformed", Subsystem: "trafficsafety", Limit: 3})
	if err != nil {
		t.Fatal(err)
	}
	second, err := d.Quarantine(t.Context(), store.QuarantineQuery{Code: "malformed", Limit: 3, Before: first.Next})
	if err != nil {
		t.Fatal(err)
	}
	var seen []time.Time
	for _, item := range append(first.Items, second.Items...) {
		seen = append(seen, item.At)
		if item.Sealed != nil || item.Shown != "{" {
			t.Errorf("got %+v", item)
		}
	}
	equal(t, "times", seen, []time.Time{at(4), at(3), at(1), at(0)})
	if first.Total != 4 || len(first.Items) != 3 || second.Next != 0 {
		t.Errorf("total %d, first page %d, last page's next %d", first.Total, len(first.Items), second.Next)
	}
	id := first.Items[0].ID
	if err := d.MarkReplayed(t.Context(), id, at(60)); err != nil {
		t.Fatal(err)
	}
	one, err := d.QuarantinedMessage(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "message", one, store.Quarantined{ID: id, At: at(4), ReplayedAt: at(60), Rejection: w.Rejections[4].Rejection})
	_, err = d.QuarantinedMessage(t.Context(), 1<<40)
	if err2 := d.MarkReplayed(t.Context(), 1<<40, noon()); !errors.Is(err, store.ErrNotFound) || !errors.Is(err2, store.ErrNotFound) {
		t.Errorf("got %v, %v", err, err2)
	}
}
