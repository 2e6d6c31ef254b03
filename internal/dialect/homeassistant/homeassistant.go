// Package homeassistant is the dialect of Home Assistant's MQTT discovery: what bridges and devices say
// of themselves so that somebody may use them. Nothing in it is measured; it names devices to adopt.
//
// Source: https://www.home-assistant.io/integrations/mqtt/#mqtt-discovery
package homeassistant

import (
	"errors"
	"strings"

	"opscenter/internal/city"
	"opscenter/internal/subsystem"
)

// ID is what the dialect is called, and the first part of its external ids:
// homeassistant:zigbee2mqtt_0x00158d0001a2b3c4.
const ID = "homeassistant"

// Settings are those of an instance.
type Settings struct {
	// Prefix is the first level, or levels, of discovery topics.
	Prefix string `json:"prefix"`
}

// Dialect returns the dialect.
func Dialect() subsystem.Dialect {
	return subsystem.DefineDialect(ID,
		"Devices that announce themselves by Home Assistant's MQTT discovery, as Zigbee2MQTT, Tasmota, ESPHome and "+
			"others do. They are shown as discovered, with name, maker and model, until somebody registers them.",
		Settings{Prefix: "homeassistant"}, open)
}

func open(_ subsystem.Binding, s Settings) (subsystem.Feed, error) {
	if s.Prefix == "" {
		return subsystem.Feed{}, errors.New(`settings: "prefix" is empty: discovery would read every topic`)
	}
	return subsystem.Feed{
		Topics: []subsystem.Topic{{
			Pattern: s.Prefix + "/#", Kind: ID,
			Doc: "PREFIX/COMPONENT/[NODE/]OBJECT/config, retained: a device and one thing that it can do, or with the " +
				"component device all of them. An empty payload takes it back. Other topics are ignored.",
		}},
		Decoder: &decoder{prefix: s.Prefix + "/", heard: newMemory()},
	}, nil
}

// decoder reads the discovery of one instance. It remembers which topic spoke of which device, since
// the empty message that takes a topic back names none.
type decoder struct {
	prefix string
	heard  *memory
}

// Decode turns a message into at most one observation, an announcement.
func (d *decoder) Decode(m subsystem.Message) ([]city.Observation, error) {
	at, ok := parseTopic(strings.TrimPrefix(m.Topic, d.prefix))
	if !ok {
		return nil, nil
	}
	var identity string
	var a *city.Announcement
	if len(m.Payload) == 0 {
		var gone bool
		if identity, gone = d.heard.withdraw(m.Topic); !gone {
			return nil, nil
		}
		a = &city.Announcement{Withdrawn: true}
	} else {
		c, err := readConfig(m.Payload, at.component)
		if err != nil || c.migrates {
			return nil, err
		}
		identity, a = c.identity(at), c.announcement()
		d.heard.announce(m.Topic, identity)
	}
	return []city.Observation{{
		Kind: ID, External: ID + ":" + identity, Announcement: a, ObservedAt: m.ReceivedAt, Undated: true,
	}}, nil
}

// place is what a discovery topic says.
type place struct {
	component string // sensor, binary_sensor, camera, …; device for all of a device's components
	object    string // [node/]object
}

// parseTopic parses COMPONENT/[NODE/]OBJECT/config. It reports false for any other topic: Home
// Assistant's own status, and states that are published below the same prefix.
func parseTopic(rest string) (p place, ok bool) {
	rest, ok = strings.CutSuffix(rest, "/config")
	if !ok {
		return place{}, false
	}
	p.component, p.object, ok = strings.Cut(rest, "/")
	node, object, nested := strings.Cut(p.object, "/")
	if !ok || p.component == "" || node == "" || (nested && (object == "" || strings.Contains(object, "/"))) {
		return place{}, false
	}
	return p, true
}
