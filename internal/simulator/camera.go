package simulator

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"opscenter/internal/city"
)

// defaultCadence is how often a camera without a cadence of its own tells its health.
const defaultCadence = 45 * time.Second

// camera is one simulated device.
type camera struct {
	id   string
	site int32
	kind string
	rng  *rand.Rand
	base string // its topic up to the kind of message

	tongue tongue
	name   string // in that tongue
	said   uint16 // of the conditions of its tongue: which of them it said to be bad, and whether any

	health      string // its most frequent topics, ready made
	flow        string
	cadence     int64   // ns between two health messages
	expectedFPS float64 // frames/s
	bitrate     float64 // kbit/s of a good picture
	storage     float64 // %
	retention   float64 // days
	warmth      float64 // °C above the others
	firmware    string

	// A detector has lanes, all of one direction; others have none.
	lanes     []lane
	direction string
	window    int64   // ns
	inbound   float64 // 1: into the city, -1: out of it
	phase     float64 // of the traffic light before it, in radians

	faults   [classes]uint8 // how many of each class are on it now
	drift    int64          // ns that its clock is ahead while ClockDrift is on
	away     bool           // the link is gone at the moment while Link is on
	flapping bool           // a taskFlap is on the agenda
	told     told
	seq      int64
	events   int64 // incidents and violations so far
}

// told is what the broker was last told of a device's availability.
type told uint8

const (
	toldNothing told = iota
	toldOnline
	toldOffline
)

func newCamera(root string, d *city.Device, site int32, s *site, seed uint64) camera {
	r := random(seed, "camera "+d.ID)
	base := root + "/" + Subsystem + "/" + d.Location + "/" + d.ID + "/"
	c := camera{
		id: d.ID, site: site, kind: d.Kind, rng: r, base: base, health: base + KindHealth, flow: base + KindFlow,
		cadence: int64(d.Cadence), expectedFPS: d.ExpectedFPS, bitrate: 4096,
		storage: between(r, 62, 79), retention: between(r, 32, 46), warmth: between(r, -3, 4),
		firmware: fmt.Sprintf("3.%d.%d", r.IntN(4), r.IntN(10)),
	}
	c.tongue, c.name = tongueOf(d)
	if c.cadence <= 0 {
		c.cadence = int64(defaultCadence)
	}
	if c.expectedFPS <= 0 {
		c.expectedFPS = 25
	}
	if c.enforces() {
		c.bitrate = 6144
	}
	if d.Kind == "camera.overview" {
		c.detect(s)
	}
	return c
}

// detect makes a detector of the camera. Most report every 10 s, some every second or minute.
func (c *camera) detect(s *site) {
	r := c.rng
	c.direction = s.nextDirection()
	c.inbound = 1
	if c.direction == "west" || c.direction == "north" {
		c.inbound = -1
	}
	c.window = int64(10 * time.Second)
	switch x := r.Float64(); {
	case x < 0.04:
		c.window = int64(time.Second)
	case x < 0.14:
		c.window = int64(time.Minute)
	}
	c.phase = between(r, 0, 6.28)
	for n := range 1 + r.IntN(2) {
		c.lanes = append(c.lanes, newLane(r, n+1, s.busy))
	}
}

// enforces tells whether the camera reports violations.
func (c *camera) enforces() bool { return c.kind == "camera.violation" || c.kind == "camera.speed" }

func (c *camera) has(f Class) bool { return c.faults[f] > 0 }

// well tells whether nothing at all is wrong with the camera.
func (c *camera) well() bool { return c.faults == [classes]uint8{} }

// up tells whether the camera has power and a link.
func (c *camera) up() bool {
	return !c.has(Offline) && !c.has(Power) && !(c.has(Link) && c.away)
}

// talks tells whether messages of the camera reach the broker.
func (c *camera) talks() bool { return c.up() && !c.has(Hung) && c.told == toldOnline }

// sees tells whether the camera has a picture on which somebody could recognise something.
func (c *camera) sees() bool {
	return c.talks() && !c.has(NoStream) && c.visible() > 0.5
}

// visible is the share of the vehicles in view that a detector still counts on its picture.
func (c *camera) visible() float64 {
	share := 1.0
	for _, spoiled := range [...]struct {
		class Class
		share float64
	}{{Frozen, 0}, {Obscured, 0.1}, {Moved, 0.3}, {Dark, 0.5}, {Defocus, 0.7}, {LowFPS, 0.8}} {
		if c.has(spoiled.class) {
			share = min(share, spoiled.share)
		}
	}
	return share
}

// image is the camera's own word for its picture: the worst that is wrong with it.
func (c *camera) image() string {
	for _, word := range [...]struct {
		class Class
		word  string
	}{{Obscured, "obscured"}, {Frozen, "frozen"}, {Dark, "dark"}, {Moved, "moved"}, {Defocus, "blurred"}} {
		if c.has(word.class) {
			return word.word
		}
	}
	return "ok"
}

// clock returns the time that the camera believes it is, in Unix nanoseconds.
func (c *camera) clock(at int64) int64 {
	if c.has(ClockDrift) {
		return at + c.drift
	}
	return at
}

// nextSeq counts the camera's messages. It starts above what an earlier run can have reached, see
// newWorld.
func (c *camera) nextSeq() int64 {
	c.seq++
	return c.seq
}

// eventID returns an id that no other event of this or another run has.
func (c *camera) eventID(kind, run string) string {
	c.events++
	return strings.Join([]string{kind, c.id, run, fmt.Sprint(c.events)}, "-")
}
