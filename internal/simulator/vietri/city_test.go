package vietri_test

import (
	"bytes"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"opscenter/internal/city"
	"opscenter/internal/inventory"
	"opscenter/internal/simulator/vietri"
)

// extent is a rough box around a ward or the commune, in degrees.
type extent struct{ south, north, west, east float64 }

func extents() map[string]extent {
	return map[string]extent{
		"viet-tri":   {21.300, 21.350, 105.388, 105.418},
		"thanh-mieu": {21.285, 21.330, 105.408, 105.450},
		"nong-trang": {21.310, 21.345, 105.360, 105.394},
		"van-phu":    {21.330, 21.380, 105.350, 105.395},
		"hy-cuong":   {21.340, 21.395, 105.300, 105.350},
	}
}

func cameras() []city.Device {
	_, _, devices := vietri.City()
	return slices.DeleteFunc(devices, func(d city.Device) bool { return !strings.HasPrefix(d.Kind, "camera.") })
}

func TestEverySubsystemOfTheCityHasADevice(t *testing.T) {
	t.Parallel()
	_, _, devices := vietri.City()
	speaks := make(map[string]int)
	for _, d := range devices {
		speaks[d.Subsystem]++
	}
	for _, id := range []string{
		"trafficsafety", "publicservice", "edocument", "socioeconomic", "statistics", "health", "education",
		"socialmedia", "environment", "citizenfeedback", "tourism", "infosecurity", "parking",
	} {
		if speaks[id] == 0 {
			t.Errorf("nothing in the city belongs to %q", id)
		}
		delete(speaks, id)
	}
	if len(speaks) > 0 {
		t.Errorf("devices of unknown subsystems: %v", speaks)
	}
}

func TestCityHasTheReportedSize(t *testing.T) {
	t.Parallel()
	areas, locations, devices := vietri.City()
	if len(areas) != 5 || len(locations) != 91 || len(cameras()) != 200 {
		t.Fatalf("got %d areas, %d locations, %d cameras; want 5, 91, 200", len(areas), len(locations), len(cameras()))
	}
	if _, err := city.NewInventory(1, areas, locations, devices); err != nil {
		t.Fatalf("the city is no valid inventory: %v", err)
	}
	for i, l := range locations {
		if want := fmt.Sprintf("loc-%03d", i+1); l.ID != want {
			t.Errorf("location %d has id %q, want %q", i, l.ID, want)
		}
	}
	for i, d := range cameras() {
		if want := fmt.Sprintf("cam-%03d", i+1); d.ID != want {
			t.Errorf("device %d has id %q, want %q", i, d.ID, want)
		}
	}
	for _, a := range areas {
		if got := a.EffectiveFrom.Format(time.RFC3339); got != "2025-06-30T17:00:00Z" {
			t.Errorf("area %q is effective from %s", a.ID, got)
		}
	}
}

func TestLocationsLieApartAndInsideTheirArea(t *testing.T) {
	t.Parallel()
	_, locations, _ := vietri.City()
	boxes := extents()
	names := make(map[string]string)
	for i, l := range locations {
		if other, taken := names[l.Name]; taken {
			t.Errorf("%s and %s are both called %q", l.ID, other, l.Name)
		}
		names[l.Name] = l.ID
		box, known := boxes[l.Area]
		if !known {
			t.Errorf("%s lies in area %q", l.ID, l.Area)
		}
		if l.Lat < box.south || l.Lat > box.north || l.Lon < box.west || l.Lon > box.east {
			t.Errorf("%s %q at %v, %v lies outside of %s", l.ID, l.Name, l.Lat, l.Lon, l.Area)
		}
		for _, o := range locations[:i] {
			if m := metres(l, o); m < 60 {
				t.Errorf("%s and %s lie %.0f m apart", l.ID, o.ID, m)
			}
		}
	}
}

func metres(a, b city.Location) float64 {
	const perDegree = 111_320
	return math.Hypot((a.Lat-b.Lat)*perDegree, (a.Lon-b.Lon)*perDegree*math.Cos(a.Lat*math.Pi/180))
}

func TestCamerasKeepTheMixAndTheirLimits(t *testing.T) {
	t.Parallel()
	_, locations, _ := vietri.City()
	at, kinds, contractors := map[string]int{}, map[string]int{}, map[string]int{}
	names := make(map[string]bool)
	invented := regexp.MustCompile(`^Nhà thầu mẫu `)
	for _, d := range cameras() {
		at[d.Location]++
		kinds[d.Kind]++
		contractors[d.Contractor]++
		if d.Subsystem != "trafficsafety" || d.Model == "" || names[d.Name] {
			t.Errorf("%s %q: subsystem %q, model %q", d.ID, d.Name, d.Subsystem, d.Model)
		}
		names[d.Name] = true
		if d.Cadence < 30*time.Second || d.Cadence > 60*time.Second || d.ExpectedFPS < 10 {
			t.Errorf("%s: cadence %v, %v frames/s", d.ID, d.Cadence, d.ExpectedFPS)
		}
		if !invented.MatchString(d.Contractor) {
			t.Errorf("%s: contractor %q could be taken for a real one", d.ID, d.Contractor)
		}
	}
	for _, l := range locations {
		if n := at[l.ID]; n < 1 || n > 6 {
			t.Errorf("%s has %d cameras, want 1 to 6", l.ID, n)
		}
	}
	want := map[string]int{"camera.overview": 115, "camera.ptz": 56, "camera.violation": 26, "camera.speed": 3}
	for kind, n := range want {
		if kinds[kind] != n {
			t.Errorf("%d of %s, want %d", kinds[kind], kind, n)
		}
	}
	if len(kinds) != len(want) || len(contractors) != 4 {
		t.Errorf("kinds %v, contractors %v", kinds, contractors)
	}
}

func TestPlausibleNamesAreTold(t *testing.T) {
	t.Parallel()
	_, locations, _ := vietri.City()
	plausible := vietri.Plausible()
	known := 0
	for _, l := range locations {
		if !plausible[l.ID] {
			known++
		}
		if (l.Name == "Ngã tư Tỉnh ủy" || l.Name == "Quảng trường Hùng Vương") && plausible[l.ID] {
			t.Errorf("%q is a known place", l.Name)
		}
	}
	if known < 15 || len(plausible) < 50 {
		t.Errorf("%d known and %d plausible names", known, len(plausible))
	}
}

func TestTheFileCanBeImported(t *testing.T) {
	t.Parallel()
	sheet, err := inventory.Read(bytes.NewReader(vietri.InventoryCSV()))
	if err != nil {
		t.Fatal(err)
	}
	got, err := sheet.Apply(nil, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	areas, locations, devices := vietri.City()
	want, err := city.NewInventory(got.Revision, areas, locations, devices)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(city.Inventory{})); diff != "" {
		t.Errorf("the imported city differs from the built-in one (-built in +imported):\n%s", diff)
	}
}
