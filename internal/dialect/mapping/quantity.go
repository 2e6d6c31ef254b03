package mapping

import (
	"fmt"
	"math"

	"opscenter/internal/city"
	"opscenter/internal/subsystem"
)

// Linear turns what a device says into the unit of a metric: value × Scale + Offset.
type Linear struct {
	Scale  *float64 `json:"scale"` // nil: 1
	Offset float64  `json:"offset"`
}

// Quantity is the meaning of one number: a metric, and how its value is made.
type Quantity struct {
	Metric string `json:"metric"`
	Linear
}

// Check returns what is wrong with a quantity as somebody configured it: a metric without a proper
// name, or a scale of 0, which would make every value the same.
func (q *Quantity) Check() error {
	if err := CheckName(q.Metric); err != nil {
		return fmt.Errorf("metric %w", err)
	}
	if q.Scale != nil && *q.Scale == 0 {
		return fmt.Errorf("metric %q: a scale of 0", q.Metric)
	}
	return nil
}

// Of returns the reading that a value means, or an error if it is not finite.
func (q *Quantity) Of(value float64) (city.Reading, error) {
	scale := 1.0
	if q.Scale != nil {
		scale = *q.Scale
	}
	f := value*scale + q.Offset
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return city.Reading{}, fmt.Errorf("%v × %v + %v is not finite", value, scale, q.Offset)
	}
	return city.Reading{Metric: q.Metric, Value: f}, nil
}

// Named is a quantity that declares its metric, unless the subsystem does already. Without names the
// metric is kept raw, without unit and judgement.
type Named struct {
	Quantity
	Unit  string     `json:"unit"`
	Names city.Names `json:"names"`
}

// Check returns what is wrong with the quantity, or with its names.
func (n *Named) Check() error {
	if (n.Names.VI == "") != (n.Names.EN == "") {
		return fmt.Errorf("metric %q: a name in one language only: want vi and en, or neither", n.Metric)
	}
	return n.Quantity.Check()
}

// Declare returns the declaration of the metric, with its documentation; false if it has no names, or
// the Spec declares it already.
func (n *Named) Declare(spec *subsystem.Spec, doc string) (subsystem.Metric, bool) {
	if n.Names.EN == "" || spec.Metric(n.Metric) != nil {
		return subsystem.Metric{}, false
	}
	return subsystem.Metric{Name: n.Metric, Names: n.Names, Unit: n.Unit, Doc: doc}, true
}
