// Package reference says what the subsystems and dialects are, from what they declare: documents for
// people in Markdown, and the description of all topics in AsyncAPI. Its functions are pure.
package reference

import (
	"strconv"
	"strings"
	"time"
)

// Duration says a length of time in its largest unit that leaves no remainder: 90 s, 5 min, 1 h, 30 d.
func Duration(d time.Duration) string {
	for _, u := range []struct {
		name string
		size time.Duration
	}{{"d", 24 * time.Hour}, {"h", time.Hour}, {"min", time.Minute}, {"s", time.Second}, {"ms", time.Millisecond}} {
		if d >= u.size && d%u.size == 0 {
			return strconv.FormatInt(int64(d/u.size), 10) + " " + u.name
		}
	}
	return d.String()
}

// plain writes a number without an exponent and with no more places than it has.
func plain(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// withUnit writes a number with its unit, if it has one.
func withUnit(f float64, unit string) string {
	if unit == "" {
		return plain(f)
	}
	return plain(f) + " " + unit
}

// sentence ends text with a full stop, if it has no end yet.
func sentence(text string) string {
	if text == "" || strings.HasSuffix(text, ".") || strings.HasSuffix(text, "?") {
		return text
	}
	return text + "."
}
