package subsystemtest_test

import "unsafe"

// alias returns a string that shares the memory of b, as a decoder must not.
func alias(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
