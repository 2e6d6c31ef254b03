package mqtt_test

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"

	"opscenter/internal/broker"
	"opscenter/internal/mqtt"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
}

func startBroker(t testing.TB, c broker.Config) *broker.Server {
	t.Helper()
	if c.StoreDir == "" {
		c.StoreDir = t.TempDir()
	}
	b, err := broker.Start(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return b
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func subscribe(t testing.TB, c mqtt.Config) *mqtt.Client {
	t.Helper()
	client, err := mqtt.Connect(t.Context(), c, time.Now, quiet())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := client.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return client
}

func publisher(t testing.TB, c mqtt.PublisherConfig) *mqtt.Publisher {
	t.Helper()
	p, err := mqtt.NewPublisher(t.Context(), c, quiet())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		_ = p.Close(ctx)
	})
	return p
}

func awaitSubscribed(t testing.TB, c *mqtt.Client) {
	t.Helper()
	eventually(t, "subscribed", func() bool { return c.Status().Subscribed })
}

func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("never %s", what)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

func receive(t testing.TB, c *mqtt.Client) mqtt.Message {
	t.Helper()
	select {
	case m := <-c.Messages():
		return m
	case <-time.After(20 * time.Second):
		t.Fatalf("nothing came; %+v", c.Status())
		return mqtt.Message{}
	}
}

// publish returns once the broker has acknowledged the message.
func publish(t testing.TB, p *mqtt.Publisher, topic, payload string) {
	t.Helper()
	acked := make(chan error, 1)
	m := mqtt.Outgoing{Topic: topic, Payload: []byte(payload), QoS: 1}
	if err := p.Publish(t.Context(), m, func(err error) { acked <- err }); err != nil {
		t.Fatal(err)
	}
	if err := <-acked; err != nil {
		t.Fatal(err)
	}
}

func writeFile(t testing.TB, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func freeAddr(t testing.TB) string {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// startMosquitto runs a Mosquitto with a listener on addr and returns what stops it.
func startMosquitto(t testing.TB, addr, settings string) (stop func()) {
	t.Helper()
	dir := t.TempDir()
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(dir, "mosquitto.conf")
	writeFile(t, config, fmt.Sprintf("user root\nlistener %s %s\n%s\n", port, host, settings))
	command := exec.CommandContext(context.WithoutCancel(t.Context()), mosquitto(t), "-c", config)
	output, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	command.Stdout, command.Stderr = output, output
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	stopped := false
	stop = func() {
		if !stopped {
			stopped = true
			_ = command.Process.Signal(os.Interrupt)
			_ = command.Wait()
			_ = output.Close()
		}
	}
	t.Cleanup(func() {
		stop()
		if t.Failed() {
			said, _ := os.ReadFile(output.Name())
			t.Logf("mosquitto said:\n%s", said)
		}
	})
	eventually(t, "listening", func() bool {
		conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", addr)
		if err == nil {
			_ = conn.Close()
		}
		return err == nil
	})
	return stop
}

func mosquitto(t testing.TB) string {
	t.Helper()
	if path, err := exec.LookPath("mosquitto"); err == nil {
		return path
	}
	const path = "/usr/sbin/mosquitto" // not in everybody's PATH
	if _, err := os.Stat(path); err != nil {
		t.Fatal("these tests need Mosquitto: install the package mosquitto")
	}
	return path
}
