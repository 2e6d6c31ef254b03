package broker_test

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"opscenter/internal/broker"
	"opscenter/internal/eventlog"
	"opscenter/internal/mqtt"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
}

func start(t *testing.T, c broker.Config) *broker.Server {
	t.Helper()
	if c.StoreDir == "" {
		c.StoreDir = t.TempDir()
	}
	b, err := broker.Start(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, b) })
	return b
}

func stop(t *testing.T, b *broker.Server) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := b.Shutdown(ctx); err != nil {
		t.Error(err)
	}
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// center is a subscriber with a session of its own, as ingest is.
func center(t *testing.T, b *broker.Server, topics ...string) *mqtt.Client {
	t.Helper()
	c := connect(t, b, mqtt.Config{ClientID: "center", Topics: topics})
	eventually(t, "subscribed", func() bool { return c.Status().Subscribed })
	return c
}

func connect(t *testing.T, b *broker.Server, c mqtt.Config) *mqtt.Client {
	t.Helper()
	c.URL = "tcp://" + b.MQTTAddr()
	client, err := mqtt.Connect(t.Context(), c, time.Now, quiet())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { leave(t, client) })
	return client
}

func leave(t *testing.T, c *mqtt.Client) {
	t.Helper()
	if err := c.Close(context.Background()); err != nil {
		t.Error(err)
	}
}

func device(t *testing.T, b *broker.Server, c mqtt.PublisherConfig) *mqtt.Publisher {
	t.Helper()
	c.URL = "tcp://" + b.MQTTAddr()
	p, err := mqtt.NewPublisher(t.Context(), c, quiet())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		_ = p.Close(ctx) // it may be cut off by then
	})
	return p
}

// publish returns once the broker has acknowledged the message.
func publish(t *testing.T, p *mqtt.Publisher, m mqtt.Outgoing) {
	t.Helper()
	acked := make(chan error, 1)
	m.QoS = 1
	if err := p.Publish(t.Context(), m, func(err error) { acked <- err }); err != nil {
		t.Fatal(err)
	}
	if err := <-acked; err != nil {
		t.Fatal(err)
	}
}

func receive(t *testing.T, c *mqtt.Client) mqtt.Message {
	t.Helper()
	select {
	case m := <-c.Messages():
		return m
	case <-time.After(20 * time.Second):
		t.Fatal("nothing came")
		return mqtt.Message{}
	}
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("never %s", what)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

func TestRestartKeepsSessionsAndMessages(t *testing.T) {
	t.Parallel()
	config := broker.Config{StoreDir: t.TempDir(), CheckEvery: 5 * time.Millisecond}
	first := start(t, config)
	leave(t, center(t, first, "city/#"))
	p := device(t, first, mqtt.PublisherConfig{ClientID: "device"})
	for i := range 20 {
		publish(t, p, mqtt.Outgoing{Topic: "city/flow", Payload: fmt.Appendf(nil, "%d", i)})
	}
	publish(t, p, mqtt.Outgoing{Topic: "other/availability", Payload: []byte("online"), Retained: true})
	stop(t, first)

	second := start(t, config)
	c := connect(t, second, mqtt.Config{ClientID: "center", Topics: []string{"city/#", "other/+"}})
	var got []string
	for len(got) < 20 {
		m := receive(t, c)
		m.Ack()
		if m.Topic == "city/flow" {
			got = append(got, string(m.Payload))
		} else if !m.Retained || string(m.Payload) != "online" {
			t.Errorf("got %q on %q, want the retained message", m.Payload, m.Topic)
		}
	}
	for i, payload := range got {
		if payload != fmt.Sprint(i) {
			t.Fatalf("message %d is %q; all: %q", i, payload, got)
		}
	}
}

func TestDeliveredMessagesAreRemovedAndOthersKept(t *testing.T) {
	t.Parallel()
	b := start(t, broker.Config{CheckEvery: 5 * time.Millisecond})
	away := connect(t, b, mqtt.Config{ClientID: "away", Topics: []string{"b/#"}})
	eventually(t, "subscribed", func() bool { return away.Status().Subscribed })
	leave(t, away)
	c := center(t, b, "#")
	p := device(t, b, mqtt.PublisherConfig{})
	for range 50 {
		publish(t, p, mqtt.Outgoing{Topic: "a/1", Payload: []byte("x")})
		receive(t, c).Ack()
	}
	eventually(t, "empty, with everything delivered", func() bool { return held(t, b) == 0 })

	publish(t, p, mqtt.Outgoing{Topic: "b/1", Payload: []byte("for one who is away")})
	receive(t, c).Ack()
	for range 10 {
		publish(t, p, mqtt.Outgoing{Topic: "a/1", Payload: []byte("x")})
		receive(t, c).Ack()
	}
	unacknowledged := mqtt.Outgoing{Topic: "a/2", Payload: []byte("not acknowledged")}
	publish(t, p, unacknowledged)
	receive(t, c)
	eventually(t, "trimmed several times since", func() bool { return broker.Trims(b) > 3 })

	back := connect(t, b, mqtt.Config{ClientID: "away", Topics: []string{"b/#"}})
	m := receive(t, back)
	if string(m.Payload) != "for one who is away" {
		t.Errorf("got %q", m.Payload)
	}
	m.Ack()
	if again := receive(t, c); string(again.Payload) != "not acknowledged" || !again.Duplicate {
		t.Errorf("got %q, duplicate %t; want the unacknowledged message again", again.Payload, again.Duplicate)
	} else {
		again.Ack()
	}
	eventually(t, "empty again", func() bool { return held(t, b) == 0 })
}

func held(t *testing.T, b *broker.Server) uint64 {
	t.Helper()
	n, err := broker.Held(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestDevicesCannotReachTheLog(t *testing.T) {
	t.Parallel()
	b := start(t, broker.Config{})
	log, err := eventlog.Open(t.Context(), eventlog.Config{Conn: b})
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	c := center(t, b, "#")
	p := device(t, b, mqtt.PublisherConfig{ClientID: "intruder"})
	publish(t, p, mqtt.Outgoing{Topic: "log/0", Payload: []byte("forged")})
	if err := log.Mark(t.Context(), time.Unix(1, 0), false); err != nil {
		t.Fatal(err)
	}
	head, err := log.Head(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	if head != 1 {
		t.Errorf("the log has %d messages, want 1: a device wrote into it", head)
	}
	publish(t, p, mqtt.Outgoing{Topic: "end", Payload: nil})
	var topics []string
	for !slices.Contains(topics, "end") {
		m := receive(t, c)
		m.Ack()
		topics = append(topics, m.Topic)
	}
	if want := []string{"log/0", "end"}; !slices.Equal(topics, want) {
		t.Errorf("a subscription to # received %q, want %q", topics, want)
	}
}

func TestDevicesCannotAdministerTheStore(t *testing.T) {
	t.Parallel()
	b := start(t, broker.Config{})
	c := center(t, b, "city/#")
	p := device(t, b, mqtt.PublisherConfig{ClientID: "intruder"})
	publish(t, p, mqtt.Outgoing{Topic: "$JS/API/STREAM/DELETE/$MQTT_msgs", Payload: []byte("{}")})
	publish(t, p, mqtt.Outgoing{Topic: "city/flow", Payload: []byte("1")})
	receive(t, c).Ack()
	if _, err := broker.Held(t.Context(), b); err != nil {
		t.Errorf("the stream of messages is gone: %v", err)
	}
}

func TestPasswordIsAsked(t *testing.T) {
	t.Parallel()
	b := start(t, broker.Config{Username: "city", Password: "secret"})
	file := t.TempDir() + "/password"
	writeFile(t, file, "secret\n")
	let := connect(t, b, mqtt.Config{ClientID: "a", Username: "city", PasswordFile: file, Topics: []string{"#"}})
	eventually(t, "let in", func() bool { return let.Status().Subscribed })
	for name, user := range map[string]string{"nobody": "", "wrong": "device", "log": "log", "admin": "admin"} {
		c := connect(t, b, mqtt.Config{ClientID: name, Username: user, Topics: []string{"#"}})
		eventually(t, name+" turned away", func() bool {
			s := c.Status()
			return s.Err != nil && strings.Contains(strings.ToLower(s.Err.Error()), "not authorized")
		})
	}
}

func TestInProcessUsersAreNotForDevices(t *testing.T) {
	t.Parallel()
	b := start(t, broker.Config{})
	c := connect(t, b, mqtt.Config{ClientID: "x", Username: "log", Topics: []string{"#"}})
	eventually(t, "turned away", func() bool { return strings.Contains(fmt.Sprint(c.Status().Err), "uthorized") })
}

func TestPortInUseIsAnError(t *testing.T) {
	t.Parallel()
	taken, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	b, err := broker.Start(broker.Config{StoreDir: t.TempDir(), MQTTListen: taken.Addr().String()})
	if err == nil {
		stop(t, b)
		t.Fatal("started on a port that is taken")
	}
	if !strings.Contains(err.Error(), "address already in use") {
		t.Errorf("error %q does not say why", err)
	}
}

func TestBadConfigurationIsAnError(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]broker.Config{
		"no store": {},
		"no port":  {StoreDir: t.TempDir(), MQTTListen: "127.0.0.1"},
		"bad port": {StoreDir: t.TempDir(), MQTTListen: "127.0.0.1:http"},
		"store is a file": func() broker.Config {
			writeFile(t, t.TempDir()+"/x", "")
			file := t.TempDir() + "/file"
			writeFile(t, file, "")
			return broker.Config{StoreDir: file}
		}(),
	} {
		if b, err := broker.Start(c); err == nil {
			stop(t, b)
			t.Errorf("%s: started", name)
		}
	}
}
