package frigate_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"opscenter/internal/subsystem"
)

// statistics are those of a recorder with so many cameras, as Frigate 0.18 publishes them.
func statistics(cameras int) string {
	list := make([]string, cameras)
	for i := range list {
		list[i] = fmt.Sprintf(`"cam_%02d":{"camera_fps":5.1,"process_fps":5.0,"skipped_fps":0.0,"detection_fps":3.2,"detection_enabled":true,`+
			`"pid":501,"capture_pid":502,"ffmpeg_pid":503,"audio_rms":0.0,"audio_dBFS":0.0,"connection_quality":"excellent",`+
			`"expected_fps":5,"reconnects_last_hour":0,"stalls_last_hour":0}`, i)
	}
	return `{"cameras":{` + strings.Join(list, ",") + `},"detectors":{"ov":{"inference_speed":8.1,"detection_start":0.0,"pid":400}},` +
		`"camera_fps":40.8,"process_fps":40.0,"skipped_fps":0.0,"detection_fps":25.6,"cpu_usages":{"400":{"cpu":"12.1","mem":"1.2"}},` +
		`"service":{"uptime":86400,"version":"0.18.0","storage":{"/media/frigate/recordings":{"total":3800000,"used":1900000,"free":1900000,"mount_type":"ext4"}},"last_updated":1795396499}}`
}

func BenchmarkDecode(b *testing.B) {
	s, err := set(b, everything)
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct{ name, topic, payload string }{
		{"available", "frigate/available", "online"},
		{"status", "frigate/front_door/status/detect", "offline"},
		{"plate", "frigate/tracked_object_update", `{"type":"lpr","id":"1795396498.748393-mxklsc","name":null,"plate":"19A12345","score":0.95,"camera":"gate","timestamp":1795396499.75,"plate_box":[917,487,1029,529]}`},
		{"event", "frigate/events", `{"type":"new","before":{"id":"1795396498.748393-mxklsc","camera":"gate","label":"car","score":0.5,"box":[424,500,536,712]},"after":{"id":"1795396498.748393-mxklsc","camera":"gate","frame_time":1795396499.5,"label":"car","false_positive":false,"start_time":1795396498.75,"end_time":null,"score":0.79,"box":[424,500,536,712],"current_zones":[]}}`},
		{"stats-1", "frigate/stats", statistics(1)},
		{"stats-8", "frigate/stats", statistics(8)},
		{"stats-64", "frigate/stats", statistics(64)},
	} {
		b.Run(c.name, func(b *testing.B) {
			r, location, device := s.Route(c.topic)
			m := subsystem.Message{
				Topic: c.topic, Kind: r.Topic.Kind, Location: location, Device: device, Payload: []byte(c.payload),
				ReceivedAt: time.Date(2026, 11, 23, 1, 15, 0, 0, time.UTC),
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := r.Decoder.Decode(m); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "msgs/s")
		})
	}
}
