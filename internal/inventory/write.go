package inventory

import (
	"encoding/csv"
	"fmt"
	"io"

	"opscenter/internal/city"
)

// Write writes an inventory as Read reads it, with every column: areas that have more than an id or
// that no location is in, then locations, then devices, each by id. Only RegisteredAt is left out.
func Write(w io.Writer, inv *city.Inventory) error {
	all := columns()
	out := csv.NewWriter(w)
	header := []string{"type"}
	for _, c := range all {
		header = append(header, c.name)
	}
	if err := out.Write(header); err != nil {
		return fmt.Errorf("inventory: %w", err)
	}
	record := make([]string, len(header))
	write := func(r row) error {
		record[0] = r.kind
		for i, c := range all {
			record[i+1] = ""
			if c.usedBy(r.kind) {
				record[i+1] = c.write(&r)
			}
		}
		return out.Write(record)
	}
	for _, r := range rowsOf(inv) {
		if err := write(r); err != nil {
			return fmt.Errorf("inventory: %w", err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("inventory: %w", err)
	}
	return nil
}

// rowsOf returns the rows that make up an inventory.
func rowsOf(inv *city.Inventory) []row {
	implied := make(map[string]bool)
	for _, l := range inv.Locations {
		implied[l.Area] = true
	}
	var rows []row
	for _, a := range inv.Areas {
		if !implied[a.ID] || a != (city.Area{ID: a.ID, Name: a.ID}) {
			rows = append(rows, row{kind: typeArea, area: a})
		}
	}
	for _, l := range inv.Locations {
		rows = append(rows, row{kind: typeLocation, location: l})
	}
	for _, d := range inv.Devices {
		rows = append(rows, row{kind: typeDevice, device: d})
	}
	return rows
}
