package store_test

import (
	"fmt"
	"testing"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/store"
)

func TestRetentionForgetsWhatIsOld(t *testing.T) {
	t.Parallel()
	d := setup(t)
	const day = 24 * time.Hour
	policy := store.Policy{
		store.ClassReadings: 3 * day, store.ClassMinutes: 40 * day, store.ClassHours: 100 * day, store.ClassStatuses: 50 * day,
		store.ClassEvents: 20 * day, store.ClassViolations: 10 * day, store.ClassQuarantine: 5 * day,
		store.ClassIndicators: 90 * day, store.ClassDiscovered: 15 * day,
		store.ClassAlarms: 60 * day, store.ClassTransitions: 60 * day, store.ClassArchive: 7 * day,
	}
	w := &store.Write{}
	for age := range 120 {
		when := noon().Add(-time.Duration(age) * day)
		r := fps(when, 1, 25)
		if age == 1 {
			misdated := fps(noon().AddDate(-20, 0, 0), 2, 25)
			misdated.ReceivedAt = when
			w.Readings = append(w.Readings, misdated)
		}
		w.Readings = append(w.Readings, r)
		w.Rollups = append(w.Rollups, rollup(store.Minute, when, 1, 1, 1, 1), rollup(store.Hour, when, 1, 1, 1, 1))
		e := incident(when.String(), city.Started, when)
		e.ReceivedAt = when
		v := e
		v.Kind = store.KindViolation
		w.Events = append(w.Events, e, v)
		w.Figures = append(w.Figures, store.Figure{Begins: when, ObservedAt: when, ReceivedAt: when})
		w.Sightings = append(w.Sightings, store.Sighting{At: when, Rejection: city.Rejection{External: when.String()}})
		whats := []city.Transition{city.AlarmRaised, city.AlarmOver, city.AlarmAcknowledged, city.AlarmClosed}
		if age%10 == 9 {
			whats = whats[:2] // nobody has acknowledged it yet
		}
		w.Alarms = append(w.Alarms, story(camera(fmt.Sprint("cam-", age), when), whats...)...)
		w.Rejections = append(w.Rejections, store.Rejection{At: when, Ordinal: age})
		w.Archived = append(w.Archived, store.Archived{At: when, Seq: uint64(200 - age), Data: []byte("segment"), Keyframe: []byte("state")})
	}
	for age := 119; age >= 0; age-- {
		status := city.Status(age % 2)
		w.Statuses = append(w.Statuses, store.StatusChange{Device: "cam-1", Status: status, At: noon().Add(-time.Duration(age) * day)})
	}
	d.commit(w)
	for age := 100; age > 0; age -= 3 {
		if err := d.EnsurePartitions(t.Context(), noon().Add(-time.Duration(age)*day)); err != nil {
			t.Fatal(err)
		}
	}
	sizes, err := d.Sizes(t.Context())
	if err != nil || len(sizes) != 18 || sizes[0].Class != "readings" || sizes[0].Bytes < 90*8192 {
		t.Errorf("sizes %v, %v", sizes, err)
	}
	removed, err := d.Retain(t.Context(), noon(), policy)
	if err != nil {
		t.Fatal(err)
	}
	if len(removed) != 12 || removed[0].Partitions < 90 {
		t.Errorf("removed %+v", removed)
	}
	for sql, want := range map[string]int64{
		// A whole day stays as long as part of it is young enough; misdated rows go by when they came.
		"SELECT count(*) FROM reading WHERE observed_at > '2026-01-01'":   4,
		"SELECT count(*) FROM reading WHERE observed_at < '2010-01-01'":   1,
		"SELECT count(*) FROM reading_minute WHERE bucket < '2026-02-01'": 0,
		"SELECT count(*) FROM reading_minute WHERE bucket > '2026-02-02'": 41,
		"SELECT count(*) FROM reading_hour":                               104, // and a whole month
		"SELECT count(*) FROM status_interval":                            51,
		"SELECT count(*) FROM event":                                      21,
		"SELECT count(*) FROM violation":                                  11,
		"SELECT count(*) FROM quarantine":                                 6,
		"SELECT count(*) FROM indicator":                                  91,
		"SELECT count(*) FROM discovered":                                 16,
		// A whole month stays as long as part of it is young enough, and an alarm as long as it is on the list.
		"SELECT count(*) FROM alarm WHERE closed_at IS NULL":            12,
		"SELECT count(*) FROM alarm WHERE closed_at IS NOT NULL":        55,
		"SELECT count(*) FROM alarm_transition WHERE at < '2026-01-01'": 0,
		"SELECT count(DISTINCT alarm) FROM alarm_transition":            73,
		"SELECT count(*) FROM archive":                                  8, // whole days
	} {
		d.wantNumber(want, sql)
	}
	if removed, err = d.Retain(t.Context(), noon(), policy); err != nil || len(removed) != 0 {
		t.Errorf("the second time removed %v, %v", removed, err)
	}
}

func TestRetentionDeletesMoreThanOneChunk(t *testing.T) {
	t.Parallel()
	d := setup(t)
	d.exec(`INSERT INTO quarantine (at, partition, seq, ordinal, topic, sealed, shown, code, reason, subsystem, retained)
		SELECT '2020-01-01', 0, i, 0, '', '', '', '', '', '', false FROM generate_series(1, 25000) i`)
	removed, err := d.Retain(t.Context(), noon(), store.DefaultPolicy())
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "removed", removed, []store.Removed{{Class: "quarantine", Rows: 25000}})
	if _, err = d.Retain(t.Context(), noon().AddDate(100, 0, 0), store.Policy{}); err != nil {
		t.Fatal(err)
	}
}
