package app

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/httpapi"
	"opscenter/internal/inventory"
	"opscenter/internal/store"
	"opscenter/internal/subsystem"
)

// discovery is httpapi.Discovery on the store and the inventory service.
type discovery struct {
	store      *store.Store
	inventory  *inventoryService
	subsystems func() *subsystem.Set
}

// Discovered implements httpapi.Discovery.
func (d discovery) Discovered(ctx context.Context, q httpapi.DiscoveredQuery) (httpapi.DiscoveredPage, error) {
	page, err := d.store.ListDiscovered(ctx, store.DiscoveredQuery(q))
	if err != nil {
		return httpapi.DiscoveredPage{}, fmt.Errorf("%w: %w", httpapi.ErrUnavailable, err)
	}
	out := httpapi.DiscoveredPage{More: page.More, Total: page.Total}
	for i := range page.Items {
		f := &page.Items[i]
		out.Items = append(out.Items, httpapi.Discovered{
			Ref: f.Ref, External: f.External, Dialect: f.Dialect, Identity: strings.TrimPrefix(f.External, f.Dialect+":"),
			Subsystem: f.Subsystem, Topic: f.Topic, Sample: f.Sample, Name: f.Name, Maker: f.Maker, Model: f.Model,
			Firmware: f.Firmware, Kind: f.Kind, FirstSeen: f.FirstSeen, LastSeen: f.LastSeen, Sightings: f.Sightings,
		})
	}
	return out, nil
}

// Adopt implements httpapi.Discovery: the device goes the way of an imported one.
func (d discovery) Adopt(ctx context.Context, ref string, a httpapi.Adoption) (httpapi.Registered, error) {
	found, err := d.store.Discovered(ctx, ref)
	if err != nil {
		return httpapi.Registered{}, notThere(ref, err)
	}
	set := d.subsystems()
	if set.ByID(found.Subsystem) == nil {
		return httpapi.Registered{}, fmt.Errorf("%w: %q speaks to subsystem %q, which the center does not have", httpapi.ErrInvalid, found.External, found.Subsystem)
	}
	_, location, _ := set.Route(found.Topic)
	stranger := inventory.Stranger{
		External: found.External, Subsystem: found.Subsystem, Location: location, Name: found.Name, Model: found.Model, Kind: found.Kind,
	}
	adoption := adoptionOf(a)
	var adopted *city.Device
	err = d.inventory.change(ctx, func(old *city.Inventory) (*city.Inventory, error) {
		updated, id, err := inventory.Adopt(old, &stranger, &adoption)
		switch {
		case errors.Is(err, inventory.ErrTaken):
			return nil, fmt.Errorf("%w: %w", httpapi.ErrConflict, err)
		case err != nil:
			return nil, fmt.Errorf("%w: %w", httpapi.ErrInvalid, err)
		}
		adopted = updated.Device(id)
		return updated, nil
	})
	switch {
	case errors.Is(err, httpapi.ErrConflict) || errors.Is(err, httpapi.ErrInvalid):
		return httpapi.Registered{}, err
	case err != nil:
		return httpapi.Registered{}, fmt.Errorf("%w: %w", httpapi.ErrUnavailable, err)
	}
	return registered(adopted), nil
}

func adoptionOf(a httpapi.Adoption) inventory.Adoption {
	return inventory.Adoption{
		ID: a.ID, Device: a.Device, Location: a.Location, Name: a.Name, Kind: a.Kind, Parent: a.Parent,
		Contractor: a.Contractor, Model: a.Model, ExpectedFPS: a.ExpectedFPS,
		Cadence:      time.Duration(a.CadenceS * float64(time.Second)).Round(time.Millisecond),
		RegisteredAt: time.Now().UTC().Truncate(time.Microsecond),
	}
}

func registered(d *city.Device) httpapi.Registered {
	return httpapi.Registered{
		ID: d.ID, Name: d.Name, Location: d.Location, Subsystem: d.Subsystem, Kind: d.Kind, ExternalID: d.ExternalID,
		Parent: d.Parent, Contractor: d.Contractor, Model: d.Model, CadenceS: d.Cadence.Seconds(), ExpectedFPS: d.ExpectedFPS,
		RegisteredAt: d.RegisteredAt,
	}
}

// Forget implements httpapi.Discovery.
func (d discovery) Forget(ctx context.Context, ref string) error {
	if err := d.store.ForgetDiscovered(ctx, ref); err != nil {
		return notThere(ref, err)
	}
	return nil
}

func notThere(ref string, err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("%w: no discovered device has the ref %q", httpapi.ErrNotFound, ref)
	}
	return fmt.Errorf("%w: %w", httpapi.ErrUnavailable, err)
}
