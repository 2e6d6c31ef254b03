package digitraffic_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"opscenter/internal/subsystem"
	"opscenter/subsystems/trafficsafety"
)

func BenchmarkDecode(b *testing.B) {
	feed, err := open(b, trafficsafety.Factory(), everything)
	if err != nil {
		b.Fatal(err)
	}
	for name, fixture := range map[string]string{"station": "tms_flow_direction_1.txtar", "message": "message_accident.txtar"} {
		b.Run(name, func(b *testing.B) {
			text, err := os.ReadFile(filepath.Join("testdata", fixture))
			if err != nil {
				b.Fatal(err)
			}
			m := subsystem.Message{ReceivedAt: time.Date(2026, 11, 23, 1, 15, 0, 0, time.UTC)}
			for _, section := range txtar.Parse(text).Files {
				switch section.Name {
				case "topic":
					m.Topic = string(section.Data[:len(section.Data)-1])
				case "payload":
					m.Payload = section.Data[:len(section.Data)-1]
				}
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := feed.Decoder.Decode(m); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "msgs/s")
		})
	}
}
