package notify

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Section is what the configuration file says of notifications, key by key, in JSON; nil where it says
// nothing.
type Section struct {
	Channels  json.RawMessage // a list
	Routes    json.RawMessage // a list
	Calendars json.RawMessage // a map by name
}

// ChannelConfig is a channel as configured.
type ChannelConfig struct {
	Name     string          `json:"name"`
	Kind     string          `json:"kind"`
	Settings json.RawMessage `json:"settings"`

	Timeout     duration `json:"timeout"`       // of one attempt
	GiveUpAfter duration `json:"give_up_after"` // since the message was made
}

// Config is the configuration of notifications, read and checked.
type Config struct {
	Channels []Opened
	Routing  Routing
}

// Opened is a channel that can be used.
type Opened struct {
	Name        string
	Kind        string
	Channel     Channel
	Timeout     time.Duration
	GiveUpAfter time.Duration
}

// Read reads the section strictly and opens its channels. Its error names every fault and its place.
func Read(s Section, factories []Factory, e Environment) (*Config, error) {
	byKind, err := registry(factories)
	if err != nil {
		return nil, err
	}
	c := &Config{Routing: Routing{Zone: e.Zone, Calendars: make(map[string]Calendar)}}
	if c.Routing.Zone == nil {
		c.Routing.Zone = time.UTC
	}
	return c, errors.Join(c.readChannels(s.Channels, byKind, e), c.readCalendars(s.Calendars), c.readRoutes(s.Routes))
}

func (c *Config) readChannels(raw json.RawMessage, byKind map[string]Factory, e Environment) error {
	return eachOf("channels", raw, func(item json.RawMessage) (string, error) {
		in := ChannelConfig{Timeout: duration(30 * time.Second), GiveUpAfter: duration(24 * time.Hour)}
		if err := decodeStrictly(item, &in); err != nil {
			return in.Name, err
		}
		factory, known := byKind[in.Kind]
		switch {
		case !isName(in.Name):
			return "", fmt.Errorf("name: %q is no name such as duty-phone", in.Name)
		case slices.ContainsFunc(c.Channels, func(o Opened) bool { return o.Name == in.Name }):
			return in.Name, errors.New("name: another channel has it")
		case !known:
			return in.Name, fmt.Errorf("kind: %q is none of %s", in.Kind, strings.Join(slices.Sorted(maps.Keys(byKind)), ", "))
		case time.Duration(in.Timeout) < time.Second:
			return in.Name, errors.New("timeout: it is shorter than 1s")
		}
		opened, err := factory.Open(e, in.Settings)
		if err != nil {
			return in.Name, err
		}
		c.Channels = append(c.Channels, Opened{
			Name: in.Name, Kind: in.Kind, Channel: opened, Timeout: time.Duration(in.Timeout), GiveUpAfter: time.Duration(in.GiveUpAfter),
		})
		return in.Name, nil
	})
}

func (c *Config) readCalendars(raw json.RawMessage) error {
	if len(raw) == 0 {
		return nil
	}
	var byName map[string]json.RawMessage
	if err := json.Unmarshal(raw, &byName); err != nil {
		return errors.New("calendars: want a map from name to days, from and to")
	}
	var faults []error
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		var calendar Calendar
		err := decodeStrictly(byName[name], &calendar)
		if err == nil {
			err = calendar.check()
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("calendars: %s: %w", name, err))
		}
		c.Routing.Calendars[name] = calendar
	}
	return errors.Join(faults...)
}

func (c *Config) readRoutes(raw json.RawMessage) error {
	return eachOf("routes", raw, func(item json.RawMessage) (string, error) {
		r := defaultRoute()
		if err := decodeStrictly(item, &r); err != nil {
			return r.Name, err
		}
		faults := []error{r.check()}
		if !isName(r.Name) {
			faults = append(faults, fmt.Errorf("name: %q is no name such as duty-night", r.Name))
		}
		if slices.ContainsFunc(c.Routing.Routes, func(o Route) bool { return o.Name == r.Name }) {
			faults = append(faults, errors.New("name: another route has it"))
		}
		if _, known := c.Routing.Calendars[r.During]; r.During != "" && !known {
			faults = append(faults, fmt.Errorf("during: there is no calendar %q", r.During))
		}
		for _, name := range r.Channels {
			if c.channel(name) == nil {
				faults = append(faults, fmt.Errorf("channels: there is no channel %q", name))
			}
		}
		c.Routing.Routes = append(c.Routing.Routes, r)
		return r.Name, errors.Join(faults...)
	})
}

// eachOf reads a list item by item. read returns the name of the item, if it got that far.
func eachOf(key string, raw json.RawMessage, read func(json.RawMessage) (string, error)) error {
	if len(raw) == 0 {
		return nil
	}
	var items []json.RawMessage
	if err := json.Unmarshal(raw, &items); err != nil {
		return fmt.Errorf("%s: want a list", key)
	}
	var faults []error
	for i, item := range items {
		name, err := read(item)
		if err == nil {
			continue
		}
		place := fmt.Sprintf("%s[%d]", key, i)
		if name != "" {
			place += " (" + name + ")"
		}
		for fault := range strings.SplitSeq(err.Error(), "\n") {
			faults = append(faults, fmt.Errorf("%s: %s", place, fault))
		}
	}
	return errors.Join(faults...)
}

func (c *Config) channel(name string) *Opened {
	for i := range c.Channels {
		if c.Channels[i].Name == name {
			return &c.Channels[i]
		}
	}
	return nil
}

// Mailer returns the first channel that can send any mail, or nil.
func (c *Config) Mailer() Mailer {
	for i := range c.Channels {
		if m, can := c.Channels[i].Channel.(Mailer); can {
			return m
		}
	}
	return nil
}

// isName reports whether a text is a slug, as ids are.
func isName(s string) bool {
	const letters = "abcdefghijklmnopqrstuvwxyz0123456789"
	return len(s) <= 64 && strings.Trim(s, letters+"_.-") == "" && s != "" && strings.ContainsRune(letters, rune(s[0]))
}
