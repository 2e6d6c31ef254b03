package mqtt_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"opscenter/internal/broker"
	"opscenter/internal/mqtt"
)

func TestMessagesComeInOrderAndAcknowledgedOnesOnlyOnce(t *testing.T) {
	t.Parallel()
	url := "tcp://" + startBroker(t, broker.Config{AckWait: 2 * time.Second}).MQTTAddr()
	c := subscribe(t, mqtt.Config{URL: url, ClientID: "center", Topics: []string{"city/#"}})
	awaitSubscribed(t, c)
	p := publisher(t, mqtt.PublisherConfig{URL: url})
	const n = 300
	var publishing sync.WaitGroup
	defer publishing.Wait()
	publishing.Go(func() {
		for i := range n {
			m := mqtt.Outgoing{Topic: "city/flow", Payload: fmt.Append(nil, i), QoS: 1}
			if err := p.Publish(t.Context(), m, nil); err != nil {
				t.Error(err)
			}
		}
	})
	for i := range n {
		m := receive(t, c)
		if m.Topic != "city/flow" || string(m.Payload) != fmt.Sprint(i) || m.QoS != 1 || m.Retained || m.Duplicate || m.ReceivedAt.IsZero() {
			t.Fatalf("message %d: %+v", i, m)
		}
		m.Ack()
	}
	publish(t, p, "city/kept", "x") // not acknowledged: it comes again, and nothing else does
	receive(t, c)
	again := receive(t, c)
	if again.Topic != "city/kept" || !again.Duplicate {
		t.Errorf("got %q on %q again, duplicate %t", again.Payload, again.Topic, again.Duplicate)
	}
	again.Ack()
	if s := c.Status(); s.Received != n+2 || s.Dropped != 0 || s.Connects != 1 || s.Err != nil {
		t.Errorf("status %+v", s)
	}
}

func TestUnacknowledgedMessagesComeToTheNextClient(t *testing.T) {
	t.Parallel()
	url := "tcp://" + startBroker(t, broker.Config{}).MQTTAddr()
	config := mqtt.Config{URL: url, ClientID: "center", Topics: []string{"city/#"}}
	first := subscribe(t, config)
	awaitSubscribed(t, first)
	p := publisher(t, mqtt.PublisherConfig{URL: url})
	for _, payload := range []string{"a", "b", "c"} {
		publish(t, p, "city/flow", payload)
	}
	receive(t, first).Ack()
	receive(t, first)
	closeClient(t, first)
	publish(t, p, "city/flow", "d") // while nobody is there

	second := subscribe(t, config)
	seen := map[string]bool{}
	for len(seen) < 3 {
		m := receive(t, second)
		m.Ack()
		if string(m.Payload) == "a" {
			t.Error("the acknowledged message came again")
		}
		seen[string(m.Payload)] = true
	}
}

func closeClient(t *testing.T, c *mqtt.Client) {
	t.Helper()
	if err := c.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func TestReplacedBrokerIsFoundAndSubscribedToAnew(t *testing.T) {
	t.Parallel()
	first := startBroker(t, broker.Config{})
	addr := first.MQTTAddr()
	c := subscribe(t, mqtt.Config{URL: "tcp://" + addr, ClientID: "center", Topics: []string{"city/#", "other/+"}, MaxBackoff: 100 * time.Millisecond})
	awaitSubscribed(t, c)
	if err := first.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	eventually(t, "noticed", func() bool { s := c.Status(); return !s.Connected && !s.Subscribed && s.Err != nil })

	startBroker(t, broker.Config{MQTTListen: addr}) // on an empty store: it knows no session
	awaitSubscribed(t, c)
	p := publisher(t, mqtt.PublisherConfig{URL: "tcp://" + addr})
	publish(t, p, "other/1", "x")
	receive(t, c).Ack()
	if s := c.Status(); s.Connects != 2 {
		t.Errorf("connected %d times, want 2", s.Connects)
	}
}

func TestBrokerThatIsNotThereYetIsAwaited(t *testing.T) {
	t.Parallel()
	addr := freeAddr(t)
	c := subscribe(t, mqtt.Config{URL: "tcp://" + addr, ClientID: "center", Topics: []string{"#"}, MaxBackoff: 50 * time.Millisecond})
	eventually(t, "refused", func() bool { return c.Status().Err != nil })
	startBroker(t, broker.Config{MQTTListen: addr})
	awaitSubscribed(t, c)
}

// dynamicSecurity refuses every subscription outside allowed/#, unless all are allowed.
func dynamicSecurity(t *testing.T, all bool) string {
	t.Helper()
	file := t.TempDir() + "/security.json"
	writeFile(t, file, fmt.Sprintf(`{"defaultACLAccess":
		{"publishClientSend":true,"publishClientReceive":true,"subscribe":%t,"unsubscribe":true},
		"roles":[{"rolename":"r","acls":[{"acltype":"subscribePattern","topic":"allowed/#","priority":0,"allow":true}]}],
		"groups":[{"groupname":"all","roles":[{"rolename":"r"}],"clients":[]}],"anonymousGroup":"all","clients":[]}`, all))
	return "per_listener_settings false\nallow_anonymous true\n" +
		"plugin /usr/lib/x86_64-linux-gnu/mosquitto_dynamic_security.so\nplugin_opt_config_file " + file
}

func TestRefusedSubscriptionIsNotBelieved(t *testing.T) {
	t.Parallel()
	addr := freeAddr(t)
	stop := startMosquitto(t, addr, dynamicSecurity(t, false))
	c := subscribe(t, mqtt.Config{
		URL: "tcp://" + addr, ClientID: "center", Topics: []string{"allowed/#", "forbidden/#"}, MaxBackoff: 50 * time.Millisecond,
	})
	eventually(t, "refused", func() bool { return errors.Is(c.Status().Err, mqtt.ErrRefused) })
	s := c.Status()
	if s.Subscribed || !s.Connected {
		t.Errorf("status %+v; want connected and not subscribed", s)
	}
	if want := `mqtt: subscription refused: ["forbidden/#"]`; s.Err.Error() != want {
		t.Errorf("error %q, want %q", s.Err, want)
	}
	p := publisher(t, mqtt.PublisherConfig{URL: "tcp://" + addr, ClientID: "p"})
	publish(t, p, "allowed/1", "x")
	receive(t, c).Ack() // what is granted is received all the same

	stop()
	startMosquitto(t, addr, dynamicSecurity(t, true))
	awaitSubscribed(t, c)
}

func TestSubscriptionAtALowerQoSIsNotBelieved(t *testing.T) {
	t.Parallel()
	addr := freeAddr(t)
	startMosquitto(t, addr, "allow_anonymous true\nmax_qos 0")
	c := subscribe(t, mqtt.Config{URL: "tcp://" + addr, ClientID: "center", Topics: []string{"city/#"}})
	eventually(t, "refused", func() bool { return errors.Is(c.Status().Err, mqtt.ErrRefused) })
}

func TestSubscriptionThatTheEmbeddedBrokerRefusesIsNotBelieved(t *testing.T) {
	t.Parallel()
	url := "tcp://" + startBroker(t, broker.Config{MaxAckPending: 40_000}).MQTTAddr() // # counts twice
	c := subscribe(t, mqtt.Config{URL: url, ClientID: "center", Topics: []string{"city/#"}})
	eventually(t, "refused", func() bool { return errors.Is(c.Status().Err, mqtt.ErrRefused) })
}

func TestMessagesThatFindTheQueueFullComeAgain(t *testing.T) {
	t.Parallel()
	addr := freeAddr(t)
	startMosquitto(t, addr, "allow_anonymous true") // which sends again only to a client that connects
	c := subscribe(t, mqtt.Config{URL: "tcp://" + addr, ClientID: "center", Topics: []string{"city/#"}, Queue: 2})
	awaitSubscribed(t, c)
	p := publisher(t, mqtt.PublisherConfig{URL: "tcp://" + addr, ClientID: "p"})
	for i := range 5 {
		publish(t, p, "city/flow", fmt.Sprint(i))
	}
	eventually(t, "dropped", func() bool { return c.Status().Dropped == 3 })
	seen := map[string]bool{}
	for len(seen) < 5 {
		m := receive(t, c)
		m.Ack()
		seen[string(m.Payload)] = true
	}
}

func TestBadConfigurationIsAnError(t *testing.T) {
	t.Parallel()
	good := mqtt.Config{URL: "tcp://127.0.0.1:1", ClientID: "center", Topics: []string{"#"}}
	for name, change := range map[string]func(*mqtt.Config){
		"no url":          func(c *mqtt.Config) { c.URL = "" },
		"no host":         func(c *mqtt.Config) { c.URL = "tcp://" },
		"scheme":          func(c *mqtt.Config) { c.URL = "http://127.0.0.1" },
		"no client id":    func(c *mqtt.Config) { c.ClientID = "" },
		"no topics":       func(c *mqtt.Config) { c.Topics = nil },
		"no password":     func(c *mqtt.Config) { c.PasswordFile = "/does/not/exist" },
		"no authorities":  func(c *mqtt.Config) { c.URL, c.CAFile = "ssl://127.0.0.1:1", "/does/not/exist" },
		"no certificates": func(c *mqtt.Config) { c.URL, c.CAFile = "ssl://127.0.0.1:1", "/dev/null" },
		"half a pair":     func(c *mqtt.Config) { c.URL, c.CertFile = "ssl://127.0.0.1:1", "/dev/null" },
	} {
		config := good
		change(&config)
		c, err := mqtt.Connect(t.Context(), config, time.Now, quiet())
		if err == nil {
			closeClient(t, c)
			t.Errorf("%s: no error", name)
		}
	}
}
