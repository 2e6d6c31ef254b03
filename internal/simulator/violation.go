package simulator

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// violationEvery is the mean time between two violations at one camera when the streets are full.
const violationEvery = 6 * time.Minute

// offence is a type of violation and how often a camera that sees all of them sees it.
type offence struct {
	name   string
	weight float64
}

// drawOffence says what a camera saw: a speed camera sees only speeding.
func (c *camera) drawOffence() string {
	if c.kind == "camera.speed" {
		return "speeding"
	}
	x := c.rng.Float64()
	for _, o := range [...]offence{
		{"red_light", 0.38},
		{"no_helmet", 0.28},
		{"wrong_lane", 0.13},
		{"wrong_way", 0.06},
		{"seat_belt", 0.06},
		{"parking", 0.05},
		{"speeding", 0.04},
	} {
		if x -= o.weight; x < 0 {
			return o.name
		}
	}
	return "red_light"
}

// tellViolation publishes a violation, if the camera can see one and the streets are not empty.
func (w *World) tellViolation(c *camera, at int64) {
	local := w.local(at)
	if c.rng.Float64() > w.rhythm.at(local) || !c.sees() {
		return
	}
	offence := c.drawOffence()
	id := c.eventID("vio", w.run)
	mark := w.begin()
	b := w.head(w.arena, c, at)
	b = word(b, `,"id":`, id)
	b = word(b, `,"type":`, offence)
	b = word(b, `,"plate":`, plate(c.rng, c.offender(offence)))
	if offence == "speeding" {
		limit := 50.0
		b = number(b, `,"speed_kmh":`, limit+4+min(60, 9*c.rng.ExpFloat64()), 1)
		b = number(b, `,"limit_kmh":`, limit, 0)
	}
	b = word(b, `,"evidence_url":`, "https://evidence.invalid/"+local.Format(time.DateOnly)+"/"+id+".jpg")
	b = append(b, '}')
	w.arena = b
	w.publish(at, KindViolation, c.base+KindViolation, false, mark)
}

// offender draws whether it was a motorbike: nobody wears a helmet in a car, or a belt on a bike.
func (c *camera) offender(offence string) (bike bool) {
	switch offence {
	case "no_helmet":
		return true
	case "seat_belt":
		return false
	default:
		return c.rng.Float64() < 0.7
	}
}

// plate draws a number plate that looks like those of the province and that nobody has: the
// letters J, Q and W are not used in series.
func plate(r *rand.Rand, bike bool) string {
	province := [...]string{"19", "19", "19", "88", "28"}[r.IntN(5)]
	letter := "JQW"[r.IntN(3)]
	number := r.IntN(100_000)
	if bike {
		return fmt.Sprintf("%s-%c%d %03d.%02d", province, letter, 1+r.IntN(9), number/100, number%100)
	}
	return fmt.Sprintf("%s%c-%03d.%02d", province, letter, number/100, number%100)
}
