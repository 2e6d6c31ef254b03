package live

import (
	"cmp"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"opscenter/internal/alarm"
	"opscenter/internal/city"
)

// listed is an alarm on the list, as it is shown.
type listed struct {
	point *alarm.Point
	json  atomic.Pointer[[]byte] // nil: to be encoded
}

// alarms is what a projection has of alarms, beside the desk that decides about them.
type alarms struct {
	config  alarm.Config
	words   alarm.Vocabulary
	desk    *alarm.Desk
	listed  map[string]*listed                 // by id
	causes  map[string]*atomic.Pointer[[]byte] // encoded, by key
	orphans []*alarm.Point                     // whose device or event is not there any more
}

// newAlarms makes an empty desk whose findings go to the projection.
func (p *Projection) newAlarms() {
	c := p.alarms.config
	c.Describe, c.Doubt, c.Changed, c.Regrouped = p.describe, p.doubt, p.alarmChanged, p.regrouped
	if p.effects != nil {
		c.Tell = p.effects.Alarm
	}
	p.alarms.desk = alarm.New(c)
	p.alarms.listed, p.alarms.causes, p.alarms.orphans = map[string]*listed{}, map[string]*atomic.Pointer[[]byte]{}, nil
}

func (m micros) alarm() alarm.Micros { return alarm.Micros(m) }

// watch has the desk look at what a device was found to be, as of t.
func (p *Projection) watch(d *device, t micros) {
	for i := range d.plan.facets {
		if i != linkFacet && d.cut {
			continue // nothing new is known of it: its link speaks for it
		}
		p.evaluate(d, i, d.facets[i], t)
	}
	p.evaluate(d, len(d.plan.facets), d.loose, t)
	p.keep(d, t)
}

// evaluate tells the desk how one facet of a device is; the last stands for what belongs to none.
func (p *Projection) evaluate(d *device, facet int, v verdict, t micros) {
	c := conditionOf(v, facet)
	pt := d.point(facet)
	if pt == nil {
		if !c.Bad {
			return
		}
		pt = p.alarms.desk.Watch(d.source(facet), t.alarm(), d.severs(facet), d.maintained())
		d.setPoint(facet, pt)
	}
	p.alarms.desk.Evaluate(pt, t.alarm(), c)
}

// conditionOf says what is wrong with a facet. One of which there are only old values, on a device
// that answers, has gaps in its data.
func conditionOf(v verdict, facet int) alarm.Condition {
	switch {
	case v.status == city.Critical:
		return alarm.Condition{Bad: true, Severity: city.SeverityCritical, Reason: v.reason}
	case v.status == city.Warning:
		return alarm.Condition{Bad: true, Severity: city.SeverityWarning, Reason: v.reason}
	case v.status == city.Stale && facet == linkFacet:
		return alarm.Condition{Bad: true, Severity: city.SeverityWarning, Reason: city.ReasonSilent}
	case v.status == city.Stale:
		return alarm.Condition{Bad: true, Severity: city.SeverityWarning, Reason: city.ReasonDataGaps}
	}
	return alarm.Condition{}
}

// keep tells the desk what keeps a device's alarms from people.
func (p *Projection) keep(d *device, t micros) {
	for facet := range d.points {
		pt := d.point(facet)
		if pt == nil {
			continue
		}
		p.alarms.desk.Sever(pt, t.alarm(), d.severs(facet))
		p.alarms.desk.Service(pt, t.alarm(), d.maintained())
	}
}

// severs reports whether something else speaks for a facet: what the device hangs on, or its own link.
func (d *device) severs(facet int) bool {
	return d.severed() || facet != linkFacet && (d.cut || d.facets[linkFacet].status == city.Critical)
}

func (d *device) point(facet int) *alarm.Point {
	if facet >= len(d.points) || d.points[facet] == nil || d.points[facet].Gone() {
		return nil
	}
	return d.points[facet]
}

func (d *device) setPoint(facet int, pt *alarm.Point) {
	for len(d.points) <= len(d.plan.facets) {
		d.points = append(d.points, nil)
	}
	d.points[facet] = pt
}

// looseFacet is the word for what belongs to no facet.
const looseFacet = "value"

func (d *device) source(facet int) alarm.Source {
	word := looseFacet
	if facet < len(d.plan.facets) {
		word = string(d.plan.facets[facet])
	}
	s := alarm.Source{
		Key: "device/" + d.id() + "/" + word, Device: d.id(), Location: d.location.info.ID, Subsystem: d.info.Subsystem,
		Kind: d.info.Kind, Facet: word,
	}
	if d.window != forever {
		s.Cadence = cadenceOf(d.window).alarm()
	}
	return s
}

// abandon notes that a device's points have lost their source.
func (p *Projection) abandon(d *device) {
	for _, pt := range d.points {
		if pt != nil && !pt.Gone() {
			p.alarms.orphans = append(p.alarms.orphans, pt)
		}
	}
	d.points = nil
}

// dropOrphans lets go of points that have lost their source.
func (p *Projection) dropOrphans() {
	orphans := p.alarms.orphans
	p.alarms.orphans = nil
	for _, pt := range orphans {
		p.alarms.desk.Drop(pt, p.now.alarm())
	}
}

// severityOf says which alarm an event makes; none for a minor one.
func severityOf(e *event) city.Severity {
	switch e.severity {
	case "critical":
		return city.SeverityCritical
	case "major":
		return city.SeverityWarning
	}
	return ""
}

// kindIncident is what alarms of events are called, whatever kind of message tells of them.
const kindIncident = "incident"

// lateNews is how old what a message tells of an event may be for it to raise an alarm at once. What is
// told later comes with a backlog, and may be followed at once by its end.
const lateNews = time.Minute

// watchEvent has the desk look at an event, which raises an alarm while it goes on if its sender calls it
// major or critical.
func (p *Projection) watchEvent(e *event) {
	severity := severityOf(e)
	c := alarm.Condition{Bad: e.open() && severity != "", Severity: severity, Reason: city.Reason(kindIncident + "." + e.kind)}
	pt := p.alarms.desk.Point(e.key)
	if pt == nil && !c.Bad {
		return
	}
	if pt == nil {
		s := alarm.Source{
			Key: e.key, Location: e.location.info.ID, Subsystem: e.subsystem, Kind: kindIncident, Facet: kindIncident,
			Instant: p.now-e.updated <= span(lateNews),
		}
		pt = p.alarms.desk.Watch(s, p.now.alarm(), false, false)
	}
	p.alarms.desk.Evaluate(pt, p.now.alarm(), c)
}

// abandonEvent notes that an event is no longer followed. What is over stays on the list until
// somebody has acknowledged it.
func (p *Projection) abandonEvent(e *event) {
	if pt := p.alarms.desk.Point(e.key); pt != nil && pt.Bad {
		p.alarms.orphans = append(p.alarms.orphans, pt)
	}
}

// blindAfter is how long the log may be without a word before the center counts as blind: it gets a
// clock mark every second.
const blindAfter = 5 * time.Second

// listen takes in whether anything could be heard up to an entry. While nothing can, that devices are
// silent says nothing of them: the alarm is the center's own.
func (p *Projection) listen(e *city.Entry, now micros) {
	if e.Deaf || p.now != 0 && now-p.now > span(blindAfter) {
		p.alarms.desk.Blind(now.alarm())
	}
}

// ingestKey is the key of the alarm that nothing can be heard.
const ingestKey = "system/ingest"

// watchIngest has the desk look at whether anything can be heard.
func (p *Projection) watchIngest(deaf bool) {
	pt := p.alarms.desk.Point(ingestKey)
	if p.partition != 0 || pt == nil && !deaf {
		return
	}
	if pt == nil {
		pt = p.alarms.desk.Watch(alarm.Source{Key: ingestKey, Kind: "system", Facet: "ingest"}, p.now.alarm(), false, false)
	}
	if pt.Bad != deaf {
		p.alarms.desk.Evaluate(pt, p.now.alarm(), alarm.Condition{Bad: deaf, Severity: city.SeverityCritical, Reason: city.ReasonBlind})
	}
}

// describe says what an alarm is called: what, and where.
func (p *Projection) describe(pt *alarm.Point) alarm.Text {
	name := p.called(pt.Reason, p.devices[pt.Device])
	text := alarm.Text{Advice: p.alarms.words.Advice(pt.Reason)}
	where := pt.Location
	if l := p.locations[pt.Location]; l != nil {
		text.Area, where = l.info.Area, l.info.Name
	}
	switch d := p.devices[pt.Device]; {
	case d != nil:
		text.Contractor, text.Children = d.info.Contractor, d.descendants()
		if called := cmp.Or(d.info.Name, d.info.ID); strings.Contains(called, where) {
			where = called // it says where it is
		} else {
			where = called + " · " + where
		}
	case pt.Stands > 0:
		name = city.Names{VI: fmt.Sprintf("%s, %d thiết bị", name.VI, pt.Stands), EN: fmt.Sprintf("%s, %d devices", name.EN, pt.Stands)}
	case pt.Facet == kindIncident:
		if e := p.events.keys[pt.Key]; e != nil && e.title != "" {
			where = e.title + " · " + where
		}
	}
	if pt.Key == ingestKey {
		text.Title, text.Children = name, len(p.devices)
		return text
	}
	text.Title = city.Names{VI: name.VI + ": " + where, EN: name.EN + ": " + where}
	return text
}

func (d *device) descendants() int {
	n := len(d.children)
	for _, child := range d.children {
		n += child.descendants()
	}
	return n
}

// doubt returns until when what a device hangs on may still turn out to be silent.
func (p *Projection) doubt(pt *alarm.Point) alarm.Micros {
	d := p.devices[pt.Device]
	if d == nil || d.parent == nil || !d.parent.heard || d.parent.seen.alarm() > pt.Since {
		return 0
	}
	if until := d.parent.validUntil(); until != forever {
		return until.alarm()
	}
	return 0
}

// alarmChanged takes over what the desk says of an alarm.
func (p *Projection) alarmChanged(pt *alarm.Point, id string, by alarm.Counts) {
	l := p.alarms.listed[id]
	switch {
	case pt.Alarm == nil:
		delete(p.alarms.listed, id)
	case l == nil:
		p.alarms.listed[id] = &listed{point: pt}
	default:
		l.json.Store(nil)
	}
	p.changes.gone("alarm/"+id, pt.Location)
	at := p.locations[pt.Location]
	switch {
	case by == (alarm.Counts{}):
		return
	case pt.Location == "":
		p.city.alarms.Add(by)
		p.changes.city = true
		return
	case at == nil:
		return
	}
	p.tallies(at, p.sums[pt.Subsystem], func(t *tally) { t.alarms.Add(by) })
}

// regrouped takes over what the desk says of a cause.
func (p *Projection) regrouped(c *alarm.Cause) {
	key := c.Key()
	if c.Listed() == 0 {
		delete(p.alarms.causes, key)
	} else if cached := p.alarms.causes[key]; cached != nil {
		cached.Store(nil)
	} else {
		p.alarms.causes[key] = new(atomic.Pointer[[]byte])
	}
	p.changes.gone("alarmgroup/"+key, "")
}

// restoreAlarms goes on from a saved desk.
func (p *Projection) restoreAlarms(s *alarm.State) error {
	if err := p.alarms.desk.Restore(*s, p.now.alarm()); err != nil {
		return err
	}
	for _, pt := range s.Points {
		if d := p.devices[pt.Device]; d != nil && d.location.info.ID == pt.Location && d.info.Subsystem == pt.Subsystem {
			if facet := d.facetOf(pt.Facet); facet >= 0 {
				d.setPoint(facet, pt)
				continue
			}
		}
		if pt.Device != "" || pt.Location != "" && p.locations[pt.Location] == nil || strings.HasPrefix(pt.Key, "event/") && pt.Bad && p.events.keys[pt.Key] == nil {
			p.alarms.orphans = append(p.alarms.orphans, pt)
		}
	}
	p.alarms.desk.Each(func(pt *alarm.Point) { p.alarms.listed[pt.Alarm.ID] = &listed{point: pt} })
	for _, c := range p.alarms.desk.Causes() {
		p.alarms.causes[c.Key()] = new(atomic.Pointer[[]byte])
	}
	return nil
}

func (d *device) facetOf(word string) int {
	if word == looseFacet {
		return len(d.plan.facets)
	}
	return d.plan.facetIndex(city.Facet(word))
}

// countAlarms counts the active list anew, where it is counted.
func (p *Projection) countAlarms() {
	p.alarms.desk.Each(func(pt *alarm.Point) {
		at := p.locations[pt.Location]
		if pt.Location == "" {
			p.city.alarms.Add(pt.Counts())
		}
		if at == nil {
			return
		}
		at.tally.alarms.Add(pt.Counts())
		if sum := p.sums[pt.Subsystem]; sum != nil {
			sum.alarms.Add(pt.Counts())
		}
	})
}
