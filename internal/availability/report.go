package availability

import (
	"cmp"
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
	ID, Name string
	Devices  int
	Sums
}

// Report gathers rows device by device.
type Report struct {
	group    Group
	from, to time.Time
	areas    map[string]*city.Area
	rows     map[string]*Row
	total    Row
}

// NewReport returns an empty report on the time from inclusive to exclusive, both whole seconds.
// Areas are needed for their names and the dates between which they are in force.
func NewReport(group Group, areas []city.Area, from, to time.Time) *Report {
	r := &Report{group: group, from: from, to: to, areas: make(map[string]*city.Area, len(areas)), rows: make(map[string]*Row)}
	for i := range areas {
		r.areas[areas[i].ID] = &areas[i]
	}
	return r
}

// Device adds one device, once. Its placements and its history must be in the order of time, and its
// placements must not overlap. Time outside of every placement is not part of its period.
func (r *Report) Device(placements []Placement, history []Interval) {
	counted := make(map[*Row]bool, 1)
	for i := range placements {
		p := &placements[i]
		for _, s := range r.spans(p) {
			sums := Account(history, s.from, s.to)
			if sums.Period == 0 {
				continue
			}
			row := r.row(s.id, s.name)
			row.Add(sums)
			r.total.Add(sums)
			if !counted[row] {
				row.Devices++
				counted[row] = true
			}
		}
	}
	if len(counted) > 0 {
		r.total.Devices++
	}
}

func (r *Report) row(id, name string) *Row {
	row := r.rows[id]
	if row == nil {
		row = &Row{ID: id}
		r.rows[id] = row
	}
	row.Name = name
	return row
}

// Rows returns the rows by id, and all of them together.
func (r *Report) Rows() (rows []Row, total Row) {
	for _, row := range r.rows {
		rows = append(rows, *row)
	}
	slices.SortFunc(rows, func(a, b Row) int { return cmp.Compare(a.ID, b.ID) })
	return rows, r.total
}

// span is a part of a placement that belongs to one group.
type span struct {
	id, name string
	from, to time.Time
}

// spans divides what a placement has of the period among the groups it belongs to. Only areas divide:
// before an area is in force, and after, its locations belong to none.
func (r *Report) spans(p *Placement) []span {
	whole := span{from: later(r.from, p.From), to: earlier(r.to, p.To)}
	switch r.group {
	case ByDevice:
		whole.id, whole.name = p.Device, p.Name
	case ByLocation:
		whole.id, whole.name = p.Location, p.LocationName
	case ByContractor:
		whole.id, whole.name = p.Contractor, p.Contractor
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
