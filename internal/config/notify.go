package config

import (
	"encoding/json"
	"errors"
	"fmt"
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
	encoded, err := json.Marshal(raw)
	if err != nil {
		return fmt.Errorf("%s: %w", key, err)
	}
	*into = encoded
	return nil
}
