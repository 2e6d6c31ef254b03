package subsystem

import (
	"fmt"
	"slices"
)

// Threshold is how an operator judges a metric, in the place of its Spec. What is nil stays as it is.
type Threshold struct {
	Subsystem string
	Metric    string
	Warning   *float64
	Critical  *float64
	DeadBand  *float64
}

// override changes how a metric is judged.
func (s *Set) override(t *Threshold) error {
	o := s.byID[t.Subsystem]
	if o == nil {
		return fmt.Errorf("threshold: there is no subsystem %q", t.Subsystem)
	}
	o.Spec.Metrics = slices.Clone(o.Spec.Metrics) // the factory's own stay
	m := o.Spec.Metric(t.Metric)
	switch {
	case m == nil:
		return fmt.Errorf("threshold: subsystem %q has no metric %q", t.Subsystem, t.Metric)
	case m.Reason == "":
		return fmt.Errorf("threshold: metric %q of subsystem %q is not judged", t.Metric, t.Subsystem)
	}
	if t.Warning != nil {
		m.Warning = t.Warning
	}
	if t.Critical != nil {
		m.Critical = t.Critical
	}
	if t.DeadBand != nil {
		m.DeadBand = *t.DeadBand
	}
	if err := o.Spec.Check(); err != nil {
		return fmt.Errorf("threshold: %w", err)
	}
	return nil
}
