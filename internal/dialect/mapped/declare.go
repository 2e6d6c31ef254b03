package mapped

import (
	"opscenter/internal/subsystem"
)

// declaredStates returns the names of the states that an instance may tell.
func declaredStates(spec *subsystem.Spec, own []State) map[string]bool {
	names := make(map[string]bool, len(spec.States)+len(own))
	for i := range spec.States {
		names[spec.States[i].Name] = true
	}
	for i := range own {
		names[own[i].Name] = true
	}
	return names
}

// metrics returns the declarations as a Spec has them, which is what checks them.
func metrics(own []Metric) []subsystem.Metric {
	all := make([]subsystem.Metric, len(own))
	for i := range own {
		m := &own[i]
		all[i] = subsystem.Metric{
			Name: m.Name, Names: m.Names, Unit: m.Unit, Doc: orElse(m.Doc, m.Names.EN), Facet: m.Facet, Reason: m.Reason,
			Direction: m.Direction, Warning: m.Warning, Critical: m.Critical,
		}
	}
	return all
}

// states returns the declarations as a Spec has them, which is what checks them.
func states(own []State) []subsystem.State {
	all := make([]subsystem.State, len(own))
	for i := range own {
		s := &own[i]
		all[i] = subsystem.State{Name: s.Name, Names: s.Names, Doc: orElse(s.Doc, s.Names.EN), Facet: s.Facet}
		for _, w := range s.Words {
			all[i].Words = append(all[i].Words, subsystem.Word{Value: string(w.Value), Status: w.Status, Reason: w.Reason, Names: w.Names})
		}
	}
	return all
}

func orElse(text, other string) string {
	if text != "" {
		return text
	}
	return other
}
