package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"
)

// Duration is a length of time in a configuration file, written with its unit: 90s, 15m, 24h. A bare
// number would leave the unit to be guessed.
type Duration time.Duration

// UnmarshalJSON reads a duration; anything else is an error that says what is wanted.
func (d *Duration) UnmarshalJSON(data []byte) error {
	var s string
	if err := json.Unmarshal(data, &s); err != nil {
		return fmt.Errorf("%s is no duration with its unit, such as 60s", data)
	}
	parsed, err := time.ParseDuration(s)
	if err != nil || parsed < 0 {
		return fmt.Errorf("%q is no duration of 0 or more, such as 60s", s)
	}
	*d = Duration(parsed)
	return nil
}

// strictly reads what a key of the file holds into a structure. A key that the structure does not have
// is an error that names it.
func strictly(key string, raw, into any) error {
	if raw == nil {
		return nil
	}
	encoded, err := json.Marshal(raw)
	if err != nil {
		return fmt.Errorf("%s: %w", key, err)
	}
	decoder := json.NewDecoder(bytes.NewReader(encoded))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("%s: %w", key, err)
	}
	return nil
}
