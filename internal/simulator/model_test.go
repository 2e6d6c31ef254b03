package simulator

import (
	"testing"
	"time"

	"opscenter/internal/city"
)

func start() time.Time {
	return time.Date(2026, 11, 23, 7, 0, 0, 0, time.FixedZone("+07", 7*60*60))
}

func scaled(t *testing.T, n int, faults string) *World {
	t.Helper()
	_, locations, devices := Scale(n, 1)
	w, err := NewWorld(WorldConfig{Start: start(), Locations: locations, Devices: devices, Faults: faults})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestEverythingFailsByItselfSometimeAndIsMended(t *testing.T) {
	t.Parallel()
	w := scaled(t, 100, "x20")
	seen := make(map[Class]bool)
	unwell, looks := 0, 0
	for at := start(); at.Before(start().Add(10 * time.Hour)); {
		at = at.Add(time.Minute)
		w.Step(at)
		for i := range w.cameras {
			c := &w.cameras[i]
			for _, class := range Classes() {
				if c.has(class) {
					seen[class] = true
				}
			}
			if !c.well() {
				unwell++
			}
			looks++
		}
	}
	for _, class := range Classes() {
		if !seen[class] {
			t.Errorf("%s never happened", class)
		}
	}
	if share := float64(unwell) / float64(looks); share < 0.2 || share > 0.8 {
		t.Errorf("%.0f %% of the cameras are unwell at twenty times the natural rate", 100*share)
	}
}

func TestAtTheNaturalRateAFewInAHundredAreUnwell(t *testing.T) {
	t.Parallel()
	w := scaled(t, 500, "")
	unwell, looks := 0, 0
	for at := start(); at.Before(start().Add(5 * time.Hour)); {
		at = at.Add(2 * time.Minute)
		w.Step(at)
		for i := range w.cameras {
			if !w.cameras[i].well() {
				unwell++
			}
			looks++
		}
	}
	if share := float64(unwell) / float64(looks); share < 0.02 || share > 0.07 {
		t.Errorf("%.1f %% of the cameras are unwell on average", 100*share)
	}
}

func TestRainTakesSpeed(t *testing.T) {
	t.Parallel()
	mean := func(rain float64) (speed float64) {
		w := &World{rain: rain}
		r := random(1, "rain test")
		l := newLane(r, 1, 1)
		n := 0.0
		for range 2000 {
			if got := l.count(r, conditions{demand: 0.7, effect: w.wet(), seen: 1, seconds: 60}); got.vehicles > 0 {
				speed += got.speed
				n++
			}
		}
		return speed / n
	}
	if dry, wet := mean(0), mean(1); wet > 0.8*dry || wet < 0.7*dry {
		t.Errorf("%.1f km/h in the worst rain, %.1f km/h without", wet, dry)
	}
}

func TestItRainsSometimesAndStopsAgain(t *testing.T) {
	t.Parallel()
	w := scaled(t, 3, "none")
	wet, changes, before := 0, 0, false
	for h := range 7 * 24 {
		w.Step(start().Add(time.Duration(h) * time.Hour))
		if now := w.rain > 0; now != before {
			changes++
			before = now
		}
		if w.rain > 0 {
			wet++
		}
	}
	if wet < 3 || wet > 80 || changes < 4 {
		t.Errorf("it rained in %d of 168 hours, and changed %d times", wet, changes)
	}
}

func TestAnIncidentIsFeltUpstreamInItsDirectionAlone(t *testing.T) {
	t.Parallel()
	place := func(lat, lon float64) site {
		return newSite(&city.Location{Lat: lat, Lon: lon}, random(1, "site"), 2)
	}
	w := &World{sites: []site{
		place(21.32, 105.400), // here
		place(21.32, 105.394), // 620 m west of it
		place(21.32, 105.406), // 620 m east
		place(21.34, 105.400), // 2.2 km north
	}}
	w.impede(1, &incident{site: 0, direction: "east", what: scenario{toll: effect{0.4, 0.3}}})
	for i, want := range []struct{ east, west effect }{
		{effect{0.4, 0.3}, effect{0.9, 0.8}},
		{effect{0.58, 0.51}, effect{1, 1}},
		{effect{1, 1}, effect{1, 1}},
		{effect{1, 1}, effect{1, 1}},
	} {
		east, west := w.sites[i].effect("east"), w.sites[i].effect("west")
		if !near(east, want.east) || !near(west, want.west) {
			t.Errorf("site %d: eastbound %v, westbound %v; want %v, %v", i, east, west, want.east, want.west)
		}
	}
	for i := range w.sites {
		w.sites[i].forget(1)
		if e := w.sites[i].effect("east"); !near(e, effect{1, 1}) {
			t.Errorf("site %d still feels an incident that has ended: %v", i, e)
		}
	}
}

func near(a, b effect) bool {
	d := effect{a.flow - b.flow, a.speed - b.speed}
	return d.flow*d.flow+d.speed*d.speed < 1e-12
}
