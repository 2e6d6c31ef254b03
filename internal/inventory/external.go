package inventory

import (
	"fmt"
	"slices"
	"strings"

	"opscenter/internal/city"
)

// externalIDs is the column of what foreign systems call a device, several with ';' between: a camera
// may speak for itself and be seen through a recorder.
func externalIDs() column {
	c := text("external_id", typeDevice, func(r *row) *string { return &r.device.ExternalID })
	c.read = func(r *row, cell string) error {
		r.device.ExternalID = joinExternal(strings.Split(cell, ";"))
		return nil
	}
	return c
}

// joinExternal writes external ids as they are registered: each once, in their order, without spaces
// around them.
func joinExternal(ids []string) string {
	var list []string
	for _, id := range ids {
		if id = strings.TrimSpace(id); id != "" && !slices.Contains(list, id) {
			list = append(list, id)
		}
	}
	return strings.Join(list, ";")
}

// checkExternal returns an error unless id is dialect:identity, of a dialect and not of the center's
// own format, whose devices are known by their ids.
func checkExternal(id string) error {
	dialect, identity, ok := strings.Cut(id, ":")
	if dialect == city.NativeDialect {
		return fmt.Errorf("%q is of the center's own format: such a device has no external id, only an id", id)
	}
	if !ok || identity == "" || city.CheckID(dialect) != nil {
		return fmt.Errorf("%q is not dialect:identity, for example axis:00408C123456", id)
	}
	return nil
}

// owners returns which device each external id belongs to: the one that was there first.
func (m *merge) owners() map[string]*row {
	owners := make(map[string]*row)
	for _, d := range m.devices {
		for _, id := range d.device.ExternalIDs() {
			if owners[id] == nil || d.line < owners[id].line {
				owners[id] = d
			}
		}
	}
	return owners
}

func (m *merge) checkExternal(r *row, owners map[string]*row) {
	for _, id := range r.device.ExternalIDs() {
		if err := checkExternal(id); err != nil {
			m.faults.add(r.line, "external_id", "%v", err)
		} else if owner := owners[id]; owner != r {
			m.faults.add(r.line, "external_id", "%q belongs to device %q", id, owner.device.ID)
		}
	}
}
