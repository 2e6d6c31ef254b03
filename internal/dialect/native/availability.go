package native

import (
	"bytes"
	"errors"

	"opscenter/internal/city"
	"opscenter/internal/subsystem"
)

// availability reads what a device's last will says. It has no time of its own.
type availability struct{}

func (availability) describe(*subsystem.Spec) *subsystem.Payload {
	return &subsystem.Payload{ContentType: subsystem.Text, Schema: subsystem.Schema{
		Type: "string", Enum: []string{city.Online, city.Offline},
	}}
}

func (availability) read(m *subsystem.Message, o *city.Observation) error {
	state := city.State{Name: city.AvailabilityState}
	switch string(bytes.TrimSpace(m.Payload)) {
	case city.Online:
		state.Value = city.Online
	case city.Offline:
		state.Value = city.Offline
	default:
		return errors.New("availability: want the plain text online or offline")
	}
	o.ObservedAt, o.Undated = m.ReceivedAt, true
	o.States = []city.State{state}
	return nil
}
