// Package simulator is a city that publishes real MQTT: cameras that tell their health, detectors
// that count motorbikes, incidents, violations, and faults of every class, natural or on demand.
//
// World is the living city and Load a plain stream of health messages at a given rate. Both are
// pure: they depend on their seed, their start and the times passed to Step, and on nothing else,
// so the same seed and start give the same messages. Simulator publishes them.
//
// A real device has a connection of its own with a last will. The simulated devices share the few
// connections behind the Publisher, and when one of them loses its link or its power the simulator
// publishes the retained `offline` itself, 2 to 5 s later, as the broker would when the keep-alive
// runs out. When the simulator itself stops it publishes nothing: its devices fall silent.
package simulator

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
	"time"
)

// Subsystem is the id of the subsystem that the simulated devices belong to.
const Subsystem = "trafficsafety"

// The kinds of messages, as in the last level of their topics.
const (
	KindAvailability = "availability"
	KindHealth       = "health"
	KindFlow         = "flow"
	KindIncident     = "incident"
	KindViolation    = "violation"
)

// Publication is one MQTT message that has come due. It is published at QoS 1.
type Publication struct {
	At       time.Time // when the device sent it, by a clock that is right
	Kind     string    // availability, health, flow, incident or violation
	Topic    string
	Retained bool
	Payload  []byte // never changes; it may be kept
}

// Source yields the messages that have come due. It is not safe for concurrent use.
type Source interface {
	// Step returns the messages that are due at or before now and were not returned before, in
	// the order in which they came due. A Source may bound how many it returns at once; more is
	// then due at the same now. The slice is valid until the next Step; payloads are for keeps.
	Step(now time.Time) []Publication
}

// random returns a source of random numbers that depends on the seed and on what it is for, so
// that one device's numbers do not change when another device is added.
func random(seed uint64, purpose string) *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte(purpose))
	return rand.New(rand.NewPCG(seed, h.Sum64())) //nolint:gosec // a simulation must be repeatable
}

// between returns a number that is evenly spread over low to high.
func between(r *rand.Rand, low, high float64) float64 { return low + (high-low)*r.Float64() }

// spell returns a duration that is evenly spread over low to high, in nanoseconds.
func spell(r *rand.Rand, low, high time.Duration) int64 {
	return int64(between(r, float64(low), float64(high)))
}

// wait returns an exponentially distributed duration with that mean, in nanoseconds, and never
// more than twenty times the mean.
func wait(r *rand.Rand, mean time.Duration) int64 {
	return int64(min(r.ExpFloat64(), 20) * float64(mean))
}

// poisson returns a count with that mean. Above 30 it is approximated by the normal distribution.
func poisson(r *rand.Rand, mean float64) int {
	if mean <= 0 {
		return 0
	}
	if mean > 30 {
		return max(0, int(math.Round(mean+math.Sqrt(mean)*r.NormFloat64())))
	}
	limit, n := math.Exp(-mean), 0
	for p := r.Float64(); p > limit; p *= r.Float64() {
		n++
	}
	return n
}
