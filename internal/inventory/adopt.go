package inventory

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"opscenter/internal/city"
)

// ErrTaken is wrapped by what Adopt returns when an id, or the discovered device itself, is
// registered already.
var ErrTaken = errors.New("registered already")

// Stranger is a device that was discovered: it spoke, or was spoken of, and nobody registered it.
type Stranger struct {
	External  string // dialect:identity; native:<subsystem>/<device> in the center's own format
	Subsystem string
	Location  string // that its topic places it at; empty if the topic names none
	Name      string // what it was announced as, as far as it was
	Model     string
	Kind      string
}

// native returns the id by which a device of the center's own format speaks.
func (s *Stranger) native() (id string, ok bool) {
	name, ok := strings.CutPrefix(s.External, city.NativeDialect+":")
	if !ok {
		return "", false
	}
	_, id, ok = strings.Cut(name, "/")
	return id, ok
}

// Adoption says how a discovered device is registered: as a new device with an ID, or as another
// voice of the registered Device. What is empty is taken from the announcement, as far as it says;
// a kind that nobody gives is "device".
type Adoption struct {
	ID           string
	Device       string // only its external id is added to this one
	Location     string
	Name         string
	Kind         string
	Parent       string
	Contractor   string
	Model        string
	Cadence      time.Duration // between two messages; 0: the Spec's
	ExpectedFPS  float64       // frames/s; 0: as the device says
	RegisteredAt time.Time
}

// Adopt returns old with the stranger registered, at old's revision, and the id of its device. Its
// error wraps ErrTaken or says what in the adoption does not fit.
func Adopt(old *city.Inventory, s *Stranger, a *Adoption) (updated *city.Inventory, id string, err error) {
	if owner := old.External(s.External); owner != nil {
		return nil, "", fmt.Errorf("%w: %q is %s", ErrTaken, s.External, described(owner))
	}
	devices := slices.Clone(old.Devices)
	switch {
	case a.Device != "" && a.ID != "":
		return nil, "", errors.New("id and device: give one of them, id for a new device, device for a registered one")
	case a.Device != "":
		id = a.Device
		err = s.join(old, devices, id)
	default:
		var d city.Device
		d, err = s.register(old, a)
		id, devices = d.ID, append(devices, d)
	}
	if err != nil {
		return nil, "", err
	}
	updated, err = city.NewInventory(old.Revision, slices.Clone(old.Areas), slices.Clone(old.Locations), devices)
	return updated, id, err
}

// join adds the stranger's external id to a device that is registered.
func (s *Stranger) join(old *city.Inventory, devices []city.Device, id string) error {
	if own, native := s.native(); native {
		return fmt.Errorf("device: %q speaks as %q and can only be registered by that id", s.External, own)
	}
	if err := registrable(s.External); err != nil {
		return err
	}
	at := slices.IndexFunc(devices, func(d city.Device) bool { return d.ID == id })
	switch {
	case at < 0:
		return fmt.Errorf("device: there is no device %q", id)
	case devices[at].Subsystem != s.Subsystem:
		return fmt.Errorf("device: %q belongs to subsystem %q, and %q speaks to %q", id, devices[at].Subsystem, s.External, s.Subsystem)
	}
	devices[at].ExternalID = joinExternal(append(old.Device(id).ExternalIDs(), s.External))
	return nil
}

// register makes the stranger a new device.
func (s *Stranger) register(old *city.Inventory, a *Adoption) (city.Device, error) {
	d := city.Device{
		ID: a.ID, Name: cmp.Or(a.Name, s.Name, a.ID), Location: cmp.Or(a.Location, s.Location), Subsystem: s.Subsystem,
		Kind: cmp.Or(a.Kind, s.Kind, "device"), ExternalID: s.External, Parent: a.Parent, Contractor: a.Contractor,
		Model: cmp.Or(a.Model, s.Model), Cadence: a.Cadence, ExpectedFPS: a.ExpectedFPS, RegisteredAt: a.RegisteredAt,
	}
	own, native := s.native()
	if native {
		d.ID, d.Name, d.ExternalID = cmp.Or(a.ID, own), cmp.Or(a.Name, s.Name, own), ""
	}
	if owner := old.Device(d.ID); owner != nil {
		return d, fmt.Errorf("%w: id %q belongs to %s", ErrTaken, d.ID, described(owner))
	}
	if err := city.CheckID(d.ID); err != nil {
		return d, err
	}
	switch {
	case native && d.ID != own:
		return d, fmt.Errorf("id: %q speaks as %q and can only be registered by that id", s.External, own)
	case native && s.Location != "" && d.Location != s.Location:
		return d, fmt.Errorf("location: its topic places %q at %q, not %q", own, s.Location, d.Location)
	case d.Location == "":
		return d, errors.New("location: it is missing")
	case old.Location(d.Location) == nil:
		return d, fmt.Errorf("location: there is no location %q", d.Location)
	case d.Parent != "" && old.Device(d.Parent) == nil:
		return d, fmt.Errorf("parent: there is no device %q", d.Parent)
	}
	return d, checkTexts(&d, native)
}

func checkTexts(d *city.Device, native bool) error {
	if err := city.CheckID(d.Kind); err != nil {
		return fmt.Errorf("kind: %w", err)
	}
	if !native {
		if err := registrable(d.ExternalID); err != nil {
			return err
		}
	}
	for _, text := range []struct{ field, value string }{
		{"name", d.Name}, {"contractor", d.Contractor}, {"model", d.Model}, {"external id", d.ExternalID},
	} {
		if len(text.value) > maxCell || !printable(text.value) {
			return fmt.Errorf("%s: %.100q is not plain text of at most %d bytes", text.field, text.value, maxCell)
		}
	}
	return nil
}

// registrable returns an error for an external id that a list of them could not hold.
func registrable(external string) error {
	if strings.Contains(external, ";") || strings.TrimSpace(external) != external {
		return fmt.Errorf("external id: %q has a semicolon or spaces around it and cannot be registered", external)
	}
	return checkExternal(external)
}

func described(d *city.Device) string {
	return fmt.Sprintf("device %q (%s) at location %q", d.ID, d.Name, d.Location)
}
