package live_test

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"opscenter/internal/city"
	"opscenter/internal/live"
)

func flow(device string, at, observed time.Time, channel string, vehicles, window float64, more ...city.Reading) city.Entry {
	return said(at, city.Observation{
		Subsystem: "cams", Location: "loc-1", Device: device, Kind: "flow", Channel: channel, ObservedAt: observed,
		Readings: append([]city.Reading{{Metric: "vehicles", Value: vehicles}, {Metric: "window_s", Value: window}}, more...),
	})
}

func speed(v float64) city.Reading     { return city.Reading{Metric: "speed_kmh", Value: v} }
func occupancy(v float64) city.Reading { return city.Reading{Metric: "occupancy_pct", Value: v} }

func TestFlowIsSummedOverChannelsAndDetectors(t *testing.T) {
	t.Parallel()
	c := newCenter(t, camera("cam-1", "loc-1"), camera("cam-2", "loc-1"))
	c.apply(
		flow("cam-1", after(0), after(0), "1", 10, 60, speed(40), occupancy(10)),
		flow("cam-1", after(0), after(0), "2", 20, 60, speed(50), occupancy(20)),
		flow("cam-2", after(0), after(0), "", 0, 30, occupancy(40)), // no vehicle, so no speed
		flow("cam-1", after(20), after(20), "1", 5, 20, speed(20), occupancy(0)),
	)
	r := c.location("loc-1").Readings
	for name, want := range map[string]float64{
		"vehicle_flow": 15.0/80*3600 + 20.0/60*3600, "vehicle_flow_1m": 15.0/80*3600 + 20.0/60*3600,
		"speed": (40*10 + 50*20 + 20*5) / 35.0, "occupancy": (10*60 + 20*60 + 40*30) / 170.0,
	} {
		if got, ok := r[name]; !ok || math.Abs(got.Value-want) > 1e-9 || got.Status != city.OK || !got.ObservedAt.Equal(after(20)) {
			t.Errorf("%s is %+v, want %v ok of %s", name, got, want, after(20))
		}
	}
}

func TestReportsLeaveTheWindowsAsTimePasses(t *testing.T) {
	t.Parallel()
	c := newCenter(t, camera("cam-1", "loc-1"))
	c.apply(flow("cam-1", after(0), after(0), "", 60, 60), flow("cam-1", after(10), after(10), "", 30, 60))
	steps := []struct {
		at   float64
		name string
		want float64 // 0: no reading
	}{
		{59.9, "vehicle_flow_1m", 2700},
		{60, "vehicle_flow_1m", 1800},
		{69.9, "vehicle_flow_1m", 1800},
		{70, "vehicle_flow_1m", 0},
		{299.9, "vehicle_flow", 2700},
		{300, "vehicle_flow", 1800},
		{310, "vehicle_flow", 0},
		{899.9, "vehicle_flow_15m", 2700},
		{900, "vehicle_flow_15m", 1800},
		{910, "vehicle_flow_15m", 0},
	}
	var changed bool
	defer c.board.Watch(func(changes []city.Change) {
		for _, ch := range changes {
			changed = changed || ch.Key == "location/loc-1"
		}
	})()
	last := c.location("loc-1").Readings
	for _, s := range steps {
		changed = false
		c.apply(mark(after(s.at)))
		now := c.location("loc-1").Readings
		if got := now[s.name].Value; got != s.want {
			t.Fatalf("at %v s %s is %v, want %v", s.at, s.name, got, s.want)
		}
		if differs := fmt.Sprint(now) != fmt.Sprint(last); differs && !changed {
			t.Fatalf("at %v s the readings changed and nobody was told", s.at)
		}
		last = now
	}
}

func TestAQuietDetectorIsNotShownAsLive(t *testing.T) {
	t.Parallel()
	c := newCenter(t, camera("cam-1", "loc-1"))
	c.apply(flow("cam-1", after(0), after(0), "", 60, 60), mark(after(29)))
	if got := c.location("loc-1").Readings["vehicle_flow"].Status; got != city.OK {
		t.Fatalf("after 29 s it is %s, want ok", got)
	}
	take, cancel := watch(c.board)
	defer cancel()
	c.apply(mark(after(30)))
	if got := c.location("loc-1").Readings["vehicle_flow"].Status; got != city.Stale {
		t.Fatalf("after 30 s it is %s, want stale", got)
	}
	c.apply(health("cam-1", after(31), after(31))) // another kind of message: the flow is still stale
	take()
	c.apply(flow("cam-1", after(32), after(32), "", 60, 60), mark(after(61.9)))
	take()
	c.apply(mark(after(62)))
	if got := take(); !slices.Contains(got, "location/loc-1@loc-1") {
		t.Fatalf("it went stale again, and %v changed", got)
	}
}

func TestAClockThatIsFarOffCountsByTheTimeOfReceipt(t *testing.T) {
	t.Parallel()
	for name, off := range map[string]time.Duration{"behind": -24 * time.Hour, "ahead": 24 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCenter(t, camera("cam-1", "loc-1"))
			c.apply(flow("cam-1", after(0), after(0).Add(off), "", 60, 60))
			if got := c.location("loc-1").Readings["vehicle_flow_1m"].Value; got != 3600 {
				t.Fatalf("flow is %v, want 3600", got)
			}
		})
	}
}

func TestAReportCountsOnceHoweverOftenItComes(t *testing.T) {
	t.Parallel()
	c := newCenter(t, camera("cam-1", "loc-1"))
	c.apply(flow("cam-1", after(0), after(0), "", 60, 60), flow("cam-1", after(10), after(10), "", 30, 60))
	again := flow("cam-1", after(11), after(0), "", 60, 60)
	again.Observation.Digest++ // as if the ring had forgotten it
	c.apply(again)
	if got := c.location("loc-1").Readings["vehicle_flow"].Value; got != 2700 {
		t.Fatalf("flow is %v, want 2700", got)
	}
}

func TestAnOldReplayIsInNoWindow(t *testing.T) {
	t.Parallel()
	c := newCenter(t, camera("cam-1", "loc-1"))
	c.apply(retained(flow("cam-1", after(0), after(-7200), "", 60, 60)))
	if got := c.location("loc-1").Readings; len(got) != 0 {
		t.Fatalf("readings %v, want none", got)
	}
}

type bruteReport struct {
	device, channel                    string
	at                                 time.Time
	vehicles, window, speed, occupancy float64
	hasSpeed                           bool
}

func TestWindowsAreWhatAPlainSumSays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		c := newCenter(t, camera("cam-1", "loc-1"), camera("cam-2", "loc-1"))
		var all []bruteReport
		seen := map[string]bool{}
		now := start()
		for range rapid.IntRange(1, 60).Draw(r, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 90_000).Draw(r, "gap")) * time.Millisecond)
			if rapid.Bool().Draw(r, "mark") {
				c.apply(mark(now))
			} else {
				b := bruteReport{
					device:   rapid.SampledFrom([]string{"cam-1", "cam-2"}).Draw(r, "device"),
					channel:  rapid.SampledFrom([]string{"", "1:north"}).Draw(r, "channel"),
					at:       now.Add(time.Duration(rapid.IntRange(-600, 60).Draw(r, "off")) * time.Second),
					vehicles: float64(rapid.IntRange(0, 100).Draw(r, "vehicles")), window: rapid.SampledFrom([]float64{0.1, 1, 7, 60}).Draw(r, "window"),
					occupancy: rapid.Float64Range(0, 100).Draw(r, "occupancy"),
				}
				more := []city.Reading{occupancy(b.occupancy)}
				if b.hasSpeed = b.vehicles > 0; b.hasSpeed {
					b.speed = rapid.Float64Range(1, 150).Draw(r, "speed")
					more = append(more, speed(b.speed))
				}
				c.apply(flow(b.device, now, b.at, b.channel, b.vehicles, b.window, more...))
				if key := b.device + b.channel + b.at.String(); !seen[key] {
					seen[key] = true
					all = append(all, b)
				}
			}
			checkWindows(r, c, all, now)
		}
	})
}

func checkWindows(r *rapid.T, c *center, all []bruteReport, now time.Time) {
	got := c.location("loc-1").Readings
	for suffix, span := range map[string]time.Duration{"_1m": time.Minute, "": 5 * time.Minute, "_15m": 15 * time.Minute} {
		vehicles, windows := map[string]float64{}, map[string]float64{}
		var v, vs, w, ow float64
		some, someSpeed := false, false
		for _, b := range all {
			if b.at.After(now) || !b.at.After(now.Add(-span)) {
				continue
			}
			some = true
			vehicles[b.device+b.channel] += b.vehicles
			windows[b.device+b.channel] += b.window
			w += b.window
			ow += b.occupancy * b.window
			if b.hasSpeed {
				someSpeed = true
				v += b.vehicles
				vs += b.speed * b.vehicles
			}
		}
		rate := 0.0
		for series := range vehicles {
			rate += vehicles[series] / windows[series] * 3600
		}
		near(r, got, "vehicle_flow"+suffix, some, rate)
		near(r, got, "speed"+suffix, someSpeed, vs/v)
		near(r, got, "occupancy"+suffix, some, ow/w)
	}
}

func near(r *rapid.T, got map[string]live.ReadingView, name string, some bool, want float64) {
	v, ok := got[name]
	if ok != some {
		r.Fatalf("%s is shown: %v, want %v", name, ok, some)
	}
	if some && math.Abs(v.Value-want) > 1e-9*math.Max(1, math.Abs(want)) {
		r.Fatalf("%s is %v, want %v", name, v.Value, want)
	}
}
