package mapping

import (
	"fmt"
	"math"

	"github.com/tidwall/gjson"

	"opscenter/internal/city"
	"opscenter/internal/dialect/loose"
)

// Linear turns what a device says into the unit of a metric: value × Scale + Offset.
type Linear struct {
	Scale  *float64 `json:"scale"` // nil: 1
	Offset float64  `json:"offset"`
}

// Measure is a number in a message, and the metric that it becomes.
type Measure struct {
	Path   Path
	Metric string

	scale, offset float64
}

// NewMeasure returns a measure. A metric without a proper name, and a scale of 0, which would make
// every value the same, are errors.
func NewMeasure(path Path, metric string, l Linear) (Measure, error) {
	if err := CheckName(metric); err != nil {
		return Measure{}, fmt.Errorf("metric %w", err)
	}
	m := Measure{Path: path, Metric: metric, scale: 1, offset: l.Offset}
	if l.Scale != nil {
		m.scale = *l.Scale
	}
	if m.scale == 0 {
		return Measure{}, fmt.Errorf("metric %q: a scale of 0", metric)
	}
	return m, nil
}

// Read reads the number, if it is there. Its error says what is wrong with the value, and not where.
func (m *Measure) Read(v gjson.Result) (reading city.Reading, there bool, err error) {
	found := m.Path.In(v)
	if !loose.There(found) {
		return city.Reading{}, false, nil
	}
	f, err := loose.Number(found)
	if err != nil {
		return city.Reading{}, false, err
	}
	f = f*m.scale + m.offset
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return city.Reading{}, false, errNotFinite
	}
	return city.Reading{Metric: m.Metric, Value: f}, true, nil
}
