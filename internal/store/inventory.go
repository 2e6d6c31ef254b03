package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"opscenter/internal/city"
	"opscenter/internal/store/sqlcgen"
)

// Inventory returns the registered inventory at its present revision, which is 0 until something is
// registered.
func (s *Store) Inventory(ctx context.Context) (*city.Inventory, error) {
	var inv *city.Inventory
	snapshot := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	err := pgx.BeginTxFunc(ctx, s.pool, snapshot, func(tx pgx.Tx) (err error) {
		inv, err = readInventory(ctx, s.queries.WithTx(tx))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("inventory: %w", err)
	}
	return inv, nil
}

func readInventory(ctx context.Context, q *sqlcgen.Queries) (*city.Inventory, error) {
	revision, err := q.InventoryRevision(ctx)
	if err != nil {
		return nil, err
	}
	areaRows, err := q.Areas(ctx)
	if err != nil {
		return nil, err
	}
	locationRows, err := q.Locations(ctx)
	if err != nil {
		return nil, err
	}
	deviceRows, err := q.Devices(ctx)
	if err != nil {
		return nil, err
	}
	areas := make([]city.Area, len(areaRows))
	for i, r := range areaRows {
		areas[i] = city.Area{ID: r.ID, Name: r.Name, EffectiveFrom: timeOrZero(r.EffectiveFrom), EffectiveTo: timeOrZero(r.EffectiveTo)}
	}
	locations := make([]city.Location, len(locationRows))
	for i, r := range locationRows {
		locations[i] = city.Location(r)
	}
	devices := make([]city.Device, len(deviceRows))
	for i, r := range deviceRows {
		devices[i] = city.Device{
			ID: r.ID, Name: r.Name, Location: r.Location, Subsystem: r.Subsystem, Kind: r.Kind, ExternalID: r.ExternalID,
			Parent: r.Parent, Contractor: r.Contractor, Model: r.Model, ExpectedFPS: r.ExpectedFps,
			Cadence: time.Duration(r.CadenceMs) * time.Millisecond, RegisteredAt: r.RegisteredAt.UTC(),
		}
	}
	inv, err := city.NewInventory(revision, areas, locations, devices)
	if err != nil {
		return nil, err
	}
	since, err := q.InventorySince(ctx, revision)
	inv.Since = since.UTC()
	return inv, err
}

// ApplyInventory makes the registered inventory equal to wanted, in one transaction: what is missing
// from wanted is no longer registered, and its last status ends. A device that is registered already keeps its RegisteredAt.
// The revision grows by one if anything changed, and is kept in the history of inventories. Unless wanted.Revision is 0 it must be the stored
// one, or ErrInventoryChanged is returned and nothing happens.
func (s *Store) ApplyInventory(ctx context.Context, wanted *city.Inventory) error {
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		q := s.queries.WithTx(tx)
		revision, err := q.LockInventory(ctx)
		if err != nil {
			return err
		}
		if wanted.Revision != 0 && wanted.Revision != revision {
			return fmt.Errorf("revision %d was read, %d is stored: %w", wanted.Revision, revision, ErrInventoryChanged)
		}
		changed, err := writeInventory(ctx, q, wanted)
		if err != nil || changed == 0 {
			return err
		}
		if err := keepPlacements(ctx, q); err != nil {
			return err
		}
		if err := q.BumpInventory(ctx); err != nil {
			return err
		}
		return keepInventory(ctx, q, s.now())
	})
	if err != nil {
		return fmt.Errorf("apply inventory: %w", err)
	}
	return nil
}

// writeInventory returns how many rows it changed.
func writeInventory(ctx context.Context, q *sqlcgen.Queries, wanted *city.Inventory) (int64, error) {
	areas, locations, devices := areaColumns(wanted.Areas), locationColumns(wanted.Locations), deviceColumns(wanted.Devices)
	var changed int64
	for _, step := range []func() (int64, error){
		func() (int64, error) { return q.UpsertAreas(ctx, areas) },
		func() (int64, error) { return q.UpsertLocations(ctx, locations) },
		func() (int64, error) { return q.UpsertDevices(ctx, devices) },
		func() (int64, error) { return removeOtherDevices(ctx, q, devices.IDs) },
		func() (int64, error) { return q.DeleteOtherLocations(ctx, locations.IDs) },
		func() (int64, error) { return q.DeleteOtherAreas(ctx, areas.IDs) },
	} {
		n, err := step()
		if err != nil {
			return 0, err
		}
		changed += n
	}
	return changed, nil
}

// removeOtherDevices removes the devices that are not to be kept, and ends what was still known of
// them: nobody will say how they are from now on.
func removeOtherDevices(ctx context.Context, q *sqlcgen.Queries, keep []string) (int64, error) {
	removed, err := q.DeleteOtherDevices(ctx, keep)
	if err != nil || len(removed) == 0 {
		return 0, err
	}
	return int64(len(removed)), q.EndIntervals(ctx, removed)
}

// The column functions never return nil slices, which PostgreSQL would take for NULL.

func areaColumns(areas []city.Area) sqlcgen.UpsertAreasParams {
	p := sqlcgen.UpsertAreasParams{IDs: []string{}}
	for _, a := range areas {
		p.IDs = append(p.IDs, a.ID)
		p.Names = append(p.Names, clean(a.Name))
		p.Froms = append(p.Froms, dated(a.EffectiveFrom))
		p.Tos = append(p.Tos, dated(a.EffectiveTo))
	}
	return p
}

func locationColumns(locations []city.Location) sqlcgen.UpsertLocationsParams {
	p := sqlcgen.UpsertLocationsParams{IDs: []string{}}
	for _, l := range locations {
		p.IDs = append(p.IDs, l.ID)
		p.Names = append(p.Names, clean(l.Name))
		p.Areas = append(p.Areas, l.Area)
		p.Lats = append(p.Lats, l.Lat)
		p.Lons = append(p.Lons, l.Lon)
	}
	return p
}

func deviceColumns(devices []city.Device) sqlcgen.UpsertDevicesParams {
	p := sqlcgen.UpsertDevicesParams{IDs: []string{}}
	for _, d := range devices {
		p.IDs = append(p.IDs, d.ID)
		p.Names = append(p.Names, clean(d.Name))
		p.Locations = append(p.Locations, d.Location)
		p.Subsystems = append(p.Subsystems, clean(d.Subsystem))
		p.Kinds = append(p.Kinds, clean(d.Kind))
		p.ExternalIds = append(p.ExternalIds, clean(d.ExternalID))
		p.Parents = append(p.Parents, d.Parent)
		p.Contractors = append(p.Contractors, clean(d.Contractor))
		p.Models = append(p.Models, clean(d.Model))
		p.CadencesMs = append(p.CadencesMs, d.Cadence.Milliseconds())
		p.ExpectedFps = append(p.ExpectedFps, d.ExpectedFPS)
		p.RegisteredAt = append(p.RegisteredAt, dated(d.RegisteredAt))
	}
	return p
}
