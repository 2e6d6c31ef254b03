package simulator

import (
	"math"
	"math/rand/v2"

	"opscenter/internal/city"
)

// site is a location as the simulation sees it.
type site struct {
	id, name string
	lat, lon float64
	busy     float64 // how much traffic there is, compared with the average
	cameras  []int32
	axes     [4]string // the directions of its detectors, in turn
	given    int       // how many of them are given out
	impacts  []impact  // of incidents that are going on
}

// impact is what one incident does to a site.
type impact struct {
	incident  int32
	direction string // of the lanes that bear the most of it
	along     effect // on those lanes
	across    effect // on all others
}

// newSite makes a site with that many cameras. Where there are more of them there is more traffic.
func newSite(l *city.Location, r *rand.Rand, cameras int) site {
	s := site{id: l.ID, name: l.Name, lat: l.Lat, lon: l.Lon, busy: (0.5 + 0.12*float64(cameras)) * between(r, 0.8, 1.2)}
	s.axes = [4]string{"east", "west", "north", "south"}
	if r.Float64() < 0.3 {
		s.axes = [4]string{"south", "north", "west", "east"}
	}
	return s
}

func (s *site) nextDirection() string {
	d := s.axes[s.given%len(s.axes)]
	s.given++
	return d
}

// effect is what all incidents together do to lanes of a direction.
func (s *site) effect(direction string) effect {
	e := effect{1, 1}
	for _, i := range s.impacts {
		if i.direction == direction {
			e = e.and(i.along)
		} else {
			e = e.and(i.across)
		}
	}
	return e
}

func (s *site) forget(incident int32) {
	kept := s.impacts[:0]
	for _, i := range s.impacts {
		if i.incident != incident {
			kept = append(kept, i)
		}
	}
	s.impacts = kept
}

// leadsTo tells whether traffic in that direction passes s shortly before it passes t: s lies
// behind t by no more than 1.2 km and not far aside.
func (s *site) leadsTo(t *site, direction string) bool {
	const metresPerDegree, reach = 111_320, 1200
	north := (t.lat - s.lat) * metresPerDegree
	east := (t.lon - s.lon) * metresPerDegree * math.Cos(t.lat*math.Pi/180)
	along, aside := east, north
	switch direction {
	case "west":
		along = -east
	case "north":
		along, aside = north, east
	case "south":
		along, aside = -north, east
	}
	return along > 0 && along <= reach && math.Abs(aside) <= along
}
