package native

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Values of devices whose format is not ours come in whatever type their makers chose. The
// functions below take any of them; the center's own format is strict.

// LooseNumber reads a finite number from a JSON number, a number in a string, or a boolean, which
// is 1 or 0.
func LooseNumber(raw json.RawMessage) (float64, error) {
	switch text := bare(raw); text {
	case "true":
		return 1, nil
	case "false":
		return 0, nil
	default:
		f, err := strconv.ParseFloat(text, 64)
		if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
			return 0, fmt.Errorf("%.64q is not a finite number", text)
		}
		return f, nil
	}
}

// LooseBool reads a boolean from JSON true and false, from a number, which is true unless 0, or
// from a word that people use for either.
func LooseBool(raw json.RawMessage) (bool, error) {
	text := bare(raw)
	switch strings.ToLower(text) {
	case "true", "on", "yes", "active":
		return true, nil
	case "false", "off", "no", "inactive":
		return false, nil
	}
	f, err := LooseNumber(raw)
	if err != nil {
		return false, fmt.Errorf("%.64q is neither true nor false", text)
	}
	return f != 0, nil
}

// LooseText reads a text from a JSON string, number or boolean.
func LooseText(raw json.RawMessage) (string, error) {
	text := strings.TrimSpace(string(raw))
	if text == "" || text == "null" || text[0] == '{' || text[0] == '[' {
		return "", fmt.Errorf("%.64q is not a text", text)
	}
	return bare(raw), nil
}

// LooseTime reads a time in RFC 3339, in seconds or milliseconds since 1970 as a number or in a
// string, or without an offset, which is then that of zone. Seconds and milliseconds are told apart
// by size: 1e11 seconds are in the year 5138, 1e11 milliseconds in 1973.
func LooseTime(raw json.RawMessage, zone *time.Location) (time.Time, error) {
	text := bare(raw)
	if f, err := strconv.ParseFloat(text, 64); err == nil {
		return sinceEpoch(f)
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02 15:04:05Z07:00"} {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return plausible(t.UTC())
		}
	}
	return time.Time{}, fmt.Errorf("%.64q is not a time", text)
}

func sinceEpoch(f float64) (time.Time, error) {
	if math.Abs(f) >= 1e11 {
		f /= 1e3
	}
	if !(math.Abs(f) < 1e11) {
		return time.Time{}, fmt.Errorf("%v is not a time", f)
	}
	whole, part := math.Modf(f)
	return plausible(time.Unix(int64(whole), int64(math.Round(part*1e6))*1e3).UTC())
}

// bare returns the characters of a string, or any other value as it is written.
func bare(raw json.RawMessage) string {
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		return strings.TrimSpace(string(raw))
	}
	return strings.TrimSpace(text)
}
