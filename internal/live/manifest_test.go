package live_test

import (
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"opscenter/internal/city"
	"opscenter/internal/live"
	"opscenter/internal/subsystem"
)

// readManifest reads documents of the form "lots 20": a subsystem whose metric free warns below that.
func readManifest(document []byte) (subsystem.Spec, error) {
	id, limit, ok := strings.Cut(string(document), " ")
	warning, err := strconv.ParseFloat(limit, 64)
	if !ok || err != nil {
		return subsystem.Spec{}, errors.New("no manifest")
	}
	return subsystem.Spec{
		ID: id, Names: city.Names{VI: "Bãi đỗ", EN: "Parking"}, Cadence: time.Minute,
		Metrics:    []subsystem.Metric{{Name: "free", Reason: "below_limit", Direction: subsystem.Below, Warning: &warning}},
		Indicators: []subsystem.Indicator{{Code: "visits", Period: subsystem.Daily, Cadence: 24 * time.Hour}},
	}, nil
}

func lot(id string) city.Device {
	return city.Device{ID: id, Location: "loc-1", Subsystem: "lots", Kind: "lot", RegisteredAt: start().Add(-time.Hour)}
}

func newDeclaring(t *testing.T, devices ...city.Device) *center {
	t.Helper()
	c := &center{t: t, memory: newMemory()}
	c.board = live.NewBoard(live.BoardConfig{Specs: specs(), Zone: civic(), Manifest: readManifest})
	c.record = live.NewProjection(live.ProjectionConfig{Specs: specs(), Zone: civic(), Effects: c.memory, Manifest: readManifest})
	inv := inventory(t, devices...)
	c.board.SetInventory(inv)
	c.record.SetInventory(inv)
	return c
}

func declared(at time.Time, document string) city.Entry {
	return city.Entry{At: at, Manifest: &city.Manifest{Subsystem: "lots", Document: []byte(document)}}
}

func free(device string, at time.Time, value float64) city.Entry {
	return said(at, city.Observation{
		Subsystem: "lots", Location: "loc-1", Device: device, Kind: "reading", ObservedAt: at,
		Readings: []city.Reading{{Metric: "free", Value: value}},
	})
}

func visits(at time.Time, value float64) city.Entry {
	return said(at, city.Observation{
		Subsystem: "lots", Location: "loc-1", Device: "lot-1", Kind: "indicator", ObservedAt: at,
		Indicator: &city.Indicator{Code: "visits", Period: "2026-11-23", Value: value},
	})
}

func TestDeclaredSubsystemJudgesAndIsShown(t *testing.T) {
	t.Parallel()
	c := newDeclaring(t, camera("cam-1", "loc-1"), lot("lot-1"))
	c.apply(mark(after(0)), health("cam-1", after(1), after(1)), declared(after(2), "lots 20"), free("lot-1", after(3), 12), visits(after(4), 310))
	c.wants("lot-1", city.Warning, "below_limit")
	c.wants("cam-1", city.OK, city.ReasonNone)
	all := picture(c.board)
	if s := all["subsystem/lots"]; !strings.Contains(s, `"vi":"Bãi đỗ"`) || !strings.Contains(s, `"visits":{"value":310`) {
		t.Errorf("the subsystem is %s", s)
	}
	c.apply(declared(after(5), "lots 10"), mark(after(6)))
	c.wants("lot-1", city.OK, city.ReasonNone)
	if s := picture(c.board)["subsystem/lots"]; !strings.Contains(s, `"visits":{"value":310`) {
		t.Errorf("with another manifest it is %s", s)
	}
}

func TestRetiredSubsystemLeavesTheBoardAndItsHistoryEnds(t *testing.T) {
	t.Parallel()
	c := newDeclaring(t, camera("cam-1", "loc-1"), lot("lot-1"))
	c.apply(mark(after(0)), declared(after(1), "lots 20"), free("lot-1", after(2), 50))
	var gone []string
	c.board.Watch(func(changes []city.Change) {
		for _, change := range changes {
			gone = append(gone, change.Key)
		}
	})
	c.apply(declared(after(3), ""), mark(after(4)))
	all := picture(c.board)
	for _, key := range []string{"subsystem/lots", "device/lot-1"} {
		if all[key] != "" {
			t.Errorf("%s is still shown: %s", key, all[key])
		}
		if !strings.Contains(strings.Join(gone, " "), key) {
			t.Errorf("watchers were told of %q, not of %s", gone, key)
		}
	}
	if n := c.location("loc-1").Devices; n.OK+n.Unknown+n.Stale != 1 {
		t.Errorf("the location counts %+v", n)
	}
	if last := c.memory.last(t, "lot-1"); last.To != city.Unknown || last.Reason != city.ReasonRetired || !last.At.Equal(after(3)) {
		t.Errorf("its history ends with %+v", last)
	}
	c.apply(declared(after(60), "lots 20"), free("lot-1", after(61), 3))
	c.wants("lot-1", city.Warning, "below_limit")
	for _, change := range c.memory.statuses["lot-1"][2:] {
		if change.At.Before(after(3)) {
			t.Errorf("its history was rewritten: %+v", change)
		}
	}
}

func TestReplayJudgesByTheManifestOfItsTime(t *testing.T) {
	t.Parallel()
	entries := []city.Entry{
		mark(after(0)), declared(after(1), "lots 20"), free("lot-1", after(2), 12), declared(after(3), "lots 10"),
		free("lot-1", after(4), 12), declared(after(5), ""), declared(after(6), "lots 30"), free("lot-1", after(7), 12), mark(after(8)),
	}
	whole := newDeclaring(t, camera("cam-1", "loc-1"), lot("lot-1"))
	for _, e := range entries {
		whole.apply(e)
	}
	for cut := range entries {
		c := newDeclaring(t, camera("cam-1", "loc-1"), lot("lot-1"))
		for _, e := range entries[:cut] {
			c.apply(e)
		}
		state, err := c.record.State()
		if err != nil {
			t.Fatal(err)
		}
		resumed := newDeclaring(t, camera("cam-1", "loc-1"), lot("lot-1"))
		if err := resumed.record.Restore(state); err != nil {
			t.Fatal(err)
		}
		if err := resumed.board.Restore(0, state, uint64(cut)); err != nil {
			t.Fatal(err)
		}
		for _, e := range entries[cut:] {
			resumed.apply(e)
		}
		if diff := cmp.Diff(picture(whole.board), picture(resumed.board)); diff != "" {
			t.Errorf("resumed after %d entries the picture differs:\n%s", cut, diff)
		}
		want := strings.Join(whole.memory.lines[len(c.memory.lines):], "\n")
		if diff := cmp.Diff(want, strings.Join(resumed.memory.lines, "\n")); diff != "" {
			t.Errorf("resumed after %d entries the effects differ:\n%s", cut, diff)
		}
	}
}

func TestManifestReachesOnePartAfterTheOther(t *testing.T) {
	t.Parallel()
	b := live.NewBoard(live.BoardConfig{Specs: specs(), Zone: civic(), Partitions: 2, Manifest: readManifest})
	b.SetInventory(inventory(t, lot("lot-1")))
	for part := range 2 {
		b.Apply(part, []city.Entry{declared(after(1), "lots 20")}, 1)
		if s := picture(b)["subsystem/lots"]; !strings.Contains(s, `"visits"`) {
			t.Errorf("after part %d the subsystem is %s", part, s)
		}
	}
	b.Apply(0, []city.Entry{declared(after(2), "")}, 2)
	if picture(b)["subsystem/lots"] == "" {
		t.Error("one part has retired it, and the other not yet")
	}
	b.Apply(1, []city.Entry{declared(after(2), "")}, 2)
	if s := picture(b)["subsystem/lots"]; s != "" {
		t.Errorf("it is retired, and shown as %s", s)
	}
}

// A reason that only says that a limit is passed, or that nobody has words for, is told by what gives it.
func TestAlarmsOfDeclaredSubsystemsSayWhatTheyAreAbout(t *testing.T) {
	t.Parallel()
	spec, err := readManifest([]byte("lots 20"))
	if err != nil {
		t.Fatal(err)
	}
	spec.Metrics[0].Names = city.Names{VI: "Chỗ trống", EN: "Free spaces"}
	spec.States = []subsystem.State{{
		Name: "barrier", Names: city.Names{VI: "Thanh chắn", EN: "Barrier"},
		Words: []subsystem.Word{{Value: "stuck", Status: city.Warning, Reason: "barrier_stuck", Names: city.Names{VI: "Kẹt", EN: "Stuck"}}},
	}}
	c := newCenterOf(t, append(specs(), spec), lot("lot-1"), lot("lot-2"))
	stuck := city.Observation{
		Subsystem: "lots", Location: "loc-1", Device: "lot-2", Kind: "reading", ObservedAt: after(1),
		States: []city.State{{Name: "barrier", Value: "stuck"}},
	}
	c.apply(mark(after(0)), free("lot-1", after(1), 12), said(after(1), stuck), mark(after(45)))
	titles := map[string]string{}
	for _, a := range c.board.Alarms() {
		titles[a.Device] = a.Title.VI + " / " + a.Title.EN
	}
	if diff := cmp.Diff(map[string]string{
		"lot-1": "Chỗ trống dưới ngưỡng cho phép: lot-1 · loc-1 / Free spaces below the limit: lot-1 · loc-1",
		"lot-2": "Thanh chắn kẹt: lot-2 · loc-1 / Barrier stuck: lot-2 · loc-1",
	}, titles); diff != "" {
		t.Error(diff)
	}
}
