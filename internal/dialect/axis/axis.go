// Package axis is the dialect of Axis cameras: the events of the camera's own MQTT client, its
// connection status, and the counts of the camera application DataQ. README.md says what is read and
// how.
package axis

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"opscenter/internal/dialect/camera"
	"opscenter/internal/subsystem"
)

// id is the dialect's, the first part of external ids, and the kind of what cameras say.
const id = "axis"

// cadence is how often a camera is expected to be heard. Its last will tells that it is gone, and
// events are told when something changes, which may not be for days.
const cadence = 24 * time.Hour

// Settings are those of one instance.
type Settings struct {
	// Prefix is the prefix of the conditions' topics, with {device} where the serial number stands.
	Prefix string `json:"prefix"`

	// Device is the serial number where Prefix has no {device}; empty: it is in the payload, as serial.
	Device string `json:"device"`

	// Connection is the topic of the connection status; {prefix} stands for Prefix. Empty: there is none.
	Connection string `json:"connection"`

	// Online and Offline are the whole payloads of the connection status, where they are not JSON.
	Online  string `json:"online"`
	Offline string `json:"offline"`

	// Disks are the ids of the disks that count; empty: all.
	Disks []string `json:"disks"`

	// TamperingEvent says that these cameras tell of tampering once and never of its end.
	TamperingEvent bool `json:"tampering_event"`

	// DataQ reads the camera application of that name, under DataQPrefix.
	DataQ       bool   `json:"dataq"`
	DataQPrefix string `json:"dataq_prefix"`
}

// Dialect returns the dialect.
func Dialect() subsystem.Dialect {
	return subsystem.DefineDialect(id,
		"Axis cameras over their own MQTT client: connection, storage, tampering, temperature, analytics; counts of the application DataQ.",
		Settings{Prefix: "axis/{device}/event", Connection: "{prefix}/connection", DataQPrefix: "dataq"}, open)
}

// The kinds of topics. Observations are of kind id whatever their topic's.
const (
	kindConnection = "axis_connection"
	kindConnect    = "axis_dataq_connect"
	kindOccupancy  = "axis_dataq_occupancy"
)

func open(b subsystem.Binding, s Settings) (subsystem.Feed, error) {
	if err := s.check(); err != nil {
		return subsystem.Feed{}, err
	}
	s.Connection = strings.ReplaceAll(s.Connection, "{prefix}", s.Prefix)
	d := &decoder{settings: s, skip: strings.Count(s.Prefix, "/") + 1, rules: rules(&s)}
	for _, m := range metrics() {
		d.classes = append(d.classes, m.Name)
	}
	if s.Connection != "" {
		pattern, err := subsystem.ParsePattern(s.Connection, b.Root)
		if err != nil {
			return subsystem.Feed{}, fmt.Errorf(`setting "connection": %w`, err)
		}
		d.connection = &pattern
	}
	feed := subsystem.Feed{Topics: s.topics(), Decoder: d, States: states()}
	if s.DataQ {
		feed.Metrics = metrics()
	}
	return feed, nil
}

func (s *Settings) check() error {
	switch {
	case s.Prefix == "":
		return errors.New(`setting "prefix" is empty`)
	case s.Device != "" && strings.Contains("/"+s.Prefix+"/", "/{device}/"):
		return fmt.Errorf(`setting "device": %q, but {device} in "prefix" names it`, s.Device)
	case (s.Online == "") != (s.Offline == ""):
		return errors.New(`settings "online" and "offline": want both or neither`)
	case s.Online != "" && s.Online == s.Offline:
		return fmt.Errorf(`settings "online" and "offline" are both %q`, s.Online)
	case s.DataQ && s.DataQPrefix == "":
		return errors.New(`setting "dataq_prefix" is empty`)
	}
	return nil
}

// topics returns what the instance owns. A connection status below the prefix is among its events.
func (s *Settings) topics() []subsystem.Topic {
	topics := []subsystem.Topic{{
		Pattern: s.Prefix + "/#", Kind: id, Cadence: cadence,
		Doc: "Conditions of the camera's event system, each under its own path.",
	}}
	if s.Connection != "" && !strings.HasPrefix(s.Connection, s.Prefix+"/") {
		topics = append(topics, subsystem.Topic{
			Pattern: s.Connection, Kind: kindConnection, Cadence: cadence,
			Doc: "Whether the camera is connected; its birth and its last will.",
		})
	}
	if s.DataQ {
		topics = append(topics, subsystem.Topic{
			Pattern: s.DataQPrefix + "/connect/{device}", Kind: kindConnect, Cadence: cadence,
			Doc: "Whether the application DataQ is connected, retained, and which camera it runs on.",
		}, subsystem.Topic{
			Pattern: s.DataQPrefix + "/occupancy/{device}", Kind: kindOccupancy, Cadence: cadence,
			Doc: "How many objects of each class the application DataQ sees.",
		})
	}
	return topics
}

func states() []subsystem.State {
	storage := []string{camera.StorageFailed, camera.StorageDisrupted}
	list := camera.States(storage...)
	for _, d := range disks() {
		list = append(list, d.States(storage...)...)
	}
	list = append(list, camera.States(
		camera.Tampered, camera.Overheated, camera.SignalLost, camera.SceneChanged, camera.FanFailed, camera.PowerFailed)...)
	list = append(list, hardware().States(camera.StorageFailed, camera.Overheated)...)
	return append(list, camera.Notes(camera.Motion, camera.Scenario, camera.LastEvent)...)
}
