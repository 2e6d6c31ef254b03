package live_test

import (
	"slices"
	"testing"
	"time"

	"opscenter/internal/city"
	conditions "opscenter/internal/dialect/camera"
	"opscenter/internal/live"
	"opscenter/internal/subsystem"
)

// Who tells of the camera in these tests, which are the rules of docs/adr/0012: itself, in the center's
// own format and in ONVIF, and the Frigate that records it.
const (
	onvif   = "onvif"
	frigate = "frigate"
)

// watched is a center whose cameras may also tell conditions, with those devices.
func watched(t *testing.T, devices ...city.Device) *center {
	t.Helper()
	analytics := conditions.Part{Suffix: "analytics", Names: city.Names{VI: "phân tích", EN: "analytics"}}
	imaging := conditions.Part{Suffix: "imaging", Names: city.Names{VI: "hình ảnh", EN: "imaging"}}
	spec := cameras()
	spec.States = slices.Concat(spec.States, conditions.States(conditions.Blurred, conditions.SignalLost, conditions.StorageFailed),
		analytics.States(conditions.Blurred), imaging.States(conditions.Blurred), conditions.Notes(conditions.LastEvent))
	all := []subsystem.Spec{spec, sensors()}
	c := &center{t: t, memory: newMemory()}
	c.board = live.NewBoard(live.BoardConfig{Specs: all, Zone: civic()})
	c.record = live.NewProjection(live.ProjectionConfig{Specs: all, Zone: civic(), Effects: c.memory})
	inv := inventory(t, devices...)
	c.board.SetInventory(inv)
	c.record.SetInventory(inv)
	return c
}

// witness is what a system said of cam-1 at that second, in a series for each state, as dialects do.
func witness(kind string, second float64, state, value string) city.Entry {
	return said(after(second), city.Observation{
		Subsystem: "cams", Location: "loc-1", Device: "cam-1", Kind: kind, Channel: state, ObservedAt: after(second),
		States: []city.State{{Name: state, Value: value}},
	})
}

// wantsFacet fails unless a facet of cam-1 has that status.
func (c *center) wantsFacet(f city.Facet, want city.Status) {
	c.t.Helper()
	if got := c.device("cam-1").Facets[f]; got != want {
		c.t.Fatalf("%s is %s, want %s", f, got, want)
	}
}

func TestOfOneConditionTheNewestWordCountsWhoeverSaysIt(t *testing.T) {
	t.Parallel()
	c := watched(t, camera1())
	c.apply(health("cam-1", after(0), after(0)), witness(onvif, 1, conditions.Recording, "false"))
	c.wants("cam-1", city.Critical, "not_recording")
	c.apply(witness(frigate, 2, conditions.Recording, "true"))
	c.wants("cam-1", city.OK, "")
}

func TestOfDifferentConditionsTheWorstCounts(t *testing.T) {
	t.Parallel()
	c := watched(t, camera1())
	c.apply(witness(onvif, 0, conditions.Blurred, "true"), health("cam-1", after(1), after(1)))
	c.wants("cam-1", city.Warning, "defocus") // image=ok is another condition and does not clear it
	c.apply(health("cam-1", after(2), after(2), "image=frozen"))
	c.wants("cam-1", city.Critical, "frozen")
	c.apply(health("cam-1", after(3), after(3)))
	c.wants("cam-1", city.Warning, "defocus")
	c.apply(witness(onvif, 4, conditions.Blurred, "false"))
	c.wants("cam-1", city.OK, "")
}

func TestOnePartDoesNotClearWhatAnotherFound(t *testing.T) {
	t.Parallel()
	c := watched(t, camera1())
	c.apply(witness(onvif, 0, "image_blurred_analytics", "true"), witness(onvif, 1, "image_blurred_imaging", "false"))
	c.wants("cam-1", city.Warning, "defocus")
}

func TestEverySystemFallsSilentByItself(t *testing.T) {
	t.Parallel()
	c := watched(t, camera1())
	c.apply(witness(onvif, 0, conditions.StorageFailed, "true"), health("cam-1", after(20), after(20)))
	c.wants("cam-1", city.Critical, "not_recording")
	c.apply(mark(after(30))) // nothing in ONVIF for three cadences, natively for one
	c.wants("cam-1", city.OK, "")
	c.apply(mark(after(50)))
	c.wants("cam-1", city.Stale, city.ReasonSilent)
}

func TestAnyWordOfASystemKeepsFreshWhatItSaidBefore(t *testing.T) {
	t.Parallel()
	c := watched(t, camera1())
	c.apply(witness(onvif, 0, conditions.Blurred, "true"), witness(onvif, 25, conditions.LastEvent, "Device/Trigger/Relay"), mark(after(54)))
	c.wants("cam-1", city.Warning, "defocus") // conditions are told when they change
	c.apply(mark(after(55)))
	c.wants("cam-1", city.Stale, city.ReasonSilent)
}

func TestAFacetIsStaleWhenAllWhoSpokeOfItAreSilent(t *testing.T) {
	t.Parallel()
	c := watched(t, camera1())
	c.apply(health("cam-1", after(0), after(0)), witness(frigate, 20, conditions.SignalLost, "false"), mark(after(30)))
	c.wantsFacet(city.Link, city.OK)
	c.wantsFacet(city.Image, city.Stale) // Frigate knows nothing of it
}

func TestAFaultSurvivesAnotherSystemThatIsContent(t *testing.T) {
	t.Parallel()
	c := watched(t, camera1())
	c.apply(witness(frigate, 0, conditions.SignalLost, "true"), health("cam-1", after(1), after(1)))
	c.wants("cam-1", city.Critical, "no_stream")
	c.wantsFacet(city.Link, city.Critical)
}

func TestAParentThatIsDownOverrulesWhatIsSaid(t *testing.T) {
	t.Parallel()
	nvr := city.Device{ID: "nvr", Location: "loc-1", Subsystem: "cams", Kind: "nvr", Cadence: time.Hour, RegisteredAt: start()}
	cam := camera1()
	cam.Parent = "nvr"
	c := watched(t, nvr, cam)
	c.apply(availability("nvr", after(0), "online", false), health("cam-1", after(1), after(1)), availability("nvr", after(2), "offline", false))
	c.wants("cam-1", city.Unknown, city.ReasonParentDown)
	c.apply(witness(onvif, 3, conditions.Blurred, "true"))
	c.wants("cam-1", city.Unknown, city.ReasonParentDown)
	c.apply(availability("nvr", after(4), "online", false))
	c.wants("cam-1", city.Warning, "defocus") // it was listened to all the while
}

func TestTheLastWillIsTakenBackByAnyLaterWord(t *testing.T) {
	t.Parallel()
	c := watched(t, camera1())
	c.apply(health("cam-1", after(0), after(0)), availability("cam-1", after(1), "offline", false))
	c.wants("cam-1", city.Critical, city.ReasonOffline)
	c.apply(witness(frigate, 2, conditions.SignalLost, "false"))
	c.wants("cam-1", city.OK, "")
}

func TestRetainedConditionsCountInWhateverOrderTheyCome(t *testing.T) {
	t.Parallel()
	c := watched(t, camera1())
	older := witness(onvif, -600, conditions.Blurred, "true")
	newer := witness(onvif, -5, conditions.SignalLost, "false")
	for _, e := range []city.Entry{newer, older} {
		e.At, e.Observation.ReceivedAt = after(0), after(0)
		c.apply(retained(e))
	}
	c.wants("cam-1", city.Warning, "defocus")
}

func camera1() city.Device { return camera("cam-1", "loc-1") }
