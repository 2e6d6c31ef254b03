package mapping_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"opscenter/internal/city"
	"opscenter/internal/dialect/mapping"
	"opscenter/internal/subsystem"
)

// named reads a quantity as settings have it.
func named(t *testing.T, settings string) mapping.Named {
	t.Helper()
	var n mapping.Named
	if err := json.Unmarshal([]byte(settings), &n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestValueIsScaledAndMoved(t *testing.T) {
	t.Parallel()
	for settings, want := range map[string]float64{
		`{"metric":"m"}`:                         40,
		`{"metric":"m","scale":null}`:            40,
		`{"metric":"m","scale":0.5}`:             20,
		`{"metric":"m","scale":-1,"offset":2}`:   -38,
		`{"metric":"m","offset":-2,"unit":"°C"}`: 38,
	} {
		n := named(t, settings)
		if r, err := n.Of(40); err != nil || r != (city.Reading{Metric: "m", Value: want}) {
			t.Errorf("%s of 40 is %+v (%v), want %v", settings, r, err, want)
		}
	}
	large := named(t, `{"metric":"m","scale":10}`)
	for _, v := range []float64{math.MaxFloat64, math.NaN()} {
		if r, err := large.Of(v); err == nil {
			t.Errorf("10 × %v is %+v", v, r)
		}
	}
}

func TestOnlyWhatTheSpecLacksIsDeclared(t *testing.T) {
	t.Parallel()
	spec := &subsystem.Spec{Metrics: []subsystem.Metric{{Name: "known"}}}
	for settings, want := range map[string]bool{
		`{"metric":"known","names":{"vi":"Mới","en":"New"}}`:              false,
		`{"metric":"nameless"}`:                                           false,
		`{"metric":"fresh","names":{"vi":"Mới","en":"New"},"unit":"m/s"}`: true,
	} {
		n := named(t, settings)
		m, declared := n.Declare(spec, "Doc.")
		if declared != want || declared && (m.Name != n.Metric || m.Unit != "m/s" || m.Names != n.Names || m.Doc != "Doc.") {
			t.Errorf("%s is declared as %+v (%v)", settings, m, declared)
		}
	}
}

func TestQuantityThatCannotBeMeantIsRefused(t *testing.T) {
	t.Parallel()
	for settings, want := range map[string]string{
		`{}`:                                `metric ""`,
		`{"metric":"Wind"}`:                 `metric "Wind"`,
		`{"metric":"1a"}`:                   `metric "1a"`,
		`{"metric":"a b"}`:                  `metric "a b"`,
		`{"metric":"é"}`:                    `metric "é"`,
		`{"metric":"a","scale":0}`:          `metric "a": a scale of 0`,
		`{"metric":"a","names":{"en":"A"}}`: `metric "a": a name in one language only`,
	} {
		n := named(t, settings)
		if err := n.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want an error that says %s", settings, err, want)
		}
	}
	n := named(t, `{"metric":"wind_ms","scale":0.1,"names":{"vi":"Gió","en":"Wind"}}`)
	if err := n.Check(); err != nil {
		t.Error(err)
	}
}
