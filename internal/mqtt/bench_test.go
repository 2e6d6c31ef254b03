package mqtt_test

import (
	"fmt"
	"sync"
	"testing"

	"opscenter/internal/broker"
	"opscenter/internal/mqtt"
)

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
