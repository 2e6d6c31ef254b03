package broker_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"opscenter/internal/broker"
	"opscenter/internal/city"
	"opscenter/internal/eventlog"
	"opscenter/internal/mqtt"
)

// BenchmarkEndToEnd publishes over MQTT, appends to the log by batches of what is queued, and then
// acknowledges: a message is on the disk twice before the center is done with it.
func BenchmarkEndToEnd(b *testing.B) {
	for _, unsynced := range []bool{false, true} {
		for _, publishers := range []int{1, 16} {
			b.Run(fmt.Sprintf("synced=%t/publishers=%d", !unsynced, publishers), func(b *testing.B) {
				server, err := broker.Start(broker.Config{StoreDir: b.TempDir(), Unsynced: unsynced})
				if err != nil {
					b.Fatal(err)
				}
				defer func() { _ = server.Shutdown(context.Background()) }()
				log, err := eventlog.Open(b.Context(), eventlog.Config{Conn: server})
				if err != nil {
					b.Fatal(err)
				}
				defer log.Close()
				url := "tcp://" + server.MQTTAddr()
				client, err := mqtt.Connect(b.Context(), mqtt.Config{URL: url, ClientID: "center", Topics: []string{"ioc/v1/#"}}, time.Now, quiet())
				if err != nil {
					b.Fatal(err)
				}
				defer func() { _ = client.Close(context.Background()) }()
				for !client.Status().Subscribed {
					time.Sleep(time.Millisecond)
				}
				b.ResetTimer()
				var running sync.WaitGroup
				running.Go(func() { ingest(b, client, log) })
				for i := range publishers {
					running.Go(func() { flood(b, url, i, b.N/publishers+min(1, max(0, b.N%publishers-i))) })
				}
				running.Wait()
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
			})
		}
	}
}

func ingest(b *testing.B, client *mqtt.Client, log *eventlog.Log) {
	b.Helper()
	batch := make([]mqtt.Message, 0, 256)
	for done := 0; done < b.N; done += len(batch) {
		batch = append(batch[:0], <-client.Messages())
		for len(batch) < cap(batch) && len(client.Messages()) > 0 {
			batch = append(batch, <-client.Messages())
		}
		all := make([]city.Entry, len(batch))
		for i, m := range batch {
			all[i] = city.Entry{At: m.ReceivedAt, Observation: &city.Observation{
				Subsystem: "traffic", Location: "loc-001", Device: m.Topic, Kind: "flow", ReceivedAt: m.ReceivedAt,
				Readings: []city.Reading{{Metric: "vehicles", Value: 1}, {Metric: "speed_kmh", Value: 2}},
			}}
		}
		if err := log.Append(b.Context(), all); err != nil {
			b.Error(err)
			return
		}
		for _, m := range batch {
			m.Ack()
		}
	}
}

func flood(b *testing.B, url string, i, n int) {
	b.Helper()
	p, err := mqtt.NewPublisher(b.Context(), mqtt.PublisherConfig{URL: url, ClientID: fmt.Sprintf("device-%d", i)}, quiet())
	if err != nil {
		b.Error(err)
		return
	}
	m := mqtt.Outgoing{Topic: fmt.Sprintf("ioc/v1/traffic/loc-001/dev-%d/flow", i), Payload: make([]byte, 200), QoS: 1}
	for range n {
		if err := p.Publish(b.Context(), m, nil); err != nil {
			b.Error(err)
			return
		}
	}
	if err := p.Close(b.Context()); err != nil || p.Counts().Failed > 0 {
		b.Error(err, p.Counts())
	}
}
