package subsystem

import "slices"

// Computed returns the indicators as ones that the center computes of the cases that it follows, for
// the civic day.
func Computed(indicators ...Indicator) []Indicator {
	computed := slices.Clone(indicators)
	for i := range computed {
		computed[i].Period, computed[i].Computed = Daily, true
	}
	return computed
}
