// Package loose reads JSON of devices whose format is not ours: their values come in whatever type
// their makers chose, so a number may be a string, and a time may be anything. The center's own
// format is strict, and has nothing to do with this package.
package loose

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"opscenter/internal/subsystem"
)

// Object reads a payload that must be one JSON object. The result shares nothing with the payload.
// Its error wraps subsystem.ErrPayload.
func Object(payload []byte) (gjson.Result, error) {
	if !gjson.ValidBytes(payload) {
		return gjson.Result{}, fmt.Errorf("%w: not JSON", subsystem.ErrPayload)
	}
	v := gjson.Parse(string(payload))
	if !v.IsObject() {
		return gjson.Result{}, fmt.Errorf("%w: not a JSON object", subsystem.ErrPayload)
	}
	return v, nil
}

// There reports whether a value is there: null counts as absent.
func There(v gjson.Result) bool { return v.Type != gjson.Null }

// Number reads a finite number from a JSON number, a number in a string, or a boolean, which is 1
// or 0.
func Number(v gjson.Result) (float64, error) {
	switch v.Type {
	case gjson.True:
		return 1, nil
	case gjson.False:
		return 0, nil
	case gjson.Number:
		if finite(v.Num) {
			return v.Num, nil
		}
	case gjson.String:
		switch text := strings.TrimSpace(v.Str); text {
		case "true":
			return 1, nil
		case "false":
			return 0, nil
		default:
			if f, err := strconv.ParseFloat(text, 64); err == nil && finite(f) {
				return f, nil
			}
		}
	case gjson.Null, gjson.JSON:
	}
	return 0, fmt.Errorf("%.64q is not a finite number", v.String())
}

func finite(f float64) bool { return !math.IsNaN(f) && !math.IsInf(f, 0) }

// Bool reads a boolean from JSON true and false, from a number, which is true unless 0, or from a
// word that people use for either.
func Bool(v gjson.Result) (bool, error) {
	if v.Type == gjson.String {
		switch strings.ToLower(strings.TrimSpace(v.Str)) {
		case "true", "on", "yes", "active":
			return true, nil
		case "false", "off", "no", "inactive":
			return false, nil
		}
	}
	f, err := Number(v)
	if err != nil {
		return false, fmt.Errorf("%.64q is neither true nor false", v.String())
	}
	return f != 0, nil
}

// Text reads a text from a JSON string, number or boolean.
func Text(v gjson.Result) (string, error) {
	switch v.Type {
	case gjson.String:
		return strings.TrimSpace(v.Str), nil
	case gjson.Number, gjson.True, gjson.False:
		return v.Raw, nil
	case gjson.Null, gjson.JSON:
	}
	return "", fmt.Errorf("%.64q is not a text", v.Raw)
}

// Time reads a time in RFC 3339, in seconds or milliseconds since 1970 as a number or in a string,
// or without an offset, which is then that of zone. Seconds and milliseconds are told apart by size:
// 1e11 seconds are in the year 5138, 1e11 milliseconds in 1973.
func Time(v gjson.Result, zone *time.Location) (time.Time, error) {
	switch v.Type {
	case gjson.Number:
		return sinceEpoch(v.Num)
	case gjson.String:
		text := strings.TrimSpace(v.Str)
		if !strings.Contains(text, ":") { // a clock has one, a number does not
			if f, err := strconv.ParseFloat(text, 64); err == nil {
				return sinceEpoch(f)
			}
		}
		for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02 15:04:05Z07:00"} {
			if t, err := time.ParseInLocation(layout, text, zone); err == nil {
				return Plausible(t.UTC())
			}
		}
	case gjson.Null, gjson.True, gjson.False, gjson.JSON:
	}
	return time.Time{}, fmt.Errorf("%.64q is not a time", v.String())
}

func sinceEpoch(f float64) (time.Time, error) {
	if math.Abs(f) >= 1e11 {
		f /= 1e3
	}
	if !(math.Abs(f) < 1e11) {
		return time.Time{}, fmt.Errorf("%v is not a time", f)
	}
	whole, part := math.Modf(f)
	return Plausible(time.Unix(int64(whole), int64(math.Round(part*1e6))*1e3).UTC())
}

// The years between which a device's clock is believed to be a clock, however wrong. They keep
// every time far from where nanoseconds since 1970 overflow.
const (
	firstYear = 1900
	lastYear  = 2200
)

// Plausible returns t, or an error if no clock of a device would say so.
func Plausible(t time.Time) (time.Time, error) {
	if t.Year() < firstYear || t.Year() > lastYear {
		return time.Time{}, fmt.Errorf("%v is not between the years %d and %d", t.Format(time.RFC3339), firstYear, lastYear)
	}
	return t, nil
}

// Field returns an error that wraps subsystem.ErrPayload and names a field; nil stays nil.
func Field(name string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w: field %q: %w", subsystem.ErrPayload, name, err)
}

// ErrMissing is what Field says of a field that must be there.
var ErrMissing = errors.New("it is missing")
