package live

import (
	"encoding/json"
	"slices"
	"strings"
	"sync/atomic"

	"opscenter/internal/city"
)

// Cut calls read with the picture; nothing changes until read returns. The picture must not be
// used after that, and read must not call the board. What is encoded stays as it is for ever.
func (b *Board) Cut(read func(city.Picture)) {
	defer b.rlockAll()()
	read(picture{b})
}

// rlockAll locks every part for reading; what it returns unlocks them.
func (b *Board) rlockAll() (unlock func()) {
	for _, part := range b.parts {
		part.mu.RLock()
	}
	return func() {
		for _, part := range b.parts {
			part.mu.RUnlock()
		}
	}
}

// picture is a board whose parts are locked for reading.
type picture struct{ *Board }

// Entity returns the entity under a key in JSON.
func (p picture) Entity(key string) ([]byte, bool) {
	kind, id, _ := strings.Cut(key, "/")
	switch kind {
	case "device":
		if d, in := p.device(id); d != nil {
			if known := d.json.Load(); known != nil {
				return *known, true
			}
			encoded := in.encodeDevice(d)
			d.json.Store(&encoded)
			return encoded, true
		}
	case "location":
		if l, in := p.location(id); l != nil {
			return cached(&l.json, func() any { return in.viewLocation(l) })
		}
	case "event":
		if e, in := p.event(key); e != nil {
			return cached(&e.json, func() any { return in.viewEvent(e) })
		}
	case "alarm":
		return p.encodeAlarm(id)
	case "alarmgroup":
		return p.encodeCause(id)
	case "window":
		if p.parts[0].projection.upkeep[id] != nil {
			encoded, err := json.Marshal(p.viewWindow(id))
			return encoded, err == nil
		}
	case "area":
		if at := p.areaJSON[id]; at != nil {
			return cached(at, func() any { return p.viewArea(id) })
		}
	case "subsystem":
		if at := p.sumJSON[id]; at != nil {
			return cached(at, func() any { return p.viewSubsystem(id) })
		}
	case "city":
		if key == kind {
			return cached(&p.cityJSON, func() any { return p.viewCity() })
		}
	case "system":
		if system := p.system.Load(); system != nil && key == kind {
			return *system, true
		}
	}
	return nil, false
}

// cached returns what was encoded, or encodes it. Two readers may both do so, alike.
func cached(at *atomic.Pointer[[]byte], view func() any) ([]byte, bool) {
	if known := at.Load(); known != nil {
		return *known, true
	}
	encoded, err := json.Marshal(view())
	if err != nil {
		return nil, false // unreachable: every number is finite and every time in range
	}
	at.Store(&encoded)
	return encoded, true
}

// Each calls visit for every key that starts with prefix, sorted, with the key's location.
func (p picture) Each(prefix string, visit func(key, location string)) {
	p.eachAlarm(prefix, visit)
	each(p.inventory.Areas, prefix, func(a *city.Area) string { return "area/" + a.ID }, func(_ *city.Area, key string) { visit(key, "") })
	visitOne("city", prefix, visit)
	each(p.devices, prefix, func(d **device) string { return (*d).key }, func(d **device, key string) { visit(key, (*d).location.info.ID) })
	if overlap(prefix, "event/") {
		each(p.sortedEvents(), prefix, func(e **event) string { return (*e).key }, func(e **event, key string) { visit(key, (*e).location.info.ID) })
	}
	each(p.locations, prefix, func(l **location) string { return (*l).key }, func(l **location, key string) { visit(key, (*l).info.ID) })
	each(p.order, prefix, func(id *string) string { return "subsystem/" + *id }, func(_ *string, key string) { visit(key, "") })
	if p.system.Load() != nil {
		visitOne("system", prefix, visit)
	}
	if overlap(prefix, "window/") {
		ids := sortedKeys(p.Board, func(p *Projection) map[string]*upkeep { return p.upkeep })
		each(ids, prefix, func(id *string) string { return "window/" + *id }, func(_ *string, key string) { visit(key, "") })
	}
}

// eachAlarm does that of Each for alarms and their groups.
func (p picture) eachAlarm(prefix string, visit func(key, location string)) {
	if overlap(prefix, "alarm/") {
		ids := sortedKeys(p.Board, func(p *Projection) map[string]*listed { return p.alarms.listed })
		each(ids, prefix, func(id *string) string { return "alarm/" + *id }, func(id *string, key string) { visit(key, p.locationOf(*id)) })
	}
	if overlap(prefix, "alarmgroup/") {
		keys := sortedKeys(p.Board, func(p *Projection) map[string]*atomic.Pointer[[]byte] { return p.alarms.causes })
		each(keys, prefix, func(key *string) string { return "alarmgroup/" + *key }, func(_ *string, key string) { visit(key, "") })
	}
}

func (b *Board) locationOf(alarm string) string {
	for _, part := range b.parts {
		if l := part.projection.alarms.listed[alarm]; l != nil {
			return l.point.Location
		}
	}
	return ""
}

func visitOne(key, prefix string, visit func(key, location string)) {
	if strings.HasPrefix(key, prefix) {
		visit(key, "")
	}
}

// overlap reports whether keys that start with one may start with the other.
func overlap(a, b string) bool { return strings.HasPrefix(a, b) || strings.HasPrefix(b, a) }

// each visits those of a list, sorted by key, whose key starts with prefix.
func each[T any](list []T, prefix string, key func(*T) string, visit func(*T, string)) {
	from, _ := slices.BinarySearchFunc(list, prefix, func(item T, prefix string) int { return strings.Compare(key(&item), prefix) })
	for i := from; i < len(list); i++ {
		k := key(&list[i])
		if !strings.HasPrefix(k, prefix) {
			return
		}
		visit(&list[i], k)
	}
}

func (b *Board) sortedEvents() []*event {
	var list []*event
	seen := make(map[string]bool)
	for _, part := range b.parts {
		for key, e := range part.projection.events.keys {
			if !seen[key] {
				list = append(list, e)
			}
			if len(b.parts) > 1 {
				seen[key] = true
			}
		}
	}
	slices.SortFunc(list, func(x, y *event) int { return strings.Compare(x.key, y.key) })
	return list
}

func (b *Board) device(id string) (*device, *Projection) {
	for _, part := range b.parts {
		if d := part.projection.devices[id]; d != nil {
			return d, part.projection
		}
	}
	return nil, nil
}

func (b *Board) location(id string) (*location, *Projection) {
	p := b.parts[city.PartitionOf(id, len(b.parts))].projection
	return p.locations[id], p
}

func (b *Board) event(key string) (*event, *Projection) {
	for _, part := range b.parts {
		if e := part.projection.events.keys[key]; e != nil {
			return e, part.projection
		}
	}
	return nil, nil
}

// combined adds up what the parts counted of one thing.
func (b *Board) combined(of func(*Projection) *tally) tally {
	var all tally
	for _, part := range b.parts {
		if t := of(part.projection); t != nil {
			all.add(t)
		}
	}
	return all
}

func (b *Board) viewArea(id string) AreaView {
	t := b.combined(func(p *Projection) *tally { return p.areas[id] })
	v := AreaView{ID: id, Status: t.worst(), Devices: t.counts(), Incidents: t.incidents, Alarms: t.alarms, Locations: b.inArea[id], Readings: map[string]ReadingView{}}
	if i, ok := slices.BinarySearchFunc(b.inventory.Areas, id, byArea); ok {
		a := &b.inventory.Areas[i]
		v.Name, v.EffectiveFrom, v.EffectiveTo = a.Name, a.EffectiveFrom, a.EffectiveTo
	}
	violationReadings(t.violations, b.zone, v.Readings)
	return v
}

func (b *Board) viewSubsystem(id string) SubsystemView {
	t := b.combined(func(p *Projection) *tally { return p.sums[id] })
	indicators := b.viewIndicators(id)
	v := SubsystemView{
		ID: id, Names: b.names[id], Status: judgeIndicators(&t, indicators), Devices: t.counts(), Incidents: t.incidents, Alarms: t.alarms,
		Readings: map[string]ReadingView{}, Indicators: indicators,
	}
	violationReadings(t.violations, b.zone, v.Readings)
	return v
}

func (b *Board) viewCity() CityView {
	t := b.combined(func(p *Projection) *tally { return &p.city })
	v := CityView{Status: t.worst(), Devices: t.counts(), Incidents: t.incidents, Alarms: t.alarms, Flood: b.viewFlood(), Readings: map[string]ReadingView{}}
	for _, part := range b.parts {
		v.ObservationsPerS += part.projection.rate.perSecond()
	}
	violationReadings(t.violations, b.zone, v.Readings)
	return v
}
