package live_test

import (
	"encoding/json"
	"fmt"
	"math"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"opscenter/internal/city"
	"opscenter/internal/dialect/digitraffic"
	"opscenter/internal/dialect/sparkplug"
	pb "opscenter/internal/dialect/sparkplug/sparkplugpb"
	"opscenter/internal/live"
	"opscenter/internal/subsystem"
	"opscenter/subsystems/trafficsafety"
)

// tongue is a board with one device, and what reads its dialect.
type tongue struct {
	t     *testing.T
	set   *subsystem.Set
	board *live.Board
	seq   uint64
}

func newTongue(t *testing.T, dialect subsystem.Dialect, settings, external string) *tongue {
	t.Helper()
	set, err := subsystem.NewSet(subsystem.SetConfig{
		Root: "ioc/v1", Factories: []subsystem.Factory{trafficsafety.Factory()}, Dialects: []subsystem.Dialect{dialect},
		Instances: []subsystem.Instance{{Name: "test", Dialect: dialect.ID, Subsystem: "trafficsafety", Settings: json.RawMessage(settings)}},
	})
	if err != nil {
		t.Fatal(err)
	}
	s := &tongue{t: t, set: set, board: live.NewBoard(live.BoardConfig{Specs: set.Specs(), Zone: civic()})}
	s.board.SetInventory(inventory(t, city.Device{
		ID: "dev-1", Location: "loc-1", Subsystem: "trafficsafety", Kind: "station", ExternalID: external, RegisteredAt: start().Add(-time.Hour),
	}))
	return s
}

// hear decodes a message, and shows on the board what it says of the device.
func (s *tongue) hear(at time.Time, topic string, payload []byte) {
	s.t.Helper()
	r, _, _ := s.set.Route(topic)
	if r == nil {
		s.t.Fatalf("nobody reads %s", topic)
	}
	observations, err := r.Decoder.Decode(subsystem.Message{Topic: topic, Kind: r.Topic.Kind, Payload: payload, ReceivedAt: at})
	if err != nil {
		s.t.Fatalf("%s: %v", topic, err)
	}
	for _, o := range observations {
		o.Subsystem, o.Location, o.Device = "trafficsafety", "loc-1", "dev-1"
		s.seq++
		s.board.Apply(0, []city.Entry{said(at, o)}, s.seq)
	}
}

// reads fails unless the device has that reading.
func (s *tongue) reads(metric string, want float64) {
	s.t.Helper()
	d, _ := s.board.Device("dev-1")
	if r, ok := d.Readings[metric]; !ok || r.Value != want {
		s.t.Errorf("%s is %+v, want %v", metric, r, want)
	}
}

func TestSensorsOfARoadStationAreShownTogetherAndCountInTheFlow(t *testing.T) {
	t.Parallel()
	s := newTongue(t, digitraffic.Dialect(), `{"feeds":["tms"]}`, "digitraffic:tms/23001")
	for sensor, value := range map[string]float64{"5122": 84, "5125": 79, "5116": 612, "5119": 300, "5158": 97, "5999": 1} {
		s.hear(after(1), "tms-v2/23001/"+sensor, fmt.Appendf(nil, `{"value":%v,"time":%d}`, value, start().Unix()))
	}
	for metric, want := range map[string]float64{
		"speed_kmh_1": 84, "speed_kmh_2": 79, "flow_vehh_1": 612, "flow_vehh_2": 300, "free_flow_pct_1": 97, "sensor_5999": 1,
	} {
		s.reads(metric, want)
	}
	l, _ := s.board.Location("loc-1")
	if r := l.Readings["vehicle_flow"]; math.Abs(r.Value-912) > 1e-9 {
		t.Errorf("vehicle_flow is %+v, want 912 of both directions", r)
	}
}

// say makes a Sparkplug payload of one metric, at a time.
func say(t *testing.T, at time.Time, m *pb.Payload_Metric) []byte {
	t.Helper()
	raw, err := proto.Marshal(&pb.Payload{Timestamp: new(uint64(at.UnixMilli())), Metrics: []*pb.Payload_Metric{m}})
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func level(name string, value float64, historical bool) *pb.Payload_Metric {
	return &pb.Payload_Metric{Name: &name, IsHistorical: &historical, Value: &pb.Payload_Metric_DoubleValue{DoubleValue: value}}
}

func bdSeq(n uint64) *pb.Payload_Metric {
	return &pb.Payload_Metric{Name: new("bdSeq"), Value: &pb.Payload_Metric_LongValue{LongValue: n}}
}

func TestSparkplugNodeIsShownAsItLives(t *testing.T) {
	t.Parallel()
	s := newTongue(t, sparkplug.Dialect(), `{"metrics":{"A":{"metric":"a"},"B":{"metric":"b"}}}`, "sparkplug:g/e")
	status := func(want city.Status) {
		t.Helper()
		if d, _ := s.board.Device("dev-1"); d.Status != want {
			t.Errorf("the node is %s (%s), want %s", d.Status, d.Reason, want)
		}
	}
	s.hear(after(1), "spBv1.0/g/NBIRTH/e", say(t, after(0), bdSeq(1)))
	status(city.OK)

	// Two metrics that changed in one millisecond come in two messages.
	s.hear(after(3), "spBv1.0/g/NDATA/e", say(t, after(2), level("A", 10, false)))
	s.hear(after(3), "spBv1.0/g/NDATA/e", say(t, after(2), level("B", 20, false)))
	s.hear(after(4), "spBv1.0/g/NDATA/e", say(t, after(-3600), level("A", 99, true)))
	s.reads("a", 10)
	s.reads("b", 20)

	// A will was left with the broker when the session began.
	s.hear(after(60), "spBv1.0/g/NDEATH/e", say(t, after(-7200), bdSeq(0)))
	status(city.OK) // another session's
	s.hear(after(61), "spBv1.0/g/NDEATH/e", say(t, after(0), bdSeq(1)))
	status(city.Critical)

	// The node's clock was set back while it was away.
	s.hear(after(90), "spBv1.0/g/NBIRTH/e", say(t, after(-86400), bdSeq(2)))
	status(city.OK)
}
