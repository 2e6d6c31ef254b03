package simulator

import (
	"strings"
	"time"
)

// incident is something that happens on a street, told by a camera that sees it.
type incident struct {
	id        string
	site      int32
	what      scenario
	severity  string
	lat, lon  float64
	direction string
	phase     string // that was told last
	updates   int    // to come before it ends
	ends      int64
}

// scenario is a type of incident and what it does to traffic in its own direction.
type scenario struct {
	name     string
	weight   float64
	toll     effect
	lasts    time.Duration // on average
	text     string        // {} stands for the place
	severity [3]float64    // weights of minor, major, critical
}

func scenarios() []scenario {
	return []scenario{
		{"congestion", 34, effect{0.75, 0.40}, 14 * time.Minute, "Ùn tắc tại {}", [3]float64{6, 3, 0}},
		{"accident", 24, effect{0.45, 0.35}, 18 * time.Minute, "Va chạm giữa xe máy và ô tô tại {}", [3]float64{5, 4, 1}},
		{"breakdown", 18, effect{0.65, 0.55}, 12 * time.Minute, "Xe chết máy chiếm một làn tại {}", [3]float64{8, 1, 0}},
		{"obstacle", 8, effect{0.80, 0.70}, 8 * time.Minute, "Vật cản trên mặt đường tại {}", [3]float64{8, 2, 0}},
		{"roadworks", 6, effect{0.70, 0.60}, 40 * time.Minute, "Thi công, thu hẹp mặt đường tại {}", [3]float64{1, 0, 0}},
		{"flooding", 4, effect{0.50, 0.40}, 25 * time.Minute, "Ngập cục bộ tại {}", [3]float64{4, 5, 1}},
		{"crowd", 4, effect{0.70, 0.45}, 20 * time.Minute, "Tập trung đông người tại {}", [3]float64{7, 3, 0}},
		{"fire", 2, effect{0.30, 0.40}, 22 * time.Minute, "Cháy gần mặt đường tại {}", [3]float64{0, 4, 6}},
	}
}

// incidentEvery is the mean time between incidents, at each hundred locations, when streets are full.
const incidentEvery = 7 * time.Minute

// happen lets an incident begin somewhere, if a camera sees the place, and plans the next. By night
// fewer happen; the rain brings floods.
func (w *World) happen(at int64) {
	r := w.incidentRNG
	next := time.Duration(float64(incidentEvery) * 100 / float64(len(w.sites)))
	w.agenda.add(appointment{at: at + wait(r, next), task: taskIncident})
	first := w.happened == 0
	if !first && r.Float64() > 0.15+0.85*w.rhythm.at(w.local(at)) {
		return
	}
	what := w.draw()
	for range 10 { // places may be without a camera that sees anything
		n := r.IntN(len(w.sites))
		if c := w.witness(int32(n)); c != nil { //nolint:gosec // as in populate
			w.started(c, what, at)
			return
		}
	}
}

func (w *World) draw() scenario {
	all, sum := scenarios(), 0.0
	for i := range all {
		if all[i].name == "flooding" && w.rain < 0.5 {
			all[i].weight = 0
		}
		sum += all[i].weight
	}
	x := w.incidentRNG.Float64() * sum
	for _, s := range all {
		if x -= s.weight; x < 0 {
			return s
		}
	}
	return all[0]
}

// witness returns a camera at the site that sees what happens, or nil.
func (w *World) witness(site int32) *camera {
	for _, n := range w.sites[site].cameras {
		if c := &w.cameras[n]; !c.enforces() && c.sees() {
			return c
		}
	}
	return nil
}

func (w *World) started(c *camera, what scenario, at int64) {
	r, s := w.incidentRNG, &w.sites[c.site]
	n := w.happened
	w.happened++
	i := &incident{
		id: c.eventID("inc", w.run), site: c.site, what: what, phase: "started", updates: r.IntN(3),
		severity: severity(what.severity, r.Float64()), direction: c.direction,
		lat: s.lat + between(r, -0.0003, 0.0003), lon: s.lon + between(r, -0.0003, 0.0003),
		ends: at + int64(what.lasts/3) + wait(r, what.lasts*2/3),
	}
	if i.direction == "" {
		i.direction = s.axes[0]
	}
	w.incidents[n] = i
	w.impede(n, i)
	w.tellIncident(c, i, at)
	w.agenda.add(appointment{at: i.next(at), task: taskProgress, n: n})
}

// next is when there is something more to tell.
func (i *incident) next(at int64) int64 { return at + (i.ends-at)/int64(i.updates+1) }

func severity(weights [3]float64, x float64) string {
	x *= weights[0] + weights[1] + weights[2]
	for n, name := range [...]string{"minor", "major"} {
		if x -= weights[n]; x < 0 {
			return name
		}
	}
	return "critical"
}

// impede lets the traffic feel the incident: most on its own lanes, a little on the others, where
// people look, and upstream, where they queue or turn off.
func (w *World) impede(n int32, i *incident) {
	here := &w.sites[i.site]
	toll := i.what.toll
	here.impacts = append(here.impacts, impact{n, i.direction, toll, effect{0.9, 0.8}})
	queue := effect{flow: 1 - 0.7*(1-toll.flow), speed: 1 - 0.7*(1-toll.speed)}
	for m := range w.sites {
		if s := &w.sites[m]; s != here && s.leadsTo(here, i.direction) {
			s.impacts = append(s.impacts, impact{n, i.direction, queue, effect{1, 1}})
		}
	}
}

// progress lets an incident go on or end. When no camera sees the place any more, it is told later.
func (w *World) progress(a appointment) {
	i := w.incidents[a.n]
	c := w.witness(i.site)
	if c == nil {
		a.at += int64(20 * time.Second)
		w.agenda.add(a)
		return
	}
	if i.updates > 0 {
		i.updates--
		i.phase = "updated"
		w.tellIncident(c, i, a.at)
		a.at = max(a.at+int64(time.Second), i.next(a.at))
		w.agenda.add(a)
		return
	}
	i.phase = "ended"
	w.tellIncident(c, i, a.at)
	delete(w.incidents, a.n)
	for m := range w.sites {
		w.sites[m].forget(a.n)
	}
}

func (i *incident) describe(place string) string { return strings.Replace(i.what.text, "{}", place, 1) }
