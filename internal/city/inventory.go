package city

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// Area is an administrative unit: a ward or a commune. Units are reorganised by law, so each has
// the dates between which it is in force.
type Area struct {
	ID            string    `json:"id"`
	Name          string    `json:"name"`
	EffectiveFrom time.Time `json:"effective_from,omitzero"` // zero: since ever
	EffectiveTo   time.Time `json:"effective_to,omitzero"`   // exclusive; zero: still in force
}

// Location is a place with devices: a junction, a square, a bridge. Lat and Lon are degrees, WGS 84.
type Location struct {
	ID   string  `json:"id"`
	Name string  `json:"name"`
	Area string  `json:"area"`
	Lat  float64 `json:"lat"`
	Lon  float64 `json:"lon"`
}

// Device is a registered device at a location.
type Device struct {
	ID           string        `json:"id"`
	Name         string        `json:"name"`
	Location     string        `json:"location"`
	Subsystem    string        `json:"subsystem"`
	Kind         string        `json:"kind"`        // camera.overview, camera.ptz, …
	ExternalID   string        `json:"external_id"` // dialect:identity, several with ';' between; empty for native devices
	Parent       string        `json:"parent"`      // id of the device that it hangs on; empty for none
	Contractor   string        `json:"contractor"`
	Model        string        `json:"model"`
	Cadence      time.Duration `json:"cadence"`      // between two health messages; 0: the Spec's
	ExpectedFPS  float64       `json:"expected_fps"` // frames/s; 0: as the device says
	RegisteredAt time.Time     `json:"registered_at"`
}

// ExternalIDs returns what foreign systems call the device, each as dialect:identity. A camera that
// speaks for itself and is also seen through a recorder has two.
func (d *Device) ExternalIDs() []string {
	return strings.FieldsFunc(d.ExternalID, func(r rune) bool { return r == ';' })
}

// Inventory is everything that is registered, at one revision. It is immutable: a change makes a
// new one. Slices are sorted by id.
type Inventory struct {
	Revision  int64
	Since     time.Time // when this revision came into force; zero: since ever
	Areas     []Area
	Locations []Location
	Devices   []Device

	locations map[string]*Location
	devices   map[string]*Device
	external  map[string]*Device
	at        map[string][]*Device
}

// NewInventory sorts and indexes what it is given and takes the slices over. It returns every fault
// that it finds, joined: ids that are not slugs or occur twice, a location in an unknown area, a
// device at an unknown location, an unknown parent, a circle of parents, coordinates out of range.
func NewInventory(revision int64, areas []Area, locations []Location, devices []Device) (*Inventory, error) {
	inv := &Inventory{
		Revision: revision, Areas: areas, Locations: locations, Devices: devices,
		locations: make(map[string]*Location, len(locations)),
		devices:   make(map[string]*Device, len(devices)),
		external:  make(map[string]*Device),
		at:        make(map[string][]*Device),
	}
	slices.SortFunc(areas, func(a, b Area) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(locations, func(a, b Location) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(devices, func(a, b Device) int { return cmp.Compare(a.ID, b.ID) })
	return inv, errors.Join(append(inv.indexLocations(), inv.indexDevices()...)...)
}

func (inv *Inventory) indexLocations() []error {
	var faults []error
	areas := make(map[string]bool, len(inv.Areas))
	for _, a := range inv.Areas {
		if err := CheckID(a.ID); err != nil {
			faults = append(faults, fmt.Errorf("area: %w", err))
		}
		if areas[a.ID] {
			faults = append(faults, fmt.Errorf("area %q occurs twice", a.ID))
		}
		areas[a.ID] = true
	}
	for i := range inv.Locations {
		l := &inv.Locations[i]
		if err := CheckID(l.ID); err != nil {
			faults = append(faults, fmt.Errorf("location: %w", err))
		}
		if inv.locations[l.ID] != nil {
			faults = append(faults, fmt.Errorf("location %q occurs twice", l.ID))
		}
		if l.Area != "" && !areas[l.Area] {
			faults = append(faults, fmt.Errorf("location %q: unknown area %q", l.ID, l.Area))
		}
		if !(l.Lat >= -90 && l.Lat <= 90) || !(l.Lon >= -180 && l.Lon <= 180) {
			faults = append(faults, fmt.Errorf("location %q: %v, %v is not a latitude and a longitude in degrees", l.ID, l.Lat, l.Lon))
		}
		inv.locations[l.ID] = l
	}
	return faults
}

func (inv *Inventory) indexDevices() []error {
	var faults []error
	for i := range inv.Devices {
		d := &inv.Devices[i]
		if err := CheckID(d.ID); err != nil {
			faults = append(faults, fmt.Errorf("device: %w", err))
		}
		if inv.devices[d.ID] != nil {
			faults = append(faults, fmt.Errorf("device %q occurs twice", d.ID))
		}
		if inv.locations[d.Location] == nil {
			faults = append(faults, fmt.Errorf("device %q: unknown location %q", d.ID, d.Location))
		}
		for _, external := range d.ExternalIDs() {
			if other := inv.external[external]; other != nil {
				faults = append(faults, fmt.Errorf("device %q: external id %q belongs to device %q", d.ID, external, other.ID))
			}
			inv.external[external] = d
		}
		inv.devices[d.ID] = d
		inv.at[d.Location] = append(inv.at[d.Location], d)
	}
	for i := range inv.Devices {
		if err := inv.checkParents(&inv.Devices[i]); err != nil {
			faults = append(faults, err)
		}
	}
	return faults
}

func (inv *Inventory) checkParents(d *Device) error {
	seen := map[string]bool{d.ID: true}
	for p := d.Parent; p != ""; {
		parent := inv.devices[p]
		if parent == nil {
			if p == d.Parent {
				return fmt.Errorf("device %q: unknown parent %q", d.ID, p)
			}
			return nil // reported at the device that names it
		}
		if seen[p] {
			return fmt.Errorf("device %q: its parents form a circle through %q", d.ID, p)
		}
		seen[p] = true
		p = parent.Parent
	}
	return nil
}

// Location returns the location with that id, or nil.
func (inv *Inventory) Location(id string) *Location { return inv.locations[id] }

// Device returns the device with that id, or nil.
func (inv *Inventory) Device(id string) *Device { return inv.devices[id] }

// External returns the device with that external id (dialect:identity), or nil.
func (inv *Inventory) External(id string) *Device { return inv.external[id] }

// Nearest returns the location nearest to a place, or nil if none is within so many metres.
func (inv *Inventory) Nearest(lat, lon, metres float64) *Location {
	const metresPerDegree = 111_195 // of a meridian
	var nearest *Location
	for i := range inv.Locations {
		l := &inv.Locations[i]
		north := (l.Lat - lat) * metresPerDegree
		east := math.Remainder(l.Lon-lon, 360) * metresPerDegree * math.Cos(lat*math.Pi/180)
		if away := math.Hypot(north, east); away <= metres {
			nearest, metres = l, away
		}
	}
	return nearest
}

// At returns the devices of a location, sorted by id. The caller must not change the slice.
func (inv *Inventory) At(location string) []*Device { return inv.at[location] }
