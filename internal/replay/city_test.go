package replay_test

import (
	"hash/fnv"
	"slices"
	"testing"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/dialect/native"
	"opscenter/internal/simulator"
	"opscenter/internal/simulator/vietri"
	"opscenter/internal/subsystem"
	"opscenter/subsystems/citizenfeedback"
	"opscenter/subsystems/environment"
	"opscenter/subsystems/publicservice"
	"opscenter/subsystems/trafficsafety"
)

// start is when the hours begin: 08:30 in the civic zone.
func start() time.Time { return time.Date(2026, 11, 23, 1, 30, 0, 0, time.UTC) }

func civic() *time.Location { return time.FixedZone("ICT", 7*3600) }

func factories() []subsystem.Factory {
	return []subsystem.Factory{trafficsafety.Factory(), publicservice.Factory(), environment.Factory(), citizenfeedback.Factory()}
}

func specs(t testing.TB, more ...subsystem.Factory) (*subsystem.Set, []subsystem.Spec) {
	t.Helper()
	set, err := subsystem.NewSet(subsystem.SetConfig{Root: "ioc/v1", Zone: civic(), Factories: append(factories(), more...)})
	if err != nil {
		t.Fatal(err)
	}
	return set, set.Specs()
}

// town is the demonstration city, with every n-th of its cameras.
func town(t testing.TB, n int) (areas []city.Area, locations []city.Location, devices []city.Device) {
	t.Helper()
	areas, locations, all := vietri.City()
	for i := range all {
		all[i].RegisteredAt = start().Add(-time.Hour)
		if all[i].Subsystem != "trafficsafety" || i%n == 0 || all[i].Kind != "camera.overview" {
			devices = append(devices, all[i])
		}
	}
	kept := map[string]bool{"": true}
	for i := range devices {
		kept[devices[i].ID] = true
	}
	return areas, locations, slices.DeleteFunc(devices, func(d city.Device) bool { return !kept[d.Parent] })
}

func inventoryOf(t testing.TB, areas []city.Area, locations []city.Location, devices []city.Device) *city.Inventory {
	t.Helper()
	inv, err := city.NewInventory(0, slices.Clone(areas), slices.Clone(locations), slices.Clone(devices))
	if err != nil {
		t.Fatal(err)
	}
	return inv
}

// simulate returns what a city says in some time, with much that fails in it, as the log has it: with a
// mark each second, some of them deaf, a message that could not be read now and then, and a subsystem that is declared
// after a third of the time and retired after two.
func simulate(t testing.TB, locations []city.Location, devices []city.Device, lasts time.Duration) []city.Entry {
	t.Helper()
	world, err := simulator.NewWorld(simulator.WorldConfig{Seed: 3, Start: start(), Locations: locations, Devices: devices, Faults: "x50"})
	if err != nil {
		t.Fatal(err)
	}
	lines, err := simulator.NewLines(simulator.LinesConfig{Seed: 3, Start: start(), Devices: devices})
	if err != nil {
		t.Fatal(err)
	}
	parking, err := native.ParseManifest(vietri.Manifests()["parking"])
	if err != nil {
		t.Fatal(err)
	}
	set, _ := specs(t, native.Standard(parking))
	var log []city.Entry
	for _, p := range simulator.Together(world, lines).Step(start().Add(lasts)) {
		log = append(log, decode(t, set, p)...)
	}
	for s := range int(lasts / time.Second) {
		at := start().Add(time.Duration(s)*time.Second + time.Duration(s%7)*time.Millisecond)
		log = append(log, city.Entry{At: at, Deaf: s%1500 > 1480})
		if s%40 == 0 {
			log = append(log, city.Entry{At: at, Rejection: &city.Rejection{Topic: "t", Sealed: []byte("secret"), Code: "malformed"}})
		}
	}
	log = append(log,
		city.Entry{At: start().Add(lasts / 3), Manifest: &city.Manifest{Subsystem: "parking", Document: vietri.Manifests()["parking"]}},
		city.Entry{At: start().Add(2 * lasts / 3), Manifest: &city.Manifest{Subsystem: "parking"}})
	slices.SortStableFunc(log, func(a, b city.Entry) int { return a.At.Compare(b.At) })
	return log
}

// decode makes the entries of a message, as ingest does.
func decode(t testing.TB, set *subsystem.Set, p simulator.Publication) (entries []city.Entry) {
	t.Helper()
	r, location, device := set.Route(p.Topic)
	if r == nil {
		return nil // a dialect that is not configured here
	}
	received := p.At.Add(20 * time.Millisecond).UTC()
	observations, err := r.Decoder.Decode(subsystem.Message{
		Topic: p.Topic, Kind: r.Topic.Kind, Location: location, Device: device, Payload: p.Payload, ReceivedAt: received, Retained: p.Retained,
	})
	if err != nil {
		t.Fatalf("%s: %s: %v", p.Topic, p.Payload, err)
	}
	digest := fnv.New64a()
	_, _ = digest.Write([]byte(p.Topic))
	_, _ = digest.Write(p.Payload)
	for i := range observations {
		o := &observations[i]
		o.Subsystem, o.Location, o.Device, o.Kind = r.Open.Spec.ID, location, device, r.Topic.Kind
		o.ReceivedAt, o.Retained, o.Digest = received, p.Retained, digest.Sum64()+uint64(i)
		if o.Event != nil && o.Event.Plate.Clear != "" {
			o.Event.Plate = city.Plate{Masked: "19*****45", Sealed: []byte("secret")}
		}
		entries = append(entries, city.Entry{At: received, Observation: o})
	}
	return entries
}
