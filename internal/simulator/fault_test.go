package simulator_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/simulator"
	"opscenter/internal/simulator/vietri"
)

// symptoms tells for each class that a camera's health shows by itself whether it shows it. The
// others show in what is not said.
func symptoms() map[simulator.Class]func(h map[string]any) bool {
	image := func(word string) func(map[string]any) bool {
		return func(h map[string]any) bool { return h["image"] == word }
	}
	return map[simulator.Class]func(map[string]any) bool{
		simulator.NoStream:     func(h map[string]any) bool { return h["stream"] == "no_signal" },
		simulator.LowFPS:       func(h map[string]any) bool { f, ok := h["fps"].(float64); return ok && f < 10 },
		simulator.ClockDrift:   func(h map[string]any) bool { o := h["clock_offset_ms"].(float64); return o > 1e4 || o < -1e4 },
		simulator.Obscured:     image("obscured"),
		simulator.Moved:        image("moved"),
		simulator.Defocus:      image("blurred"),
		simulator.Frozen:       image("frozen"),
		simulator.Dark:         image("dark"),
		simulator.NotRecording: func(h map[string]any) bool { return !h["recording"].(bool) },
		simulator.RetentionShort: func(h map[string]any) bool {
			return h["retention_days"].(float64) < 10
		},
	}
}

func TestAForcedFaultShowsAtItsTimeAndGoesAgain(t *testing.T) {
	t.Parallel()
	for class, shows := range symptoms() {
		t.Run(class.String(), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, 1, monday(), fmt.Sprintf("none, cam-019:%s@90s+2m", class))
			from, to := monday().Add(90*time.Second), monday().Add(210*time.Second)
			during, rules := 0, newContract()
			for _, p := range w.Step(monday().Add(10 * time.Minute)) {
				payload := rules.check(t, p)
				if p.Kind != simulator.KindHealth {
					continue
				}
				on := !p.At.Before(from) && p.At.Before(to) && strings.Contains(p.Topic, "/cam-019/")
				if got := shows(payload); got != on {
					t.Fatalf("%s at %s: shows %s: %v, want %v: %s", p.Topic, p.At.Sub(monday()), class, got, on, p.Payload)
				}
				if on {
					if during == 0 && p.At.Sub(from) > time.Second {
						t.Errorf("first shown only %v after it began", p.At.Sub(from))
					}
					during++
				}
			}
			if during < 3 {
				t.Errorf("shown %d times in two minutes", during)
			}
		})
	}
}

// sayings lists what one device said.
func sayings(t *testing.T, due []simulator.Publication, device string) (said []simulator.Publication) {
	t.Helper()
	rules := newContract()
	for _, p := range due {
		rules.check(t, p)
		if strings.Contains(p.Topic, "/"+device+"/") {
			said = append(said, p)
		}
	}
	return said
}

func between(said []simulator.Publication, from, to time.Duration) (part []simulator.Publication) {
	for _, p := range said {
		if at := p.At.Sub(monday()); at >= from && at < to {
			part = append(part, p)
		}
	}
	return part
}

func kinds(said []simulator.Publication) map[string]int {
	count := make(map[string]int)
	for _, p := range said {
		count[p.Kind]++
	}
	return count
}

func TestWithoutPowerAWholeSiteFallsSilentAfterItsLastWills(t *testing.T) {
	t.Parallel()
	inventory := inventory(t)
	due := clone(newWorld(t, 2, monday(), "none,loc-005:power@2m+3m").Step(monday().Add(8 * time.Minute)))
	if n := len(inventory.At("loc-005")); n < 3 {
		t.Fatalf("loc-005 has only %d cameras", n)
	}
	for _, d := range inventory.At("loc-005") {
		said := sayings(t, due, d.ID)
		dark := between(said, 2*time.Minute, 5*time.Minute)
		if len(dark) != 1 || dark[0].Kind != simulator.KindAvailability || string(dark[0].Payload) != city.Offline {
			t.Fatalf("%s said %v without power, want its last will alone", d.ID, kinds(dark))
		}
		if late := dark[0].At.Sub(monday()) - 2*time.Minute; late < 2*time.Second || late > 5*time.Second {
			t.Errorf("%s: last will %v after the power went", d.ID, late)
		}
		back := between(said, 5*time.Minute, 5*time.Minute+10*time.Second)
		if len(back) < 2 || string(back[0].Payload) != city.Online || back[1].Kind != simulator.KindHealth {
			t.Errorf("%s said %v when the power came back, want online and its health", d.ID, kinds(back))
		}
	}
	if said := kinds(between(sayings(t, due, "cam-001"), 2*time.Minute, 5*time.Minute)); said[simulator.KindHealth] == 0 {
		t.Error("a camera at another location fell silent too")
	}
}

func TestAnOfflineCameraSaysSoOnceAndAHungOneNothing(t *testing.T) {
	t.Parallel()
	due := clone(newWorld(t, 2, monday(), "none,cam-019:offline@1m,cam-020:hung@1m,cam-030:offline").Step(monday().Add(5 * time.Minute)))
	if got := between(sayings(t, due, "cam-019"), time.Minute, time.Hour); len(got) != 1 || string(got[0].Payload) != city.Offline {
		t.Errorf("an offline camera said %v", kinds(got))
	}
	if got := between(sayings(t, due, "cam-020"), time.Minute, time.Hour); len(got) != 0 {
		t.Errorf("a hung camera said %v", kinds(got))
	}
	if got := sayings(t, due, "cam-030"); len(got) != 1 || string(got[0].Payload) != city.Offline {
		t.Errorf("a camera that is offline from the start said %v", kinds(got))
	}
}

func TestAFlappingLinkComesAndGoesUntilItIsMended(t *testing.T) {
	t.Parallel()
	due := clone(newWorld(t, 4, monday(), "none,cam-019:link@1m+10m").Step(monday().Add(20 * time.Minute)))
	said := sayings(t, due, "cam-019")
	if n := kinds(between(said, time.Minute, 11*time.Minute))[simulator.KindAvailability]; n < 10 {
		t.Errorf("the link came and went %d times in ten minutes", n)
	}
	after := between(said, 12*time.Minute, 20*time.Minute)
	if got := kinds(after); got[simulator.KindAvailability] != 0 || got[simulator.KindHealth] < 5 {
		t.Errorf("after it was mended the camera said %v", got)
	}
	last := ""
	for _, p := range said {
		if p.Kind == simulator.KindAvailability {
			if string(p.Payload) == last {
				t.Fatalf("%s was published twice in a row", last)
			}
			last = string(p.Payload)
		} else if last != city.Online {
			t.Fatalf("%s was published while the camera was %s", p.Kind, last)
		}
	}
	if last != city.Online {
		t.Errorf("the camera is %s in the end", last)
	}
}

func TestAQuietDetectorCountsNoMoreOnACameraThatIsWell(t *testing.T) {
	t.Parallel()
	due := clone(newWorld(t, 4, monday(), "none,cam-019:quiet@2m").Step(monday().Add(8 * time.Minute)))
	said := sayings(t, due, "cam-019")
	before, after := kinds(between(said, 0, 2*time.Minute)), kinds(between(said, 2*time.Minute, time.Hour))
	if before[simulator.KindFlow] == 0 || after[simulator.KindFlow] != 0 || after[simulator.KindHealth] < 8 {
		t.Errorf("the detector said %v before and %v after it fell quiet", before, after)
	}
}

func TestADriftingClockShowsInTheTimesOfMessages(t *testing.T) {
	t.Parallel()
	rules := newContract()
	for _, p := range newWorld(t, 6, monday(), "none,cam-019:clock_drift").Step(monday().Add(3 * time.Minute)) {
		if payload := rules.check(t, p); payload != nil && strings.Contains(p.Topic, "/cam-019/") {
			ts, err := time.Parse(time.RFC3339, payload["ts"].(string))
			if err != nil {
				t.Fatal(err)
			}
			if off := ts.Sub(p.At).Abs(); off < 19*time.Second || off > 4*time.Minute {
				t.Fatalf("%s: the time is off by %v", p.Topic, off)
			}
		}
	}
}

func TestFaultsThatCannotBeAreErrorsThatSayWhere(t *testing.T) {
	t.Parallel()
	locations, devices := natives()
	for text, want := range map[string]string{
		"cam-999:offline":                "at character 1: unknown device or location \"cam-999\"",
		"none, loc-200:power":            "at character 7: unknown device or location \"loc-200\"",
		"x10,cam-017:melted@60s":         "at character 13: unknown fault \"melted\": there are offline, no_stream,",
		"cam-017:obscured@soon":          "at character 18: \"soon\" after the @",
		"cam-017:obscured@60s+-5m":       "at character 22: \"-5m\" after the +",
		"cam-017:obscured@60s+":          "at character 22: \"\" after the +",
		"cam-017":                        "at character 1: \"cam-017\" is neither",
		"none,,x2":                       "at character 6: \"\" is neither",
		"x-1":                            "at character 1: \"x-1\" is neither",
		"10":                             "at character 1: \"10\" is neither",
		"xNaN":                           "at character 1: \"xNaN\" is neither",
		":power":                         "at character 1: no device or location before the colon",
		"trạm:power":                     "at character 1: unknown device or location \"trạm\"",
		"cam-017:quiet":                  "at character 1: nothing at \"cam-017\" counts vehicles",
		"trạm-là:power,cam-017:obscure":  "at character 23: unknown fault \"obscure\"",
		"cam-017:obscured@60s+5m,loc-5x": "at character 25: \"loc-5x\" is neither",
	} {
		_, err := simulator.NewWorld(simulator.WorldConfig{Start: monday(), Locations: locations, Devices: devices, Faults: text})
		if !errors.Is(err, simulator.ErrFaults) || !strings.Contains(fmt.Sprint(err), want) {
			t.Errorf("%q: got error %v, want %s", text, err, want)
		}
	}
}

func inventory(t *testing.T) *city.Inventory {
	t.Helper()
	areas, locations, devices := vietri.City()
	inv, err := city.NewInventory(1, areas, locations, devices)
	if err != nil {
		t.Fatal(err)
	}
	return inv
}
