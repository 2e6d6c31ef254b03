package mapped

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"opscenter/internal/city"
	"opscenter/internal/dialect/loose"
	"opscenter/internal/dialect/mapping"
)

// clock reads the time of a message.
type clock struct {
	path mapping.Path
	read func(v gjson.Result) (time.Time, error)
}

// newClock returns the clock that settings describe, or nil for none.
func newClock(t *Time, civic *time.Location) (*clock, error) {
	if t == nil {
		return nil, nil //nolint:nilnil // a message may have no time, which is no error
	}
	zone := civic
	if t.Zone != "" {
		var err error
		if zone, err = time.LoadLocation(t.Zone); err != nil {
			return nil, fmt.Errorf("time: zone %q: %w", t.Zone, err)
		}
	}
	c := &clock{path: t.Path}
	switch t.Format {
	case "":
		c.read = func(v gjson.Result) (time.Time, error) { return loose.Time(v, zone) }
	case "rfc3339":
		c.read = func(v gjson.Result) (time.Time, error) { return parse(v, time.UTC, time.RFC3339Nano) }
	case "local":
		c.read = func(v gjson.Result) (time.Time, error) { return parse(v, zone, "2006-01-02T15:04:05", time.DateTime) }
	case "unix":
		c.read = func(v gjson.Result) (time.Time, error) { return sinceEpoch(v, 1) }
	case "unix_ms":
		c.read = func(v gjson.Result) (time.Time, error) { return sinceEpoch(v, 1e3) }
	default:
		if !strings.Contains(t.Format, "2006") {
			return nil, fmt.Errorf("time: format %q: want rfc3339, unix, unix_ms, local, or a layout with the year 2006", t.Format)
		}
		c.read = func(v gjson.Result) (time.Time, error) { return parse(v, zone, t.Format) }
	}
	return c, nil
}

// date gives an observation the time of its message, if there is one.
func (c *clock) date(v gjson.Result, o *city.Observation) error {
	if c == nil {
		return nil
	}
	found := c.path.In(v)
	if !loose.There(found) {
		return nil
	}
	at, err := c.read(found)
	if err != nil {
		return fmt.Errorf("time %q: %w", c.path, err)
	}
	o.ObservedAt, o.Undated = at, false
	return nil
}

func parse(v gjson.Result, zone *time.Location, layouts ...string) (time.Time, error) {
	text := strings.TrimSpace(v.String())
	for _, layout := range layouts {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return loose.Plausible(t.UTC())
		}
	}
	return time.Time{}, fmt.Errorf("%.64q is not a time like %s", text, layouts[0])
}

// maxSeconds is far beyond every plausible time, and far below what an int64 of nanoseconds holds.
const maxSeconds = 8e9

func sinceEpoch(v gjson.Result, perSecond float64) (time.Time, error) {
	f, err := loose.Number(v)
	if err != nil {
		return time.Time{}, err
	}
	seconds, part := math.Modf(f / perSecond)
	if math.Abs(seconds) > maxSeconds {
		return time.Time{}, fmt.Errorf("%v is not a time", f)
	}
	return loose.Plausible(time.Unix(int64(seconds), int64(math.Round(part*1e6))*1e3).UTC())
}
