package store_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/google/go-cmp/cmp"

	"opscenter/internal/city"
	"opscenter/internal/store"
)

func inventory(t testing.TB, revision int64, devices int) *city.Inventory {
	t.Helper()
	areas := []city.Area{{ID: "viet-tri", Name: "Việt Trì", EffectiveFrom: time.Date(2025, 7, 1, 0, 0, 0, 0, time.UTC)}, {ID: "old", Name: "Cũ", EffectiveTo: noon()}}
	locations := []city.Location{{ID: "loc-1", Name: "Ngã tư Tỉnh ủy", Area: "viet-tri", Lat: 21.323, Lon: 105.402}}
	list := make([]city.Device, devices)
	for i := range list {
		list[i] = city.Device{
			ID: fmt.Sprintf("cam-%05d", i), Name: "Camera", Location: "loc-1", Subsystem: "trafficsafety", Kind: "camera.ptz",
			ExternalID: fmt.Sprint("axis:", i), Contractor: "VNPT", Model: "Q6075", Cadence: 1500 * time.Millisecond, ExpectedFPS: 25, RegisteredAt: noon(),
		}
	}
	if devices > 1 {
		list[1].Parent = list[0].ID
	}
	inv, err := city.NewInventory(revision, areas, locations, list)
	if err != nil {
		t.Fatal(err)
	}
	return inv
}

func (d *db) apply(inv *city.Inventory) *city.Inventory {
	d.t.Helper()
	if err := d.ApplyInventory(d.t.Context(), inv); err != nil {
		d.t.Fatal(err)
	}
	stored, err := d.Inventory(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	return stored
}

func wantInventory(t *testing.T, got, want *city.Inventory, revision int64) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(city.Inventory{}), cmpopts.IgnoreFields(city.Inventory{}, "Revision", "Since"), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("inventory (-want +got):\n%s", diff)
	}
	if got.Revision != revision {
		t.Errorf("revision %d, want %d", got.Revision, revision)
	}
}

func TestInventoryBecomesWhatIsWanted(t *testing.T) {
	t.Parallel()
	d := setup(t)
	empty, err := d.Inventory(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	wantInventory(t, empty, &city.Inventory{}, 0)
	wantInventory(t, d.apply(inventory(t, 0, 3)), inventory(t, 0, 3), 1)
	wantInventory(t, d.apply(inventory(t, 1, 3)), inventory(t, 0, 3), 1) // nothing changed

	fewer := inventory(t, 1, 2)
	fewer.Devices[0].RegisteredAt = noon().AddDate(1, 0, 0)
	fewer.Devices[0].Name = "Camera mới"
	want := inventory(t, 0, 2)
	want.Devices[0].Name = "Camera mới"
	wantInventory(t, d.apply(fewer), want, 2)
	wantInventory(t, d.apply(&city.Inventory{}), &city.Inventory{}, 3)
}

func TestInventoryMadeFromAnOldRevisionIsRefused(t *testing.T) {
	t.Parallel()
	d := setup(t)
	d.apply(inventory(t, 0, 1))
	d.apply(inventory(t, 1, 2))
	if err := d.ApplyInventory(t.Context(), inventory(t, 1, 5)); !errors.Is(err, store.ErrInventoryChanged) {
		t.Errorf("got %v", err)
	}
	d.wantNumber(2, "SELECT count(*) FROM device")
}

func TestTenThousandDevicesAreApplied(t *testing.T) {
	t.Parallel()
	d := setup(t)
	began := time.Now()
	got := d.apply(inventory(t, 0, 10_000))
	t.Log("10,000 devices applied and read in", time.Since(began))
	wantInventory(t, got, inventory(t, 0, 10_000), 1)
}

func TestTheStatusOfARemovedDeviceEnds(t *testing.T) {
	t.Parallel()
	d := setup(t)
	d.apply(inventory(t, 0, 2))
	d.commit(&store.Write{Statuses: []store.StatusChange{
		{Device: "cam-00000", Status: city.OK, At: noon()}, {Device: "cam-00001", Status: city.OK, At: noon()},
	}})
	d.apply(inventory(t, 0, 1))
	d.wantNumber(1, "SELECT count(*) FROM status_interval WHERE upper_inf(during) AND device = 'cam-00000'")
	d.wantNumber(1, "SELECT count(*) FROM status_interval WHERE upper(during) > lower(during) AND device = 'cam-00001'")

	later := noon().AddDate(20, 0, 0) // registered again
	d.apply(inventory(t, 0, 2))
	d.commit(&store.Write{Statuses: []store.StatusChange{{Device: "cam-00001", Status: city.Unknown, At: later}}})
	d.wantNumber(2, "SELECT count(*) FROM status_interval WHERE device = 'cam-00001'")
}
