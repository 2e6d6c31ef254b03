package inventory

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"opscenter/internal/city"
)

func printable(cell string) bool {
	return utf8.ValidString(cell) && !strings.ContainsFunc(cell, unicode.IsControl)
}

// merge is an inventory in the making.
type merge struct {
	sheet     *Sheet
	areas     map[string]*row
	locations map[string]*row
	devices   map[string]*row
	faults    RowErrors
}

// Apply returns the inventory that comes of old with the sheet's rows added or changed, at old's
// revision. New devices are registered at now. Its error is a RowErrors with every row that does not
// fit: an unknown location or parent, an external id that belongs to another device, a circle of
// parents, fields that a new row lacks. Old may be nil for none.
func (s *Sheet) Apply(old *city.Inventory, now time.Time) (*city.Inventory, error) {
	m := merge{sheet: s, areas: map[string]*row{}, locations: map[string]*row{}, devices: map[string]*row{}}
	var revision int64
	if old != nil {
		revision = old.Revision
		m.take(old)
	}
	for i := range s.rows {
		m.put(s.rows[i], now)
	}
	m.check()
	if err := m.faults.orNil(); err != nil {
		return nil, err
	}
	return m.inventory(revision)
}

func (m *merge) take(old *city.Inventory) {
	for _, a := range old.Areas {
		m.areas[a.ID] = &row{kind: typeArea, area: a}
	}
	for _, l := range old.Locations {
		m.locations[l.ID] = &row{kind: typeLocation, location: l}
	}
	for _, d := range old.Devices {
		m.devices[d.ID] = &row{kind: typeDevice, device: d}
	}
}

func (m *merge) of(kind string) map[string]*row {
	switch kind {
	case typeArea:
		return m.areas
	case typeLocation:
		return m.locations
	}
	return m.devices
}

func (m *merge) put(r row, now time.Time) {
	rows := m.of(r.kind)
	before := rows[*r.id()]
	if before != nil {
		r.device.RegisteredAt = before.device.RegisteredAt
	} else if r.kind == typeDevice {
		r.device.RegisteredAt = now.UTC()
	}
	for _, c := range m.sheet.missing {
		switch {
		case !c.usedBy(r.kind):
		case before != nil:
			c.keep(&r, before)
		default:
			if err := c.read(&r, ""); err != nil {
				m.faults.add(r.line, c.name, "%s %q is new, and the file has no such column", r.kind, *r.id())
			}
		}
	}
	if *r.name() == "" {
		*r.name() = *r.id() // everything has something to be called
	}
	rows[*r.id()] = &r
}

func (m *merge) check() {
	owners := m.owners()
	for i := range m.sheet.rows {
		read := &m.sheet.rows[i]
		switch r := m.of(read.kind)[*read.id()]; r.kind {
		case typeArea:
			if a := &r.area; !a.EffectiveTo.IsZero() && !a.EffectiveTo.After(a.EffectiveFrom) {
				m.faults.add(r.line, "effective_to", "it is not after effective_from")
			}
		case typeLocation:
			m.checkArea(r)
		default:
			m.checkDevice(r, owners)
		}
	}
}

func (m *merge) checkArea(r *row) {
	id := r.location.Area
	if id == "" || m.areas[id] != nil {
		return
	}
	if err := city.CheckID(id); err != nil {
		m.faults.add(r.line, "area", "%v", err)
		return
	}
	m.areas[id] = &row{kind: typeArea, area: city.Area{ID: id, Name: id}}
}

func (m *merge) checkDevice(r *row, owners map[string]*row) {
	d := &r.device
	switch {
	case d.Location == "":
		m.faults.add(r.line, "location", "it is empty")
	case m.locations[d.Location] == nil:
		m.faults.add(r.line, "location", "there is no location %q", d.Location)
	}
	for _, field := range []struct{ column, value string }{{"subsystem", d.Subsystem}, {"kind", d.Kind}} {
		if err := city.CheckID(field.value); err != nil {
			m.faults.add(r.line, field.column, "%v", err)
		}
	}
	m.checkExternal(r, owners)
	m.checkParents(r)
}

func (m *merge) checkParents(r *row) {
	if r.device.Parent != "" && m.devices[r.device.Parent] == nil {
		m.faults.add(r.line, "parent", "there is no device %q", r.device.Parent)
		return
	}
	seen := map[string]bool{r.device.ID: true}
	for p := m.devices[r.device.Parent]; p != nil; p = m.devices[p.device.Parent] {
		if seen[p.device.ID] {
			m.faults.add(r.line, "parent", "the parents form a circle through %q", p.device.ID)
			return
		}
		seen[p.device.ID] = true
	}
}

func (m *merge) inventory(revision int64) (*city.Inventory, error) {
	areas := make([]city.Area, 0, len(m.areas))
	for _, r := range m.areas {
		areas = append(areas, r.area)
	}
	locations := make([]city.Location, 0, len(m.locations))
	for _, r := range m.locations {
		locations = append(locations, r.location)
	}
	devices := make([]city.Device, 0, len(m.devices))
	for _, r := range m.devices {
		devices = append(devices, r.device)
	}
	return city.NewInventory(revision, slices.Clip(areas), slices.Clip(locations), slices.Clip(devices))
}
