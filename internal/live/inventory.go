package live

import (
	"slices"

	"opscenter/internal/alarm"
	"opscenter/internal/city"
)

// SetInventory makes the projection show what is registered. What is known of devices that stay
// registered is kept, wherever they move to within the partition; one that moves to another
// subsystem, or here from another partition, is one that was never heard. Counts follow at once,
// statuses with the next entry, since only entries bear time.
//
// A device hangs on its parent only if both are in this partition: that is certain if they are at
// one location, and always so in a log of one partition.
func (p *Projection) SetInventory(inv *city.Inventory) {
	before := p.census()
	p.inventory = inv
	p.setAreas(inv)
	p.setLocations(inv)
	p.setDevices(inv)
	p.count()
	p.markCensus(before)
}

func (p *Projection) here(location string) bool {
	return city.PartitionOf(location, p.partitions) == p.partition
}

func (p *Projection) setAreas(inv *city.Inventory) {
	areas := make(map[string]*tally, len(inv.Areas))
	for i := range inv.Areas {
		id := inv.Areas[i].ID
		if areas[id] = p.areas[id]; areas[id] == nil {
			areas[id] = &tally{id: id}
		}
		p.changes.mark(&p.changes.areas, areas[id]) // its name may have changed
	}
	p.areas = areas
}

func (p *Projection) setLocations(inv *city.Inventory) {
	locations := make(map[string]*location)
	for i := range inv.Locations {
		info := &inv.Locations[i]
		if !p.here(info.ID) {
			continue
		}
		l := p.locations[info.ID]
		if l == nil {
			l = &location{key: "location/" + info.ID}
			l.timer.id, l.timer.owner = info.ID, l
		}
		if l.info == nil || *l.info != *info {
			p.markLocation(l)
		}
		l.info, l.area = info, p.areas[info.Area]
		l.devices = nil
		locations[info.ID] = l
	}
	for id, l := range p.locations {
		if locations[id] == nil {
			p.dropLocation(l)
		}
	}
	p.locations = locations
}

func (p *Projection) dropLocation(l *location) {
	for len(l.events) > 0 {
		p.forget(l.events[0])
	}
	p.dropCasesAt(l.info.ID)
	p.windows.remove(&l.timer)
	p.changes.gone(l.key, l.info.ID)
}

func (p *Projection) setDevices(inv *city.Inventory) {
	devices := make(map[string]*device)
	for i := range inv.Devices {
		info := &inv.Devices[i]
		at := p.locations[info.Location]
		if at == nil || p.retired[info.Subsystem] {
			continue
		}
		d := p.register(p.devices[info.ID], info, at)
		at.devices = append(at.devices, d)
		devices[info.ID] = d
	}
	for id, d := range p.devices {
		if devices[id] != d {
			p.expiries.remove(&d.timer)
			p.forgetHours(d)
			p.abandon(d)
		}
		if devices[id] == nil {
			p.changes.gone(d.key, d.location.info.ID)
		}
	}
	p.devices = devices
	p.pending = slices.DeleteFunc(p.pending, func(d *device) bool { return devices[d.id()] != d })
	p.hang(inv)
	for _, l := range p.locations {
		p.watchWindows(l, l.nextSlide(p.now))
	}
}

// register returns the device as it is registered now, given as it was before, or nil.
func (p *Projection) register(d *device, info *city.Device, at *location) *device {
	switch {
	case d == nil:
		d = p.newDevice(info)
	case d.info.Subsystem != info.Subsystem:
		old := d
		d = p.newDevice(info)
		d.introduced, d.status, d.reason = old.introduced, old.status, old.reason
		d.since, d.changed, d.location = old.since, old.changed, old.location
		p.mark(d)
		p.reconsider(d)
	}
	if d.location != nil && d.location != at {
		p.abandon(d)
		p.changes.move(d.key, d.location.info.ID)
		p.markLocation(d.location)
	}
	if d.location != at || *d.info != *info {
		p.mark(d)
		p.markLocation(at)
	}
	if d.location == nil || *d.info != *info {
		p.reconsider(d)
	}
	d.info, d.location = info, at
	d.setWindows()
	d.children = nil
	return d
}

func (p *Projection) newDevice(info *city.Device) *device {
	pl := p.plans[info.Subsystem]
	if pl == nil {
		pl = p.unplanned
	}
	d := &device{
		key: "device/" + info.ID, info: info, plan: pl, sum: p.sums[info.Subsystem],
		reason: city.ReasonNeverHeard, since: microsOf(info.RegisteredAt),
		own: verdict{reason: city.ReasonNeverHeard},
	}
	both := make([]verdict, 2*len(pl.facets))
	d.facets, d.shown = both[:len(pl.facets):len(pl.facets)], both[len(pl.facets):]
	d.timer.id, d.timer.owner = info.ID, d
	return d
}

// hang puts children below their parents.
func (p *Projection) hang(inv *city.Inventory) {
	for i := range inv.Devices {
		d := p.devices[inv.Devices[i].ID]
		if d == nil {
			continue
		}
		parent := p.devices[d.info.Parent]
		if parent != d.parent {
			p.reconsider(d)
		}
		d.parent = parent
		if parent != nil {
			parent.children = append(parent.children, d)
		}
	}
}

// reconsider has a device looked at with the next entry.
func (p *Projection) reconsider(d *device) {
	if !d.pending {
		d.pending = true
		p.pending = append(p.pending, d)
	}
}

// count counts devices and events anew. Violations of a location that is gone stay counted.
func (p *Projection) count() {
	p.eachTally(func(t *tally) { t.devices, t.incidents, t.alarms = [numStatuses]int{}, 0, alarm.Counts{} })
	p.countAlarms()
	for _, d := range p.devices {
		d.location.tally.devices[d.status]++
		if d.sum != nil {
			d.sum.devices[d.status]++
		}
	}
	for _, e := range p.events.known {
		if e.open() {
			e.location.tally.incidents++
			if sum := p.sums[e.subsystem]; sum != nil {
				sum.incidents++
			}
		}
	}
	for _, area := range p.areas {
		area.violations = nil
	}
	for _, l := range p.locations {
		if l.area != nil {
			l.area.add(&l.tally)
		}
		for i, n := range l.tally.devices {
			p.city.devices[i] += n
		}
		p.city.incidents += l.tally.incidents
		p.city.alarms.Add(l.tally.alarms)
	}
}

func (p *Projection) eachTally(visit func(*tally)) {
	visit(&p.city)
	for _, t := range p.sums {
		visit(t)
	}
	for _, t := range p.areas {
		visit(t)
	}
	for _, l := range p.locations {
		visit(&l.tally)
	}
}

// headcount is what a change of the inventory may change in a tally.
type headcount struct {
	devices   [numStatuses]int
	incidents int
	alarms    alarm.Counts
}

func (p *Projection) census() map[*tally]headcount {
	counts := make(map[*tally]headcount)
	if p.changes.on {
		p.eachTally(func(t *tally) { counts[t] = headcount{t.devices, t.incidents, t.alarms} })
	}
	return counts
}

// markCensus marks what is not as it was at an earlier census.
func (p *Projection) markCensus(before map[*tally]headcount) {
	if !p.changes.on {
		return
	}
	differs := func(t *tally) bool { return before[t] != headcount{t.devices, t.incidents, t.alarms} }
	p.changes.city = p.changes.city || differs(&p.city)
	for _, t := range p.sums {
		if differs(t) {
			p.changes.mark(&p.changes.sums, t)
		}
	}
	for _, t := range p.areas {
		p.changes.mark(&p.changes.areas, t)
	}
	for _, l := range p.locations {
		if differs(&l.tally) {
			p.markLocation(l)
		}
	}
}
