package store_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/klauspost/compress/zstd"

	"opscenter/internal/city"
	"opscenter/internal/store"
)

// archive commits a state with its segment, and keeps the state too if there is a keyframe.
func (d *db) archive(at time.Time, after uint64, data, keyframe string) {
	d.t.Helper()
	a := store.Archived{At: at, After: after, Seq: d.seq + 1, Entries: 2, Data: []byte(data)}
	if keyframe != "" {
		a.Keyframe = []byte(keyframe)
	}
	d.commit(&store.Write{State: []byte("{}"), StateSeq: d.seq + 1, Archived: []store.Archived{a}})
}

func TestAPastMomentIsFoundInTheArchive(t *testing.T) {
	t.Parallel()
	d := setup(t)
	at := func(minutes int) time.Time { return noon().Add(time.Duration(minutes) * time.Minute) }
	if _, err := d.Keyframe(t.Context(), 0, at(0)); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("of an empty archive: %v", err)
	}
	if _, err := d.ArchiveBegins(t.Context(), 0); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("of an empty archive: %v", err)
	}
	d.archive(at(0), 0, "a", "first")
	d.archive(at(1), 1, "b", "")
	d.archive(at(2), 2, "c", "second")
	d.archive(at(2), 3, "d", "")
	d.archive(at(60*24*9), 4, "e", "far ahead, where there is no partition")
	for minutes, want := range map[int]string{0: "first", 1: "first", 2: "second", 3: "second", 60 * 24 * 10: "far ahead, where there is no partition"} {
		k, err := d.Keyframe(t.Context(), 0, at(minutes))
		if err != nil || string(k.Data) != want {
			t.Errorf("after %d minutes the keyframe is %q, %v; want %q", minutes, k.Data, err, want)
		}
	}
	if _, err := d.Keyframe(t.Context(), 0, at(-1)); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("before the first: %v", err)
	}
	if begins, err := d.ArchiveBegins(t.Context(), 0); err != nil || !begins.Equal(at(0)) {
		t.Errorf("the archive begins %s, %v", begins, err)
	}
	if _, err := d.ArchiveBegins(t.Context(), 1); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("of another partition: %v", err)
	}
	segments, err := d.Segments(t.Context(), 0, at(0), 1, 2)
	want := []store.Segment{{At: at(1), After: 1, Seq: 2, Entries: 2, Data: []byte("b")}, {At: at(2), After: 2, Seq: 3, Entries: 2, Data: []byte("c")}}
	if diff := cmp.Diff(want, segments); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
}

// The recorder commits again what it does not know to be stored.
func TestASegmentIsArchivedOnce(t *testing.T) {
	t.Parallel()
	d := setup(t)
	d.archive(noon(), 0, "a", "k")
	d.seq--
	d.archive(noon(), 0, "a", "k")
	d.wantNumber(1, "SELECT count(*) FROM archive")
}

func TestEveryInventoryIsRemembered(t *testing.T) {
	t.Parallel()
	d := setup(t)
	d.apply(inventory(t, 0, 1))
	second := d.apply(inventory(t, 0, 3))
	d.apply(inventory(t, 0, 3)) // nothing changed
	if !second.Since.Equal(noon()) {
		t.Errorf("the second is in force since %s", second.Since)
	}
	// The first two came into force at one moment, of which the store's clock here makes many.
	for _, c := range []struct {
		before  time.Time
		devices int
	}{{noon(), 0}, {noon().Add(time.Microsecond), 3}} {
		inv, err := d.InventoryBefore(t.Context(), c.before)
		if err != nil || len(inv.Devices) != c.devices {
			t.Errorf("before %s: %d devices, %v; want %d", c.before, len(inv.Devices), err, c.devices)
		}
	}
	all, err := d.InventoriesAfter(t.Context(), 0, noon())
	if err != nil || len(all) != 2 || all[0].Revision != 1 || len(all[0].Devices) != 1 {
		t.Fatalf("all: %v, %v", all, err)
	}
	if diff := cmp.Diff(second, all[1], cmpopts.IgnoreUnexported(city.Inventory{})); diff != "" {
		t.Error(diff)
	}
	if all, err = d.InventoriesAfter(t.Context(), 0, noon().Add(-time.Second)); err != nil || len(all) != 0 {
		t.Errorf("none was in force by then, but %v, %v", all, err)
	}
}

// What is in force stays known, however long ago it came into force.
func TestOnlyInventoriesOutOfForceAreForgotten(t *testing.T) {
	t.Parallel()
	d := setup(t)
	for n := range 3 {
		d.apply(inventory(t, 0, n+1))
	}
	for _, c := range []struct {
		days int
		kept int64
	}{{1, 4}, {100, 1}} {
		if _, err := d.Retain(t.Context(), noon().AddDate(0, 0, c.days), store.Policy{store.ClassArchive: 50 * 24 * time.Hour}); err != nil {
			t.Fatal(err)
		}
		d.wantNumber(c.kept, "SELECT count(*) FROM inventory_history")
	}
	d.wantNumber(3, "SELECT max(revision) FROM inventory_history")
}

// A past that is held must be shown as it was, with what was registered then.
func TestInventoriesAreKeptForAHeldPast(t *testing.T) {
	t.Parallel()
	d := setup(t)
	d.apply(inventory(t, 0, 2))
	hold, err := d.PlaceHold(t.Context(), "k", store.Hold{
		Classes: []string{store.ClassArchive}, From: noon().Add(-time.Hour), To: noon(), Reason: "r", PlacedBy: "p",
	})
	if err != nil {
		t.Fatal(err)
	}
	forget := func() {
		t.Helper()
		if _, err := d.Retain(t.Context(), noon().AddDate(1, 0, 0), store.Policy{store.ClassArchive: time.Hour}); err != nil {
			t.Fatal(err)
		}
	}
	forget()
	d.wantNumber(2, "SELECT count(*) FROM inventory_history")
	if _, err := d.LiftHold(t.Context(), "l", hold.ID, "p", "r", noon()); err != nil {
		t.Fatal(err)
	}
	forget()
	d.wantNumber(1, "SELECT count(*) FROM inventory_history")
}

// An archive outlives many versions of the program: this is how an inventory has been kept.
func TestTheFormOfKeptInventoriesStays(t *testing.T) {
	t.Parallel()
	d := setup(t)
	const text = `{"areas":[{"id":"a","name":"A"}],"locations":[{"id":"l","name":"L","area":"a","lat":1.5,"lon":2}],"devices":[
		{"id":"d","name":"D","location":"l","subsystem":"s","kind":"k","external_id":"axis:1","parent":"","contractor":"c","model":"m",
		"cadence":60000000000,"expected_fps":25,"registered_at":"2026-03-14T12:00:00Z"}]}`
	zip, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	d.exec(fmt.Sprintf(`INSERT INTO inventory_history VALUES (7, '2026-03-14 12:00:00Z', '\x%x')`, zip.EncodeAll([]byte(text), nil)))
	got, err := d.InventoryBefore(t.Context(), noon().Add(time.Second))
	if err != nil {
		t.Fatal(err)
	}
	want, err := city.NewInventory(7, []city.Area{{ID: "a", Name: "A"}}, []city.Location{{ID: "l", Name: "L", Area: "a", Lat: 1.5, Lon: 2}}, []city.Device{{
		ID: "d", Name: "D", Location: "l", Subsystem: "s", Kind: "k", ExternalID: "axis:1", Contractor: "c", Model: "m",
		Cadence: time.Minute, ExpectedFPS: 25, RegisteredAt: noon(),
	}})
	if err != nil {
		t.Fatal(err)
	}
	want.Since = noon()
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(city.Inventory{})); diff != "" {
		t.Error(diff)
	}
}
