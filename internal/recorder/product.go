package recorder

import (
	"slices"

	"opscenter/internal/city"
	"opscenter/internal/subsystem"
)

// products are those that the weighted means of locations need, by the messages that they are made of.
type products map[messageKind][]subsystem.Aggregate

type messageKind struct{ subsystem, kind string }

func productsOf(specs []subsystem.Spec) products {
	p := products{}
	for i := range specs {
		for _, a := range specs[i].Aggregates {
			if a.Method == subsystem.WeightedMean {
				of := messageKind{specs[i].ID, a.Kind}
				p[of] = append(p[of], a)
			}
		}
	}
	return p
}

// with returns the readings of o and after them the products of those that it has both factors of.
func (p products) with(o *city.Observation) []city.Reading {
	readings := o.Readings
	for _, a := range p[messageKind{o.Subsystem, o.Kind}] {
		value, weight := find(o.Readings, a.Value), find(o.Readings, a.Weight)
		if value != nil && weight != nil {
			readings = append(slices.Clip(readings), city.Reading{Metric: a.Product(), Value: value.Value * weight.Value})
		}
	}
	return readings
}

func find(readings []city.Reading, metric string) *city.Reading {
	if i := slices.IndexFunc(readings, func(r city.Reading) bool { return r.Metric == metric }); i >= 0 {
		return &readings[i]
	}
	return nil
}
