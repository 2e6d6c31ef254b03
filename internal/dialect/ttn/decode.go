package ttn

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"opscenter/internal/city"
	"opscenter/internal/dialect/loose"
	"opscenter/internal/dialect/mapping"
	"opscenter/internal/subsystem"
)

// decoder reads uplinks.
type decoder struct {
	measures          []mapping.Measure            // of a device without a profile
	devices           map[string][]mapping.Measure // of those with one
	zeroRSSI, zeroSNR bool
}

// uplink is the fields of a message that are read.
type uplink struct {
	device    gjson.Result
	received  gjson.Result // by the application, which every message has, or else by the network
	said      gjson.Result // uplink_message
	count     gjson.Result
	decoded   gjson.Result
	gateways  gjson.Result
	simulated bool
}

// Decode reads one uplink. Any uplink is a sign of life, even one whose payload nobody could decode.
func (d *decoder) Decode(m subsystem.Message) ([]city.Observation, error) {
	external, err := external(m.Topic, m.Device)
	if err != nil {
		return nil, err
	}
	v, err := loose.Object(m.Payload)
	if err != nil {
		return nil, err
	}
	u := fields(v)
	switch {
	case !u.said.IsObject():
		return nil, loose.Field("uplink_message", loose.ErrMissing)
	case loose.There(u.device) && u.device.String() != m.Device:
		return nil, loose.Field("end_device_ids.device_id", errOtherDevice)
	case u.simulated:
		return nil, nil // somebody tries the payload formatter; the device said nothing
	}
	o := city.Observation{Kind: id, External: external, ObservedAt: m.ReceivedAt, Undated: true}
	if err := date(u.received, &o); err != nil {
		return nil, err
	}
	if err := counter(u.count, &o); err != nil {
		return nil, err
	}
	o.Readings = make([]city.Reading, 0, len(d.measures)+2)
	if err := d.heard(u.gateways, &o); err != nil {
		return nil, err
	}
	if err := d.measured(m.Device, u.decoded, &o); err != nil {
		return nil, err
	}
	if len(o.Readings) == 0 {
		o.States = []city.State{{Name: city.AvailabilityState, Value: city.Online}}
	}
	return []city.Observation{o}, nil
}

const maxID = 64

// external returns the external id of the device that a topic names. Devices are called uniquely
// within their application, whatever the tenant is.
func external(topic, device string) (string, error) {
	application, _, _ := strings.Cut(strings.TrimPrefix(topic, "v3/"), "/")
	application, _, _ = strings.Cut(application, "@")
	for _, name := range []string{application, device} {
		odd := func(r rune) bool { return r <= ' ' || r >= 0x7f || r == ';' || r == '/' }
		if name == "" || len(name) > maxID || strings.ContainsFunc(name, odd) {
			return "", fmt.Errorf("%w: topic: %.64q is no id of an application or a device", subsystem.ErrPayload, name)
		}
	}
	return id + ":" + application + "/" + device, nil
}

// fields finds the fields.
func fields(v gjson.Result) (u uplink) {
	v.ForEach(func(key, value gjson.Result) bool {
		switch key.Str {
		case "end_device_ids":
			u.device = value.Get("device_id")
		case "received_at":
			u.received = value
		case "uplink_message":
			u.said = value
		case "simulated":
			u.simulated = value.Bool()
		}
		return true
	})
	u.said.ForEach(func(key, value gjson.Result) bool {
		switch key.Str {
		case "f_cnt":
			u.count = value
		case "decoded_payload":
			u.decoded = value
		case "rx_metadata":
			u.gateways = value
		case "received_at":
			if !loose.There(u.received) {
				u.received = value
			}
		}
		return !u.complete()
	})
	return u
}

// complete reports whether nothing is left to be found in uplink_message, half of which is of no
// interest.
func (u *uplink) complete() bool {
	return u.count.Exists() && u.decoded.Exists() && u.gateways.Exists() && loose.There(u.received)
}

func date(v gjson.Result, o *city.Observation) error {
	if !loose.There(v) {
		return nil
	}
	at, err := loose.Time(v, time.UTC)
	if err != nil {
		return loose.Field("received_at", err)
	}
	o.ObservedAt, o.Undated = at, false
	return nil
}

// counter reads the frame counter, of 32 bits; 0 is omitted.
func counter(v gjson.Result, o *city.Observation) error {
	if !loose.There(v) {
		return nil
	}
	f, err := loose.Number(v)
	if err == nil && (f < 0 || f > math.MaxUint32 || f != math.Trunc(f)) {
		err = fmt.Errorf("%v is no counter of 32 bits", f)
	}
	if err != nil {
		return loose.Field("uplink_message.f_cnt", err)
	}
	o.Seq = uint64(f)
	return nil
}

// heard reads how strongly the gateway heard the device that heard it best.
func (d *decoder) heard(gateways gjson.Result, o *city.Observation) (err error) {
	var best [2]float64 // strength and ratio
	var known [2]bool
	gateways.ForEach(func(_, gateway gjson.Result) bool {
		var at [2]float64
		var there [2]bool
		if at, there, err = d.strength(gateway); err != nil {
			return false
		}
		if there[0] && (!known[0] || at[0] > best[0]) {
			best, known = at, there
		}
		return true
	})
	for i, metric := range [...]string{metricRSSI, metricSNR} {
		if known[i] {
			o.Readings = append(o.Readings, city.Reading{Metric: metric, Value: best[i]})
		}
	}
	return err
}

// strength reads the strength and the ratio of the signal at one gateway.
func (d *decoder) strength(gateway gjson.Result) (at [2]float64, there [2]bool, err error) {
	there = [2]bool{d.zeroRSSI, d.zeroSNR}
	var found [2]bool
	gateway.ForEach(func(key, v gjson.Result) bool {
		i := 0
		switch key.Str {
		case "rssi":
		case "snr":
			i = 1
		default:
			return true
		}
		if loose.There(v) {
			at[i], err = loose.Number(v)
			there[i], found[i] = true, true
		}
		if err != nil {
			err = loose.Field("uplink_message.rx_metadata."+key.Str, err)
		}
		return err == nil && !(found[0] && found[1])
	})
	return at, there, err
}

// measured reads what the device measured. A field that is absent is absent: what a payload formatter
// gives is a free form, whose zeros are kept.
func (d *decoder) measured(device string, decoded gjson.Result, o *city.Observation) error {
	if !loose.There(decoded) {
		return nil
	}
	if !decoded.IsObject() {
		return loose.Field("uplink_message.decoded_payload", errors.New("it is no object"))
	}
	list, ok := d.devices[device]
	if !ok {
		list = d.measures
	}
	for i := range list {
		reading, there, err := list[i].Read(decoded)
		if err != nil {
			return loose.Field("uplink_message.decoded_payload."+list[i].Path.String(), err)
		}
		if there {
			o.Readings = append(o.Readings, reading)
		}
	}
	return nil
}
