package alarm

import (
	"slices"
	"strings"

	"opscenter/internal/city"
)

// place gathers the links of one location's devices: many that fail together are one alarm.
type place struct {
	location string
	points   []*Point // by key
	until    Micros   // when it is decided about those that are held; 0: there are none
	first    Micros   // since when
	peak     int      // members at most, of the alarm that is active
	settle   Micros   // when that is over, unless more fail; 0: it is not ending
	timer    timer
}

// patience is how long a decision is put off because what the devices hang on may be down.
const patience = 180 * second

func byKey(a, b *Point) int { return strings.Compare(a.Key, b.Key) }

func (d *Desk) place(location string) *place {
	pl := d.places[location]
	if pl == nil {
		pl = &place{location: location}
		pl.timer.key, pl.timer.place = "location/"+location, pl
		d.places[location] = pl
	}
	return pl
}

// vacate forgets a place with nothing to remember.
func (d *Desk) vacate(location string) {
	pl := d.places[location]
	if pl != nil && len(pl.points) == 0 && pl.until == 0 && pl.peak == 0 {
		d.timers.set(&pl.timer, 0)
		delete(d.places, location)
	}
}

func (pl *place) remove(p *Point) {
	if i, ok := slices.BinarySearchFunc(pl.points, p, byKey); ok {
		pl.points = slices.Delete(pl.points, i, i+1)
	}
}

func (pl *place) members() int {
	n := 0
	for _, p := range pl.points {
		if p.Member {
			n++
		}
	}
	return n
}

func (d *Desk) schedule(pl *place) { d.timers.set(&pl.timer, earliest(pl.until, pl.settle)) }

// groupKey is the key of the alarm of a location.
func groupKey(location string) string { return "location/" + location + "/" + facetLink }

// gather has a point that is bad wait for others at its location, or joins it to their alarm.
func (d *Desk) gather(p *Point, now Micros) {
	pl := d.place(p.Location)
	if pl.peak > 0 {
		p.Member, p.Held = true, false
		d.recount(pl, now)
		return
	}
	if p.Held {
		return
	}
	p.Held = true
	if pl.until == 0 {
		pl.first, pl.until = now, now+d.hold(p)
		d.schedule(pl)
	}
}

// hold is how long others are waited for. Devices that lost their power together fall silent within a
// cadence of each other.
func (d *Desk) hold(p *Point) Micros {
	hold := span(d.config.Hold)
	if p.Reason == city.ReasonSilent {
		hold = max(hold, min(p.Cadence, 120*second))
	}
	return hold
}

// decide does what is due at a place.
func (d *Desk) decide(pl *place, now Micros) {
	if pl.settle != 0 && pl.settle <= now {
		d.dissolve(pl, now)
	}
	if pl.until != 0 && pl.until <= now {
		d.sort(pl, now)
	}
	d.schedule(pl)
	d.vacate(pl.location)
}

// sort makes one alarm of those that are held at a place, or one of each.
func (d *Desk) sort(pl *place, now Micros) {
	var candidates []*Point
	held := false
	doubt := Micros(0)
	for _, p := range pl.points {
		if p.candidate(now) {
			candidates = append(candidates, p)
			if p.on() {
				held = true
				doubt = max(doubt, d.config.Doubt(p))
			}
		}
	}
	if doubt = min(doubt, pl.first+patience); held && doubt > now {
		pl.until = doubt
		return
	}
	pl.until = 0
	for _, p := range pl.points {
		p.Held = false
	}
	switch {
	case !held:
	case len(candidates) >= d.config.Least:
		d.assemble(pl, candidates, now)
	default:
		for _, p := range candidates {
			if p.on() {
				d.raise(p, now)
				d.settle(p, now)
			}
		}
	}
}

// assemble makes one alarm of the points of a place.
func (d *Desk) assemble(pl *place, members []*Point, now Micros) {
	for _, p := range members {
		p.Member = true
	}
	g := d.Watch(Source{Key: groupKey(pl.location), Location: pl.location, Facet: facetPlace, Subsystem: common(members)}, now, false, false)
	if g.Alarm == nil {
		g.Subsystem = common(members) // one on the list stays where it is counted
	}
	g.Since = members[0].Since
	for _, p := range members {
		g.Since = min(g.Since, p.Since)
	}
	pl.peak, pl.settle = len(members), 0
	g.Bad, g.On, g.Stands, g.Turned = true, true, len(members), now
	d.summarise(g, members)
	d.settle(g, now)
	for _, p := range members {
		d.settle(p, now)
	}
}

// summarise makes an alarm of a location as bad as its worst member, for the reason that most have.
func (d *Desk) summarise(g *Point, members []*Point) {
	count := map[city.Reason]int{}
	g.Severity, g.Reason = city.SeverityWarning, ""
	for _, p := range members {
		if p.Severity == city.SeverityCritical {
			g.Severity = city.SeverityCritical
		}
		count[p.Reason]++
		if n, most := count[p.Reason], count[g.Reason]; g.Reason == "" || n > most || n == most && p.Reason < g.Reason {
			g.Reason = p.Reason
		}
	}
	g.rule = d.config.Rules.For(&g.Source, &Condition{Bad: true, Severity: g.Severity, Reason: g.Reason})
}

func common(members []*Point) string {
	for _, p := range members {
		if p.Subsystem != members[0].Subsystem {
			return ""
		}
	}
	return members[0].Subsystem
}

// leave takes a point out of the alarm of its location.
func (d *Desk) leave(p *Point, now Micros) {
	p.Member = false
	d.recount(d.place(p.Location), now)
}

// recount follows how many devices the alarm of a location speaks for; only that it is more than ever
// is a transition. When most are back, the rest are given time to follow, and then it is over.
func (d *Desk) recount(pl *place, now Micros) {
	g := d.points[groupKey(pl.location)]
	if g == nil || pl.peak == 0 {
		return
	}
	n := pl.members()
	grew := n > pl.peak
	pl.peak = max(pl.peak, n)
	switch {
	case n == 0:
		pl.settle = now
	case n >= max(d.config.Least, (pl.peak+1)/2):
		pl.settle = 0
	case pl.settle == 0:
		pl.settle = now + d.settling(pl.cadence())
	}
	if g.Stands != n && n > 0 {
		g.Stands = n
		switch {
		case !g.active():
		case grew:
			d.describe(g)
			d.emit(g, now, city.AlarmChanged, by{})
		default: // seen, but no news
			d.describe(g)
			d.account(g, g.Alarm.ID)
		}
	}
	d.schedule(pl)
}

func (pl *place) cadence() Micros {
	longest := Micros(0)
	for _, p := range pl.points {
		if p.Member {
			longest = max(longest, p.Cadence)
		}
	}
	return longest
}

// dissolve ends the alarm of a location. Those of its devices that are still bad are announced now.
func (d *Desk) dissolve(pl *place, now Micros) {
	g := d.points[groupKey(pl.location)]
	peak := pl.peak
	pl.peak, pl.settle = 0, 0
	if g != nil {
		g.Bad, g.On, g.Stands = false, false, peak
		if g.active() {
			d.describe(g)
		}
		d.settle(g, now)
	}
	pl.first, pl.until = now, now
	for _, p := range slices.Clone(pl.points) {
		if p.Member {
			p.Member = false
			d.settle(p, now)
		}
	}
}
