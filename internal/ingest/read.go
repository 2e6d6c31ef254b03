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

// read appends the entries that a message becomes: its observations, or its rejection, or, if its
// decoder has no use for it, nothing.
func (in *Ingest) read(m *Message, at time.Time, entries []city.Entry) []city.Entry {
	open, topic, location, device, ok := in.subsystems.Route(m.Topic)
	if !ok {
		in.metrics.Message("", Unroutable)
		return in.reject(m, at, "", &refusal{Unroutable, fmt.Sprintf("no subsystem owns topic %q", clip(m.Topic))}, entries)
	}
	id := open.Spec.ID
	observations, refused := in.observe(open, topic, subsystem.Message{
		Topic: m.Topic, Kind: topic.Kind, Location: location, Device: device,
		Payload: m.Payload, ReceivedAt: at, Retained: m.Retained,
	})
	switch {
	case refused != nil:
		in.metrics.Message(id, refused.code)
		return in.reject(m, at, id, refused, entries)
	case len(observations) == 0:
		in.metrics.Message(id, Ignored)
		return entries
	}
	in.metrics.Message(id, Observed)
	for i := range observations {
		entries = append(entries, city.Entry{At: at, Observation: &observations[i]})
	}
	return entries
}

// observe decodes a message and completes what its decoder left to ingest.
func (in *Ingest) observe(open *subsystem.Open, topic *subsystem.Topic, m subsystem.Message) ([]city.Observation, *refusal) {
	if len(m.Payload) > maxPayload {
		return nil, &refusal{Oversize, fmt.Sprintf("the payload has %d bytes, at most %d are read", len(m.Payload), maxPayload)}
	}
	observations, refused := in.decode(open, m)
	if refused != nil || len(observations) == 0 {
		return nil, refused
	}
	location, device, refused := in.place(open.Spec.ID, topic, &m)
	if refused != nil {
		return nil, refused
	}
	digest := digest(m.Topic, m.Payload)
	for i := range observations {
		o := &observations[i]
		if refused := check(o); refused != nil {
			return nil, refused
		}
		o.Subsystem, o.Location, o.Device = open.Spec.ID, location, device
		o.ReceivedAt, o.Retained = m.ReceivedAt, m.Retained
		o.Digest = identity(digest, i, o)
		if o.Event != nil {
			in.sealPlate(o.Event)
		}
	}
	return observations, nil
}

// decode calls the subsystem's decoder, and survives it.
func (in *Ingest) decode(open *subsystem.Open, m subsystem.Message) (observations []city.Observation, refused *refusal) {
	defer func() {
		if cause := recover(); cause != nil {
			in.log.Error("a decoder panicked", slog.String("subsystem", open.Spec.ID), slog.String("kind", m.Kind),
				slog.String("panic", maskPlates(fmt.Sprint(cause))), slog.String("stack", string(debug.Stack())))
			observations = nil
			refused = &refusal{Panicked, fmt.Sprintf("the decoder of %s messages failed; this is a fault of the program", m.Kind)}
		}
	}()
	observations, err := open.Decoder.Decode(m)
	if err != nil {
		return nil, &refusal{Malformed, err.Error()}
	}
	return observations, nil
}

// place finds the location and the device that a message speaks of.
func (in *Ingest) place(id string, topic *subsystem.Topic, m *subsystem.Message) (location, device string, refused *refusal) {
	inventory := in.inventory.Load()
	d := inventory.Device(m.Device)
	here := d != nil && (m.Location == "" || d.Location == m.Location) && d.Subsystem == id
	switch {
	case here:
		return d.Location, d.ID, nil
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
