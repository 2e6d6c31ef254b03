package subsystemtest

import (
	"encoding/json"
	"io/fs"
	"os"
	"strings"
	"testing"
	"time"

	"opscenter/internal/subsystem"
)

// instance is what fixtures call the instance of a dialect.
const instance = "test"

// RunDialect checks a dialect whose testdata is in the current directory, as it is in its package's
// tests: an instance with the settings given, or those of a fixture, feeds the subsystem. It keeps to
// the same contract as a subsystem's decoder, and every kind of its topics has a fixture.
//
// A dialect that remembers what was said before is tested by its own means.
func RunDialect(t *testing.T, dialect subsystem.Dialect, factory subsystem.Factory, settings string) {
	t.Helper()
	if os.Getenv("UPDATE_GOLDEN") == "1" {
		fixtures, _ := load(os.DirFS("."))
		for _, fault := range update(".", fixtures, func(f *fixture) (*subsystem.Set, error) { return bind(dialect, factory, settings, f) }) {
			t.Error(fault)
		}
	}
	for _, fault := range CheckDialect(dialect, factory, settings, os.DirFS(".")) {
		t.Error(fault)
	}
}

// CheckDialect returns everything that a dialect does not keep to. dir has its testdata.
func CheckDialect(dialect subsystem.Dialect, factory subsystem.Factory, settings string, dir fs.FS) []error {
	c := &checker{foreign: true, covered: make(map[string]bool)}
	binding := subsystem.Binding{Name: instance, Spec: &factory.Spec, Root: root, Zone: time.UTC}
	if _, err := dialect.Open(binding, unknownConfig()); err == nil {
		c.fault("settings: an unknown key is accepted")
	} else if !strings.Contains(err.Error(), unknownKey) {
		c.fault("settings: the error for an unknown key does not name it: %w", err)
	}
	fixtures, faults := load(dir)
	c.faults = append(c.faults, faults...)
	exercised := make(map[string]bool)
	for _, f := range fixtures {
		set, err := bind(dialect, factory, settings, f)
		if err != nil {
			c.faults = append(c.faults, f.fault(err))
			continue
		}
		c.set, c.spec = set, &set.All()[0].Spec
		if r, _, _ := set.Route(f.topic); r != nil {
			c.decoder = r.Decoder
			exercised[r.Topic.Kind] = true
		}
		c.fixture(f)
	}
	set, err := bind(dialect, factory, settings, &fixture{})
	if err != nil {
		return append(c.faults, err)
	}
	for i := range set.Routes() {
		if r := &set.Routes()[i]; strings.HasPrefix(r.Owner, "dialect") && !exercised[r.Topic.Kind] {
			c.fault("no fixture exercises topics of kind %q", r.Topic.Kind)
		}
	}
	return c.faults
}

// FuzzDialect feeds a dialect's decoder topics and payloads that grow from those of its fixtures.
func FuzzDialect(f *testing.F, dialect subsystem.Dialect, factory subsystem.Factory, settings string) {
	f.Helper()
	set, err := bind(dialect, factory, settings, &fixture{})
	if err != nil {
		f.Fatal(err)
	}
	fixtures, faults := load(os.DirFS("."))
	for _, fault := range faults {
		f.Error(fault)
	}
	for _, x := range fixtures {
		f.Add(x.topic, x.payload)
	}
	received := time.Date(2026, 11, 23, 1, 15, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, topic string, payload []byte) {
		r, location, device := set.Route(topic)
		if r == nil || !strings.HasPrefix(r.Owner, "dialect") {
			t.Skip("not the dialect's")
		}
		m := subsystem.Message{
			Topic: topic, Kind: r.Topic.Kind, Location: location, Device: device, Payload: payload, ReceivedAt: received,
		}
		for _, fault := range contract(&set.All()[0].Spec, r.Decoder, m, true) {
			t.Error(fault)
		}
	})
}

// bind returns a set of the subsystem and an instance of the dialect that feeds it.
func bind(dialect subsystem.Dialect, factory subsystem.Factory, settings string, f *fixture) (*subsystem.Set, error) {
	raw := json.RawMessage(settings)
	if f.settings != nil {
		raw = f.settings
	}
	return subsystem.NewSet(subsystem.SetConfig{
		Root: root, Factories: []subsystem.Factory{factory}, Dialects: []subsystem.Dialect{dialect},
		Instances: []subsystem.Instance{{Name: instance, Dialect: dialect.ID, Subsystem: factory.Spec.ID, Settings: raw}},
	})
}
