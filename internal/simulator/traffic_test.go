package simulator_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/simulator"
)

// measured sums up what detectors said.
type measured struct {
	vehicles, weighted, seconds, occupancy float64
	byClass                                map[string]float64
}

// perHour is the mean flow of a lane, in vehicles per hour.
func (m measured) perHour() float64 { return m.vehicles / m.seconds * 3600 }

// speed is the mean speed of all vehicles in km/h.
func (m measured) speed() float64 { return m.weighted / m.vehicles }

// measure sums up the flow messages whose topic holds the fragment.
func measure(t *testing.T, due []simulator.Publication, fragment string) measured {
	t.Helper()
	m := measured{byClass: make(map[string]float64)}
	for _, p := range due {
		if p.Kind != simulator.KindFlow || !strings.Contains(p.Topic, fragment) {
			continue
		}
		var f struct {
			WindowS      float64            `json:"window_s"`
			Vehicles     float64            `json:"vehicles"`
			SpeedKmh     float64            `json:"speed_kmh"`
			OccupancyPct float64            `json:"occupancy_pct"`
			Classes      map[string]float64 `json:"classes"`
		}
		if err := json.Unmarshal(p.Payload, &f); err != nil {
			t.Fatal(err)
		}
		m.vehicles += f.Vehicles
		m.weighted += f.Vehicles * f.SpeedKmh
		m.seconds += f.WindowS
		m.occupancy += f.OccupancyPct * f.WindowS
		for class, n := range f.Classes {
			m.byClass[class] += n
		}
	}
	return m
}

func TestTrafficFollowsTheDay(t *testing.T) {
	t.Parallel()
	flow := func(day, hour int) float64 {
		start := time.Date(2026, 11, day, hour, 0, 0, 0, monday().Location())
		return measure(t, newWorld(t, 1, start, "none").Step(start.Add(20*time.Minute)), "").perHour()
	}
	night, morning, noon, evening := flow(23, 2), flow(23, 7), flow(23, 14), flow(23, 17)
	sunday := flow(22, 7)
	t.Logf("veh/h per lane: night %.0f, morning %.0f, afternoon %.0f, evening %.0f, Sunday morning %.0f", night, morning, noon, evening, sunday)
	if morning < 5*night || evening < 5*night || morning < 1.5*noon || evening < 1.5*noon {
		t.Error("the peaks do not stand out")
	}
	if sunday > 0.7*morning {
		t.Error("Sunday morning is as busy as Monday morning")
	}
}

func TestThreeInFourAreMotorbikes(t *testing.T) {
	t.Parallel()
	m := measure(t, newWorld(t, 1, monday(), "none").Step(monday().Add(20*time.Minute)), "")
	if share := m.byClass["motorbike"] / m.vehicles; share < 0.68 || share > 0.82 {
		t.Errorf("%.0f %% are motorbikes", 100*share)
	}
	if m.byClass["car"] < m.byClass["truck"] || m.byClass["bus"] == 0 || m.byClass["bicycle"] == 0 {
		t.Errorf("classes %v", m.byClass)
	}
	if s := m.speed(); s < 20 || s > 45 {
		t.Errorf("the mean speed is %.1f km/h", s)
	}
}

func TestNobodyCrawlsWithoutAReason(t *testing.T) {
	t.Parallel()
	for seed := range uint64(10) { // the first incident comes after a quarter of a minute at the earliest
		for _, p := range newWorld(t, seed, monday(), "none").Step(monday().Add(15 * time.Second)) {
			if m := measure(t, []simulator.Publication{p}, ""); m.vehicles > 0 && m.speed() < 10 {
				t.Fatalf("seed %d: %.1f km/h on an open street: %s", seed, m.speed(), p.Payload)
			}
		}
	}
}

// street is a straight road from west to east with a camera every 400 m, each counting eastbound
// or westbound traffic.
func street(t *testing.T, seed uint64) *simulator.World {
	t.Helper()
	var locations []city.Location
	var devices []city.Device
	for i := range 12 {
		id := string(rune('a' + i))
		locations = append(locations, city.Location{ID: "loc-" + id, Name: id, Lat: 21.32, Lon: 105.38 + 0.00385*float64(i)})
		for n := range 3 {
			devices = append(devices, city.Device{
				ID: "cam-" + id + string(rune('1'+n)), Location: "loc-" + id, Subsystem: simulator.Subsystem,
				Kind: "camera.overview", Cadence: time.Minute, ExpectedFPS: 25,
			})
		}
	}
	w, err := simulator.NewWorld(simulator.WorldConfig{
		Seed: seed, Start: monday(), Locations: locations, Devices: devices, Faults: "none",
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// happening is what was told of an incident.
type happening struct {
	State string `json:"state"`
	ID    string `json:"id"`
	at    time.Time
	topic string
}

func incidents(t *testing.T, due []simulator.Publication) (all []happening) {
	t.Helper()
	for _, p := range due {
		if p.Kind == simulator.KindIncident {
			h := happening{at: p.At, topic: p.Topic}
			if err := json.Unmarshal(p.Payload, &h); err != nil {
				t.Fatal(err)
			}
			all = append(all, h)
		}
	}
	return all
}

func TestAnIncidentSlowsTrafficWhereItHappens(t *testing.T) {
	t.Parallel()
	slowed, looked := 0.0, 0.0
	for seed := range uint64(12) {
		due := clone(street(t, seed).Step(monday().Add(4 * time.Minute)))
		all := incidents(t, due)
		if len(all) == 0 || all[0].State != "started" || all[0].at.After(monday().Add(time.Minute)) {
			t.Fatalf("seed %d: no incident started within the first minute: %v", seed, all)
		}
		place := "/" + strings.Split(all[0].topic, "/")[3] + "/"
		var after []simulator.Publication
		for _, p := range due {
			if p.At.After(all[0].at) {
				after = append(after, p)
			}
		}
		ratio := measure(t, after, place).speed() / measure(t, after, "").speed()
		if !math.IsNaN(ratio) {
			slowed += ratio
			looked++
		}
	}
	if mean := slowed / looked; mean > 0.85 {
		t.Errorf("at an incident traffic is on average at %.0f %% of the speed elsewhere", 100*mean)
	}
}

func TestEveryIncidentThatStartsEndsUnderItsID(t *testing.T) {
	t.Parallel()
	phases := make(map[string][]string)
	var latest time.Time
	began := make(map[string]time.Time)
	w := newWorld(t, 9, monday(), "none")
	for at := monday(); at.Before(monday().Add(5 * time.Hour)); {
		at = at.Add(time.Minute)
		for _, h := range incidents(t, w.Step(at)) {
			phases[h.ID] = append(phases[h.ID], h.State)
			if h.State == "started" {
				began[h.ID] = h.at
			}
			latest = h.at
		}
	}
	if len(phases) < 10 {
		t.Fatalf("%d incidents in five hours", len(phases))
	}
	for id, said := range phases {
		if said[0] != "started" || strings.Count(strings.Join(said, " "), "started") != 1 {
			t.Errorf("%s: %v", id, said)
		}
		if said[len(said)-1] != "ended" && latest.Sub(began[id]) > 3*time.Hour {
			t.Errorf("%s has not ended in three hours: %v", id, said)
		}
	}
}
