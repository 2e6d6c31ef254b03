package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/config"
	"opscenter/internal/inventory"
	"opscenter/internal/store"
	"opscenter/internal/subsystem"
)

// Check validates what can be validated without running: the configuration, the subsystems with
// their own settings, and the inventory file at path if one is given. It returns a report for
// people, and an error that names every fault.
func Check(c config.Serve, factories []subsystem.Factory, settings map[string]json.RawMessage, path string) (report string, err error) {
	var b strings.Builder
	set, err := subsystem.NewSet(subsystem.SetConfig{Root: c.MQTT.Root, Factories: factories, Settings: settings})
	if err != nil {
		return "", err
	}
	fmt.Fprintf(&b, "configuration: ok\nsubsystems: %d\n", len(set.All()))
	for _, s := range set.Specs() {
		fmt.Fprintf(&b, "  %s (%s): %d topics, %d metrics\n", s.ID, s.Names.EN, len(s.Topics), len(s.Metrics))
	}
	if path == "" {
		return b.String(), nil
	}
	file, err := os.Open(path)
	if err != nil {
		return b.String(), err
	}
	defer func() { _ = file.Close() }()
	inv, err := readInventory(file)
	if err != nil {
		return b.String(), fmt.Errorf("%s: %w", path, err)
	}
	var faults []error
	for i := range inv.Devices {
		if d := &inv.Devices[i]; set.ByID(d.Subsystem) == nil {
			faults = append(faults, fmt.Errorf("%s: device %q: unknown subsystem %q", path, d.ID, d.Subsystem))
		}
	}
	fmt.Fprintf(&b, "inventory: %d areas, %d locations, %d devices\n", len(inv.Areas), len(inv.Locations), len(inv.Devices))
	return b.String(), errors.Join(faults...)
}

func readInventory(r io.Reader) (*city.Inventory, error) {
	sheet, err := inventory.Read(r)
	if err != nil {
		return nil, err
	}
	return sheet.Apply(nil, time.Now())
}

// withInventory calls use with the inventory of a data directory that no center is using.
func withInventory(ctx context.Context, c config.Serve, use func(*inventoryService) error) (err error) {
	dir, err := openDataDir(c.Data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, dir.close()) }()
	url, stop, err := databaseURL(ctx, c, dir, discardLog())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop(context.WithoutCancel(ctx))) }()
	s, err := store.Open(ctx, store.Config{URL: url})
	if err != nil {
		return err
	}
	defer s.Close()
	inv, err := s.Inventory(ctx)
	if err != nil {
		return err
	}
	service := &inventoryService{store: s}
	service.held.Store(inv)
	return use(service)
}
