// Package subsystemtest is the conformance kit of subsystems: what every subsystem must keep to,
// as checks on its Spec, its README, its decoder and its fixtures. A subsystem's whole test is
//
//	func TestConformance(t *testing.T) { subsystemtest.Run(t, Factory()) }
//	func FuzzDecode(f *testing.F)      { subsystemtest.Fuzz(f, Factory()) }
//
// and a fixture testdata/<case>.txtar for each case. With UPDATE_GOLDEN=1 in the environment, Run
// writes what messages become into the fixtures; read the difference before you keep it.
package subsystemtest

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"opscenter/internal/subsystem"
)

// root is the topic root of fixtures.
const root = "ioc/v1"

// Run checks a subsystem whose README.md and testdata are in the current directory, as they are in
// its package's tests.
func Run(t *testing.T, factory subsystem.Factory) {
	t.Helper()
	if os.Getenv("UPDATE_GOLDEN") == "1" {
		if err := Update(factory, "."); err != nil {
			t.Fatal(err)
		}
	}
	for _, fault := range Check(factory, os.DirFS(".")) {
		t.Error(fault)
	}
}

// Check returns everything that a subsystem does not keep to. dir has its README.md and testdata.
func Check(factory subsystem.Factory, dir fs.FS) []error {
	set, err := newSet(factory)
	if err != nil {
		return []error{err}
	}
	c := &checker{set: set, spec: &set.All()[0].Spec, decoder: set.All()[0].Decoder, covered: make(map[string]bool)}
	c.configuration(factory)
	fixtures, faults := load(dir)
	c.faults = append(c.faults, faults...)
	for _, f := range fixtures {
		c.fixture(f)
	}
	c.concurrency(fixtures)
	c.garbage()
	c.coverage()
	c.readme(dir)
	return c.faults
}

func newSet(factory subsystem.Factory) (*subsystem.Set, error) {
	return subsystem.NewSet(subsystem.SetConfig{Root: root, Factories: []subsystem.Factory{factory}})
}

// Update rewrites the fixtures under dir with what their messages become.
func Update(factory subsystem.Factory, dir string) error {
	set, err := newSet(factory)
	if err != nil {
		return err
	}
	fixtures, faults := load(os.DirFS(dir))
	return errors.Join(append(faults, update(dir, fixtures, func(*fixture) (*subsystem.Set, error) { return set, nil })...)...)
}

// update rewrites fixtures with what their messages become in their sets.
func update(dir string, fixtures []*fixture, setOf func(*fixture) (*subsystem.Set, error)) (faults []error) {
	for _, f := range fixtures {
		set, err := setOf(f)
		if err != nil {
			faults = append(faults, f.fault(err))
			continue
		}
		m, err := f.message(set)
		if err != nil {
			faults = append(faults, f.fault(err))
			continue
		}
		r, _, _ := set.Route(f.topic)
		observations, failure := decode(r.Decoder, m)
		outcome, err := render(observations)
		if err != nil {
			faults = append(faults, f.fault(err))
			continue
		}
		if f.differs(outcome, failure) == nil {
			continue
		}
		if err := os.WriteFile(filepath.Join(dir, f.file), f.rewritten(outcome, failure), 0o644); err != nil { //nolint:gosec // a source file
			faults = append(faults, err)
		}
	}
	return faults
}

// Fuzz feeds a subsystem's decoder payloads that grow from those of its fixtures: it must neither
// panic nor give what the contract forbids.
func Fuzz(f *testing.F, factory subsystem.Factory) {
	f.Helper()
	set, err := newSet(factory)
	if err != nil {
		f.Fatal(err)
	}
	spec, decoder := &set.All()[0].Spec, set.All()[0].Decoder
	fixtures, faults := load(os.DirFS("."))
	for _, fault := range faults {
		f.Error(fault)
	}
	for _, x := range fixtures {
		if m, err := x.message(set); err == nil {
			f.Add(m.Kind, x.payload)
		}
	}
	received := time.Date(2026, 11, 23, 1, 15, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, kind string, payload []byte) {
		known := false
		for _, topic := range spec.Topics {
			known = known || topic.Kind == kind
		}
		if !known {
			t.Skip("no such kind")
		}
		m := subsystem.Message{Kind: kind, Location: "loc-001", Device: "dev-001", Payload: payload, ReceivedAt: received}
		for _, fault := range contract(spec, decoder, m, false) {
			t.Error(fault)
		}
	})
}

// unknownKey is a configuration key that no subsystem has.
const unknownKey = "no_such_key"

func unknownConfig() json.RawMessage { return json.RawMessage(`{"` + unknownKey + `":true}`) }
