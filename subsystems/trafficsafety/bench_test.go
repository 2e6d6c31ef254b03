package trafficsafety_test

import (
	"testing"
	"time"

	"opscenter/internal/subsystem"
	"opscenter/subsystems/trafficsafety"
)

func BenchmarkDecode(b *testing.B) {
	received := time.Date(2026, 11, 23, 1, 15, 1, 0, time.UTC)
	for kind, payload := range map[string]string{
		"availability": `online`,
		"health":       `{"ts":"2026-11-23T08:15:00.250+07:00","seq":48211,"stream":"ok","fps":24.9,"expected_fps":25,"bitrate_kbps":4096,"recording":true,"image":"ok","clock_offset_ms":-120,"storage_used_pct":61.5,"retention_days":30,"temperature_c":41.2,"firmware":"V5.7.3 build 240112"}`,
		"flow":         `{"ts":"2026-11-23T08:15:00+07:00","seq":7,"window_s":60,"vehicles":41,"speed_kmh":38.4,"occupancy_pct":17.5,"classes":{"motorbike":31,"car":8,"truck":2},"lane":2,"direction":"north"}`,
		"violation":    `{"ts":"2026-11-23T08:15:00+07:00","id":"v-1","type":"speeding","plate":"19A-123.45","speed_kmh":83,"limit_kmh":60,"evidence_url":"https://evidence.local/v-1.jpg"}`,
	} {
		b.Run(kind, func(b *testing.B) {
			d, err := trafficsafety.Factory().Open(nil)
			if err != nil {
				b.Fatal(err)
			}
			m := subsystem.Message{Kind: kind, Payload: []byte(payload), ReceivedAt: received}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := d.Decode(m); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "msgs/s")
		})
	}
}
