package sparkplug

import (
	"fmt"
	"strings"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/dialect/loose"
	"opscenter/internal/dialect/sparkplug/sparkplugpb"
	"opscenter/internal/subsystem"
)

// decoder reads the messages of one instance. It remembers births: see ADR 0011.
type decoder struct {
	targets targets
	births  *births
}

// Decode turns a message into whether its sender is online, and a reading of each of its metrics that
// is mapped. Each metric is a series of its own: two that changed at one moment may come in two messages.
func (d *decoder) Decode(m subsystem.Message) ([]city.Observation, error) {
	a, err := parseTopic(m.Topic)
	if err != nil {
		return nil, err
	}
	p, err := unmarshal(m.Payload)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", subsystem.ErrPayload, err)
	}
	switch a.verb {
	case nodeBirth, deviceBirth:
		return d.birth(&m, &a, p)
	case nodeData, deviceData:
		return d.readings(nil, &m, &a, p)
	case nodeDeath:
		if !d.births.ends(&a, session(p)) {
			return nil, nil
		}
	}
	return []city.Observation{available(&m, &a, city.Offline)}, nil
}

// birth remembers what a birth defines, and reads it.
func (d *decoder) birth(m *subsystem.Message, a *address, p *sparkplugpb.Payload) ([]city.Observation, error) {
	defined, err := define(p)
	if err != nil {
		return nil, err
	}
	observations := make([]city.Observation, 1, 1+len(p.GetMetrics()))
	observations[0] = available(m, a, city.Online)
	// A birth is read with what it defines itself, so it needs no memory, and one that is refused
	// leaves none.
	if observations, err = d.readingsBy(&defined, observations, m, a, p); err != nil {
		return nil, err
	}
	d.births.note(a, defined, session(p))
	return observations, nil
}

func (d *decoder) readings(to []city.Observation, m *subsystem.Message, a *address, p *sparkplugpb.Payload) ([]city.Observation, error) {
	return d.readingsBy(d.births.of(a), to, m, a, p)
}

// readingsBy adds an observation for every metric that has a number and is mapped.
func (d *decoder) readingsBy(known *definitions, to []city.Observation, m *subsystem.Message, a *address, p *sparkplugpb.Payload) ([]city.Observation, error) {
	external := a.identity()
	for i, metric := range p.GetMetrics() {
		is, ok := known.find(metric)
		if !ok {
			return nil, fmt.Errorf("%w: metric %d has the alias %d, which no birth of %.128q that was heard defines",
				subsystem.ErrPayload, i, metric.GetAlias(), external)
		}
		if is.name == "" {
			return nil, fmt.Errorf("%w: metric %d has neither a name nor an alias", subsystem.ErrPayload, i)
		}
		becomes, mapped := d.targets.find(is.name)
		if !mapped {
			continue
		}
		r, there, err := becomes.reading(metric, is.datatype)
		if err != nil {
			return nil, fmt.Errorf("%w: metric %.128q: %w", subsystem.ErrPayload, is.name, err)
		}
		if !there {
			continue
		}
		o := city.Observation{
			Kind: ID, Channel: r.Metric, External: external,
			Readings: []city.Reading{r},
		}
		if o.ObservedAt, o.Undated, err = observed(metric, p, m.ReceivedAt); err != nil {
			return nil, fmt.Errorf("%w: metric %.128q: timestamp: %w", subsystem.ErrPayload, is.name, err)
		}
		to = append(to, o)
	}
	return to, nil
}

// observed returns when a metric was measured: its own time, or else that of the message, or else that
// of receipt. A value of the past has its own time, later than which its series has been heard, so it
// goes to history alone.
func observed(metric *sparkplugpb.Payload_Metric, p *sparkplugpb.Payload, received time.Time) (at time.Time, undated bool, err error) {
	stamp := metric.Timestamp
	if stamp == nil {
		stamp = p.Timestamp
	}
	if stamp == nil {
		return received, true, nil
	}
	const farAway = 1 << 53 // milliseconds; 285,000 years
	at, err = loose.Plausible(time.UnixMilli(int64(min(*stamp, farAway))).UTC())
	return at, false, err
}

// available says whether a sender is online. It bears the time of receipt: the time in a last will is
// that at which it was left with the broker.
func available(m *subsystem.Message, a *address, word string) city.Observation {
	return city.Observation{
		Kind: ID, Channel: city.AvailabilityState, External: a.identity(), ObservedAt: m.ReceivedAt, Undated: true,
		States: []city.State{{Name: city.AvailabilityState, Value: word}},
	}
}

// address is what a topic says.
type address struct {
	group, verb, edge, device string
}

// parseTopic parses spBv1.0/GROUP/TYPE/EDGE[/DEVICE].
func parseTopic(topic string) (a address, err error) {
	var first, rest string
	first, rest, _ = strings.Cut(topic, "/")
	a.group, rest, _ = strings.Cut(rest, "/")
	a.verb, rest, _ = strings.Cut(rest, "/")
	a.edge, a.device, _ = strings.Cut(rest, "/")
	ofDevice := a.verb == deviceBirth || a.verb == deviceData || a.verb == deviceDeath
	ofNode := a.verb == nodeBirth || a.verb == nodeData || a.verb == nodeDeath
	if first != namespace || a.group == "" || a.edge == "" || strings.Contains(a.device, "/") ||
		(ofNode && a.device != "") || (ofDevice && a.device == "") || (!ofNode && !ofDevice) {
		return address{}, fmt.Errorf("%w: topic %.128q is not this dialect's", subsystem.ErrPayload, topic)
	}
	return a, nil
}

func (a *address) node() string { return a.group + "/" + a.edge }

func (a *address) identity() string {
	if a.device == "" {
		return ID + ":" + a.group + "/" + a.edge
	}
	return ID + ":" + a.group + "/" + a.edge + "/" + a.device
}
