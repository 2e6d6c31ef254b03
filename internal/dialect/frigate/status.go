package frigate

import (
	"fmt"
	"strings"

	"opscenter/internal/city"
	"opscenter/internal/subsystem"
)

// status reads what Frigate says of one role of a camera, as it happens. A camera that cannot be
// reached alternates between offline and online, since every attempt to start its stream counts as
// online. So offline counts at once, and only the statistics, which have seen frames, bring a stream
// back.
func (d *decoder) status(m *subsystem.Message, name, role string) ([]city.Observation, error) {
	word := strings.TrimSpace(string(m.Payload))
	switch word {
	case "online", "offline", disabled:
	default:
		return nil, fmt.Errorf("%w: %.64q is none of online, offline, disabled", subsystem.ErrPayload, word)
	}
	if role != "detect" && role != "record" {
		return nil, nil // audio says nothing of the picture
	}
	if word == disabled {
		return d.switchedOff(m, name), nil
	}
	o := d.switchedOn(m, name)
	switch {
	case role == "record" && word == "online":
		o.States = append(o.States, city.State{Name: stateRecording, Value: "true"})
	case role == "record":
		o.States = append(o.States, city.State{Name: stateRecording, Value: "false"})
	case word == "offline":
		o.States = append(o.States, city.State{Name: stateStream, Value: streamNoSignal})
	}
	return []city.Observation{o}, nil
}

// enabled reads whether a camera is switched on, which is retained: after a restart of the center it
// is known before the first statistics.
func (d *decoder) enabled(m *subsystem.Message, name string) ([]city.Observation, error) {
	switch word := strings.TrimSpace(string(m.Payload)); word {
	case "ON":
		return []city.Observation{d.switchedOn(m, name)}, nil
	case "OFF":
		return d.switchedOff(m, name), nil
	default:
		return nil, fmt.Errorf("%w: %.64q is neither ON nor OFF", subsystem.ErrPayload, word)
	}
}

func (d *decoder) switchedOn(m *subsystem.Message, name string) city.Observation {
	delete(d.off, name)
	o := say(id, d.head+name, m)
	o.States = append(make([]city.State, 0, 2), city.State{Name: stateEnabled, Value: enabled})
	return o
}

func (d *decoder) switchedOff(m *subsystem.Message, name string) []city.Observation {
	if len(d.off) < maxOff {
		d.off[strings.Clone(name)] = true
	}
	o := say(id, d.head+name, m)
	outOfService(&o)
	return []city.Observation{o}
}

// outOfService says of a camera that it is switched off. What was said of its stream and of its
// recordings no longer holds.
func outOfService(o *city.Observation) {
	o.States = []city.State{
		{Name: stateEnabled, Value: disabled},
		{Name: stateStream, Value: disabled},
		{Name: stateRecording, Value: disabled},
	}
}
