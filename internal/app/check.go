package app

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/inventory"
	"opscenter/internal/notify"
	"opscenter/internal/reference"
	"opscenter/internal/reporting"
	"opscenter/internal/store"
	"opscenter/internal/subsystem"
)

// Check validates what can be validated without running: the configuration, the subsystems with
// their own settings, the instances of dialects, and the inventory file at path if one is given. It
// writes a report for people to w, and returns an error that names every fault.
func Check(c Config, path string, w io.Writer) error {
	zone, err := c.Zone()
	if err != nil {
		return err
	}
	set, err := subsystem.NewSet(c.set(zone))
	if err != nil {
		return err
	}
	if _, err := store.NewPolicy(c.File.Retention); err != nil {
		return err
	}
	notifications, err := c.notifications(notify.Environment{Now: time.Now, Zone: zone})
	if err != nil {
		return err
	}
	if err := reporting.CheckSchedules(schedulesOf(c.File.Reports), zone, notifications.Mailer() != nil); err != nil {
		return err
	}
	r := findings{out: w}
	r.printf("configuration: ok\n")
	r.subsystems(set)
	r.instances(c.File.Dialects)
	r.topics(set)
	r.channels(notifications)
	r.routes(notifications)
	if path == "" {
		r.doubtful(notifications, set, nil)
		return r.failed
	}
	inv, err := readInventory(path)
	if err != nil {
		return errors.Join(r.failed, err)
	}
	r.printf("\ninventory: %d areas, %d locations, %d devices\n", len(inv.Areas), len(inv.Locations), len(inv.Devices))
	r.unheard(inv, c.File.Dialects)
	r.doubtful(notifications, set, inv)
	return errors.Join(r.failed, unowned(path, inv, set))
}

func readInventory(path string) (*city.Inventory, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	sheet, err := inventory.Read(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	inv, err := sheet.Apply(nil, time.Now())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return inv, nil
}

// unowned names the devices of subsystems that there are not.
func unowned(path string, inv *city.Inventory, set *subsystem.Set) error {
	var faults []error
	for i := range inv.Devices {
		if d := &inv.Devices[i]; set.ByID(d.Subsystem) == nil {
			faults = append(faults, fmt.Errorf("%s: device %q: unknown subsystem %q", path, d.ID, d.Subsystem))
		}
	}
	return errors.Join(faults...)
}

// findings are what people read of a check. They keep the first error of writing.
type findings struct {
	out    io.Writer
	failed error
}

func (r *findings) printf(format string, args ...any) {
	if _, err := fmt.Fprintf(r.out, format, args...); err != nil && r.failed == nil {
		r.failed = err
	}
}

// table prints rows under a head, aligned.
func (r *findings) table(head []string, rows [][]string) {
	r.printf("\n")
	t := tabwriter.NewWriter(r.out, 0, 0, 2, ' ', 0)
	for _, row := range append([][]string{head}, rows...) {
		_, _ = fmt.Fprintln(t, strings.Join(row, "\t")) // into memory; Flush fails
	}
	if err := t.Flush(); err != nil && r.failed == nil {
		r.failed = err
	}
}

func (r *findings) subsystems(set *subsystem.Set) {
	var rows [][]string
	for _, s := range set.Specs() {
		rows = append(rows, []string{
			s.ID, s.Names.VI, s.Names.EN, reference.Duration(s.Cadence), fmt.Sprint(len(s.Metrics)), fmt.Sprint(len(s.Indicators)),
		})
	}
	r.table([]string{"SUBSYSTEM", "TIẾNG VIỆT", "ENGLISH", "CADENCE", "METRICS", "INDICATORS"}, rows)
}

func (r *findings) instances(instances []subsystem.Instance) {
	if len(instances) == 0 {
		r.printf("\ndialects: none is configured\n")
		return
	}
	var rows [][]string
	for i := range instances {
		in := &instances[i]
		cadence := "default"
		if in.Cadence > 0 {
			cadence = reference.Duration(in.Cadence)
		}
		rows = append(rows, []string{in.Name, in.Dialect, in.Subsystem, cadence})
	}
	r.table([]string{"INSTANCE", "DIALECT", "SUBSYSTEM", "CADENCE"}, rows)
}

func (r *findings) topics(set *subsystem.Set) {
	var rows [][]string
	for i := range set.Routes() {
		route := &set.Routes()[i]
		rows = append(rows, []string{route.Pattern.Filter(), route.Topic.Kind, route.Owner})
	}
	r.table([]string{"TOPIC", "KIND", "OWNER"}, rows)
	r.printf("\nsubscriptions at the broker:\n")
	for _, filter := range set.Filters() {
		r.printf("  %s\n", filter)
	}
}

// unheard warns of devices that only a dialect could speak of of which no instance is configured.
func (r *findings) unheard(inv *city.Inventory, instances []subsystem.Instance) {
	spoken := make(map[string]bool, len(instances))
	for i := range instances {
		spoken[instances[i].Dialect] = true
	}
	devices := make(map[string][]string) // by dialect
	for i := range inv.Devices {
		d := &inv.Devices[i]
		for _, external := range d.ExternalIDs() {
			if dialect, _, _ := strings.Cut(external, ":"); !spoken[dialect] {
				devices[dialect] = append(devices[dialect], d.ID)
			}
		}
	}
	for _, dialect := range slices.Sorted(maps.Keys(devices)) {
		r.printf("warning: no instance of dialect %q is configured, so nothing will be heard of %s by their external id\n",
			dialect, strings.Join(devices[dialect], ", "))
	}
}
