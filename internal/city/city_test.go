package city_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"opscenter/internal/city"
)

func TestStaleAndUnknownAreWorseThanOkAndNeverTheDefaultOk(t *testing.T) {
	t.Parallel()
	var never city.Status
	if never == city.OK {
		t.Error("a status that nobody has set is ok")
	}
	order := city.Statuses()
	for i := 1; i < len(order); i++ {
		if order[i].Rank() >= order[i-1].Rank() {
			t.Errorf("%v is listed after %v and ranks no better", order[i], order[i-1])
		}
		if got := order[i].Worst(order[i-1]); got != order[i-1] {
			t.Errorf("the worst of %v and %v is %v", order[i], order[i-1], got)
		}
	}
}

func TestStatusesReadWhatTheyWrite(t *testing.T) {
	t.Parallel()
	for _, s := range city.Statuses() {
		if got, err := city.ParseStatus(s.String()); err != nil || got != s {
			t.Errorf("%v is read as %v (%v)", s, got, err)
		}
	}
	if _, err := city.ParseStatus("fine"); err == nil || !strings.Contains(err.Error(), `"fine"`) {
		t.Errorf("an unknown word gives %v", err)
	}
}

func TestIDsAreSlugs(t *testing.T) {
	t.Parallel()
	for id, good := range map[string]bool{
		"cam-017": true, "0": true, "a_b.c-d": true, strings.Repeat("a", 64): true,
		"": false, "-a": false, "Cam": false, "a/b": false, "ngã-tư": false, strings.Repeat("a", 65): false, "a\n": false,
	} {
		if err := city.CheckID(id); (err == nil) != good {
			t.Errorf("%q: %v", id, err)
		}
	}
}

func TestAnInventoryNamesEveryFault(t *testing.T) {
	t.Parallel()
	_, err := city.NewInventory(1, []city.Area{{ID: "w1"}, {ID: "w1"}},
		[]city.Location{{ID: "loc-1", Area: "w2"}, {ID: "loc-2", Lat: 91}, {ID: "Bad"}},
		[]city.Device{
			{ID: "a", Location: "loc-1", Parent: "b", ExternalID: "axis:1"},
			{ID: "b", Location: "loc-1", Parent: "a", ExternalID: "axis:1"},
			{ID: "c", Location: "nowhere"},
			{ID: "d", Location: "loc-1", Parent: "x"},
			{ID: "d", Location: "loc-1"},
		})
	if err == nil {
		t.Fatal("no fault was found")
	}
	for _, want := range []string{
		`area "w1" occurs twice`, `unknown area "w2"`, `location "loc-2": 91`, `"Bad"`, `form a circle`, `external id "axis:1" belongs to`,
		`unknown location "nowhere"`, `unknown parent "x"`, `device "d" occurs twice`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is missing from: %v", want, err)
		}
	}
}

func TestAnInventoryFindsWhatItHolds(t *testing.T) {
	t.Parallel()
	inv, err := city.NewInventory(7, nil, []city.Location{{ID: "loc-2"}, {ID: "loc-1"}},
		[]city.Device{{ID: "b", Location: "loc-1"}, {ID: "a", Location: "loc-1", ExternalID: "onvif:X/1"}, {ID: "c", Location: "loc-2"}})
	if err != nil {
		t.Fatal(err)
	}
	var at []string
	for _, d := range inv.At("loc-1") {
		at = append(at, d.ID)
	}
	if diff := cmp.Diff([]string{"a", "b"}, at); diff != "" {
		t.Error(diff)
	}
	if inv.Device("c").Location != "loc-2" || inv.External("onvif:X/1").ID != "a" || inv.Location("loc-3") != nil || inv.Device("x") != nil {
		t.Error("the indexes do not match the lists")
	}
}

func TestPartitionsStayWhereTheyAre(t *testing.T) {
	t.Parallel()
	// A location that changed its partition would be read from the wrong checkpoint: these are for ever.
	for location, want := range map[string]int{"loc-001": 3, "loc-002": 6, "": 5} {
		if got := city.PartitionOf(location, 8); got != want {
			t.Errorf("%q of 8 partitions is in %d, not %d", location, got, want)
		}
	}
	if got := city.PartitionOf("loc-001", 1); got != 0 {
		t.Errorf("the only partition is %d", got)
	}
}
