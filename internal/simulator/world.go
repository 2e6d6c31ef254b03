package simulator

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"opscenter/internal/city"
)

// WorldConfig says which city lives, from when on, and what fails in it.
type WorldConfig struct {
	Root      string // of the topics, without a slash at its end; empty: ioc/v1
	Seed      uint64
	Start     time.Time
	Zone      *time.Location // of the times in payloads, and of the daily rhythm; nil: UTC+7
	Locations []city.Location
	Devices   []city.Device // those of other subsystems than trafficsafety are left alone

	// Faults says what fails, in items with commas between them:
	//
	//	none                     nothing fails by itself
	//	x10                      things fail by themselves ten times as often
	//	cam-017:obscured@60s+5m  a device: the fault, from when after the start on, for how long
	//	loc-005:power@2m         all devices of a location; without + it stays
	//
	// Without "none" or a pace things fail at their natural rate besides what is listed. The
	// faults are those that Classes lists.
	Faults string
}

// World is a living city. It begins in the middle of life: three to four in a hundred cameras
// are not well. It is not safe for concurrent use.
type World struct {
	seed    uint64
	zone    *time.Location
	run     string // makes the ids of this run's events unique
	rhythm  *rhythm
	sites   []site
	cameras []camera
	plan    plan

	recorders []recorder

	agenda    agenda
	incidents map[int32]*incident
	happened  int32 // incidents so far
	rain      float64

	faultRNG, rainRNG, incidentRNG *rand.Rand

	out   []Publication
	arena []byte
}

// NewWorld makes a city as it is at its start. It fails if there is no camera, if a device stands
// at a location that does not exist, or with ErrFaults if the list of faults is wrong.
func NewWorld(c WorldConfig) (*World, error) {
	faults, err := parsePlan(c.Faults)
	if err != nil {
		return nil, err
	}
	if c.Zone == nil {
		c.Zone = time.FixedZone("+07", 7*60*60)
	}
	if c.Root == "" {
		c.Root = "ioc/v1"
	}
	w := &World{
		seed: c.Seed, zone: c.Zone, rhythm: newRhythm(), plan: faults,
		run:       strconv.FormatInt(c.Start.Unix(), 36),
		incidents: make(map[int32]*incident),
		faultRNG:  random(c.Seed, "faults"), rainRNG: random(c.Seed, "rain"), incidentRNG: random(c.Seed, "incidents"),
	}
	if err := w.populate(&c); err != nil {
		return nil, err
	}
	w.open(c.Start.UnixNano())
	if err := w.force(c.Start.UnixNano()); err != nil {
		return nil, err
	}
	return w, nil
}

func (w *World) populate(c *WorldConfig) error {
	count := make(map[string]int, len(c.Locations))
	for i := range c.Devices {
		count[c.Devices[i].Location]++
	}
	index := make(map[string]int32, len(c.Locations))
	recorders := make(map[string]int)
	for i := range c.Locations {
		l := &c.Locations[i]
		index[l.ID] = int32(i)
		w.sites = append(w.sites, newSite(l, random(c.Seed, "site "+l.ID), count[l.ID]))
	}
	for i := range c.Devices {
		d := &c.Devices[i]
		if d.Subsystem != Subsystem {
			continue
		}
		n, known := index[d.Location]
		if !known {
			return fmt.Errorf("device %q stands at unknown location %q", d.ID, d.Location)
		}
		if isRecorder(d) {
			recorders[d.ID] = len(w.recorders)
			w.recorders = append(w.recorders, newRecorder(d, c.Seed))
		}
		if !isCamera(d) {
			continue
		}
		s := &w.sites[n]
		s.cameras = append(s.cameras, int32(len(w.cameras))) //nolint:gosec // a city has fewer than two thousand million cameras
		w.cameras = append(w.cameras, newCamera(c.Root, d, n, s, c.Seed))
	}
	for i := range c.Devices {
		if n, hangs := recorders[c.Devices[i].Parent]; hangs && isCamera(&c.Devices[i]) {
			r := &w.recorders[n]
			r.cameras = append(r.cameras, w.numbered(c.Devices[i].ID))
		}
	}
	if len(w.cameras) == 0 {
		return errors.New("the city has no device of subsystem " + Subsystem)
	}
	return nil
}

// isCamera tells cameras from other devices of their subsystem.
func isCamera(d *city.Device) bool {
	return d.Kind == "camera" || strings.HasPrefix(d.Kind, "camera.")
}

// numbered returns the number of a camera.
func (w *World) numbered(id string) int32 {
	return int32(slices.IndexFunc(w.cameras, func(c camera) bool { return c.id == id })) //nolint:gosec // as in populate
}

// open puts what happens by itself on the agenda. Every camera tells the broker that it is there
// within half a second, and its health within five.
func (w *World) open(start int64) {
	for i := range w.cameras {
		c, n := &w.cameras[i], int32(i)
		c.seq = start / int64(100*time.Millisecond)
		w.agenda.add(appointment{at: start + spell(c.rng, 0, 500*time.Millisecond), task: taskLink, n: n})
		w.agenda.add(appointment{at: start + spell(c.rng, 500*time.Millisecond, 5*time.Second), task: taskNote, n: n})
		w.agenda.add(appointment{at: start + int64(5*time.Second) + spell(c.rng, 0, time.Duration(c.cadence)), task: taskHealth, n: n})
		if len(c.lanes) > 0 {
			first := max(int64(500*time.Millisecond), spell(c.rng, 0, time.Duration(c.window)))
			w.agenda.add(appointment{at: start + first, task: taskFlow, n: n})
		}
		if c.enforces() {
			w.agenda.add(appointment{at: start + wait(c.rng, violationEvery), task: taskViolation, n: n})
		}
	}
	for i := range w.recorders {
		w.agenda.add(appointment{at: start + int64(2*time.Second), task: taskStats, n: int32(i)})
	}
	w.agenda.add(appointment{at: start + spell(w.incidentRNG, 15*time.Second, 45*time.Second), task: taskIncident})
	if w.rainRNG.Float64() < 0.15 {
		w.agenda.add(appointment{at: start, task: taskRainBegin})
	} else {
		w.agenda.add(appointment{at: start + wait(w.rainRNG, rainEvery), task: taskRainBegin})
	}
	w.decay(start)
}

// Step implements Source: it returns all messages due by now. How the time is cut into steps makes
// no difference to the messages.
func (w *World) Step(now time.Time) []Publication {
	w.out = w.out[:0]
	for until := now.UnixNano(); ; {
		a, due := w.agenda.due(until)
		if !due {
			return w.out
		}
		w.keep(a)
	}
}

// keep does what an appointment is for, and makes the next one where there is one.
func (w *World) keep(a appointment) {
	switch a.task {
	case taskHealth, taskNote, taskLink, taskFlow, taskFlap, taskViolation:
		w.attend(&w.cameras[a.n], a)
	case taskStats:
		w.tellStats(&w.recorders[a.n], a.at)
		a.at += statsEvery
		w.agenda.add(a)
	case taskFaultBegin:
		w.strike(a, 1)
	case taskFaultEnd:
		w.strike(a, -1)
	case taskNatural:
		w.fail(a.at)
	case taskIncident:
		w.happen(a.at)
	case taskProgress:
		w.progress(a)
	case taskRainBegin, taskRainEnd:
		w.weather(a)
	}
}

func (w *World) attend(c *camera, a appointment) {
	again := int64(0)
	switch a.task {
	case taskNote:
		w.tellHealth(c, a.at)
	case taskHealth:
		w.tellHealth(c, a.at)
		again = c.cadence + c.cadence/50*int64(c.rng.IntN(3)-1)
	case taskFlow:
		w.tellFlow(c, a.at)
		again = c.window
	case taskLink:
		w.tellLink(c, a)
	case taskFlap:
		again = w.flap(c, a)
	case taskViolation:
		w.tellViolation(c, a.at)
		again = wait(c.rng, violationEvery)
	default:
	}
	if again > 0 {
		a.at += again
		w.agenda.add(a)
	}
}

// local returns the time on the city's clocks.
func (w *World) local(at int64) time.Time { return time.Unix(0, at).In(w.zone) }

// publish adds a message that begins at mark in the arena.
func (w *World) publish(at int64, kind, topic string, retained bool, mark int) {
	w.out = append(w.out, Publication{
		At: w.local(at), Kind: kind, Topic: topic, Retained: retained, Payload: w.arena[mark:len(w.arena):len(w.arena)],
	})
}

// begin makes room for a message in the arena and returns where it begins. Payloads lie one after
// the other in the arena, so that there is one allocation for hundreds of them.
func (w *World) begin() int {
	const chunk, room = 64 << 10, 1 << 10
	if cap(w.arena)-len(w.arena) < room {
		w.arena = make([]byte, 0, chunk)
	}
	return len(w.arena)
}

const rainEvery = 9 * time.Hour

// weather lets an episode of rain begin or end.
func (w *World) weather(a appointment) {
	if a.task == taskRainEnd {
		w.rain = 0
		w.agenda.add(appointment{at: a.at + wait(w.rainRNG, rainEvery), task: taskRainBegin})
		return
	}
	w.rain = between(w.rainRNG, 0.2, 1)
	w.agenda.add(appointment{at: a.at + spell(w.rainRNG, 20*time.Minute, 2*time.Hour), task: taskRainEnd})
}

// wet is what the rain does to all traffic: the worst rain takes a quarter of the speed, and three
// in twenty stay at home or under a roof.
func (w *World) wet() effect { return effect{flow: 1 - 0.15*w.rain, speed: 1 - 0.25*w.rain} }
