package live

import (
	"strings"

	"opscenter/internal/city"
)

// DeviceFilter narrows down devices. Empty fields, and a nil Status, match everything.
type DeviceFilter struct {
	Location  string
	Subsystem string
	Kind      string
	Status    *city.Status
	Text      string // part of the id or the name, in any case
}

func (f *DeviceFilter) matches(d *device, text string) bool {
	return (f.Location == "" || f.Location == d.info.Location) &&
		(f.Subsystem == "" || f.Subsystem == d.info.Subsystem) &&
		(f.Kind == "" || f.Kind == d.info.Kind) &&
		(f.Status == nil || *f.Status == d.status) &&
		(text == "" || strings.Contains(d.info.ID, text) || strings.Contains(strings.ToLower(d.info.Name), text))
}

// Device returns the device with that id.
func (b *Board) Device(id string) (DeviceView, bool) {
	defer b.rlockAll()()
	d, in := b.device(id)
	if d == nil {
		return DeviceView{}, false
	}
	return in.viewDevice(d), true
}

// Devices returns the devices that match, sorted by id.
func (b *Board) Devices(f DeviceFilter) []DeviceView {
	defer b.rlockAll()()
	text := strings.ToLower(f.Text)
	list := []DeviceView{}
	for _, d := range b.devices {
		if f.matches(d, text) {
			list = append(list, b.parts[0].projection.viewDevice(d))
		}
	}
	return list
}

// Location returns the location with that id.
func (b *Board) Location(id string) (LocationView, bool) {
	defer b.rlockAll()()
	l, in := b.location(id)
	if l == nil {
		return LocationView{}, false
	}
	return in.viewLocation(l), true
}

// Locations returns all locations, sorted by id.
func (b *Board) Locations() []LocationView {
	defer b.rlockAll()()
	list := make([]LocationView, 0, len(b.locations))
	for _, l := range b.locations {
		_, in := b.location(l.info.ID)
		list = append(list, in.viewLocation(l))
	}
	return list
}

// Areas returns all areas, sorted by id.
func (b *Board) Areas() []AreaView {
	defer b.rlockAll()()
	list := make([]AreaView, 0, len(b.inventory.Areas))
	for i := range b.inventory.Areas {
		list = append(list, b.viewArea(b.inventory.Areas[i].ID))
	}
	return list
}

// Subsystems returns all subsystems, sorted by id.
func (b *Board) Subsystems() []SubsystemView {
	defer b.rlockAll()()
	list := make([]SubsystemView, 0, len(b.order))
	for _, id := range b.order {
		list = append(list, b.viewSubsystem(id))
	}
	return list
}

// Events returns the events that are shown, sorted by id.
func (b *Board) Events() []EventView {
	defer b.rlockAll()()
	list := []EventView{}
	for _, e := range b.sortedEvents() {
		list = append(list, b.parts[0].projection.viewEvent(e))
	}
	return list
}

// City returns everything together.
func (b *Board) City() CityView {
	defer b.rlockAll()()
	return b.viewCity()
}
