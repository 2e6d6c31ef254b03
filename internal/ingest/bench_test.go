package ingest_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/ingest"
	"opscenter/internal/subsystem"
	"opscenter/subsystems/trafficsafety"
)

// nowhere is an event log that keeps nothing, at no cost.
type nowhere struct{}

func (nowhere) Append(context.Context, []city.Entry) error { return nil }

// endless is a source of so many messages that differ in nothing.
type endless struct {
	message ingest.Message
	left    int
}

func (e *endless) Next(context.Context) (ingest.Message, bool) {
	e.left--
	return e.message, e.left >= 0
}
func (e *endless) More() (ingest.Message, bool) { return e.Next(context.Background()) }
func (e *endless) Waiting() int                 { return e.left }

func BenchmarkIngest(b *testing.B) {
	const full = `{"ts":"2026-11-23T08:15:00.250+07:00","seq":48211,"stream":"ok","fps":24.9,"expected_fps":25,"bitrate_kbps":4096,` +
		`"recording":true,"image":"ok","clock_offset_ms":-120,"storage_used_pct":61.5,"retention_days":30,"temperature_c":41.2,"firmware":"V5.7.3 build 240112"}`
	for _, c := range []struct{ name, topic, payload string }{
		{"health", camera + "health", full},
		{"flow", camera + "flow", `{"ts":"2026-11-23T08:15:00+07:00","seq":7,"window_s":60,"vehicles":41,"speed_kmh":38.4,"occupancy_pct":17.5,"lane":2,"direction":"north"}`},
		{"violation", camera + "violation", `{"ts":"2026-11-23T08:15:00+07:00","id":"v-1","type":"speeding","plate":"19A-123.45","speed_kmh":83}`},
		{"malformed", camera + "health", `{"ts":"2026-11-23T08:15:00+07:00","plate":"19A-123.45"}`},
	} {
		b.Run(c.name, func(b *testing.B) {
			set, err := subsystem.NewSet(subsystem.SetConfig{Root: "ioc/v1", Factories: []subsystem.Factory{trafficsafety.Factory()}})
			if err != nil {
				b.Fatal(err)
			}
			in, err := ingest.New(ingest.Config{Subsystems: set, Seal: newSeal(b), Now: time.Now, Log: slog.New(slog.DiscardHandler)}, nowhere{})
			if err != nil {
				b.Fatal(err)
			}
			in.SetInventory(inventory(b, "cam-017"))
			source := &endless{left: b.N, message: ingest.Message{Topic: c.topic, Payload: []byte(c.payload), ReceivedAt: morning, Ack: func() {}}}
			b.ReportAllocs()
			b.ResetTimer()
			if err := in.Run(b.Context(), source); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "msgs/s")
		})
	}
}
