package alarm

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// State is everything that a Desk would need to go on exactly as it is, for JSON. The same history
// always gives the same State.
type State struct {
	Points []*Point     `json:"points,omitempty"`
	Places []SavedPlace `json:"places,omitempty"`
	Flood  flood        `json:"flood,omitzero"`
	Blind  Micros       `json:"blind,omitempty"`
}

// SavedPlace is what is remembered of a location beside its points.
type SavedPlace struct {
	Location string `json:"location"`
	Until    Micros `json:"until,omitempty"`
	First    Micros `json:"first,omitempty"`
	Peak     int    `json:"peak,omitempty"`
	Settle   Micros `json:"settle,omitempty"`
}

// State returns the Desk's state. It shares memory with the Desk: it must be encoded before the Desk
// is used again.
func (d *Desk) State() State {
	s := State{Flood: d.flood, Blind: d.blind}
	s.Points = slices.SortedFunc(maps.Values(d.points), byKey)
	for _, pl := range d.places {
		if pl.until != 0 || pl.peak != 0 {
			s.Places = append(s.Places, SavedPlace{pl.location, pl.until, pl.first, pl.peak, pl.settle})
		}
	}
	slices.SortFunc(s.Places, func(a, b SavedPlace) int { return cmp.Compare(a.Location, b.Location) })
	return s
}

// Restore makes the Desk go on from a state as of a time, whatever was on it before. Nobody is told of
// what is on it then. It takes the state's memory over.
func (d *Desk) Restore(s State, now Micros) error {
	d.clear()
	d.flood, d.blind = s.Flood, s.Blind
	for _, p := range s.Points {
		if p == nil || d.points[p.Key] != nil {
			return fmt.Errorf("alarms: a point is missing or occurs twice")
		}
		p.timer, p.gone = timer{}, false
		d.add(p)
		p.rule = d.config.Rules.For(&p.Source, &Condition{Bad: p.Bad, Severity: p.Severity, Reason: p.Reason})
		if p.Alarm != nil {
			d.byID[p.Alarm.ID] = p
		}
	}
	for _, saved := range s.Places {
		pl := d.place(saved.Location)
		pl.until, pl.first, pl.peak, pl.settle = saved.Until, saved.First, saved.Peak, saved.Settle
		d.schedule(pl)
	}
	for _, p := range s.Points {
		p.counted = p.contributes()
		d.totals.Add(p.counted.Counts)
		if p.counted.listed {
			d.move(p, p.counted, +1)
		}
		d.timers.set(&p.timer, p.next(now))
	}
	return nil
}
