package frigate_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/dialect/frigate"
	"opscenter/internal/subsystem"
	"opscenter/internal/subsystem/subsystemtest"
	"opscenter/subsystems/trafficsafety"
)

// everything makes an instance read all that it can.
const everything = `{"events":true,"reviews":true}`

func TestDialect(t *testing.T) {
	t.Parallel()
	subsystemtest.RunDialect(t, frigate.Dialect(), trafficsafety.Factory(), everything)
}

func FuzzDecode(f *testing.F) {
	subsystemtest.FuzzDialect(f, frigate.Dialect(), trafficsafety.Factory(), everything)
}

// set opens instances of Frigate that feed the cameras.
func set(t testing.TB, settings ...string) (*subsystem.Set, error) {
	t.Helper()
	c := subsystem.SetConfig{Root: "ioc/v1", Factories: []subsystem.Factory{trafficsafety.Factory()}, Dialects: []subsystem.Dialect{frigate.Dialect()}}
	for i, s := range settings {
		c.Instances = append(c.Instances, subsystem.Instance{
			Name: "frigate-" + string(rune('a'+i)), Dialect: "frigate", Subsystem: "trafficsafety", Settings: json.RawMessage(s),
		})
	}
	return subsystem.NewSet(c)
}

// send gives the set one message.
func send(t testing.TB, s *subsystem.Set, topic, payload string) []city.Observation {
	t.Helper()
	r, location, device := s.Route(topic)
	if r == nil {
		t.Fatalf("nothing reads %q", topic)
	}
	said, err := r.Decoder.Decode(subsystem.Message{
		Topic: topic, Kind: r.Topic.Kind, Location: location, Device: device, Payload: []byte(payload),
		ReceivedAt: time.Date(2026, 11, 23, 1, 15, 0, 0, time.UTC),
	})
	if err != nil {
		t.Fatalf("%s %s: %v", topic, payload, err)
	}
	return said
}

// stated returns a state of the first observation, or nothing.
func stated(said []city.Observation, name string) string {
	for _, o := range said {
		for _, s := range o.States {
			if s.Name == name {
				return s.Value
			}
		}
	}
	return ""
}

func TestCameraThatIsSwitchedOffIsNotJudgedByItsFigures(t *testing.T) {
	t.Parallel()
	s, err := set(t, `{}`)
	if err != nil {
		t.Fatal(err)
	}
	const still = `{"cameras":{"gate":{"camera_fps":0}}}`
	if got := stated(send(t, s, "frigate/stats", still), "stream"); got != "no_signal" {
		t.Fatalf("in service, without frames: stream %q", got)
	}
	for _, off := range [][2]string{{"frigate/gate/status/detect", "disabled"}, {"frigate/gate/enabled/state", "OFF"}} {
		send(t, s, off[0], off[1])
		said := send(t, s, "frigate/stats", still)
		if stated(said, "stream") != "disabled" || stated(said, "camera_enabled") != "disabled" {
			t.Errorf("after %v the figures say %+v", off, said)
		}
		send(t, s, "frigate/gate/enabled/state", "ON")
		if got := stated(send(t, s, "frigate/stats", still), "stream"); got != "no_signal" {
			t.Errorf("switched on again, without frames: stream %q", got)
		}
	}
}

func TestAlternatingCameraStaysDownUntilItsFiguresSayOtherwise(t *testing.T) {
	t.Parallel()
	s, err := set(t, `{}`)
	if err != nil {
		t.Fatal(err)
	}
	stream := ""
	hear := func(topic, payload string) {
		if word := stated(send(t, s, topic, payload), "stream"); word != "" {
			stream = word
		}
	}
	for range 3 {
		hear("frigate/gate/status/detect", "offline")
		hear("frigate/gate/status/detect", "online")
		if stream != "no_signal" {
			t.Fatalf("stream %q while the camera alternates", stream)
		}
	}
	hear("frigate/stats", `{"cameras":{"gate":{"camera_fps":5}}}`)
	if stream != "ok" {
		t.Errorf("stream %q after frames came", stream)
	}
}

func TestTwoRecordersDoNotCollide(t *testing.T) {
	t.Parallel()
	s, err := set(t, `{}`, `{"prefix":"north/frigate"}`)
	if err != nil {
		t.Fatal(err)
	}
	const one = `{"cameras":{"gate":{"camera_fps":5}},"service":{"uptime":1}}`
	var ids []string
	for _, topic := range []string{"frigate/stats", "north/frigate/stats"} {
		for _, o := range send(t, s, topic, one) {
			ids = append(ids, o.External)
		}
	}
	want := []string{"frigate:gate", "frigate:@frigate", "frigate:north/frigate/gate", "frigate:@north/frigate"}
	if !slices.Equal(ids, want) {
		t.Errorf("got %q, want %q", ids, want)
	}
	if _, err := set(t, `{}`, `{"prefix":"frigate"}`); err == nil || !strings.Contains(err.Error(), "overlaps") {
		t.Errorf("two instances with one prefix: %v", err)
	}
}

func TestWhatIsNotReadIsNotSubscribedTo(t *testing.T) {
	t.Parallel()
	s, err := set(t, `{"plates":false}`)
	if err != nil {
		t.Fatal(err)
	}
	for _, topic := range []string{
		"frigate/gate/person/snapshot", "frigate/gate/motion", "frigate/gate/detect/set", "frigate/gate/enabled/set",
		"frigate/restart", "frigate/events", "frigate/reviews", "frigate/tracked_object_update",
	} {
		if r, _, _ := s.Route(topic); r != nil {
			t.Errorf("%s is read by %s", topic, r.Owner)
		}
	}
}

func TestPrefixIsChecked(t *testing.T) {
	t.Parallel()
	for _, prefix := range []string{"", "/frigate", "frigate/", "a//b", "frigate/#", "+", "{root}", "$SYS", "a;b"} {
		if _, err := set(t, `{"prefix":"`+prefix+`"}`); err == nil || !strings.Contains(err.Error(), "prefix") {
			t.Errorf("prefix %q: %v", prefix, err)
		}
	}
}

func TestSubsystemWithoutCamerasIsRefused(t *testing.T) {
	t.Parallel()
	spec := subsystem.Spec{ID: "tourism"}
	if _, err := frigate.Dialect().Open(subsystem.Binding{Name: "x", Spec: &spec}, nil); err == nil || !strings.Contains(err.Error(), "tourism") {
		t.Errorf("got %v, want an error that names the subsystem", err)
	}
}
