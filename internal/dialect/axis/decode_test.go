package axis_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/dialect/axis"
	"opscenter/internal/dialect/onvif"
	"opscenter/internal/subsystem"
	"opscenter/subsystems/trafficsafety"
)

func newSet(settings string) (*subsystem.Set, error) {
	return subsystem.NewSet(subsystem.SetConfig{
		Root: "ioc/v1", Factories: []subsystem.Factory{trafficsafety.Factory()}, Dialects: []subsystem.Dialect{axis.Dialect()},
		Instances: []subsystem.Instance{{Name: "axis", Dialect: "axis", Subsystem: "trafficsafety", Settings: json.RawMessage(settings)}},
	})
}

// decode reads what comes on a topic as a center does that has these settings.
func decode(t *testing.T, settings, topic, payload string, retained bool) []city.Observation {
	t.Helper()
	set, err := newSet(settings)
	if err != nil {
		t.Fatal(err)
	}
	r, location, device := set.Route(topic)
	if r == nil {
		t.Fatalf("nobody owns topic %s", topic)
	}
	observations, err := r.Decoder.Decode(subsystem.Message{
		Topic: topic, Kind: r.Topic.Kind, Location: location, Device: device, Payload: []byte(payload),
		ReceivedAt: time.Date(2026, 11, 23, 1, 15, 1, 0, time.UTC), Retained: retained,
	})
	if err != nil {
		t.Fatal(err)
	}
	return observations
}

func TestSettingsThatContradictThemselvesAreRefused(t *testing.T) {
	t.Parallel()
	for settings, want := range map[string]string{
		`{"prefix":""}`:                    `"prefix" is empty`,
		`{"device":"00408C123456"}`:        `"device": "00408C123456"`,
		`{"online":"up"}`:                  `want both or neither`,
		`{"online":"x","offline":"x"}`:     `are both "x"`,
		`{"connection":"a/#/b"}`:           `"connection"`,
		`{"dataq":true,"dataq_prefix":""}`: `"dataq_prefix" is empty`,
		`{"disks":"SD_DISK"}`:              `disks`,
	} {
		if _, err := newSet(settings); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got error %v, want one with %s", settings, err, want)
		}
	}
}

func TestTheConnectionStatusMovesWithThePrefix(t *testing.T) {
	t.Parallel()
	got := decode(t, `{"prefix":"cams/{device}/ev"}`, "cams/00408C123456/ev/connection", `{"connected":false}`, true)
	want := city.State{Name: city.AvailabilityState, Value: city.Offline}
	if len(got) != 1 || got[0].External != "axis:00408C123456" || !slices.Contains(got[0].States, want) {
		t.Errorf("got %+v", got)
	}
}

func TestWithoutAConnectionStatusItIsAnEventLikeOthers(t *testing.T) {
	t.Parallel()
	got := decode(t, `{"connection":""}`, "axis/00408C123456/event/connection", `{"connected":false}`, false)
	if len(got) != 1 || got[0].States[0] != (city.State{Name: "last_event", Value: "connection"}) {
		t.Errorf("got %+v", got)
	}
}

func TestDataQIsReadOnlyWhenAskedFor(t *testing.T) {
	t.Parallel()
	set, err := newSet("")
	if err != nil {
		t.Fatal(err)
	}
	if r, _, _ := set.Route("dataq/occupancy/00408C123456"); r != nil {
		t.Errorf("%s owns the topic", r.Owner)
	}
	if m := set.All()[0].Spec.Metric("occupancy_car"); m != nil {
		t.Error("its readings are declared")
	}
}

func TestAnUnknownEventProvesLifeUnlessItMayBeOld(t *testing.T) {
	t.Parallel()
	const topic = "axis/00408C123456/event/tns:onvif/Device/tns:axis/Sensor/PIR/$source/sensor/0"
	for _, c := range []struct {
		name, payload string
		retained      bool
		want          int
	}{
		{"live", `{"message":{}}`, false, 1},
		{"retained, with its time", `{"timestamp":1795396498250}`, true, 1},
		{"retained, without", `{"message":{}}`, true, 0},
	} {
		if got := decode(t, "", topic, c.payload, c.retained); len(got) != c.want {
			t.Errorf("%s: %d observations, want %d", c.name, len(got), c.want)
		}
	}
}

func TestEveryConditionIsASeriesOfItsOwn(t *testing.T) {
	t.Parallel()
	channels := map[string]bool{}
	for path, data := range map[string]string{
		"tns:axis/Storage/Alert/$source/disk_id/SD_DISK":                      `{"alert":"1"}`,
		"tns:axis/Storage/Alert/$source/disk_id/NetworkShare":                 `{"alert":"1"}`,
		"tns:axis/Storage/Disruption/$source/disk_id/SD_DISK":                 `{"disruption":"1"}`,
		"tns:onvif/Device/HardwareFailure/StorageFailure":                     `{"Failed":"1"}`,
		"tns:onvif/Device/HardwareFailure/TemperatureCritical":                `{"Critical":"1"}`,
		"tns:onvif/Device/tns:axis/Status/Temperature/Above_or_below":         `{"sensor_level":"1"}`,
		"tns:axis/CameraApplicationPlatform/ObjectAnalytics/Device1Scenario1": `{"active":"1"}`,
		"tns:axis/CameraApplicationPlatform/ObjectAnalytics/Device1Scenario2": `{"active":"1"}`,
	} {
		o := decode(t, "", "axis/00408C123456/event/"+path, `{"timestamp":1795396498250,"message":{"data":`+data+`}}`, true)[0]
		if channels[o.Channel] {
			t.Errorf("%s shares channel %q: the older one of two retained messages would count as late", path, o.Channel)
		}
		channels[o.Channel] = true
	}
}

func TestItFeedsOneSubsystemTogetherWithONVIF(t *testing.T) {
	t.Parallel()
	_, err := subsystem.NewSet(subsystem.SetConfig{
		Root: "ioc/v1", Factories: []subsystem.Factory{trafficsafety.Factory()},
		Dialects: []subsystem.Dialect{axis.Dialect(), onvif.Dialect()},
		Instances: []subsystem.Instance{
			{Name: "axis", Dialect: "axis", Subsystem: "trafficsafety", Settings: json.RawMessage(settings)},
			{Name: "axis-south", Dialect: "axis", Subsystem: "trafficsafety", Settings: json.RawMessage(`{"prefix":"south/{device}/event"}`)},
			{Name: "onvif", Dialect: "onvif", Subsystem: "trafficsafety"},
		},
	})
	if err != nil {
		t.Errorf("what both of them tell is not declared alike, or their topics overlap: %v", err)
	}
}
