package main

import (
	"slices"
	"testing"
	"time"

	"opscenter/internal/app"
	"opscenter/internal/city"
	"opscenter/internal/dialect/native"
	"opscenter/internal/simulator"
	"opscenter/internal/simulator/vietri"
	"opscenter/internal/subsystem"
)

// demoSet is the subsystems of the demonstration city's center, with those that it declares.
func demoSet(t *testing.T) *subsystem.Set {
	t.Helper()
	var center app.Config
	if err := demonstrate(&center); err != nil {
		t.Fatal(err)
	}
	all := factories()
	for _, document := range vietri.Manifests() {
		spec, err := native.ParseManifest(document)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, native.Standard(spec))
	}
	set, err := subsystem.NewSet(subsystem.SetConfig{Root: "ioc/v1", Factories: all, Dialects: dialects(), Instances: center.File.Dialects})
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// Whatever the demonstration city says, in whatever tongue, the center understands and can place; and
// of every subsystem that it has devices of, every indicator is told and every instance of a dialect
// is heard.
func TestTheCenterUnderstandsTheDemonstrationCity(t *testing.T) {
	t.Parallel()
	areas, locations, devices := vietri.City()
	inventory, err := city.NewInventory(1, areas, locations, slices.Clone(devices))
	if err != nil {
		t.Fatal(err)
	}
	start := time.Date(2026, 11, 23, 8, 0, 0, 0, time.FixedZone("+07", 7*3600))
	world, err := simulator.NewWorld(simulator.WorldConfig{Seed: 3, Start: start, Locations: locations, Devices: devices, Faults: "x50"})
	if err != nil {
		t.Fatal(err)
	}
	lines, err := simulator.NewLines(simulator.LinesConfig{Seed: 3, Start: start, Devices: devices})
	if err != nil {
		t.Fatal(err)
	}
	set := demoSet(t)
	spoke, told := make(map[string]bool), make(map[string]bool)
	for _, p := range simulator.Together(world, lines).Step(start.Add(20 * time.Minute)) {
		r, location, device := set.Route(p.Topic)
		if r == nil {
			t.Fatalf("nobody owns %s", p.Topic)
		}
		observations, err := r.Decoder.Decode(subsystem.Message{
			Topic: p.Topic, Kind: r.Topic.Kind, Location: location, Device: device, Payload: p.Payload, ReceivedAt: p.At, Retained: p.Retained,
		})
		if err != nil {
			t.Fatalf("%s: %s: %v", p.Topic, p.Payload, err)
		}
		for i := range observations {
			o := &observations[i]
			spoke[r.Owner] = true
			d := inventory.Device(device)
			if o.External != "" {
				d = inventory.External(o.External)
			}
			if d == nil || d.Subsystem != r.Open.Spec.ID {
				t.Fatalf("%s: no device %q %q of %s", p.Topic, device, o.External, r.Owner)
			}
			if o.Indicator != nil {
				told[d.Subsystem+" "+o.Indicator.Code] = true
			}
		}
	}
	there := make(map[string]bool)
	for _, d := range devices {
		there[d.Subsystem] = true
	}
	for i := range set.Routes() {
		if r := &set.Routes()[i]; there[r.Open.Spec.ID] && !spoke[r.Owner] {
			t.Errorf("%s has nothing to say", r.Owner)
		}
	}
	for _, s := range set.Specs() {
		if !there[s.ID] {
			continue
		}
		for _, in := range s.Indicators {
			if !in.Computed && !told[s.ID+" "+in.Code] {
				t.Errorf("indicator %s of %s is not told", in.Code, s.ID)
			}
		}
	}
}
