package eventlog_test

import (
	"context"
	"fmt"
	"testing"

	"opscenter/internal/broker"
	"opscenter/internal/eventlog"
)

func BenchmarkAppend(b *testing.B) {
	for _, partitions := range []int{1, 4} {
		for _, n := range []int{1, 32, 256} {
			b.Run(fmt.Sprintf("partitions=%d/batch=%d", partitions, n), func(b *testing.B) {
				server := startBroker(b, broker.Config{})
				log := openLog(b, eventlog.Config{Conn: server, Partitions: partitions})
				entries := observations(n)
				for b.Loop() {
					if err := log.Append(b.Context(), entries); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.N*n)/b.Elapsed().Seconds(), "observations/s")
			})
		}
	}
}

func BenchmarkRead(b *testing.B) {
	server := startBroker(b, broker.Config{})
	log := openLog(b, eventlog.Config{Conn: server})
	const batches, size = 500, 256
	for range batches {
		if err := log.Append(b.Context(), observations(size)); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		ctx, stop := context.WithCancel(b.Context())
		_ = log.Read(ctx, 0, 0, func(batch eventlog.Batch) error {
			if batch.Seq == batches {
				stop()
			}
			return nil
		})
		stop()
	}
	b.ReportMetric(float64(b.N*batches*size)/b.Elapsed().Seconds(), "observations/s")
}
