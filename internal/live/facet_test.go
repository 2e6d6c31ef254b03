package live_test

import (
	"maps"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"opscenter/internal/city"
	"opscenter/internal/subsystem"
)

func TestFacets(t *testing.T) {
	t.Parallel()
	type facets = map[city.Facet]city.Status
	ok := func(except facets) facets {
		all := facets{city.Link: city.OK, city.Recording: city.OK, city.Image: city.OK}
		maps.Copy(all, except)
		return all
	}
	for _, tt := range []struct {
		name   string
		says   []string
		status city.Status
		reason city.Reason
		facets facets
	}{
		{"all is well", nil, city.OK, "", ok(nil)},
		{"no signal", []string{"stream=no_signal"}, city.Critical, "no_stream", ok(facets{city.Link: city.Critical})},
		{"not recording", []string{"recording=false"}, city.Critical, "not_recording", ok(facets{city.Recording: city.Critical})},
		{"dark", []string{"image=dark"}, city.Warning, "dark", ok(facets{city.Image: city.Warning})},
		{"the worst of a facet", []string{"image=dark", "fps=10"}, city.Critical, "low_fps", ok(facets{city.Image: city.Critical})},
		{"the worst of the device", []string{"image=dark", "recording=false"}, city.Critical, "not_recording", ok(facets{city.Image: city.Warning, city.Recording: city.Critical})},
		{"frames at the threshold", []string{"fps=20"}, city.OK, "", ok(nil)},
		{"frames below the threshold", []string{"fps=19.9"}, city.Warning, "low_fps", ok(facets{city.Image: city.Warning})},
		{"the inventory's expectation goes first", []string{"fps=20", "expected_fps=50"}, city.OK, "", ok(nil)},
		{"a clock behind", []string{"clock_offset_ms=-2001"}, city.Warning, "clock_drift", ok(facets{city.Image: city.Warning})},
		{"storage at the threshold", []string{"storage_used_pct=90"}, city.OK, "", ok(nil)},
		{"storage above it", []string{"storage_used_pct=90.5"}, city.Warning, "storage_full", ok(facets{city.Recording: city.Warning})},
		{"spoils only the device", []string{"temperature_c=71"}, city.Warning, "hot", ok(nil)},
		{"a word that nobody knows", []string{"image=kaleidoscopic"}, city.OK, "", ok(nil)},
		{"a state that nobody knows", []string{"mood=bad"}, city.OK, "", ok(nil)},
		{"a metric that nobody knows", []string{"anger=1e9"}, city.OK, "", ok(nil)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := newCenter(t, camera("cam-1", "loc-1"))
			c.apply(health("cam-1", after(0), after(0), tt.says...))
			c.wants("cam-1", tt.status, tt.reason)
			if diff := cmp.Diff(tt.facets, c.device("cam-1").Facets); diff != "" {
				t.Fatal(diff)
			}
		})
	}
}

func TestWhatIsNotToldOfSpoilsNothing(t *testing.T) {
	t.Parallel()
	c := newCenter(t, camera("cam-1", "loc-1"))
	o := healthOf("cam-1", after(0))
	o.States, o.Readings = o.States[:1], nil // stream only
	c.apply(said(after(0), o))
	c.wants("cam-1", city.OK, "")
	want := map[city.Facet]city.Status{city.Link: city.OK, city.Recording: city.Unknown, city.Image: city.Unknown}
	if diff := cmp.Diff(want, c.device("cam-1").Facets); diff != "" {
		t.Fatal(diff)
	}
}

func TestFramesAreNotJudgedWithoutAnExpectation(t *testing.T) {
	t.Parallel()
	d := camera("cam-1", "loc-1")
	d.ExpectedFPS = 0
	c := newCenter(t, d)
	c.apply(health("cam-1", after(0), after(0), "fps=1"))
	c.wants("cam-1", city.OK, "")
	if got := c.device("cam-1").Readings["fps"].Status; got != city.Unknown {
		t.Fatalf("fps is %s, want unknown", got)
	}
	c.apply(health("cam-1", after(1), after(1), "fps=1", "expected_fps=25"))
	c.wants("cam-1", city.Critical, "low_fps")
}

func TestASensorShowsTheLinkAlone(t *testing.T) {
	t.Parallel()
	c := newCenter(t, city.Device{ID: "pm-1", Location: "loc-1", Subsystem: "env", Kind: "sensor.air", RegisteredAt: start()})
	o := city.Observation{Subsystem: "env", Location: "loc-1", Device: "pm-1", Kind: "reading", ObservedAt: after(0), Readings: []city.Reading{{Metric: "pm25", Value: 80}}}
	c.apply(said(after(0), o))
	c.wants("pm-1", city.Warning, "polluted")
	if diff := cmp.Diff(map[city.Facet]city.Status{city.Link: city.OK}, c.device("pm-1").Facets); diff != "" {
		t.Fatal(diff)
	}
	c.apply(mark(after(180)))
	c.wants("pm-1", city.Stale, city.ReasonSilent)
}

// family is an NVR, a switch behind it and two cameras, one of which hangs on the switch.
func family() []city.Device {
	nvr := city.Device{ID: "nvr", Location: "loc-1", Subsystem: "cams", Kind: "nvr", Cadence: time.Hour, RegisteredAt: start()}
	sw := city.Device{ID: "switch", Location: "loc-1", Subsystem: "cams", Kind: "switch", Parent: "nvr", RegisteredAt: start()}
	a, b := camera("cam-1", "loc-1"), camera("cam-2", "loc-1")
	a.Parent, b.Parent = "nvr", "switch"
	return []city.Device{nvr, sw, a, b}
}

func TestWhatHangsOnADeviceThatIsDownIsUnknown(t *testing.T) {
	t.Parallel()
	c := newCenter(t, family()...)
	c.apply(
		availability("nvr", after(0), "online", false),
		health("cam-1", after(0), after(0)), health("cam-2", after(0), after(0)),
		availability("nvr", after(5), "offline", false),
	)
	c.wants("cam-1", city.Unknown, city.ReasonParentDown)
	c.wants("cam-2", city.Unknown, city.ReasonParentDown) // through a switch that says nothing itself
	c.wants("nvr", city.Critical, city.ReasonOffline)
	c.apply(health("cam-1", after(6), after(6), "image=frozen"))
	c.wants("cam-1", city.Unknown, city.ReasonParentDown)
	c.apply(availability("nvr", after(8), "online", false))
	c.wants("cam-1", city.Critical, "frozen")
	c.wants("cam-2", city.OK, "")
	if got := c.location("loc-1").Devices.Unknown; got != 1 {
		t.Fatalf("%d unknown, want the switch alone", got)
	}
}

func TestAParentThatFallsSilentTakesItsChildrenAlongAtThatMoment(t *testing.T) {
	t.Parallel()
	devices := family()
	devices[0].Cadence = cadence // as the cameras'
	c := newCenter(t, devices...)
	c.apply(health("cam-1", after(0), after(0)), health("nvr", after(0), after(0)), mark(after(60)))
	c.wants("cam-1", city.Unknown, city.ReasonParentDown)
	list := c.memory.statuses["cam-1"]
	if n := len(list); n != 3 || !list[2].At.Equal(after(30)) {
		t.Fatalf("changes %+v, want one at 30 s and none to stale before it", list)
	}
	c.apply(health("nvr", after(61), after(61)))
	c.wants("cam-1", city.Stale, city.ReasonSilent) // it fell silent underneath
}

func TestAParentThatWasNeverHeardIsNotDown(t *testing.T) {
	t.Parallel()
	c := newCenter(t, family()...)
	c.apply(health("cam-1", after(0), after(0)))
	c.wants("cam-1", city.OK, "")
}

// A value that hovers at its threshold does not come and go with it.
func TestAValueIsWellAgainWhenItIsBackByTheDeadBand(t *testing.T) {
	t.Parallel()
	spec := sensors()
	spec.Metrics[0].DeadBand = 5 // of pm25, a warning above 55
	c := newCenterOf(t, []subsystem.Spec{spec}, city.Device{ID: "pm-1", Location: "loc-1", Subsystem: "env", Kind: "sensor.air"})
	for i, step := range []struct {
		value float64
		want  city.Status
	}{{54, city.OK}, {56, city.Warning}, {51, city.Warning}, {49, city.OK}, {54, city.OK}} {
		now := after(float64(i))
		c.apply(said(now, city.Observation{
			Subsystem: "env", Location: "loc-1", Device: "pm-1", Kind: "reading", ObservedAt: now,
			Readings: []city.Reading{{Metric: "pm25", Value: step.value}},
		}))
		if got := c.device("pm-1").Status; got != step.want {
			t.Errorf("%v after the others is %s, want %s", step.value, got, step.want)
		}
	}
}
