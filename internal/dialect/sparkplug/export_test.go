package sparkplug

import "opscenter/internal/subsystem"

// Bound sets how much the decoder of a feed may remember.
func Bound(d subsystem.Decoder, most int) {
	d.(*decoder).births.most = most //nolint:forcetypeassert // no other decoder comes here
}
