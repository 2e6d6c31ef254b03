// Package reference says what the subsystems and dialects are, from what they declare: documents for
// people in Markdown, and the description of all topics in AsyncAPI. Its functions are pure.
package reference

import (
	"strconv"
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
