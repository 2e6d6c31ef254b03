package mqtt_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"opscenter/internal/broker"
	"opscenter/internal/mqtt"
)

func TestDroppedPublisherHasItsWillPublishedAndComesBack(t *testing.T) {
	t.Parallel()
	url := "tcp://" + startBroker(t, broker.Config{}).MQTTAddr()
	c := subscribe(t, mqtt.Config{URL: url, ClientID: "center", Topics: []string{"city/+/availability"}})
	awaitSubscribed(t, c)
	const topic = "city/cam-1/availability"
	p := publisher(t, mqtt.PublisherConfig{
		URL: url, ClientID: "cam-1",
		Will: &mqtt.Will{Topic: topic, Payload: []byte("offline"), QoS: 1, Retained: true},
		OnConnect: func(publish func(mqtt.Outgoing)) {
			publish(mqtt.Outgoing{Topic: topic, Payload: []byte("online"), QoS: 1, Retained: true})
		},
	})
	expect := func(want string) {
		t.Helper()
		m := receive(t, c)
		m.Ack()
		if m.Topic != topic || string(m.Payload) != want {
			t.Fatalf("got %q on %q, want %q", m.Payload, m.Topic, want)
		}
	}
	expect("online")
	p.Drop()
	expect("offline")
	if p.Connected() {
		t.Error("came back by itself")
	}
	late := subscribe(t, mqtt.Config{URL: url, ClientID: "late", Topics: []string{topic}})
	if m := receive(t, late); string(m.Payload) != "offline" || !m.Retained {
		t.Errorf("retained is %q (%t), want offline", m.Payload, m.Retained)
	}
	p.Resume()
	expect("online")
	if err := p.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	publish(t, publisher(t, mqtt.PublisherConfig{URL: url, ClientID: "other"}), "city/other/availability", "online")
	if m := receive(t, c); m.Topic != "city/other/availability" {
		t.Errorf("a goodbye had the will published: %q on %q", m.Payload, m.Topic)
	}
}

func TestEveryPublishIsAccountedFor(t *testing.T) {
	t.Parallel()
	b := startBroker(t, broker.Config{})
	p := publisher(t, mqtt.PublisherConfig{URL: "tcp://" + b.MQTTAddr(), InFlight: 10})
	outcomes := make(chan error, 1000)
	done := func(err error) { outcomes <- err }
	for i := range 500 {
		m := mqtt.Outgoing{Topic: "city/flow", Payload: fmt.Append(nil, i), QoS: byte(i % 2)}
		if err := p.Publish(t.Context(), m, done); err != nil {
			t.Fatal(err)
		}
		if c := p.Counts(); c.Published-c.Acked > 10 {
			t.Fatalf("%d in flight", c.Published-c.Acked)
		}
	}
	if err := p.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, want := p.Counts(), (mqtt.Counts{Published: 500, Acked: 500, Connects: 1}); got != want {
		t.Errorf("counts %+v, want %+v", got, want)
	}
	if len(outcomes) != 500 {
		t.Errorf("told of %d outcomes, want 500", len(outcomes))
	}
}

func TestPublishingWaitsForABrokerAndLossIsReported(t *testing.T) {
	t.Parallel()
	b := startBroker(t, broker.Config{})
	addr := b.MQTTAddr()
	p := publisher(t, mqtt.PublisherConfig{URL: "tcp://" + addr, MaxBackoff: 50 * time.Millisecond})
	publish(t, p, "city/flow", "1")
	if err := b.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	eventually(t, "disconnected", func() bool { return !p.Connected() })
	brief, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := p.Publish(brief, mqtt.Outgoing{Topic: "x", QoS: 1}, nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v without a broker, want the context's", err)
	}
	startBroker(t, broker.Config{MQTTListen: addr})
	publish(t, p, "city/flow", "2")
	if c := p.Counts(); c.Connects != 2 || c.Acked != 2 {
		t.Errorf("counts %+v", c)
	}
}

func TestClosedPublisherRefuses(t *testing.T) {
	t.Parallel()
	p := publisher(t, mqtt.PublisherConfig{URL: "tcp://" + startBroker(t, broker.Config{}).MQTTAddr()})
	publish(t, p, "city/flow", "1")
	if err := p.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := p.Publish(t.Context(), mqtt.Outgoing{Topic: "x"}, nil); err == nil {
		t.Error("a closed publisher published")
	}
}
