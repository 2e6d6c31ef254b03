// Package digitraffic is the dialect of Fintraffic's open road data, and of stations that publish as
// it does: traffic measurement stations, road weather stations and traffic messages.
//
// Source: https://www.digitraffic.fi/en/road-traffic/, section "MQTT WebSocket APIs".
package digitraffic

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/subsystem"
)

// ID is what the dialect is called, and the first part of its external ids: digitraffic:tms/23001.
const ID = "digitraffic"

// The feeds that an instance may read.
const (
	TMS      = "tms"      // traffic measurement stations
	Weather  = "weather"  // road weather stations
	Messages = "messages" // traffic messages
)

// Settings are those of an instance.
type Settings struct {
	// Prefix comes before the topics, without a slash at its end; empty as Fintraffic publishes.
	Prefix string `json:"prefix"`

	// Feeds are those to read, of tms, weather and messages. What an instance reads belongs to one
	// subsystem: for the weather in another, configure an instance of its own.
	Feeds []string `json:"feeds"`

	// Sensors adds to the catalogue of sensors by their id, or replaces what it says of one.
	Sensors map[string]Sensor `json:"sensors"`
}

// Dialect returns the dialect.
func Dialect() subsystem.Dialect {
	return subsystem.DefineDialect(ID,
		"Road stations and traffic messages as Fintraffic's Digitraffic publishes them: one number of one "+
			"sensor a message, whose meaning is in a catalogue, and incidents and road works as packed GeoJSON.",
		Settings{}, open)
}

func open(b subsystem.Binding, s Settings) (subsystem.Feed, error) {
	if s.Feeds == nil {
		s.Feeds = []string{TMS, Messages}
	}
	if len(s.Feeds) == 0 {
		return subsystem.Feed{}, errors.New(`settings: "feeds" is empty: there is nothing to read`)
	}
	catalogue, err := newCatalogue(s.Sensors)
	if err != nil {
		return subsystem.Feed{}, err
	}
	prefix := s.Prefix
	if prefix != "" {
		prefix += "/"
	}
	feed := subsystem.Feed{}
	for i, name := range s.Feeds {
		if slices.Contains(s.Feeds[:i], name) {
			return subsystem.Feed{}, fmt.Errorf(`settings: "feeds" has %q twice`, name)
		}
		topics, known := topicsOf(name, prefix)
		if !known {
			return subsystem.Feed{}, fmt.Errorf(`settings: "feeds" has %q, which is none of %q, %q and %q`, name, TMS, Weather, Messages)
		}
		feed.Topics = append(feed.Topics, topics...)
	}
	feed.Metrics = catalogue.metrics(b.Spec, s.Feeds)
	feed.Decoder = &decoder{
		prefix: prefix, catalogue: catalogue,
		flow: b.Spec.Metric(vehicles) != nil && b.Spec.Metric(window) != nil,
	}
	return feed, nil
}

// cadence is how often a station speaks at the least. Fintraffic's publish every minute what has
// changed in it, and some stations measure only every ten.
const cadence = 10 * time.Minute

// The first levels of the topics.
const (
	tmsRoot      = "tms-v2"
	weatherRoot  = "weather-v2"
	messagesRoot = "traffic-message-v3"
)

const kindStatus = "status"

func topicsOf(feed, prefix string) (topics []subsystem.Topic, known bool) {
	station := func(root, what string) []subsystem.Topic {
		return []subsystem.Topic{
			{
				Pattern: prefix + root + "/{station}/{sensor}", Kind: ID, Cadence: cadence,
				Doc: "One number that a sensor of a " + what + " measured: value and time; the catalogue says what it means.",
			},
			{
				Pattern: prefix + root + "/status", Kind: kindStatus,
				Doc: "When the publisher last had news. It speaks of no station, and is ignored.",
			},
		}
	}
	switch feed {
	case TMS:
		return station(tmsRoot, "traffic measurement station"), true
	case Weather:
		return station(weatherRoot, "road weather station"), true
	case Messages:
		return []subsystem.Topic{{
			Pattern: prefix + messagesRoot + "/simple/{type}", Kind: kindIncident, EventOnly: true,
			Doc: "An incident, road work or restriction: a GeoJSON Feature, packed with gzip and written in base64.",
		}}, true
	}
	return nil, false
}

// decoder reads the feeds of one instance.
type decoder struct {
	prefix    string
	catalogue catalogue
	flow      bool // the subsystem knows flow messages
}

// Decode turns a message into at most one observation.
func (d *decoder) Decode(m subsystem.Message) ([]city.Observation, error) {
	root, rest, _ := strings.Cut(strings.TrimPrefix(m.Topic, d.prefix), "/")
	if m.Kind == kindStatus {
		return nil, nil
	}
	var o city.Observation
	var err error
	switch root {
	case tmsRoot:
		o, err = d.reading(&m, TMS, rest)
	case weatherRoot:
		o, err = d.reading(&m, Weather, rest)
	case messagesRoot:
		o, err = message(&m)
	default:
		err = fmt.Errorf("%w: topic %.128q is not this dialect's", subsystem.ErrPayload, m.Topic)
	}
	if err != nil {
		return nil, err
	}
	return []city.Observation{o}, nil
}
