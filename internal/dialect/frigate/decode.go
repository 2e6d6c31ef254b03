package frigate

import (
	"fmt"
	"strings"

	"opscenter/internal/city"
	"opscenter/internal/subsystem"
)

// maxOff bounds the memory of cameras that are switched off; no Frigate has as many cameras.
const maxOff = 1024

// decoder reads the messages of one Frigate. Its external ids are frigate:NAME of a camera, or
// frigate:PREFIX/NAME where the prefix is not the usual one, so that several recorders may have a
// camera of one name; and frigate:@PREFIX of the recorder itself, a name that no camera can have. It remembers which cameras are switched off, from their
// status and their retained enabled/state alone: the statistics go on listing such a camera with a
// frame rate of 0, and would have it that its stream is lost.
type decoder struct {
	prefix string // with the slash
	head   string // what external ids of cameras begin with
	server string // external id of the recorder
	off    map[string]bool
}

func newDecoder(prefix string) *decoder {
	d := &decoder{prefix: prefix + "/", head: id + ":", server: id + ":@" + prefix, off: make(map[string]bool)}
	if prefix != defaultPrefix {
		d.head += d.prefix
	}
	return d
}

// Decode reads one message.
func (d *decoder) Decode(m subsystem.Message) ([]city.Observation, error) {
	rest := strings.TrimPrefix(m.Topic, d.prefix)
	switch rest {
	case "available":
		return d.available(&m)
	case "stats":
		return d.stats(&m)
	case "events":
		return d.detection(&m)
	case "reviews":
		return d.review(&m)
	case "tracked_object_update":
		return d.recognition(&m)
	}
	name, about, _ := strings.Cut(rest, "/")
	if err := checkCamera(name); err != nil {
		return nil, fmt.Errorf("%w: topic: %w", subsystem.ErrPayload, err)
	}
	if role, ok := strings.CutPrefix(about, "status/"); ok {
		return d.status(&m, name, role)
	}
	return d.enabled(&m, name)
}

// available reads whether the recorder runs. It says stopped, since 0.18, where it was stopped in
// good order; for its cameras that is the same.
func (d *decoder) available(m *subsystem.Message) ([]city.Observation, error) {
	o := say(id, d.server, m)
	switch word := strings.TrimSpace(string(m.Payload)); word {
	case "online":
		o.States = []city.State{{Name: city.AvailabilityState, Value: city.Online}}
	case "offline", "stopped":
		o.States = []city.State{{Name: city.AvailabilityState, Value: city.Offline}}
	default:
		return nil, fmt.Errorf("%w: %.64q is none of online, offline, stopped", subsystem.ErrPayload, word)
	}
	return []city.Observation{o}, nil
}
