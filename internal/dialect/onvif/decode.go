package onvif

import (
	"opscenter/internal/city"
	"opscenter/internal/dialect/camera"
	"opscenter/internal/subsystem"
)

// decoder reads the messages of one instance. It is immutable.
type decoder struct {
	settings Settings
	skip     int // levels of a topic before the local topic
	level    int // and before the device, where the topic names it
	rules    map[string]rule
}

// Decode reads one event.
func (d *decoder) Decode(m subsystem.Message) ([]city.Observation, error) {
	e := d.take(&m)
	r, known := d.rules[e.local]
	if err := e.read(m.Payload); err != nil && known {
		return nil, err
	}
	observations := make([]city.Observation, 1)
	o := &observations[0]
	o.Kind, o.External, o.ObservedAt = id, d.external(e, r.video), e.at
	if e.at.IsZero() {
		o.ObservedAt, o.Undated = m.ReceivedAt, true
	}
	if read := r.reader(e.deleted); read != nil {
		if err := read(e, o); err != nil {
			return nil, err
		}
	}
	if len(o.States)+len(o.Readings) > 0 || o.Event != nil {
		return observations, nil
	}
	if e.local == "" || m.Retained && o.Undated {
		return nil, nil // it may be from long ago, and says nothing
	}
	o.Channel, o.States = camera.LastEvent, []city.State{camera.Note(camera.LastEvent, e.local)}
	return observations, nil
}

// external names the device that an event is of.
func (d *decoder) external(e *event, video bool) string {
	if d.settings.Sources && video {
		if source := e.videoSource(); source != "" {
			return id + ":" + e.device + "/" + source
		}
	}
	return id + ":" + e.device
}
