package sparkplug_test

import (
	"fmt"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"opscenter/internal/dialect/sparkplug"
	pb "opscenter/internal/dialect/sparkplug/sparkplugpb"
	"opscenter/internal/subsystem"
)

func BenchmarkDecode(b *testing.B) {
	feed, err := open(b, settings)
	if err != nil {
		b.Fatal(err)
	}
	metrics := []*pb.Payload_Metric{session(1), born("Count", 1, uint32Type, 7), born("Level", 2, uint32Type, 300)}
	for i := range 50 {
		metrics = append(metrics, born(fmt.Sprintf("Outputs/Other %d", i), uint64(i+3), uint32Type, 0))
	}
	for _, c := range []struct {
		name, topic string
		metrics     []*pb.Payload_Metric
	}{
		{"birth", "g/NBIRTH/e", metrics}, // first, since the data is by its aliases
		{"data", "g/NDATA/e", []*pb.Payload_Metric{changed(1, 8), changed(2, 301), changed(3, 1)}},
		{"death", "g/NDEATH/e", metrics[:1]},
	} {
		b.Run(c.name, func(b *testing.B) {
			raw, err := proto.Marshal(&pb.Payload{Timestamp: proto.Uint64(1_795_396_500_000), Seq: proto.Uint64(0), Metrics: c.metrics})
			if err != nil {
				b.Fatal(err)
			}
			m := subsystem.Message{Topic: "spBv1.0/" + c.topic, Kind: sparkplug.ID, Payload: raw, ReceivedAt: time.Unix(1_795_396_501, 0).UTC()}
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
