package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// The keys of the file that say whom to tell of alarms.
const (
	channelsKey  = "channels"
	routesKey    = "routes"
	calendarsKey = "calendars"
)

// Notify says whom to tell of alarms, in JSON, nil where the file says nothing. What it means
// internal/notify says.
type Notify struct {
	Channels  json.RawMessage // a list
	Routes    json.RawMessage // a list
	Calendars json.RawMessage // a map by name
}

func (n *Notify) take(taken func(key string) any) error {
	return errors.Join(
		takeRaw[[]any](channelsKey, "a list", taken(channelsKey), &n.Channels),
		takeRaw[[]any](routesKey, "a list", taken(routesKey), &n.Routes),
		takeRaw[map[string]any](calendarsKey, "a map", taken(calendarsKey), &n.Calendars),
	)
}

// takeRaw takes a value for others to read, as long as it is of the right kind.
func takeRaw[T any](key, want string, raw any, into *json.RawMessage) error {
	if raw == nil {
		return nil
	}
	if _, fits := raw.(T); !fits {
		return fmt.Errorf("%s: want %s, have %s", key, want, kindOf(raw))
	}
	encoded, err := json.Marshal(undated(raw))
	if err != nil {
		return fmt.Errorf("%s: %w", key, err)
	}
	*into = encoded
	return nil
}

// undated gives dates that are keys back the form in which they were written: YAML takes a bare
// 2026-09-02 for a time, and the loader makes a key of that in the words of time.Time.
func undated(value any) any {
	switch v := value.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, inner := range v {
			out[strings.TrimSuffix(key, " 00:00:00 +0000 UTC")] = undated(inner)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, inner := range v {
			out[i] = undated(inner)
		}
		return out
	}
	return value
}
