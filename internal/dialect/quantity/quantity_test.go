package quantity_test

import (
	"math"
	"testing"

	"opscenter/internal/city"
	"opscenter/internal/dialect/quantity"
	"opscenter/internal/subsystem"
)

func TestValueIsScaledAndMoved(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		quantity quantity.Quantity
		want     float64
	}{
		{quantity.Quantity{Metric: "m"}, 40},
		{quantity.Quantity{Metric: "m", Scale: 0.5}, 20},
		{quantity.Quantity{Metric: "m", Scale: -1, Offset: 2}, -38},
	} {
		if r, err := c.quantity.Of(40); err != nil || r != (city.Reading{Metric: "m", Value: c.want}) {
			t.Errorf("%+v of 40 is %+v (%v), want %v", c.quantity, r, err, c.want)
		}
	}
	large := quantity.Quantity{Metric: "m", Scale: 10}
	for _, v := range []float64{math.MaxFloat64, math.NaN()} {
		if r, err := large.Of(v); err == nil {
			t.Errorf("10 × %v is %+v", v, r)
		}
	}
}

func TestOnlyWhatTheSpecLacksIsDeclared(t *testing.T) {
	t.Parallel()
	spec := &subsystem.Spec{Metrics: []subsystem.Metric{{Name: "known"}}}
	names := city.Names{VI: "Mới", EN: "New"}
	for q, want := range map[quantity.Quantity]bool{
		{Metric: "known", Names: names}:              false,
		{Metric: "nameless"}:                         false,
		{Metric: "fresh", Names: names, Unit: "m/s"}: true,
	} {
		m, declared := q.Declare(spec, "Doc.")
		if declared != want || declared && (m.Name != q.Metric || m.Unit != q.Unit || m.Names != names || m.Doc != "Doc.") {
			t.Errorf("%+v is declared as %+v (%v)", q, m, declared)
		}
	}
}

func TestQuantityThatCannotBeMeantIsRefused(t *testing.T) {
	t.Parallel()
	for _, q := range []quantity.Quantity{{}, {Metric: "Wind"}, {Metric: "9"}, {Metric: "a", Names: city.Names{EN: "A"}}} {
		if q.Check() == nil {
			t.Errorf("%+v is accepted", q)
		}
	}
	if err := (&quantity.Quantity{Metric: "wind_ms", Names: city.Names{VI: "Gió", EN: "Wind"}}).Check(); err != nil {
		t.Error(err)
	}
}
