package live

import (
	"sync/atomic"

	"opscenter/internal/alarm"
	"opscenter/internal/city"
)

// numStatuses is how many statuses there are; they count from 0.
const numStatuses = int(city.Maintenance) + 1

// tally counts devices by status, open incidents and violations: those of a location, of an area,
// of a subsystem or of everything in a partition.
type tally struct {
	id         string
	names      city.Names // of a subsystem
	devices    [numStatuses]int
	incidents  int
	alarms     alarm.Counts
	violations []violations
	dirty      bool
}

func (t *tally) add(other *tally) {
	for i, n := range other.devices {
		t.devices[i] += n
	}
	t.incidents += other.incidents
	t.alarms.Add(other.alarms)
	t.violations = addViolations(t.violations, other.violations)
}

// worst returns the worst status that is counted, or unknown if there is nothing.
func (t *tally) worst() city.Status {
	worst, counted := city.OK, false
	for s, n := range t.devices {
		if n > 0 {
			worst, counted = worst.Worst(city.Status(s)), true
		}
	}
	if !counted {
		return city.Unknown
	}
	return worst
}

// location is what is known of one place.
type location struct {
	timer[*location] // when a report enters or leaves one of its windows
	tally            tally
	key              string // location/<id>
	info             *city.Location
	area             *tally    // nil: it is in none
	devices          []*device // sorted by id
	events           []*event  // in the order in which they were first heard of
	digests          []uint64  // of messages about events, and of those of no registered device
	oldest           int
	json             atomic.Pointer[[]byte]
}

// recount moves a device from one count to another, wherever it is counted.
func (p *Projection) recount(d *device, from, to city.Status) {
	p.tallies(d.location, d.sum, func(t *tally) {
		t.devices[from]--
		t.devices[to]++
	})
}

// tallies calls change with every tally that a device or an event of a location and a subsystem
// counts in, and marks them.
func (p *Projection) tallies(at *location, sum *tally, change func(*tally)) {
	change(&at.tally)
	p.markLocation(at)
	if at.area != nil {
		change(at.area)
		p.changes.mark(&p.changes.areas, at.area)
	}
	if sum != nil {
		change(sum)
		p.changes.mark(&p.changes.sums, sum)
	}
	change(&p.city)
	p.changes.city = true
}

// changes is what is no longer what readers last saw of it.
type changes struct {
	on        bool // somebody reads
	devices   []*device
	locations []*location
	areas     []*tally
	sums      []*tally
	events    []*event
	city      bool
	others    []city.Change // what is gone, or belongs to another location now
}

func (c *changes) mark(list *[]*tally, t *tally) {
	if c.on && !t.dirty {
		t.dirty = true
		*list = append(*list, t)
	}
}

func (p *Projection) mark(d *device) {
	if p.changes.on && !d.dirty {
		d.dirty = true
		d.json.Store(nil)
		p.changes.devices = append(p.changes.devices, d)
	}
}

func (p *Projection) markLocation(l *location) {
	if p.changes.on && !l.tally.dirty {
		l.tally.dirty = true
		l.json.Store(nil)
		p.changes.locations = append(p.changes.locations, l)
	}
}

func (p *Projection) markEvent(e *event) {
	if p.changes.on && !e.dirty {
		e.dirty = true
		e.json.Store(nil)
		p.changes.events = append(p.changes.events, e)
	}
}

// taken forgets the changes, now that they were told.
func (c *changes) taken() {
	for _, d := range c.devices {
		d.dirty = false
	}
	for _, l := range c.locations {
		l.tally.dirty = false
	}
	for _, t := range c.areas {
		t.dirty = false
	}
	for _, t := range c.sums {
		t.dirty = false
	}
	for _, e := range c.events {
		e.dirty = false
	}
	clear(c.devices)
	clear(c.locations)
	clear(c.events)
	c.devices, c.locations, c.events = c.devices[:0], c.locations[:0], c.events[:0]
	c.areas, c.sums, c.others = c.areas[:0], c.sums[:0], c.others[:0]
	c.city = false
}

// gone notes that there is no longer anything under a key.
func (c *changes) gone(key, location string) {
	if c.on {
		c.others = append(c.others, city.Change{Key: key, Location: location})
	}
}

// move notes that what is under a key is no longer at a location.
func (c *changes) move(key, from string) { c.gone(key, from) }
