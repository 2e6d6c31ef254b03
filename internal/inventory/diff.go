package inventory

import (
	"fmt"
	"slices"
	"strings"

	"opscenter/internal/city"
)

// Field is one field that changed, in the words of the file.
type Field struct {
	Column string `json:"column"`
	From   string `json:"from"`
	To     string `json:"to"`
}

// Change is one area, location or device that was added, changed or removed. Fields are only those
// of one that changed.
type Change struct {
	Type   string  `json:"type"`
	ID     string  `json:"id"`
	Name   string  `json:"name"`
	Fields []Field `json:"fields,omitempty"`
}

// Difference says how one inventory becomes another. Each list is sorted by type and id.
type Difference struct {
	Added   []Change `json:"added"`
	Changed []Change `json:"changed"`
	Removed []Change `json:"removed"`
}

// Empty says whether the two inventories are the same.
func (d Difference) Empty() bool { return len(d.Added)+len(d.Changed)+len(d.Removed) == 0 }

// Diff compares two inventories. Revisions and registration times do not count. Old may be nil for
// none.
func Diff(old, updated *city.Inventory) Difference {
	if old == nil {
		old = &city.Inventory{}
	}
	before, after := everyRow(old), everyRow(updated)
	var d Difference
	for key, r := range after {
		was, existed := before[key]
		if !existed {
			d.Added = append(d.Added, changeOf(r, nil))
		} else if fields := changedFields(was, r); len(fields) > 0 {
			d.Changed = append(d.Changed, changeOf(r, fields))
		}
	}
	for key, r := range before {
		if _, exists := after[key]; !exists {
			d.Removed = append(d.Removed, changeOf(r, nil))
		}
	}
	for _, list := range [][]Change{d.Added, d.Changed, d.Removed} {
		slices.SortFunc(list, func(a, b Change) int {
			return strings.Compare(a.Type+" "+a.ID, b.Type+" "+b.ID)
		})
	}
	return d
}

func everyRow(inv *city.Inventory) map[string]*row {
	rows := make(map[string]*row)
	put := func(r row) { rows[r.kind+" "+*r.id()] = &r }
	for _, a := range inv.Areas {
		put(row{kind: typeArea, area: a})
	}
	for _, l := range inv.Locations {
		put(row{kind: typeLocation, location: l})
	}
	for _, d := range inv.Devices {
		put(row{kind: typeDevice, device: d})
	}
	return rows
}

func changeOf(r *row, fields []Field) Change {
	return Change{Type: r.kind, ID: *r.id(), Name: *r.name(), Fields: fields}
}

func changedFields(was, is *row) []Field {
	if was.area == is.area && was.location == is.location && was.device == is.device {
		return nil
	}
	var fields []Field
	for _, c := range columns() {
		if from, to := c.write(was), c.write(is); c.usedBy(is.kind) && from != to {
			fields = append(fields, Field{c.name, from, to})
		}
	}
	return fields
}

// String says the difference in words, one line per area, location or device.
func (d Difference) String() string {
	if d.Empty() {
		return "nothing changes\n"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%d added, %d changed, %d removed\n", len(d.Added), len(d.Changed), len(d.Removed))
	for _, c := range d.Added {
		fmt.Fprintf(&b, "+ %s %s %q\n", c.Type, c.ID, c.Name)
	}
	for _, c := range d.Changed {
		fmt.Fprintf(&b, "~ %s %s %q:", c.Type, c.ID, c.Name)
		for i, f := range c.Fields {
			if i > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, " %s %q becomes %q", f.Column, f.From, f.To)
		}
		b.WriteByte('\n')
	}
	for _, c := range d.Removed {
		fmt.Fprintf(&b, "- %s %s %q\n", c.Type, c.ID, c.Name)
	}
	return b.String()
}
