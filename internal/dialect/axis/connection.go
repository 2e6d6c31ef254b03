package axis

import (
	"bytes"
	"fmt"

	"github.com/tidwall/gjson"

	"opscenter/internal/city"
	"opscenter/internal/dialect/loose"
	"opscenter/internal/subsystem"
)

// connected reads the camera's connection status: its birth, or its last will.
func (d *decoder) connected(m *subsystem.Message, device string) ([]city.Observation, error) {
	online, inPayload, err := d.status(m.Payload)
	if err != nil {
		return nil, err
	}
	serial, err := d.serial(device, inPayload)
	if err != nil {
		return nil, err
	}
	return []city.Observation{available(m, serial, online)}, nil
}

// status reads a payload that says whether the camera is connected, in the configured words or in
// JSON, and the serial number in it, if any.
func (d *decoder) status(payload []byte) (online bool, serial string, err error) {
	if d.settings.Online != "" {
		switch word := string(bytes.TrimSpace(payload)); word {
		case d.settings.Online:
			return true, "", nil
		case d.settings.Offline:
			return false, "", nil
		}
		return false, "", fmt.Errorf("%w: want %q or %q", subsystem.ErrPayload, d.settings.Online, d.settings.Offline)
	}
	object, err := loose.Object(payload)
	if err != nil {
		return false, "", err
	}
	online, err = linked(object)
	return online, member(object, "serial").Str, err
}

// linked reads the item connected of an object.
func linked(object gjson.Result) (bool, error) {
	v := member(object, "connected")
	if !loose.There(v) {
		return false, loose.Field("connected", loose.ErrMissing)
	}
	online, err := loose.Bool(v)
	return online, loose.Field("connected", err)
}

// available observes the availability of a camera. It bears no time of its own: the broker sends the
// last will long after it was written.
func available(m *subsystem.Message, serial string, online bool) city.Observation {
	value := city.Offline
	if online {
		value = city.Online
	}
	return city.Observation{
		Kind: id, Channel: city.AvailabilityState, External: id + ":" + serial,
		ObservedAt: m.ReceivedAt, Undated: true,
		States: []city.State{{Name: city.AvailabilityState, Value: value}},
	}
}
