// Package quantity is how configuration says what a foreign number means: which metric it becomes, by
// which scale and offset, in which unit and under which names.
package quantity

import (
	"errors"
	"fmt"
	"math"
	"regexp"

	"opscenter/internal/city"
	"opscenter/internal/subsystem"
)

// Quantity is the meaning of one number: the reading value × Scale + Offset of Metric. It is a part of
// dialects' settings.
type Quantity struct {
	Metric string  `json:"metric"`
	Scale  float64 `json:"scale"` // 0: 1
	Offset float64 `json:"offset"`

	// Unit and Names declare the metric, unless the subsystem does already. Without names it is kept
	// raw, without unit and judgement.
	Unit  string     `json:"unit"`
	Names city.Names `json:"names"`
}

// metricForm is that of the names in a Spec.
var metricForm = regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}$`)

// Check returns what is wrong with a quantity as somebody configured it.
func (q *Quantity) Check() error {
	switch {
	case !metricForm.MatchString(q.Metric):
		return fmt.Errorf("metric %q: want a name of a-z, 0-9 and _, first a letter", q.Metric)
	case (q.Names.VI == "") != (q.Names.EN == ""):
		return errors.New("a name in one language only: want vi and en, or neither")
	}
	return nil
}

// Declare returns the declaration of the metric, with its documentation; false if it has no names, or
// the Spec declares it already.
func (q *Quantity) Declare(spec *subsystem.Spec, doc string) (subsystem.Metric, bool) {
	if q.Names.EN == "" || spec.Metric(q.Metric) != nil {
		return subsystem.Metric{}, false
	}
	return subsystem.Metric{Name: q.Metric, Names: q.Names, Unit: q.Unit, Doc: doc}, true
}

// Of returns the reading that a value means, or an error if it is not finite.
func (q *Quantity) Of(value float64) (city.Reading, error) {
	scale := q.Scale
	if scale == 0 {
		scale = 1
	}
	f := value*scale + q.Offset
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return city.Reading{}, fmt.Errorf("%v × %v + %v is not finite", value, scale, q.Offset)
	}
	return city.Reading{Metric: q.Metric, Value: f}, nil
}
