package simulator

import (
	"math"
	"math/rand/v2"
	"time"
)

// rhythm is how busy the streets are over a day, by minute: 0 is an empty street and 1 the worst
// of the evening. The shapes are made up after what a Vietnamese provincial city is like: people
// go to work and school around seven, many go home at noon, and the evening peak is the longest.
type rhythm struct {
	workday, weekend [24 * 60]float64
}

func newRhythm() *rhythm {
	r := &rhythm{}
	for m := range r.workday {
		h := float64(m) / 60
		r.workday[m] = min(1, 0.03+0.40*daytime(h)+0.60*peak(h, 7.1, 0.8)+0.22*peak(h, 11.4, 0.8)+0.57*peak(h, 17.2, 1.1))
		r.weekend[m] = min(1, 0.03+0.34*daytime(h)+0.22*peak(h, 9.3, 1.6)+0.40*peak(h, 18.4, 1.8))
	}
	return r
}

// peak is a bell around centre, both in hours.
func peak(hour, centre, width float64) float64 {
	x := (hour - centre) / width
	return math.Exp(-x * x / 2)
}

// daytime rises from 0 around half past five and falls again around half past nine in the evening.
func daytime(hour float64) float64 {
	return 1 / (1 + math.Exp(-3*(hour-5.6))) / (1 + math.Exp(2*(hour-21.4)))
}

// at returns how busy the streets are at a local time.
func (r *rhythm) at(local time.Time) float64 {
	day := &r.workday
	if wd := local.Weekday(); wd == time.Saturday || wd == time.Sunday {
		day = &r.weekend
	}
	return day[local.Hour()*60+local.Minute()]
}

// tide is how much more traffic runs into the city than out of it: 1 in the morning peak, -1 in
// the evening peak, 0 in between.
func tide(local time.Time) float64 {
	h := float64(local.Hour()) + float64(local.Minute())/60
	return peak(h, 7.1, 0.9) - peak(h, 17.2, 1.2)
}

// The classes of vehicles, in the order in which they are counted.
const (
	motorbike = iota
	car
	bus
	truck
	bicycle
	other
	vehicleClasses
)

// lane is one lane that a detector counts.
type lane struct {
	number int64
	peak   float64                 // vehicles per hour when the streets are full
	speed  float64                 // km/h on a free street
	upTo   [vehicleClasses]float64 // cumulated shares of the classes
}

// newLane makes lane number n (1 is next to the middle of the road) of a street that is as busy as
// told. Motorbikes keep to the outer lanes.
func newLane(r *rand.Rand, n int, busy float64) lane {
	l := lane{number: int64(n), peak: 420 * busy * between(r, 0.8, 1.2), speed: between(r, 38, 50)}
	bikes := 0.68
	if n > 1 {
		bikes, l.speed = 0.80, l.speed*0.88
	}
	rest := 1 - bikes
	shares := [vehicleClasses]float64{
		motorbike: bikes, car: rest * 0.60, bus: rest * 0.07, truck: rest * 0.17, bicycle: rest * 0.13, other: rest * 0.03,
	}
	sum := 0.0
	for i, share := range shares {
		sum += share
		l.upTo[i] = sum
	}
	return l
}

// tally is what a detector saw of one lane in one window.
type tally struct {
	vehicles  int
	byClass   [vehicleClasses]int
	speed     float64 // km/h, mean; nothing if there is no vehicle
	occupancy float64 // % of the window in which a vehicle stood over the detector
}

// conditions are what a lane's traffic depends on besides the lane.
type conditions struct {
	demand  float64 // share of the lane's peak that wants to pass
	effect  effect  // of incidents and rain
	seen    float64 // share of the vehicles that a spoiled picture still shows
	seconds float64 // length of the window
}

// effect multiplies what passes and how fast.
type effect struct{ flow, speed float64 }

func (e effect) and(o effect) effect { return effect{e.flow * o.flow, e.speed * o.speed} }

// count draws what passes on the lane. Speed falls with the square of how full the lane is.
func (l *lane) count(r *rand.Rand, c conditions) tally {
	var t tally
	t.vehicles = poisson(r, l.peak*c.demand*c.effect.flow*c.seen*c.seconds/3600)
	if t.vehicles == 0 {
		return t
	}
	metres := 0.0
	for range t.vehicles {
		class := l.class(r.Float64())
		t.byClass[class]++
		metres += length(class)
	}
	full := min(1, c.demand) // a platoon is denser, and no slower for it
	speed := l.speed * (1 - 0.3*full*full) * c.effect.speed
	t.speed = max(4, speed+3/math.Sqrt(float64(t.vehicles))*r.NormFloat64())
	t.occupancy = min(98, 100*metres/(t.speed/3.6)/c.seconds)
	return t
}

func (l *lane) class(x float64) int {
	for i, upTo := range l.upTo {
		if x < upTo {
			return i
		}
	}
	return motorbike
}

// length is how far a vehicle goes while it stands over the detector, in metres: its own length
// and the detector's two metres.
func length(class int) float64 {
	switch class {
	case car:
		return 6.5
	case bus, truck:
		return 11
	default:
		return 4
	}
}
