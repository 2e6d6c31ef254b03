package simulator

import (
	"context"
	"hash/fnv"
	"strings"

	"opscenter/internal/mqtt"
)

// Publisher sends messages to a broker at QoS 1, and connects again by itself when it must.
type Publisher interface {
	// Publish hands a message over. It may wait while too many are unacknowledged, and returns an
	// error only when nothing more can be published: ctx ended, or the Publisher was closed. If it
	// returns nil, done is called once, with nil when the broker acknowledged the message, or with
	// why that is not known. The payload must not change any more.
	Publish(ctx context.Context, topic string, retained bool, payload []byte, done func(error)) error
}

// Over publishes over one MQTT connection.
func Over(p *mqtt.Publisher) Publisher { return connection{p} }

type connection struct{ mqtt *mqtt.Publisher }

func (c connection) Publish(ctx context.Context, topic string, retained bool, payload []byte, done func(error)) error {
	return c.mqtt.Publish(ctx, mqtt.Outgoing{Topic: topic, Payload: payload, QoS: 1, Retained: retained}, done)
}

// Spread publishes over several publishers, all messages of one location over the same, so that
// the order of a device's messages is kept. At least one is needed.
func Spread(first Publisher, others ...Publisher) Publisher {
	if len(others) == 0 {
		return first
	}
	return spread(append([]Publisher{first}, others...))
}

type spread []Publisher

func (s spread) Publish(ctx context.Context, topic string, retained bool, payload []byte, done func(error)) error {
	h := fnv.New32a()
	_, _ = h.Write([]byte(locationOf(topic)))
	return s[h.Sum32()%uint32(len(s))].Publish(ctx, topic, retained, payload, done) //nolint:gosec // a handful
}

// locationOf returns the level of a native topic that names the location: the third from its end.
func locationOf(topic string) string {
	for range 2 {
		if i := strings.LastIndexByte(topic, '/'); i >= 0 {
			topic = topic[:i]
		}
	}
	return topic[strings.LastIndexByte(topic, '/')+1:]
}
