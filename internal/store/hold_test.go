package store_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"opscenter/internal/city"
	"opscenter/internal/store"
)

const oneDay = 24 * time.Hour

// old fills a store with one row of every kind for each of many days before noon.
func old(t *testing.T, days int) *db {
	t.Helper()
	d := setup(t)
	for age := range days + 1 {
		if err := d.EnsurePartitions(t.Context(), noon().Add(-time.Duration(age)*oneDay)); err != nil {
			t.Fatal(err)
		}
	}
	w := &store.Write{}
	for age := range days {
		when := noon().Add(-time.Duration(age) * oneDay)
		for _, device := range []string{"cam-1", "cam-2"} {
			r := fps(when, 1, 25)
			r.Device = device
			w.Readings = append(w.Readings, r)
			e := incident(device+when.String(), city.Started, when)
			e.Device, e.Location, e.ReceivedAt = device, "loc-"+device, when
			w.Events = append(w.Events, e)
		}
		w.Rejections = append(w.Rejections, store.Rejection{At: when, Ordinal: age})
	}
	for age := days - 1; age >= 0; age-- {
		for _, device := range []string{"cam-1", "cam-2"} {
			w.Statuses = append(w.Statuses, store.StatusChange{
				Device: device, Status: city.Status(age % 2), At: noon().Add(-time.Duration(age) * oneDay),
			})
		}
	}
	d.commit(w)
	return d
}

// brief keeps everything for ten days.
func brief() store.Policy {
	p := store.Policy{}
	for class := range store.DefaultPolicy() {
		p[class] = 10 * oneDay
	}
	return p
}

func (d *db) hold(key string, h store.Hold) store.Hold {
	d.t.Helper()
	h.Reason, h.PlacedBy, h.PlacedAt = "vụ án 12", "Lan", noon()
	placed, err := d.PlaceHold(d.t.Context(), key, h)
	if err != nil {
		d.t.Fatal(err)
	}
	return placed
}

func (d *db) retain() []store.Removed {
	d.t.Helper()
	removed, err := d.Retain(d.t.Context(), noon(), brief())
	if err != nil {
		d.t.Fatal(err)
	}
	return removed
}

// span returns the two days that begin so many days before noon's.
func span(age int) (from, to time.Time) {
	midnight := noon().Truncate(oneDay)
	return midnight.AddDate(0, 0, -age), midnight.AddDate(0, 0, 2-age).Add(-time.Second)
}

func TestWhatIsHeldIsNotForgottenUntilTheHoldIsLifted(t *testing.T) {
	t.Parallel()
	d := old(t, 30)
	from, to := span(20)
	h := d.hold("k", store.Hold{Classes: []string{store.EveryClass}, From: from, To: to})
	d.retain()
	// Ten days and what has begun on the tenth, and two days that are held.
	const of = " WHERE observed_at < '2026-02-25'"
	d.wantNumber(4, "SELECT count(*) FROM reading"+of)
	d.wantNumber(22, "SELECT count(*) FROM reading WHERE observed_at > '2026-03-01'")
	d.wantNumber(2, "SELECT count(*) FROM quarantine WHERE at < '2026-02-25'")
	d.wantNumber(4, "SELECT count(*) FROM event WHERE received_at < '2026-02-25'")
	d.wantNumber(6, "SELECT count(*) FROM status_interval WHERE lower(during) < '2026-02-25'") // one had begun before

	if _, err := d.LiftHold(t.Context(), "l", h.ID, "Lan", "xong", noon()); err != nil {
		t.Fatal(err)
	}
	d.retain()
	for _, sql := range []string{
		"SELECT count(*) FROM reading" + of, "SELECT count(*) FROM quarantine WHERE at < '2026-02-25'",
		"SELECT count(*) FROM event WHERE received_at < '2026-02-25'", "SELECT count(*) FROM status_interval WHERE lower(during) < '2026-02-25'",
	} {
		d.wantNumber(0, sql)
	}
	if removed := d.retain(); len(removed) != 0 {
		t.Errorf("again it removed %v", removed)
	}
}

func TestAHoldOnOneDeviceLetsGoOfOthersWhereRowsAreForgottenOneByOne(t *testing.T) {
	t.Parallel()
	for _, h := range []store.Hold{{Device: "cam-1"}, {Location: "loc-cam-1"}} {
		d := old(t, 30)
		d.exec(`INSERT INTO placement (device, during, name, location, location_name, area, contractor)
			VALUES ('cam-1', tstzrange('2020-01-01', NULL), '', 'loc-cam-1', '', '', ''), ('cam-2', tstzrange('2020-01-01', NULL), '', 'loc-cam-2', '', '', '')`)
		h.Classes = []string{store.ClassEvents, store.ClassStatuses, store.ClassReadings}
		h.From, h.To = span(20)
		d.hold("k", h)
		d.retain()
		d.wantNumber(2, "SELECT count(*) FROM event WHERE received_at < '2026-02-25' AND device = 'cam-1'")
		d.wantNumber(0, "SELECT count(*) FROM event WHERE received_at < '2026-02-25' AND device = 'cam-2'")
		d.wantNumber(3, "SELECT count(*) FROM status_interval WHERE lower(during) < '2026-02-25' AND device = 'cam-1'")
		d.wantNumber(0, "SELECT count(*) FROM status_interval WHERE lower(during) < '2026-02-25' AND device = 'cam-2'")
		d.wantNumber(4, "SELECT count(*) FROM reading WHERE observed_at < '2026-02-25'") // the whole partition
		d.wantNumber(0, "SELECT count(*) FROM quarantine WHERE at < '2026-02-25'")       // another class
	}
}

func TestAHoldWithoutAnEndKeepsWhatIsYetToCome(t *testing.T) {
	t.Parallel()
	d := old(t, 30)
	from, _ := span(20)
	h := d.hold("k", store.Hold{Classes: []string{store.ClassReadings}, From: from})
	if !h.To.IsZero() {
		t.Errorf("it ends at %v", h.To)
	}
	d.retain()
	d.wantNumber(42, "SELECT count(*) FROM reading")
}

func TestAHoldIsPlacedAndLiftedOnceByItsKey(t *testing.T) {
	t.Parallel()
	d := setup(t)
	from, to := span(20)
	asked := store.Hold{Classes: []string{store.ClassEvents}, From: from, To: to, Device: "cam-1"}
	first, again := d.hold("k", asked), d.hold("k", asked)
	equal(t, "the same request", again, first)
	other := asked
	other.Device = "cam-2"
	if _, err := d.PlaceHold(t.Context(), "k", other); !errors.Is(err, store.ErrKeyUsed) {
		t.Errorf("another request with the same key: %v", err)
	}
	other.Classes = []string{"evnets"}
	if _, err := d.PlaceHold(t.Context(), "k2", other); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a class that does not exist: %v", err)
	}
	lifted, err := d.LiftHold(t.Context(), "l", first.ID, "Minh", "xong", noon())
	if err != nil {
		t.Fatal(err)
	}
	if again, err := d.LiftHold(t.Context(), "l", first.ID, "Minh", "xong", noon().Add(time.Hour)); err != nil || !again.LiftedAt.Equal(lifted.LiftedAt) {
		t.Errorf("the same again: %+v, %v", again, err)
	}
	if _, err := d.LiftHold(t.Context(), "l2", first.ID, "Lan", "nữa", noon()); !errors.Is(err, store.ErrLifted) {
		t.Errorf("lifted twice: %v", err)
	}
	if _, err := d.LiftHold(t.Context(), "l3", 999, "Lan", "?", noon()); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("lifted what does not exist: %v", err)
	}
	second := d.hold("k3", asked)
	if _, err := d.LiftHold(t.Context(), "l", second.ID, "Minh", "xong", noon()); !errors.Is(err, store.ErrKeyUsed) {
		t.Errorf("one key lifted two: %v", err)
	}
	holds, err := d.Holds(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "holds", holds, []store.Hold{lifted, second})
}

func TestHoldsCannotBeDeleted(t *testing.T) {
	t.Parallel()
	d := setup(t)
	from, _ := span(1)
	d.hold("k", store.Hold{Classes: []string{store.EveryClass}, From: from})
	for _, sql := range []string{"DELETE FROM retention_hold", "TRUNCATE retention_hold"} {
		if err := d.try(sql); err == nil {
			t.Errorf("%s succeeded", sql)
		}
	}
}

func TestWhatTheNextRunWouldForgetIsWhatItForgets(t *testing.T) {
	t.Parallel()
	d := old(t, 30)
	from, to := span(20)
	d.hold("k", store.Hold{Classes: []string{store.ClassReadings, store.ClassEvents}, From: from, To: to, Device: "cam-2"})
	kept, err := d.Kept(t.Context(), noon(), brief())
	if err != nil {
		t.Fatal(err)
	}
	removed := d.retain()
	for i := range kept {
		k := &kept[i]
		n := slices.IndexFunc(removed, func(r store.Removed) bool { return r.Class == k.Class })
		was := store.Removed{Class: k.Class}
		if n >= 0 {
			was = removed[n]
		}
		equal(t, k.Class, store.Removed{Class: k.Class, Partitions: k.DuePartitions, Rows: k.DueRows}, was)
		if k.Names.VI == "" || k.Names.EN == "" || k.Bytes == 0 || k.Keep != brief()[k.Class] {
			t.Errorf("incomplete: %+v", k)
		}
		switch k.Class {
		case store.ClassReadings:
			equal(t, "held readings", []any{k.HeldPartitions, k.Holds, k.Oldest}, []any{2, []int64{1}, noon().Truncate(oneDay).AddDate(0, 0, -29)})
		case store.ClassEvents:
			equal(t, "held events", []any{k.HeldRows, k.Holds, k.Oldest}, []any{int64(2), []int64{1}, noon().AddDate(0, 0, -29)})
		}
	}
}

func TestAPolicyIsCheckedByName(t *testing.T) {
	t.Parallel()
	p, err := store.NewPolicy(map[string]time.Duration{store.ClassReadings: 2 * oneDay, store.ClassEvents: 0})
	if err != nil || p[store.ClassReadings] != 2*oneDay || p[store.ClassHours] != 5*365*oneDay {
		t.Errorf("%v, %v", p, err)
	}
	if since := p.Since(store.ClassEvents, noon()); !since.IsZero() {
		t.Errorf("what is kept for ever is kept since %v", since)
	}
	_, err = store.NewPolicy(map[string]time.Duration{"raedings": oneDay, store.ClassHours: time.Minute, store.ClassAudit: oneDay})
	for _, want := range []string{`"raedings"`, "hours: 1m0s", "audit is kept for ever", "quarantine"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v does not say %s", err, want)
		}
	}
}

// Whoever was told that a hold stands must be able to rely on it.
func TestAHoldIsPlacedOnlyWhenNothingIsBeingForgotten(t *testing.T) {
	t.Parallel()
	d := setup(t)
	conn, err := pgx.Connect(t.Context(), d.url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if _, err := conn.Exec(t.Context(), "SELECT pg_advisory_lock_shared(hashtext('opscenter retention'))"); err != nil {
		t.Fatal(err)
	}
	from, _ := span(1)
	h := store.Hold{Classes: []string{store.ClassEvents}, From: from, Reason: "r", PlacedBy: "a", PlacedAt: noon()}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if _, err := d.PlaceHold(ctx, "k", h); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("placed while something was being forgotten: %v", err)
	}
	if _, err := conn.Exec(t.Context(), "SELECT pg_advisory_unlock_shared(hashtext('opscenter retention'))"); err != nil {
		t.Fatal(err)
	}
	if _, err := d.PlaceHold(t.Context(), "k", h); err != nil {
		t.Error(err)
	}
}
