package axis

import (
	"fmt"
	"hash/fnv"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/dialect/camera"
	"opscenter/internal/dialect/loose"
	"opscenter/internal/subsystem"
)

// decoder reads the messages of one instance. It is immutable.
type decoder struct {
	settings   Settings
	skip       int                // levels of the prefix
	connection *subsystem.Pattern // nil: there is none
	rules      map[string]reader
	classes    []string // readings of DataQ's counts
}

// Decode reads one message. An empty one is a retained message that somebody removed from the broker,
// and not the camera's.
func (d *decoder) Decode(m subsystem.Message) ([]city.Observation, error) {
	if len(m.Payload) == 0 {
		return nil, nil
	}
	switch m.Kind {
	case kindConnect:
		return d.connect(&m)
	case kindOccupancy:
		return d.occupancy(&m)
	}
	if d.connection != nil {
		if _, device, ok := d.connection.Match(m.Topic); ok {
			return d.connected(&m, device)
		}
	}
	return d.event(&m)
}

// event reads a condition.
func (d *decoder) event(m *subsystem.Message) ([]city.Observation, error) {
	e := &event{}
	e.locate(camera.Below(m.Topic, d.skip))
	unread := e.read(m.Payload)
	read := d.rule(e.path)
	var t told
	if read != nil {
		if unread != nil {
			return nil, unread
		}
		var err error
		if t, err = read(e); err != nil {
			return nil, err
		}
	}
	if t == (told{}) {
		if e.path == "" || m.Retained && e.at.IsZero() {
			return nil, nil // it may be from long ago, and says nothing
		}
		t = told{channel: camera.LastEvent, state: camera.Note(camera.LastEvent, e.path)}
	}
	serial, err := d.serial(m.Device, e.serial)
	if err != nil {
		return nil, err
	}
	o := observe(m, serial, e.at)
	o.Channel = t.channel
	if t.event != nil {
		t.event.ID = identify(&o, t.event.Type, m.Topic)
		o.Event = t.event
	} else {
		o.States = []city.State{t.state}
	}
	return []city.Observation{o}, nil
}

// observe begins an observation of a camera; one without a time bears that of its receipt.
func observe(m *subsystem.Message, serial string, at time.Time) city.Observation {
	o := city.Observation{Kind: id, External: id + ":" + serial, ObservedAt: at}
	if at.IsZero() {
		o.ObservedAt, o.Undated = m.ReceivedAt, true
	}
	return o
}

// serial returns the serial number of the camera that a message is of: the topic's, the settings', or
// the payload's.
func (d *decoder) serial(inTopic, inPayload string) (string, error) {
	for _, serial := range []string{inTopic, d.settings.Device, inPayload} {
		if serial != "" {
			return serial, nil
		}
	}
	return "", loose.Field("serial", loose.ErrMissing)
}

// identify makes the id of an event, the same for every delivery.
func identify(o *city.Observation, what, topic string) string {
	h := fnv.New64a()
	_, _ = fmt.Fprintf(h, "%s\x00%s\x00%d", o.External, topic, o.ObservedAt.UnixNano())
	return fmt.Sprintf("%s-%016x", what, h.Sum64())
}
