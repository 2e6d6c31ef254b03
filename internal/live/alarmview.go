package live

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"sync/atomic"
	"time"

	"opscenter/internal/alarm"
	"opscenter/internal/city"
)

// AlarmGroupView is what is wrong in one area for one reason: many alarms, told together. Devices
// counts those that active alarms stand for.
type AlarmGroupView struct {
	ID             string        `json:"id"` // <reason>.<area>; - for no area
	Reason         city.Reason   `json:"reason"`
	Area           string        `json:"area,omitempty"`
	Title          city.Names    `json:"title"`
	Severity       city.Severity `json:"severity"`
	Alarms         int           `json:"alarms"`
	Active         int           `json:"active"`
	Unacknowledged int           `json:"unacknowledged"`
	Critical       int           `json:"critical"`
	Devices        int           `json:"devices"`
	Since          time.Time     `json:"since"`  // the oldest alarm was raised
	Newest         time.Time     `json:"newest"` // the newest was
}

// FloodView says whether there are more new alarms than people can deal with.
type FloodView struct {
	Active bool      `json:"active"`
	Since  time.Time `json:"since,omitzero"`
	New    int       `json:"new_10min"` // alarms raised in the last ten minutes
}

// inZone returns the alarm with its times in a zone.
func inZone(a *city.Alarm, zone *time.Location) city.Alarm {
	shown := *a
	for _, t := range []*time.Time{
		&shown.Since, &shown.RaisedAt, &shown.ClearedAt, &shown.AcknowledgedAt, &shown.AcknowledgedUntil, &shown.ShelvedUntil,
	} {
		if !t.IsZero() {
			*t = t.In(zone)
		}
	}
	return shown
}

// Alarm returns the alarm with that id, if it is on the list.
func (b *Board) Alarm(id string) (city.Alarm, bool) {
	defer b.rlockAll()()
	for _, part := range b.parts {
		if l := part.projection.alarms.listed[id]; l != nil {
			return inZone(l.point.Alarm, b.zone), true
		}
	}
	return city.Alarm{}, false
}

// Alarms returns every alarm on the list: active ones first, then the worst, then those that nobody
// acknowledged, then the newest.
func (b *Board) Alarms() []city.Alarm {
	list := []city.Alarm{}
	func() {
		defer b.rlockAll()()
		for _, part := range b.parts {
			for _, l := range part.projection.alarms.listed {
				list = append(list, inZone(l.point.Alarm, b.zone))
			}
		}
	}()
	slices.SortFunc(list, compareAlarm)
	return list
}

func compareAlarm(a, b city.Alarm) int {
	return cmp.Or(
		-compareBool(!a.Hidden(), !b.Hidden()), -compareBool(a.State == city.AlarmActive, b.State == city.AlarmActive),
		-compareBool(a.Severity == city.SeverityCritical, b.Severity == city.SeverityCritical),
		compareBool(a.Acknowledged, b.Acknowledged), b.RaisedAt.Compare(a.RaisedAt), cmp.Compare(a.ID, b.ID),
	)
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// AlarmCounts counts the active list of the whole city.
func (b *Board) AlarmCounts() alarm.Counts {
	defer b.rlockAll()()
	return b.combined(func(p *Projection) *tally { return &p.city }).alarms
}

// Flood says whether there are more new alarms than people can deal with.
func (b *Board) Flood() FloodView {
	defer b.rlockAll()()
	return b.viewFlood()
}

func (b *Board) viewFlood() FloodView {
	var v FloodView
	var first alarm.Micros
	for _, part := range b.parts {
		since, n := part.projection.alarms.desk.Flood()
		v.New += n
		if since != 0 && (first == 0 || since < first) {
			first = since
		}
	}
	v.Active, v.Since = first != 0, micros(first).in(b.zone)
	return v
}

// Windows returns the maintenance windows that are, or may still come, sorted by id.
func (b *Board) Windows() []WindowView {
	defer b.rlockAll()()
	list := []WindowView{}
	for id := range b.parts[0].projection.upkeep {
		list = append(list, b.viewWindow(id))
	}
	slices.SortFunc(list, byWindow)
	return list
}

// viewWindow adds up what the parts say of a window, which all of them know.
func (b *Board) viewWindow(id string) WindowView {
	var v WindowView
	for i, part := range b.parts {
		u := part.projection.upkeep[id]
		if u == nil {
			continue
		}
		devices := v.Devices
		if v.ID == "" || i == 0 {
			v = part.projection.viewUpkeep(u)
			v.Devices += devices
		} else {
			v.Devices += part.projection.viewUpkeep(u).Devices
		}
	}
	return v
}

// encodeAlarm returns the entity of an alarm.
func (b *Board) encodeAlarm(id string) ([]byte, bool) {
	for _, part := range b.parts {
		if l := part.projection.alarms.listed[id]; l != nil {
			return cached(&l.json, func() any { return inZone(l.point.Alarm, b.zone) })
		}
	}
	return nil, false
}

// encodeCause returns the entity of what is wrong for a reason in an area.
func (b *Board) encodeCause(key string) ([]byte, bool) {
	var only *atomic.Pointer[[]byte]
	for _, part := range b.parts {
		if at := part.projection.alarms.causes[key]; at != nil {
			only = at
		}
	}
	if only == nil {
		return nil, false
	}
	if len(b.parts) == 1 {
		return cached(only, func() any { return b.viewCause(key) })
	}
	encoded, err := json.Marshal(b.viewCause(key))
	return encoded, err == nil
}

func (b *Board) viewCause(key string) AlarmGroupView {
	v := AlarmGroupView{ID: key, Severity: city.SeverityWarning}
	var oldest, newest alarm.Micros
	for _, part := range b.parts {
		c := part.projection.alarms.desk.Cause(key)
		if c == nil {
			continue
		}
		v.Reason, v.Area = c.Reason, c.Area
		v.Alarms += c.Listed()
		v.Active += c.Active
		v.Unacknowledged += c.Unacknowledged
		v.Critical += c.Critical
		v.Devices += c.Devices
		from, to := c.Span()
		if oldest == 0 || from < oldest {
			oldest = from
		}
		newest = max(newest, to)
	}
	if v.Critical > 0 {
		v.Severity = city.SeverityCritical
	}
	v.Since, v.Newest = micros(oldest).in(b.zone), micros(newest).in(b.zone)
	v.Title = b.parts[0].projection.alarms.words.Name(v.Reason)
	if i, ok := slices.BinarySearchFunc(b.inventory.Areas, v.Area, byArea); ok {
		v.Title.VI += ": " + b.inventory.Areas[i].Name
		v.Title.EN += ": " + b.inventory.Areas[i].Name
	}
	return v
}

// sortedKeys returns what the parts have under some map, sorted and each once.
func sortedKeys[V any](b *Board, of func(*Projection) map[string]V) []string {
	var keys []string
	for _, part := range b.parts {
		keys = slices.AppendSeq(keys, maps.Keys(of(part.projection)))
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}
