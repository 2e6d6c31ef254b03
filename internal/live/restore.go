package live

import (
	"fmt"
	"slices"
	"time"

	"github.com/go-json-experiment/json"
	jsonv1 "github.com/go-json-experiment/json/v1"

	"opscenter/internal/city"
)

// Restore makes the projection go on from what State returned, whatever it knew before. The
// inventory, which must have been set, may be another by now: devices that it does not have are
// dropped, and those that are new to the state were never heard. An error wraps ErrState, and
// leaves a projection that knows no more than the inventory.
func (p *Projection) Restore(blob []byte) error {
	if p.inventory == nil {
		return fmt.Errorf("live: %w: the inventory is not set yet", ErrState)
	}
	var s savedState
	err := json.Unmarshal(blob, &s, jsonv1.FormatDurationAsNano(true)) // as encoding/json writes, and thrice as fast
	if err != nil || s.Version != stateVersion {
		var version struct { // of another version, anything else may be unreadable
			Version int `json:"version"`
		}
		if json.Unmarshal(blob, &version) == nil && version.Version != stateVersion {
			return fmt.Errorf("live: %w: it is of version %d, and only version %d can be read", ErrState, version.Version, stateVersion)
		}
		return fmt.Errorf("live: %w: %w", ErrState, err)
	}
	if err := p.resumeFrom(&s); err != nil {
		p.replan(nil)
		p.clear()
		p.SetInventory(p.inventory)
		return fmt.Errorf("live: %w: %w", ErrState, err)
	}
	return nil
}

// StateTime returns the time of a saved state, in UTC: that of the newest entry that had been applied, or
// the zero time if none had. An error wraps ErrState.
func StateTime(blob []byte) (time.Time, error) {
	var s struct {
		Now micros `json:"now"`
	}
	if err := json.Unmarshal(blob, &s); err != nil {
		return time.Time{}, fmt.Errorf("live: %w: %w", ErrState, err)
	}
	return s.Now.in(time.UTC), nil
}

// resumeFrom goes on from a state, whatever the projection knew before.
func (p *Projection) resumeFrom(s *savedState) error {
	p.replan(s.Manifests)
	p.clear()
	p.SetInventory(p.inventory)
	return p.restore(s)
}

func (p *Projection) restore(s *savedState) error {
	p.now = s.Now
	p.rate = rate{second: s.Rate.Second, count: s.Rate.Count, past: s.Rate.Past}
	for _, n := range p.rate.past {
		p.rate.sum += n
	}
	if p.now != 0 {
		p.turnOver() // nothing is counted yet, so this only says which hour and day it is
	}
	for i := range s.Devices {
		saved := &s.Devices[i]
		d := p.devices[saved.ID]
		if d == nil {
			continue
		}
		if err := d.restore(saved); err != nil {
			return fmt.Errorf("device %q: %w", saved.ID, err)
		}
		if saved.Subsystem == d.info.Subsystem {
			p.restoreHours(d, saved.Hours)
		}
	}
	p.restoreCounts(s)
	for i := range s.Events {
		p.restoreEvent(&s.Events[i])
	}
	slices.SortStableFunc(p.events.over, func(a, b over) int { return int(a.at - b.at) })
	p.restoreLedgers(s.Ledgers)
	p.restoreUpkeep(s.Upkeep)
	for _, a := range s.Acts {
		p.acts.remember(a.Key, a.Outcome)
	}
	if s.Alarms != nil {
		if err := p.restoreAlarms(s.Alarms); err != nil {
			return err
		}
		for i := range s.Devices {
			if d := p.devices[s.Devices[i].ID]; d != nil {
				d.resumed = d.info.Subsystem == s.Devices[i].Subsystem
			}
		}
	}
	p.resume()
	return nil
}

// restoreCounts brings back violations and what is remembered of messages about events.
func (p *Projection) restoreCounts(s *savedState) {
	for _, saved := range s.Sums {
		t := &p.city
		if saved.ID != "" {
			t = p.sums[saved.ID]
		}
		if t != nil {
			t.violations = restoreViolations(saved.Violations)
		}
	}
	for i := range s.Locations {
		saved := &s.Locations[i]
		if l := p.locations[saved.ID]; l != nil {
			l.tally.violations = restoreViolations(saved.Violations)
			l.digests, l.oldest = saved.Digests, saved.Oldest
		}
	}
}

// resume derives what is not saved: verdicts, counts, and which windows move when. Every device is
// pending after SetInventory, so the next entry finds out first what of theirs falls due when.
func (p *Projection) resume() {
	for _, d := range p.devices {
		p.assess(d, p.now)
	}
	for _, d := range p.devices {
		d.down = d.cut || d.severed()
	}
	for _, l := range p.locations {
		p.watchWindows(l, l.nextSlide(p.now))
	}
	p.count()
}

func (d *device) restore(s *savedDevice) error {
	d.introduced, d.status, d.reason, d.since, d.changed = s.Intro, s.Status, s.Reason, s.Since, s.Changed
	d.readmitted = s.Again
	if s.Subsystem != d.info.Subsystem {
		return nil // what it said means nothing here
	}
	for _, f := range s.Shown {
		if i := d.plan.facetIndex(f.Facet); i >= 0 {
			d.shown[i] = verdict{f.Status, f.Reason}
		}
	}
	d.heard, d.offline, d.offlineAt, d.told = s.Heard, s.Offline, s.OfflineAt, s.Told
	d.seen, d.observed = s.Seen, s.Observed
	if len(s.Kinds) > maxKinds || len(s.Readings) > maxValues || len(s.States) > maxValues || len(s.Series) > maxSeries {
		return fmt.Errorf("more than %d kinds, or %d values, or %d series", maxKinds, maxValues, maxSeries)
	}
	var latest micros
	for _, k := range s.Kinds {
		d.kinds = append(d.kinds, kind{k.Name, k.Seen, d.windowOf(k.Name)})
		latest = max(latest, k.Seen)
	}
	if d.bare = s.Bare; s.Seen > latest {
		d.bare = s.Seen // a state that does not say so itself
	}
	for i := range s.Series {
		if err := d.restoreSeries(&s.Series[i]); err != nil {
			return err
		}
	}
	copy(d.digests[:], s.Digests)
	d.oldest = s.Oldest % ringSize
	return d.restoreValues(s)
}

func (d *device) restoreValues(s *savedDevice) error {
	for _, r := range s.Readings {
		if int(r.Kind) >= len(d.kinds) {
			return fmt.Errorf("reading %q is of no kind", r.Metric)
		}
		held := &d.readings[d.readingIndex(r.Metric, 0)]
		held.value, held.observed, held.kind, held.judged = r.Value, r.Observed, r.Kind, r.Judged
	}
	for _, w := range s.States {
		if int(w.Kind) >= len(d.kinds) {
			return fmt.Errorf("state %q is of no kind", w.Name)
		}
		held := &d.states[d.stateIndex(w.Name, 0)]
		held.value, held.observed, held.kind = w.Value, w.Observed, w.Kind
	}
	return nil
}

func (d *device) restoreSeries(s *savedSeries) error {
	if int(s.Kind) >= len(d.kinds) {
		return fmt.Errorf("a series is of no kind")
	}
	if len(s.Values) != len(s.At)*len(s.Metrics) {
		return fmt.Errorf("%d reports of %d metrics have %d values", len(s.At), len(s.Metrics), len(s.Values))
	}
	restored := series{kind: s.Kind, channel: s.Channel, last: s.Last, received: s.Received}
	w := d.plan.window(d.kinds[s.Kind].name)
	if len(s.At) > 0 && w != nil && slices.Equal(w.metrics, s.Metrics) {
		restored.reports = &reports{plan: w, at: s.At, values: s.Values}
	}
	d.series = append(d.series, restored)
	return nil
}

func (p *Projection) restoreEvent(s *savedEvent) {
	at := p.locations[s.Location]
	if at == nil {
		return
	}
	e := &event{
		eventID: eventID{s.Subsystem, s.Kind, s.ID}, key: s.Key, location: at, kind: s.Type, phase: s.Phase,
		severity: s.Severity, title: s.Title, text: s.Text, plate: s.Plate, evidence: s.Evidence,
		speed: s.Speed, limit: s.Limit, lat: s.Lat, lon: s.Lon,
		started: s.Started, updated: s.Updated, ended: s.Ended, forgotten: s.Forgotten, dueAt: s.Due,
	}
	p.prepare(e)
	p.events.known[e.eventID], p.events.keys[e.key] = e, e
	at.events = append(at.events, e)
	p.events.schedule(e)
	p.await(e)
}

func restoreViolations(saved []savedViolations) []violations {
	var list []violations
	for _, v := range saved {
		list = append(list, violations{v.Type, v.Hour, v.Day, v.Last})
	}
	return list
}

// markAll marks everything as changed.
func (p *Projection) markAll() {
	for _, d := range p.devices {
		p.mark(d)
	}
	for _, l := range p.locations {
		p.markLocation(l)
	}
	for _, e := range p.events.known {
		p.markEvent(e)
	}
	for _, t := range p.areas {
		p.changes.mark(&p.changes.areas, t)
	}
	for _, t := range p.sums {
		p.changes.mark(&p.changes.sums, t)
	}
	for id := range p.alarms.listed {
		p.changes.gone("alarm/"+id, p.alarms.listed[id].point.Location)
	}
	for key := range p.alarms.causes {
		p.changes.gone("alarmgroup/"+key, "")
	}
	for id := range p.upkeep {
		p.changes.gone("window/"+id, "")
	}
	p.changes.city = true
}

var _ city.Picture = picture{}
