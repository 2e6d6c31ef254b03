package store_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"testing"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/store"
)

func acted(key string, outcome city.Outcome) store.Action {
	return store.Action{At: noon(), Outcome: outcome, Action: city.Action{Key: key, Verb: city.Acknowledge, Actor: "Lan", Reason: "đã gọi thợ", Alarm: "cam-1"}}
}

// audited is a store whose audit has five rows in each of two partitions.
func audited(t *testing.T) *db {
	t.Helper()
	d := setup(t)
	other, _, err := d.Claim(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		d.commit(&store.Write{Actions: []store.Action{acted(fmt.Sprint("a", i), city.Done)}})
		w := &store.Write{Seq: uint64(i + 1), Actions: []store.Action{acted(fmt.Sprint("b", i), city.Refused)}}
		if err := d.Commit(t.Context(), 1, other, w); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

func (d *db) verify(noted []byte) store.AuditReport {
	d.t.Helper()
	report, err := d.VerifyAudit(d.t.Context(), noted)
	if err != nil {
		d.t.Fatal(err)
	}
	return report
}

func TestTheAuditSaysWhoDidWhatWhenAndWhy(t *testing.T) {
	t.Parallel()
	d := setup(t)
	d.commit(&store.Write{Actions: []store.Action{acted("k1", city.Done), acted("k2", city.NoSuch), acted("k3", city.Repeated), acted("k4", city.Refused)}})
	d.commit(&store.Write{Actions: []store.Action{acted("k5", city.Repeated)}})
	found, err := d.Audit(t.Context(), store.AuditQuery{Limit: 10})
	if err != nil || len(found.Items) != 2 || found.Total != 2 || found.More {
		t.Fatalf("%+v, %v", found, err)
	}
	first := found.Items[1] // the latest comes first
	equal(t, "the first row", first, store.AuditRow{
		N: 1, At: noon(), Actor: "Lan", Verb: "acknowledge", Object: "alarm/cam-1", Why: "đã gọi thợ", Action: "k1", Outcome: "done",
		Document: []byte(`{"key":"k1","verb":"acknowledge","actor":"Lan","reason":"đã gọi thợ","alarm":"cam-1"}`),
		Prev:     make([]byte, 32), Hash: first.Hash,
	})
	equal(t, "the second", found.Items[0].Prev, first.Hash)
	equal(t, "its outcome", found.Items[0].Outcome, "refused")
	rows, err := d.ActionsByKey(t.Context(), "k4", "k2")
	if err != nil || len(rows) != 1 || rows[0].N != 2 {
		t.Errorf("by key: %+v, %v", rows, err)
	}
}

// Whoever checks the audit with a program of their own comes to the same hash. The bytes are written
// out here as the documentation says, without the code that stores them.
func TestAHashIsMadeAsItIsDocumented(t *testing.T) {
	t.Parallel()
	d := setup(t)
	d.commit(&store.Write{Actions: []store.Action{acted("k1", city.Done)}})
	found, err := d.Audit(t.Context(), store.AuditQuery{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	text := "opscenter audit 1\n" +
		"\x00\x00\x00\x00\x00\x00\x00\x08" + "\x00\x00\x00\x00\x00\x00\x00\x00" + // partition 0
		"\x00\x00\x00\x00\x00\x00\x00\x08" + "\x00\x00\x00\x00\x00\x00\x00\x01" + // n 1
		"\x00\x00\x00\x00\x00\x00\x00\x08" + "\x00\x06\x4c\xfa\xb9\x9e\xf0\x00" + // 1773489600000000 µs
		"\x00\x00\x00\x00\x00\x00\x00\x03" + "Lan" +
		"\x00\x00\x00\x00\x00\x00\x00\x0b" + "acknowledge" +
		"\x00\x00\x00\x00\x00\x00\x00\x0b" + "alarm/cam-1" +
		"\x00\x00\x00\x00\x00\x00\x00\x10" + "đã gọi thợ" +
		"\x00\x00\x00\x00\x00\x00\x00\x02" + "k1" +
		"\x00\x00\x00\x00\x00\x00\x00\x04" + "done" +
		"\x00\x00\x00\x00\x00\x00\x00\x5b" + `{"key":"k1","verb":"acknowledge","actor":"Lan","reason":"đã gọi thợ","alarm":"cam-1"}` +
		"\x00\x00\x00\x00\x00\x00\x00\x20" + string(make([]byte, 32))
	want := sha256.Sum256([]byte(text))
	if got := found.Items[0].Hash; hex.EncodeToString(got) != hex.EncodeToString(want[:]) {
		t.Errorf("hash %x, want %x", got, want)
	}
}

func TestAnAuditAsItWasWrittenIsWhole(t *testing.T) {
	t.Parallel()
	equal(t, "an empty one", setup(t).verify(nil), store.AuditReport{})
	d := audited(t)
	report := d.verify(nil)
	if report.Fault != nil || len(report.Chains) != 2 || report.Chains[0].Rows != 5 || report.Chains[1].Rows != 5 {
		t.Fatalf("%+v", report)
	}
	// What was noted may be a row that others followed since.
	d.commit(&store.Write{Actions: []store.Action{acted("later", city.Done)}})
	if again := d.verify(report.Chains[0].Head); again.Fault != nil || again.Chains[0].Rows != 6 {
		t.Errorf("%+v", again)
	}
}

func TestWhoeverChangesTheAuditIsFoundOut(t *testing.T) {
	t.Parallel()
	const off, on = "ALTER TABLE audit DISABLE TRIGGER audit_append_only; ", "; ALTER TABLE audit ENABLE TRIGGER audit_append_only"
	for what, c := range map[string]struct {
		sql  string
		want store.AuditFault
	}{
		"another reason":          {"UPDATE audit SET why = 'ok' WHERE partition = 1 AND n = 3", store.AuditFault{Partition: 1, N: 3, What: store.AuditHash}},
		"another name":            {"UPDATE audit SET actor = 'Minh' WHERE n = 1", store.AuditFault{N: 1, What: store.AuditHash}},
		"another time":            {"UPDATE audit SET at = at + interval '1 microsecond' WHERE partition = 0 AND n = 5", store.AuditFault{N: 5, What: store.AuditHash}},
		"another document":        {"UPDATE audit SET document = '{}' WHERE partition = 0 AND n = 2", store.AuditFault{N: 2, What: store.AuditHash}},
		"a word from one to next": {"UPDATE audit SET why = 'gọi thợ', object = object || 'đã ' WHERE partition = 0 AND n = 2", store.AuditFault{N: 2, What: store.AuditHash}},
		"with a hash of its own":  {"UPDATE audit SET hash = sha256('x') WHERE partition = 0 AND n = 2", store.AuditFault{N: 2, What: store.AuditHash}},
		"and its successor's":     {"UPDATE audit SET prev = sha256('x') WHERE partition = 0 AND n = 3", store.AuditFault{N: 3, What: store.AuditPrev}},
		"one gone":                {"DELETE FROM audit WHERE partition = 0 AND n = 3", store.AuditFault{N: 3, What: store.AuditGap}},
		"the first gone":          {"DELETE FROM audit WHERE partition = 1 AND n < 3", store.AuditFault{Partition: 1, N: 1, What: store.AuditGap}},
		"one gone, the rest moved": {
			"DELETE FROM audit WHERE partition = 0 AND n = 3; UPDATE audit SET n = n - 1 WHERE partition = 0 AND n > 3",
			store.AuditFault{N: 3, What: store.AuditPrev},
		},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			d := audited(t)
			d.exec(off + c.sql + on)
			equal(t, "fault", d.verify(nil).Fault, &c.want)
		})
	}
}

func TestWhatWasCutOffTheEndIsMissedByItsHead(t *testing.T) {
	t.Parallel()
	d := audited(t)
	noted := d.verify(nil).Chains[0].Head
	d.exec("ALTER TABLE audit DISABLE TRIGGER audit_append_only; DELETE FROM audit WHERE partition = 0 AND n = 5; ALTER TABLE audit ENABLE TRIGGER audit_append_only")
	if report := d.verify(nil); report.Fault != nil {
		t.Errorf("a shorter chain is whole by itself, but %+v", report.Fault)
	}
	equal(t, "fault", d.verify(noted).Fault, &store.AuditFault{What: store.AuditHead})
	d.commit(&store.Write{Actions: []store.Action{acted("over it", city.Done)}})
	equal(t, "fault", d.verify(noted).Fault, &store.AuditFault{What: store.AuditHead})
}

func TestTheAuditTakesNoChanges(t *testing.T) {
	t.Parallel()
	d := audited(t)
	for _, sql := range []string{"UPDATE audit SET why = ''", "DELETE FROM audit", "TRUNCATE audit"} {
		if err := d.try(sql); err == nil {
			t.Errorf("%s was done", sql)
		}
	}
	removed, err := d.Retain(t.Context(), noon().AddDate(100, 0, 0), store.DefaultPolicy())
	if err != nil {
		t.Fatal(removed, err)
	}
	d.wantNumber(10, "SELECT count(*) FROM audit")
}

func TestTheAuditIsReadPageByPage(t *testing.T) {
	t.Parallel()
	d := audited(t)
	w := acted("window", city.Done)
	w.At, w.Actor, w.Verb, w.Alarm, w.Window = noon().Add(time.Hour), "Minh", city.Maintain, "", &city.Window{ID: "w-1", Device: "cam-1", Start: noon()}
	d.commit(&store.Write{Actions: []store.Action{w}})
	var keys []string
	for q := (store.AuditQuery{Limit: 4}); ; {
		found, err := d.Audit(t.Context(), q)
		if err != nil || found.Total != 11 {
			t.Fatal(found.Total, err)
		}
		for _, r := range found.Items {
			keys = append(keys, r.Action)
		}
		if !found.More {
			break
		}
		last := found.Items[len(found.Items)-1]
		q.Before = store.AuditPlace{At: last.At, Partition: last.Partition, N: last.N}
	}
	equal(t, "keys", keys, []string{"window", "b4", "b3", "b2", "b1", "b0", "a4", "a3", "a2", "a1", "a0"})
	for want, q := range map[int64]store.AuditQuery{1: {Actor: "Minh"}, 10: {Object: "alarm/cam-1"}, 0: {Actor: "Lan", Object: "maintenance/w-1"}} {
		q.Limit = 100
		if found, err := d.Audit(t.Context(), q); err != nil || found.Total != want || len(found.Items) != int(want) {
			t.Errorf("%+v finds %d, %v", q, found.Total, err)
		}
	}
}

func TestMaintenanceIsRememberedAlsoWhenItIsCancelled(t *testing.T) {
	t.Parallel()
	d := setup(t)
	window := city.Window{ID: "w-1", Location: "loc-1", Start: noon().Add(time.Hour), Duration: 2 * time.Hour, Rule: "FREQ=WEEKLY", Title: "Vệ sinh"}
	plan := store.Action{At: noon(), Outcome: city.Done, Action: city.Action{Key: "k1", Verb: city.Maintain, Actor: "Lan", Reason: "hợp đồng", Window: &window}}
	refused := plan
	refused.Key, refused.Outcome, refused.Window = "k2", city.Refused, &city.Window{ID: "w-2"}
	d.commit(&store.Write{Actions: []store.Action{plan, refused}})
	want := store.Window{Window: window, PlannedAt: noon(), PlannedBy: "Lan", Why: "hợp đồng"}
	got, err := d.Windows(t.Context(), store.WindowPlace{}, 10)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "planned", got, []store.Window{want})
	cancel := store.Action{At: noon().Add(time.Minute), Outcome: city.Done, Action: city.Action{Key: "k3", Verb: city.Resume, Actor: "Minh", Reason: "xong", WindowID: "w-1"}}
	again := cancel
	again.At, again.Key = noon().Add(time.Hour), "k4"
	d.commit(&store.Write{Actions: []store.Action{cancel, again}})
	want.CancelledAt, want.CancelledBy, want.CancelWhy = cancel.At, "Minh", "xong"
	if got, err = d.WindowsByID(t.Context(), []string{"w-1", "w-9"}); err != nil {
		t.Fatal(err)
	}
	equal(t, "cancelled", got, []store.Window{want})
	if got, err = d.Windows(t.Context(), store.WindowPlace{PlannedAt: noon(), ID: "w-1"}, 10); err != nil || len(got) != 0 {
		t.Errorf("after the last: %v, %v", got, err)
	}
}
