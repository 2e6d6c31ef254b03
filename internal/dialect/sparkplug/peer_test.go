package sparkplug_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"

	"opscenter/internal/dialect/sparkplug"
	"opscenter/internal/harness"
	"opscenter/internal/subsystem"
)

// Eclipse Tahu's own client publishes, as a process of its own and through a real broker, and what it
// sends is what we read.
func TestThirdPartyPublisherIsUnderstood(t *testing.T) {
	t.Parallel()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not installed")
	}
	if _, err := os.Stat(filepath.Join("peer", "node_modules", "sparkplug-client")); err != nil {
		t.Skip("the publisher is not installed: make test-go installs it in peer/node_modules")
	}
	broker, err := harness.StartMosquitto(t.Context(), t.TempDir(), 20)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { broker.Stop() })
	messages := subscribe(t, broker.URL)

	peer := exec.CommandContext(t.Context(), node, "publish.js", broker.URL)
	peer.Dir = "peer"
	if out, err := peer.CombinedOutput(); err != nil {
		t.Fatalf("the publisher: %v\n%s", err, out)
	}

	l := listen(t)
	want := []string{
		"peer/gw1 online, peer/gw1 river_level_m=-2.4",
		"peer/gw1/pump7 online, peer/gw1/pump7 cabinet_temperature_c=24.9, peer/gw1/pump7 pump_running=1, peer/gw1/pump7 count=4.294967296e+09",
		"peer/gw1 river_level_m=-2.41",
		"peer/gw1/pump7 cabinet_temperature_c=25.3, peer/gw1/pump7 pump_running=0",
		"peer/gw1/pump7 count=17",
		"peer/gw1/pump7 count=18",
		"peer/gw1/pump7 count=19",
		"peer/gw1/pump7 offline",
		"peer/gw1/pump7 offline",
		"peer/gw1 offline", // the last will
	}
	var got []string
	for range want {
		select {
		case m := <-messages:
			observations, err := l.decoder.Decode(m)
			if err != nil {
				t.Fatalf("%s: %v", m.Topic, err)
			}
			got = append(got, line(observations))
		case <-time.After(30 * time.Second):
			t.Fatalf("nothing more came after %q", got)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("want\n%q\ngot\n%q", want, got)
	}
}

// subscribe returns the messages that come to a broker from now on.
func subscribe(t *testing.T, url string) <-chan subsystem.Message {
	t.Helper()
	messages := make(chan subsystem.Message, 64)
	client := paho.NewClient(paho.NewClientOptions().AddBroker(url).SetClientID("center").SetOrderMatters(true))
	if token := client.Connect(); token.Wait() && token.Error() != nil {
		t.Fatal(token.Error())
	}
	t.Cleanup(func() { client.Disconnect(0) })
	token := client.Subscribe("spBv1.0/#", 1, func(_ paho.Client, m paho.Message) {
		messages <- subsystem.Message{
			Topic: m.Topic(), Kind: sparkplug.ID, Payload: m.Payload(), Retained: m.Retained(), ReceivedAt: time.Now().UTC(),
		}
	})
	if token.Wait() && token.Error() != nil {
		t.Fatal(token.Error())
	}
	return messages
}
