package ingest

import (
	"fmt"
	"log/slog"
	"math"
	"runtime/debug"
	"strings"
	"time"

	"github.com/cespare/xxhash/v2"

	"opscenter/internal/city"
	"opscenter/internal/subsystem"
)

// read appends the entries that a message becomes: its observations and the devices that it speaks of
// and nobody registered, or its rejection, or, if its decoder has no use for it, nothing.
func (in *Ingest) read(m *Message, at time.Time, entries []city.Entry) []city.Entry {
	if id, ok := in.declares(m.Topic); ok {
		entries, refused := in.declare(id, &subsystem.Message{Topic: m.Topic, Payload: m.Payload, ReceivedAt: at}, entries)
		if refused != nil {
			in.metrics.Message("", refused.code)
			return in.reject(m, at, "", refused, entries)
		}
		in.metrics.Message("", Observed)
		return entries
	}
	r, location, device := in.subsystems.Load().Route(m.Topic)
	if r == nil {
		in.metrics.Message("", Unroutable)
		return in.reject(m, at, "", &refusal{Unroutable, fmt.Sprintf("no subsystem owns topic %q", clip(m.Topic))}, entries)
	}
	id := r.Open.Spec.ID
	before := len(entries)
	entries, refused := in.observe(r, &subsystem.Message{
		Topic: m.Topic, Kind: r.Topic.Kind, Location: location, Device: device,
		Payload: m.Payload, ReceivedAt: at, Retained: m.Retained,
	}, entries)
	switch {
	case refused != nil:
		in.metrics.Message(id, refused.code)
		entries = in.reject(m, at, id, refused, entries[:before])
		if refused.code == Unregistered {
			entries[before].Rejection.External = native(id, device)
		}
		return entries
	case len(entries) == before:
		in.metrics.Message(id, Ignored)
	case entries[before].Observation == nil:
		in.metrics.Message(id, Discovered)
	default:
		in.metrics.Message(id, Observed)
	}
	return entries
}

// observe decodes a message, completes what its decoder left to ingest, and appends what comes of it.
func (in *Ingest) observe(r *subsystem.Route, m *subsystem.Message, entries []city.Entry) ([]city.Entry, *refusal) {
	if len(m.Payload) > maxPayload {
		return entries, &refusal{Oversize, fmt.Sprintf("the payload has %d bytes, at most %d are read", len(m.Payload), maxPayload)}
	}
	observations, refused := in.decode(r, *m)
	if refused != nil || len(observations) == 0 {
		return entries, refused
	}
	id := r.Open.Spec.ID
	digest := digest(m.Topic, m.Payload)
	for i := range observations {
		o := &observations[i]
		if refused := check(o); refused != nil {
			return entries, refused
		}
		location, device, refused := in.place(id, r.Topic, m, o)
		switch {
		case refused == nil && o.Announcement != nil:
			continue // it is registered already
		case refused != nil && refused.code == Unregistered && o.External != "":
			entries = in.discover(m, o, id, refused, entries)
			continue
		case refused != nil:
			return entries, refused
		}
		o.Subsystem, o.Location, o.Device = id, location, device
		o.ReceivedAt, o.Retained = m.ReceivedAt, m.Retained
		o.Digest = identity(digest, i, o)
		if o.Event != nil {
			in.sealPlate(o.Event)
		}
		entries = append(entries, city.Entry{At: m.ReceivedAt, Observation: o})
	}
	return entries, nil
}

// decode calls the subsystem's decoder, and survives it.
func (in *Ingest) decode(r *subsystem.Route, m subsystem.Message) (observations []city.Observation, refused *refusal) {
	defer func() {
		if cause := recover(); cause != nil {
			in.log.Error("a decoder panicked", slog.String("subsystem", r.Open.Spec.ID), slog.String("owner", r.Owner), slog.String("kind", m.Kind),
				slog.String("panic", maskPlates(fmt.Sprint(cause))), slog.String("stack", string(debug.Stack())))
			observations = nil
			refused = &refusal{Panicked, fmt.Sprintf("the decoder of %s messages failed; this is a fault of the program", m.Kind)}
		}
	}()
	observations, err := r.Decoder.Decode(m)
	if err != nil {
		return nil, &refusal{Malformed, err.Error()}
	}
	return observations, nil
}

// place finds the location and the device that an observation speaks of: by its external id, or else
// by the topic.
func (in *Ingest) place(id string, topic *subsystem.Topic, m *subsystem.Message, o *city.Observation) (location, device string, refused *refusal) {
	inventory := in.inventory.Load()
	if o.External != "" {
		d := inventory.External(o.External)
		switch {
		case d == nil:
			return "", "", &refusal{Unregistered, fmt.Sprintf("no device with external id %q is registered", clip(o.External))}
		case d.Subsystem != id:
			return "", "", &refusal{Misplaced, fmt.Sprintf("device %q belongs to subsystem %q, not %q", d.ID, d.Subsystem, id)}
		}
		return d.Location, d.ID, nil
	}
	d := inventory.Device(m.Device)
	here := d != nil && (m.Location == "" || d.Location == m.Location) && d.Subsystem == id
	switch {
	case here:
		return d.Location, d.ID, nil
	case m.Location == "" && o.Event != nil && o.Event.Lat != nil && o.Event.Lon != nil:
		l := inventory.Nearest(*o.Event.Lat, *o.Event.Lon, nearby)
		if l == nil {
			return "", "", &refusal{UnknownLocation, fmt.Sprintf("no location is registered within %d m of %v, %v", nearby, *o.Event.Lat, *o.Event.Lon)}
		}
		return l.ID, "", nil
	case topic.EventOnly || m.Device == "":
		if l := inventory.Location(m.Location); l != nil {
			return l.ID, "", nil
		}
		return "", "", &refusal{UnknownLocation, fmt.Sprintf("no location %q is registered", clip(m.Location))}
	case d == nil:
		return "", "", &refusal{Unregistered, fmt.Sprintf("no device %q is registered; the topic places it at location %q", clip(m.Device), clip(m.Location))}
	case d.Subsystem != id:
		return "", "", &refusal{Misplaced, fmt.Sprintf("device %q belongs to subsystem %q, not %q", d.ID, d.Subsystem, id)}
	}
	return "", "", &refusal{Misplaced, fmt.Sprintf("device %q is registered at location %q, not %q", d.ID, d.Location, clip(m.Location))}
}

// nearby is how far, in metres, an event that bears only coordinates may be from the location that it
// is shown at.
const nearby = 5_000

// check refuses an observation that the rest of the center could not work with.
func check(o *city.Observation) *refusal {
	for i := range o.Readings {
		if v := o.Readings[i].Value; math.IsNaN(v) || math.IsInf(v, 0) {
			return &refusal{Malformed, fmt.Sprintf("reading %q is not finite", o.Readings[i].Metric)}
		}
	}
	switch {
	case o.Kind == "":
		return &refusal{Malformed, "an observation without a kind"}
	case o.ObservedAt.IsZero():
		return &refusal{Malformed, "an observation without a time"}
	case o.Event != nil && o.Event.ID == "":
		return &refusal{Malformed, "an event without an id"}
	case o.Announcement != nil && o.External == "":
		return &refusal{Malformed, "an announcement of no device"}
	}
	return nil
}

// digest identifies a message by its topic and payload.
func digest(topic string, payload []byte) uint64 {
	var d xxhash.Digest
	d.Reset()
	_, _ = d.WriteString(topic)
	_, _ = d.WriteString("\x00")
	_, _ = d.Write(payload)
	return d.Sum64()
}

// identity makes a message's digest that of its i-th observation. What bears no time of its own is
// told apart by when it was received: a camera that says online, offline and online again says
// something new the third time.
func identity(digest uint64, i int, o *city.Observation) uint64 {
	const odd = 0x9e3779b97f4a7c15 // 2^64 divided by the golden ratio
	digest ^= uint64(i) * odd      //nolint:gosec // bits, not a number
	if o.Undated {
		digest ^= uint64(o.ReceivedAt.UnixNano()) * odd
	}
	return max(digest, 1) // 0 stands for none
}

const quoted = 128 // bytes of foreign text that a reason quotes

func clip(text string) string { return strings.ToValidUTF8(text[:min(len(text), quoted)], "\uFFFD") }
