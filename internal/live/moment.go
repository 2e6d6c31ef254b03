package live

import (
	"math"
	"time"
)

// micros is a time in microseconds since 1970, which is what the database keeps. 0 means never.
type micros int64

// forever is when something happens that never happens.
const forever micros = math.MaxInt64

func microsOf(t time.Time) micros {
	if t.IsZero() {
		return 0
	}
	return micros(t.UnixMicro())
}

func span(d time.Duration) micros { return micros(d.Microseconds()) }

// utc is for what is stored.
func (m micros) utc() time.Time { return time.UnixMicro(int64(m)).UTC() }

// in is for what is shown. It is the zero time, which is left out, for never and forever and for
// years that RFC 3339 has no room for: a device's clock can say anything.
func (m micros) in(zone *time.Location) time.Time {
	if m == 0 || m == forever {
		return time.Time{}
	}
	t := time.UnixMicro(int64(m)).In(zone)
	if y := t.Year(); y < 1 || y > 9999 {
		return time.Time{}
	}
	return t
}

// plus adds a span without running over.
func (m micros) plus(s micros) micros {
	if s >= forever-max(m, 0) {
		return forever
	}
	return m + s
}
