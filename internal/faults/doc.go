// Package faults breaks a running center on purpose and looks at what is left: the program killed,
// its database stopped, its broker restarted, its disk full. Its tests run in a short form with the
// others, and in the long form of `make faults` when FAULTS=long is set.
package faults
