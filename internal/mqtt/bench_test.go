package mqtt_test

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"opscenter/internal/broker"
	"opscenter/internal/mqtt"
)

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

func BenchmarkQoS1(b *testing.B) {
	for _, unsynced := range []bool{false, true} {
		for _, subscribed := range []bool{false, true} {
			for _, publishers := range []int{1, 16, 200} {
				b.Run(fmt.Sprintf("synced=%t/subscribed=%t/publishers=%d", !unsynced, subscribed, publishers), func(b *testing.B) {
					server := startBroker(b, broker.Config{Unsynced: unsynced})
					url := "tcp://" + server.MQTTAddr()
					var received sync.WaitGroup
					if subscribed {
						client := subscribe(b, mqtt.Config{URL: url, ClientID: "center", Topics: []string{"ioc/v1/#"}})
						awaitSubscribed(b, client)
						received.Go(func() {
							for range b.N {
								(<-client.Messages()).Ack()
							}
						})
					}
					all := make([]*mqtt.Publisher, publishers)
					for i := range all {
						all[i] = publisher(b, mqtt.PublisherConfig{URL: url, ClientID: fmt.Sprintf("device-%d", i)})
						eventually(b, "connected", all[i].Connected)
					}
					payload := make([]byte, 200)
					b.ResetTimer()
					var sent sync.WaitGroup
					for i, p := range all {
						sent.Go(func() {
							for range b.N/publishers + min(1, max(0, b.N%publishers-i)) {
								m := mqtt.Outgoing{Topic: fmt.Sprintf("ioc/v1/traffic/loc-001/dev-%d/flow", i), Payload: payload, QoS: 1}
								if err := p.Publish(b.Context(), m, nil); err != nil {
									b.Error(err)
								}
							}
							if err := p.Flush(b.Context()); err != nil {
								b.Error(err)
							}
						})
					}
					sent.Wait()
					b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "acked/s")
					received.Wait()
					b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "delivered/s")
					for _, p := range all {
						if c := p.Counts(); c.Failed != 0 {
							b.Errorf("%d of %d failed", c.Failed, c.Published)
						}
					}
				})
			}
		}
	}
}
