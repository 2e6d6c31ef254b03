package live

import (
	"time"

	"opscenter/internal/city"
	"opscenter/internal/subsystem"
)

// Projection is the live picture of one partition of the log. Its methods must not be called at
// the same time; a Board takes care of that for readers.
type Projection struct {
	zone       *time.Location
	partition  int
	partitions int
	effects    Effects
	specs      []subsystem.Spec // as configured
	parse      func(document []byte) (subsystem.Spec, error)
	plans      map[string]*plan
	order      []string        // ids of the subsystems: as given, then as declared
	unplanned  *plan           // of devices whose subsystem nobody declares
	declared   []savedManifest // the manifests, sorted by subsystem
	retired    map[string]bool // subsystems that are not shown, nor are their devices

	inventory *city.Inventory
	devices   map[string]*device
	locations map[string]*location
	areas     map[string]*tally
	sums      map[string]*tally // by subsystem
	city      tally
	events    events
	alarms    alarms
	upkeep    map[string]*upkeep // maintenance windows, by id
	acts      acts
	ledgers   map[string]*ledger // by subsystem
	dockets   []*docket          // of all ledgers

	now       micros
	hour      period // the civic hour and day that now is in
	day       period
	rate      rate
	expiries  agenda[*device]   // of what devices said
	windows   agenda[*location] // that move over reports
	endings   agenda[*hourly]   // of hours in which devices measured
	lapses    agenda[*figure]   // when they become stale
	dues      agenda[*openCase] // when they become overdue
	deadlines agenda[*event]    // likewise
	turns     agenda[*upkeep]   // of maintenance
	pending   []*device
	changes   changes
	scratch   []findings
	expiring  []*device
}

// NewProjection returns a projection that knows no devices yet: SetInventory comes next, then
// Restore where there is something to go on from.
func NewProjection(c ProjectionConfig) *Projection {
	p := &Projection{
		zone: c.Zone, partition: c.Partition, partitions: max(c.Partitions, 1), effects: c.Effects,
		specs: c.Specs, parse: c.Manifest, alarms: alarms{config: c.Alarms.Config, words: c.Alarms.Words},
		unplanned: &plan{facets: []city.Facet{city.Link}},
	}
	if p.zone == nil {
		p.zone = time.UTC
	}
	p.replan(nil)
	p.clear()
	return p
}

// clear forgets everything but the configuration.
func (p *Projection) clear() {
	p.devices, p.locations = map[string]*device{}, map[string]*location{}
	p.areas = map[string]*tally{}
	p.city = tally{}
	for _, sum := range p.sums {
		*sum = tally{id: sum.id, names: sum.names}
	}
	p.events = newEvents()
	p.newAlarms()
	p.upkeep, p.acts, p.turns = map[string]*upkeep{}, acts{}, nil
	p.ledgers, p.dockets = make(map[string]*ledger, len(p.order)), nil
	for _, id := range p.order {
		l := newLedger(p.plans[id], p.sums[id])
		p.ledgers[id] = l
		p.dockets = append(p.dockets, l.dockets...)
	}
	p.now, p.hour, p.day, p.rate = 0, period{}, period{}, rate{}
	p.expiries, p.windows, p.endings, p.lapses, p.dues, p.deadlines = nil, nil, nil, nil, nil, nil
	p.pending, p.changes = nil, changes{on: p.changes.on}
}

// Time returns the time of the newest entry, or the zero time before the first.
func (p *Projection) Time() time.Time { return p.now.in(p.zone) }

// Apply takes in the next entry of the log. Time first moves on to the entry's, never back, and
// everything that falls due on the way happens at its own time; then the entry says what it says;
// then happens what falls due at that very moment, so that a message which comes at the last
// moment is in time.
func (p *Projection) Apply(e *city.Entry) {
	now := max(microsOf(e.At), p.now)
	if len(p.pending)+len(p.alarms.orphans) > 0 {
		p.introduce(now)
	}
	p.listen(e, now)
	p.expire(now - 1)
	p.advance(now)
	p.watchIngest(e.Deaf)
	switch {
	case e.Observation != nil:
		p.observe(e.Observation)
	case e.Rejection != nil:
		if p.effects != nil {
			p.effects.Rejection(now.utc(), e.Rejection)
		}
	case e.Manifest != nil:
		p.declare(e.Manifest)
	case e.Action != nil:
		p.act(e.Action)
	}
	p.expire(now)
	p.slide()
	p.lapse()
}

// advance moves time on and turns over what is counted by the clock.
func (p *Projection) advance(now micros) {
	p.now = now
	if now >= p.hour.end {
		p.turnOver()
	}
	if p.rate.advance(now) {
		p.changes.city = true
	}
	if p.alarms.desk.Advance(now.alarm()) {
		p.changes.city = true
	}
	p.forgetEvents()
}

// introduce looks at devices that the inventory added or changed.
func (p *Projection) introduce(now micros) {
	at := p.now
	if at == 0 {
		at = now
	}
	p.dropOrphans()
	pending := p.pending
	p.pending = p.pending[:0]
	for _, d := range pending {
		d.pending = false
		if !d.introduced {
			d.introduced = true
			p.begin(d, now)
		}
		p.recountUpkeep(d)
		p.assess(d, at)
	}
	for _, d := range pending {
		p.publish(d, at, true)
		if !d.resumed {
			p.watch(d, at)
		}
		d.resumed = false
		p.expiries.set(&d.timer, d.deadline(at))
	}
	clear(pending)
}

// observe takes in what a device or a system said.
func (p *Projection) observe(o *city.Observation) {
	p.rate.count++
	d, at := p.devices[o.Device], p.locations[o.Location]
	if d == nil {
		if at != nil {
			p.observeAt(o, at)
		}
		return
	}
	if d.repeated(o) {
		return
	}
	if o.Event != nil {
		if at == nil {
			at = d.location // the device has moved since
		}
		if !p.happen(o, at) {
			return
		}
	}
	if o.Indicator != nil {
		p.tell(o)
	}
	if p.hear(d, o) {
		changed := p.assess(d, p.now)
		p.publish(d, p.now, changed)
		p.watch(d, p.now)
		p.mark(d)
		// A live message puts its kind off, and the agenda learns of that when the old deadline
		// comes. Only the first of its kind, or a replay, can bring a deadline forward.
		if next := d.deadline(p.now); d.timer.slot == 0 || next < d.due {
			p.expiries.set(&d.timer, next)
		}
	}
}

// observeAt takes in what was said at a location by no device that is registered: only events and
// figures mean anything then.
func (p *Projection) observeAt(o *city.Observation, at *location) {
	switch {
	case o.Event != nil:
		p.happen(o, at)
	case o.Indicator != nil && !at.repeated(o):
		p.tell(o)
	}
}
