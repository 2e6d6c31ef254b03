package store_test

import (
	"fmt"
	"testing"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/store"
)

// camera is an alarm of a camera, at its first transition.
func camera(id string, raised time.Time) city.Alarm {
	return city.Alarm{
		ID: id, Key: "device/" + id + "/link", Location: "loc-1", Area: "ward-1", Device: id, Subsystem: "trafficsafety", Contractor: "VNPT",
		Severity: city.SeverityCritical, State: city.AlarmActive, Reason: "no_signal",
		Title: city.Names{VI: "Camera mất tín hiệu, Ngã Tư Tỉnh ủy", EN: "Camera has no signal"}, Count: 1, Occurrences: 1, RaisedAt: raised,
	}
}

// story makes transitions of one alarm, a minute apart.
func story(a city.Alarm, whats ...city.Transition) []city.AlarmChange {
	var changes []city.AlarmChange
	for i, what := range whats {
		at := a.RaisedAt
		if i > 0 {
			at = changes[i-1].At.Add(time.Minute)
		}
		switch what {
		case city.AlarmRaised:
			a.State, a.RaisedAt, a.ClearedAt = city.AlarmActive, at, time.Time{}
		case city.AlarmOver:
			a.State, a.ClearedAt = city.AlarmCleared, at
		case city.AlarmAcknowledged:
			a.Acknowledged, a.AcknowledgedBy, a.AcknowledgedAt = true, "Lan", at
		default: // changes nothing that these tests look at
		}
		changes = append(changes, city.AlarmChange{Alarm: a, N: i + 1, At: at, What: what})
	}
	return changes
}

func TestAnAlarmIsStoredAsItsLastTransitionLeftIt(t *testing.T) {
	t.Parallel()
	d := setup(t)
	changes := story(camera("cam-1", noon()), city.AlarmRaised, city.AlarmOver, city.AlarmRaised, city.AlarmAcknowledged, city.AlarmOver, city.AlarmClosed)
	changes[3].Actor, changes[3].Reason, changes[3].Action = "Lan", "đang xử lý", "k1"
	d.commit(&store.Write{Alarms: changes[:2]})
	d.commit(&store.Write{Alarms: append(changes[2:5:5], story(camera("cam-2", noon().Add(time.Hour)), city.AlarmRaised)...)})
	got, err := d.Alarm(t.Context(), "cam-1")
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "the alarm", got, store.AlarmRow{Alarm: changes[4].Alarm, Transitions: 5, FirstRaisedAt: noon(), ChangedAt: noon().Add(4 * time.Minute)})
	d.commit(&store.Write{Alarms: changes[5:]})
	if got, err = d.Alarm(t.Context(), "cam-1"); err != nil || !got.ClosedAt.Equal(noon().Add(5*time.Minute)) {
		t.Errorf("closed at %v, %v", got.ClosedAt, err)
	}
	kept, err := d.TransitionsOf(t.Context(), "cam-1", 100)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "its transitions", kept, changes)
	if kept, err = d.TransitionsOf(t.Context(), "cam-1", 2); err != nil || len(kept) != 2 || kept[0].N != 5 {
		t.Errorf("the latest two are %v, %v", kept, err)
	}
	if _, err := d.Alarm(t.Context(), "cam-9"); err == nil {
		t.Error("an alarm that never was is found")
	}
}

func TestTransitionsAreStoredOnce(t *testing.T) {
	t.Parallel()
	d := setup(t)
	changes := story(camera("cam-1", noon()), city.AlarmRaised, city.AlarmAcknowledged, city.AlarmOver)
	d.commit(&store.Write{Alarms: changes})
	d.commit(&store.Write{Alarms: changes[:2]}) // as if the log had been read from an earlier place
	d.wantNumber(3, "SELECT count(*) FROM alarm_transition")
	d.wantNumber(1, "SELECT count(*) FROM alarm WHERE n = 3 AND state = 'cleared'")
	d.wantNumber(0, "SELECT count(*) FROM alarm_transition_default")
}

func TestAlarmsAreFoundByWhatPeopleKnowOfThem(t *testing.T) {
	t.Parallel()
	d := setup(t)
	w := &store.Write{}
	for i := range 5 {
		a := camera(fmt.Sprintf("cam-%d", i), noon().Add(time.Duration(i)*time.Hour))
		whats := []city.Transition{city.AlarmRaised, city.AlarmOver, city.AlarmAcknowledged, city.AlarmClosed}
		w.Alarms = append(w.Alarms, story(a, whats[:min(i+1, 4)]...)...)
	}
	odd := camera("loc-2", noon().Add(-48*time.Hour))
	odd.Severity, odd.Location, odd.Area, odd.Device, odd.Subsystem, odd.Reason = city.SeverityWarning, "loc-2", "ward-2", "", "environment", "high"
	odd.Title = city.Names{VI: "Mưa to", EN: "Heavy rain"}
	w.Alarms = append(w.Alarms, story(odd, city.AlarmRaised)...)
	shelved := camera("cam-5", noon().Add(-72*time.Hour))
	shelved.ShelvedUntil, shelved.Location = noon(), "loc-3"
	w.Alarms = append(w.Alarms, story(shelved, city.AlarmRaised)...)
	d.commit(w)
	for want, q := range map[string]store.AlarmQuery{
		"[cam-4 cam-3 cam-2 cam-1 cam-0 loc-2 cam-5]": {},
		"[cam-2 cam-1 cam-0 loc-2 cam-5]":             {State: "open"},
		"[cam-5]":                                     {State: "hidden"},
		"[cam-0 loc-2]":                               {State: "active"},
		"[cam-2 cam-1]":                               {State: "cleared"},
		"[cam-4 cam-3]":                               {State: "closed"},
		"[cam-2]":                                     {Device: "cam-2"},
		"[loc-2]":                                     {Severity: "warning"},
		"[cam-1 cam-0]":                               {Location: "loc-1", State: "open", To: noon().Add(2 * time.Hour)},
		"[cam-4 cam-2 cam-1 cam-0 loc-2 cam-5]":       {From: noon().Add(4 * time.Hour)}, // cam-3 closed before
		"[cam-4 cam-3 cam-2 cam-1 cam-0 cam-5]":       {Text: "nga TU"},
		"[loc-2 ]":                                    {Subsystem: "environment", Area: "ward-2", Reason: "high", Text: "mua"},
		"[]":                                          {Text: "100%"},
	} {
		q.Limit = 100
		found, err := d.Alarms(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		if want == "[loc-2 ]" {
			want = "[loc-2]"
		}
		if got := fmt.Sprint(idsOf(found.Items)); got != want || found.Total != int64(len(found.Items)) || found.More {
			t.Errorf("%+v finds %s of %d, want %s", q, got, found.Total, want)
		}
	}
	var paged []string
	for q := (store.AlarmQuery{Limit: 2}); ; {
		found, err := d.Alarms(t.Context(), q)
		if err != nil || found.Total != 7 {
			t.Fatal(found.Total, err)
		}
		paged = append(paged, idsOf(found.Items)...)
		if !found.More {
			break
		}
		last := found.Items[len(found.Items)-1]
		q.Before = store.AlarmPlace{FirstRaisedAt: last.FirstRaisedAt, ID: last.ID}
	}
	equal(t, "page by page", paged, []string{"cam-4", "cam-3", "cam-2", "cam-1", "cam-0", "loc-2", "cam-5"})
}

func idsOf(rows []store.AlarmRow) []string {
	ids := make([]string, len(rows))
	for i := range rows {
		ids[i] = rows[i].ID
	}
	return ids
}

// A shift that hands over asks what was on the list then, not what has become of it since.
func TestAnEarlierListIsKnown(t *testing.T) {
	t.Parallel()
	d := setup(t)
	changes := story(camera("cam-1", noon()), city.AlarmRaised, city.AlarmAcknowledged, city.AlarmOver, city.AlarmClosed)
	d.commit(&store.Write{Alarms: changes})
	for minutes, want := range map[int]int{-1: 0, 0: 1, 1: 2, 2: 3, 3: 0} {
		list, err := d.AlarmsAt(t.Context(), noon().Add(time.Duration(minutes)*time.Minute))
		if err != nil {
			t.Fatal(err)
		}
		if want == 0 && len(list) == 0 {
			continue
		}
		equal(t, fmt.Sprint("after ", minutes, " minutes"), list, changes[want-1:want])
	}
}

func TestTransitionsOfAPeriodAndStoriesBehindIt(t *testing.T) {
	t.Parallel()
	d := setup(t)
	long := story(camera("cam-1", noon().Add(-time.Hour)), city.AlarmRaised, city.AlarmOver, city.AlarmRaised)
	over := story(camera("cam-2", noon().Add(-time.Hour)), city.AlarmRaised, city.AlarmAcknowledged, city.AlarmOver, city.AlarmClosed)
	late := story(camera("cam-3", noon()), city.AlarmRaised, city.AlarmShelved, city.AlarmOver)
	d.commit(&store.Write{Alarms: append(append(long, over...), late...)})
	var inside []city.AlarmChange
	err := d.EachTransition(t.Context(), noon(), noon().Add(2*time.Minute), func(c city.AlarmChange) error { inside = append(inside, c); return nil })
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "in the period", inside, late[:2])
	var steps []string
	err = d.EachStep(t.Context(), noon(), noon().Add(time.Hour), func(s store.Step) error {
		if s.Key == "" || s.Severity == "" || s.Title.VI == "" || s.Title.EN == "" {
			t.Errorf("%+v says too little", s)
		}
		steps = append(steps, fmt.Sprintf("%s %d %s %s", s.Alarm, s.N, s.What, s.At.Sub(noon())))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "steps", steps, []string{
		"cam-1 1 raised -1h0m0s", "cam-1 2 cleared -59m0s", "cam-1 3 raised -58m0s", "cam-3 1 raised 0s", "cam-3 3 cleared 2m0s",
	})
}

// One bad letter in a comment, or an absurd time, must not stop a partition.
func TestAnAlarmWithRubbishInItIsStored(t *testing.T) {
	t.Parallel()
	d := setup(t)
	a := camera("cam-1", noon())
	a.Comment, a.ShelvedUntil, a.Title.VI = "a\x00b\xff", time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC), "\x00"
	action := store.Action{At: noon(), Outcome: city.Done, Action: city.Action{Key: "k\x00", Verb: city.Comment, Actor: "\xff", Reason: "a\x00b", Alarm: "cam-1", Until: a.ShelvedUntil}}
	d.commit(&store.Write{Alarms: story(a, city.AlarmRaised), Actions: []store.Action{action}})
	got, err := d.Alarm(t.Context(), "cam-1")
	if err != nil || got.Comment != "a\uFFFDb\uFFFD" || got.ShelvedUntil.Year() != 9999 {
		t.Errorf("%q until %v, %v", got.Comment, got.ShelvedUntil, err)
	}
	if report, err := d.VerifyAudit(t.Context(), nil); err != nil || report.Fault != nil {
		t.Errorf("%+v, %v", report.Fault, err)
	}
}

// When everything breaks at once the recorder keeps up.
func TestManyTransitionsAreStoredQuickly(t *testing.T) {
	t.Parallel()
	d := setup(t)
	w := &store.Write{}
	for i := range 2000 {
		w.Alarms = append(w.Alarms, story(camera(fmt.Sprintf("cam-%d", i), noon()), city.AlarmRaised, city.AlarmAcknowledged, city.AlarmOver, city.AlarmRaised, city.AlarmOver)...)
	}
	began := time.Now()
	d.commit(w)
	took := time.Since(began)
	t.Logf("10,000 transitions of 2,000 alarms: %v", took)
	if took > 10*time.Second { // measured: 0.4 s
		t.Errorf("it took %v", took)
	}
	d.wantNumber(10_000, "SELECT count(*) FROM alarm_transition")
}
