package camera

import (
	"opscenter/internal/city"
	"opscenter/internal/subsystem"
)

// Part is one of several parts of a camera that each tell of the same condition: a service that
// watches the image, a disk, a fan. Each has a state of its own, so that one that is well does not
// clear what another has found.
type Part struct {
	Suffix string // of the state's name
	Names  city.Names
}

// In returns the name of a condition's state as this part tells it.
func (p Part) In(condition string) string { return condition + "_" + p.Suffix }

// States returns the declarations of conditions as this part tells them. They spoil the same facet
// for the same reason as without it.
func (p Part) States(conditions ...string) []subsystem.State {
	states := States(conditions...)
	for i := range states {
		s := &states[i]
		s.Name = p.In(s.Name)
		s.Names.VI += " (" + p.Names.VI + ")"
		s.Names.EN += " (" + p.Names.EN + ")"
	}
	return states
}
