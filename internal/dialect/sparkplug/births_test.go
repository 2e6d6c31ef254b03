package sparkplug_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"opscenter/internal/city"
	"opscenter/internal/dialect/sparkplug"
	pb "opscenter/internal/dialect/sparkplug/sparkplugpb"
	"opscenter/internal/subsystem"
)

// listener decodes one message after the other.
type listener struct {
	t       *testing.T
	decoder subsystem.Decoder
}

func listen(t *testing.T) listener {
	t.Helper()
	feed, err := open(t, settings)
	if err != nil {
		t.Fatal(err)
	}
	return listener{t, feed.Decoder}
}

func (l listener) try(topic string, metrics ...*pb.Payload_Metric) ([]city.Observation, error) {
	l.t.Helper()
	raw, err := proto.Marshal(&pb.Payload{Timestamp: proto.Uint64(1_795_396_500_000), Seq: proto.Uint64(0), Metrics: metrics})
	if err != nil {
		l.t.Fatal(err)
	}
	return l.decoder.Decode(subsystem.Message{Topic: "spBv1.0/" + topic, Kind: sparkplug.ID, Payload: raw, ReceivedAt: time.Unix(1_795_396_501, 0).UTC()})
}

// hear decodes a message that must be good, and returns what became of it in a line.
func (l listener) hear(topic string, metrics ...*pb.Payload_Metric) string {
	l.t.Helper()
	observations, err := l.try(topic, metrics...)
	if err != nil {
		l.t.Fatalf("%s: %v", topic, err)
	}
	return line(observations)
}

// line returns observations in a line.
func line(observations []city.Observation) string {
	var said []string
	for i := range observations {
		o := &observations[i]
		for _, s := range o.States {
			said = append(said, strings.TrimPrefix(o.External, "sparkplug:")+" "+s.Value)
		}
		for _, r := range o.Readings {
			said = append(said, fmt.Sprintf("%s %s=%v", strings.TrimPrefix(o.External, "sparkplug:"), r.Metric, r.Value))
		}
	}
	return strings.Join(said, ", ")
}

func session(n uint64) *pb.Payload_Metric {
	return &pb.Payload_Metric{Name: new("bdSeq"), Datatype: proto.Uint32(8), Value: &pb.Payload_Metric_LongValue{LongValue: n}}
}

// born is a metric as births have it, with an alias.
func born(name string, alias uint64, datatype, value uint32) *pb.Payload_Metric {
	return &pb.Payload_Metric{
		Name: new(name), Alias: new(alias), Datatype: new(datatype),
		Value: &pb.Payload_Metric_IntValue{IntValue: value},
	}
}

// changed is a metric as data has it: its alias, and neither name nor type.
func changed(alias uint64, value uint32) *pb.Payload_Metric {
	return &pb.Payload_Metric{Alias: new(alias), Value: &pb.Payload_Metric_IntValue{IntValue: value}}
}

func (l listener) want(want, got string) {
	l.t.Helper()
	if got != want {
		l.t.Errorf("want %q, got %q", want, got)
	}
}

const (
	uint32Type = 7
	int8Type   = 1
)

func TestDataByAliasIsWhatTheLastBirthSays(t *testing.T) {
	t.Parallel()
	l := listen(t)
	l.want("g/e online", l.hear("g/NBIRTH/e", session(0)))
	l.want("g/e/d online, g/e/d count=7", l.hear("g/DBIRTH/e/d", born("Count", 1, uint32Type, 7), born("Serial", 2, uint32Type, 0)))
	l.want("g/e/d count=8", l.hear("g/DDATA/e/d", changed(1, 8), changed(2, 1)))
	l.want("g/e/d online, g/e/d count=0", l.hear("g/DBIRTH/e/d", born("Serial", 1, uint32Type, 0), born("Count", 2, uint32Type, 0)))
	l.want("g/e/d count=9", l.hear("g/DDATA/e/d", changed(1, 8), changed(2, 9)))
}

func TestTypeOfTheBirthHoldsForData(t *testing.T) {
	t.Parallel()
	l := listen(t)
	l.want("g/e online, g/e count=-1", l.hear("g/NBIRTH/e", born("Count", 1, int8Type, 0xff)))
	l.want("g/e count=-2", l.hear("g/NDATA/e", changed(1, 0xfe)))
	l.want("g/e count=-3", l.hear("g/NDATA/e", &pb.Payload_Metric{Name: new("Count"), Value: &pb.Payload_Metric_IntValue{IntValue: 0xfd}}))
}

func TestDataByAliasWithoutBirthIsRefusedUntilItIsHeard(t *testing.T) {
	t.Parallel()
	l := listen(t)
	refused := func(topic string) {
		t.Helper()
		_, err := l.try(topic, changed(17, 1))
		if err == nil || !strings.Contains(err.Error(), "alias 17") || !strings.Contains(err.Error(), "no birth") {
			t.Errorf("%s: want an error that names the alias and says that no birth was heard, got %v", topic, err)
		}
	}
	refused("g/DDATA/e/d")
	l.hear("g/NBIRTH/e", session(0), born("Count", 17, uint32Type, 0))
	refused("g/DDATA/e/d") // the alias is that of the edge node, not of the device
	l.hear("g/DBIRTH/e/d", born("Count", 17, uint32Type, 0))
	l.want("g/e/d count=1", l.hear("g/DDATA/e/d", changed(17, 1)))
	refused("g/DDATA/e/other")
	refused("h/DDATA/e/d")
	l.hear("g/NBIRTH/e", session(1))
	refused("g/DDATA/e/d") // born again, the edge node's devices are too
}

func TestDeathCountsOnlyOfTheSessionThatWasBornLast(t *testing.T) {
	t.Parallel()
	l := listen(t)
	l.want("g/e offline", l.hear("g/NDEATH/e", session(4))) // no birth was heard
	l.hear("g/NBIRTH/e", session(5))
	l.want("", l.hear("g/NDEATH/e", session(4)))
	for range 2 {
		l.want("g/e offline", l.hear("g/NDEATH/e", session(5)))
	}
	l.want("g/e offline", l.hear("g/NDEATH/e")) // it does not say of which
	l.hear("g/NBIRTH/e")
	l.want("g/e offline", l.hear("g/NDEATH/e", session(4))) // the birth did not say
}

func TestDeathOfADeviceLeavesItsEdgeNode(t *testing.T) {
	t.Parallel()
	l := listen(t)
	l.hear("g/NBIRTH/e", session(0))
	l.hear("g/DBIRTH/e/d", born("Count", 1, uint32Type, 0))
	l.want("g/e/d offline", l.hear("g/DDEATH/e/d"))
	l.want("g/e/d count=3", l.hear("g/DDATA/e/d", changed(1, 3)))
}

func TestBirthThatIsRefusedChangesNothing(t *testing.T) {
	t.Parallel()
	l := listen(t)
	l.hear("g/NBIRTH/e", born("Count", 1, uint32Type, 0))
	if _, err := l.try("g/NBIRTH/e", born("Level", 1, uint32Type, 0), &pb.Payload_Metric{}); err == nil {
		t.Fatal("a birth with a metric without a name is not refused")
	}
	l.want("g/e count=9", l.hear("g/NDATA/e", changed(1, 9)))
}

func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	l := listen(t)
	sparkplug.Bound(l.decoder, 12) // two edge nodes of four metrics, each with its list
	four := []*pb.Payload_Metric{
		born("Count", 0, uint32Type, 0), born("a", 1, uint32Type, 0), born("b", 2, uint32Type, 0), born("c", 3, uint32Type, 0),
	}
	for _, edge := range []string{"e1", "e2", "e3"} {
		for range 3 { // the same again takes no more
			l.hear("g/NBIRTH/"+edge, four...)
		}
	}
	l.want("g/e2 count=5", l.hear("g/NDATA/e2", changed(0, 5)))
	if _, err := l.try("g/NDATA/e3", changed(0, 5)); err == nil {
		t.Error("one edge node too many is remembered")
	}
	if _, err := l.try("g/DBIRTH/e1/d", four...); err != nil {
		t.Errorf("a birth that cannot be remembered is not read: %v", err)
	}
	if _, err := l.try("g/DDATA/e1/d", changed(0, 5)); err == nil {
		t.Error("one device too many is remembered")
	}
	l.hear("g/NBIRTH/e1", four[0]) // a smaller one makes room
	l.hear("g/DBIRTH/e1/d", four[0])
	l.want("g/e1/d count=6", l.hear("g/DDATA/e1/d", changed(0, 6)))
	l.hear("g/NBIRTH/e1", four[0]) // and with the edge node its devices are forgotten
	l.hear("g/DBIRTH/e1/other", four[0])
	l.want("g/e1/other count=7", l.hear("g/DDATA/e1/other", changed(0, 7)))
}
