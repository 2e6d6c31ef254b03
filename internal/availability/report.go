package availability

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"opscenter/internal/city"
)

// Group is what the rows of a report are.
type Group string

// The groups.
const (
	ByDevice     Group = "device"
	ByLocation   Group = "location"
	ByArea       Group = "area"
	ByContractor Group = "contractor"
	ByMonth      Group = "month" // of the calendar in a zone; everything together
)

// Placement says where a device was, and whose it was, from From inclusive to To exclusive. To is
// zero while that lasts.
type Placement struct {
	Device, Name           string
	Location, LocationName string
	Area, Contractor       string
	From, To               time.Time
}

// Row is one line of a report. Name is what the group was called last; an empty ID stands for what
// belongs to no group: no contractor, or no area in force at the time.
type Row struct {
	Month    string // such as 2026-11; empty in a report that is not by month
	ID, Name string
	Devices  int
	Sums
}

// Report gathers rows device by device.
type Report struct {
	group Group
	parts []part
	areas map[string]*city.Area
	rows  map[rowKey]*Row
	total Row
}

type rowKey struct{ month, id string }

// part is a part of the period of a report: all of it, or what of it lies in one month.
type part struct {
	month    string
	from, to time.Time
}

// NewReport returns an empty report on the time from inclusive to exclusive, both whole seconds.
// Areas are needed for their names and the dates between which they are in force.
func NewReport(group Group, areas []city.Area, from, to time.Time) *Report {
	r := &Report{group: group, parts: []part{{from: from, to: to}}, areas: make(map[string]*city.Area, len(areas)), rows: make(map[rowKey]*Row)}
	for i := range areas {
		r.areas[areas[i].ID] = &areas[i]
	}
	return r
}

// NewMonthly returns an empty report with a row for each group of each month of the calendar in the
// zone. A group of ByMonth has one row a month, for everything together. The month of a boundary in
// which clocks change is as long as it was: months divide the period without gap or overlap.
func NewMonthly(group Group, zone *time.Location, areas []city.Area, from, to time.Time) *Report {
	r := NewReport(group, areas, from, to)
	r.parts = months(zone, from, to)
	return r
}

// months divides a period at the beginnings of months.
func months(zone *time.Location, from, to time.Time) []part {
	var parts []part
	for at := from; at.Before(to); {
		year, month, _ := at.In(zone).Date()
		next := earlier(beginning(year, month+1, zone), to)
		parts = append(parts, part{fmt.Sprintf("%04d-%02d", year, month), at, next})
		at = next
	}
	return parts
}

// beginning returns the first moment of a month. time.Date would not do: where clocks change at
// midnight there may be no such time of day, or two, and what it makes of it may lie in the month
// before.
func beginning(year int, month time.Month, zone *time.Location) time.Time {
	midnight := time.Date(year, month, 1, 0, 0, 0, 0, time.UTC)
	for at := midnight.Add(-48 * time.Hour).In(zone); ; {
		_, offset := at.Zone()
		_, end := at.ZoneBounds()
		if begin := midnight.Add(-time.Duration(offset) * time.Second); end.IsZero() || begin.Before(end) {
			return later(at, begin).In(zone)
		}
		at = end
	}
}

// Device adds one device, once. Its placements and its history must be in the order of time, and its
// placements must not overlap. Time outside of every placement is not part of its period.
func (r *Report) Device(placements []Placement, history []Interval) {
	counted := make(map[*Row]bool, len(r.parts))
	for _, part := range r.parts {
		for i := range placements {
			for _, s := range r.spans(&placements[i], part) {
				sums := Account(history, s.from, s.to)
				if sums.Period == 0 {
					continue
				}
				row := r.row(rowKey{part.month, s.id}, s.name)
				row.Add(sums)
				r.total.Add(sums)
				if !counted[row] {
					row.Devices++
					counted[row] = true
				}
			}
		}
	}
	if len(counted) > 0 {
		r.total.Devices++
	}
}

func (r *Report) row(key rowKey, name string) *Row {
	row := r.rows[key]
	if row == nil {
		row = &Row{Month: key.month, ID: key.id}
		r.rows[key] = row
	}
	row.Name = name
	return row
}

// Rows returns the rows by month and id, and all of them together.
func (r *Report) Rows() (rows []Row, total Row) {
	for _, row := range r.rows {
		rows = append(rows, *row)
	}
	slices.SortFunc(rows, func(a, b Row) int { return cmp.Or(cmp.Compare(a.Month, b.Month), cmp.Compare(a.ID, b.ID)) })
	return rows, r.total
}

// span is a part of a placement that belongs to one group.
type span struct {
	id, name string
	from, to time.Time
}

// spans divides what a placement has of a part of the period among the groups it belongs to. Only
// areas divide: before an area is in force, and after, its locations belong to none.
func (r *Report) spans(p *Placement, of part) []span {
	whole := span{from: later(of.from, p.From), to: earlier(of.to, p.To)}
	switch r.group {
	case ByDevice:
		whole.id, whole.name = p.Device, p.Name
	case ByLocation:
		whole.id, whole.name = p.Location, p.LocationName
	case ByContractor:
		whole.id, whole.name = p.Contractor, p.Contractor
	case ByMonth:
		whole.id, whole.name = of.month, of.month
	case ByArea:
		a := r.areas[p.Area]
		if a == nil {
			break
		}
		inForce := span{a.ID, a.Name, later(whole.from, a.EffectiveFrom), earlier(whole.to, a.EffectiveTo)}
		if !inForce.from.Before(inForce.to) {
			break
		}
		return []span{{from: whole.from, to: inForce.from}, inForce, {from: inForce.to, to: whole.to}}
	}
	return []span{whole}
}

// later returns the later of two times; the zero time is since ever.
func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// earlier returns the earlier of two times; a zero b is never.
func earlier(a, b time.Time) time.Time {
	if !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
