package onvif_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/dialect/onvif"
	"opscenter/internal/subsystem"
	"opscenter/subsystems/trafficsafety"
)

func open(settings string) (subsystem.Feed, error) {
	spec := trafficsafety.Factory().Spec
	return onvif.Dialect().Open(subsystem.Binding{Name: "test", Spec: &spec, Root: "ioc/v1", Zone: time.UTC}, json.RawMessage(settings))
}

// message is one that came on a topic of camera cam-7.
func message(local, payload string) subsystem.Message {
	return subsystem.Message{
		Topic: "onvif/cam-7/onvif-ej/" + local, Kind: "onvif", Device: "cam-7", Payload: []byte(payload),
		ReceivedAt: time.Date(2026, 11, 23, 1, 15, 1, 0, time.UTC),
	}
}

func decode(t *testing.T, m subsystem.Message) []city.Observation {
	t.Helper()
	feed, err := open("")
	if err != nil {
		t.Fatal(err)
	}
	observations, err := feed.Decoder.Decode(m)
	if err != nil {
		t.Fatal(err)
	}
	return observations
}

func TestSettingsThatNameNoCameraAreRefused(t *testing.T) {
	t.Parallel()
	for settings, want := range map[string]string{
		`{"prefix":""}`:                               `"prefix" is empty`,
		`{"prefix":"square/gate"}`:                    `no {device}`,
		`{"prefix":"square/my{device}"}`:              `no {device}`,
		`{"prefix":"x/{device}","device":"cam1"}`:     `"device": "cam1"`,
		`{"prefix":"x","device":"y","devices":["z"]}`: `has no {device} for them`,
		`{"devices":["a/b"]}`:                         `"a/b" is not one level`,
		`{"devices":[""]}`:                            `"" is not one level`,
		`{"sources":"yes"}`:                           `sources`,
	} {
		if _, err := open(settings); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got error %v, want one with %s", settings, err, want)
		}
	}
}

func TestEveryPropertyIsASeriesOfItsOwn(t *testing.T) {
	t.Parallel()
	channels := map[string]string{}
	for _, local := range []string{
		"VideoSource/ImageTooBlurry/AnalyticsService/&1", "VideoSource/ImageTooBlurry/ImagingService/&1",
		"VideoSource/ImageTooDark/ImagingService/&1", "VideoSource/SignalLoss/&1",
	} {
		o := decode(t, message(local, `{"UtcTime":"2026-11-23T01:00:00Z","Data":{"State":"true"}}`))[0]
		if other, taken := channels[o.Channel]; taken {
			t.Errorf("%s shares channel %q with %s: the older one of two retained messages would count as late", local, o.Channel, other)
		}
		channels[o.Channel] = local
	}
}

func TestAnIDOfAPlateTellsNothingOfIt(t *testing.T) {
	t.Parallel()
	const local = "RuleEngine/Recognition/LicensePlate/&1/Gate"
	seen := func(plate, object, at string) city.Event {
		payload := `{"UtcTime":"` + at + `","Data":{"ObjectId":"` + object + `","LicensePlateInfo":{"PlateNumber":"` + plate + `"}}}`
		return *decode(t, message(local, payload))[0].Event
	}
	one := seen("19A-123.45", "7", "2026-11-23T01:00:00Z")
	if other := seen("30F-678.90", "7", "2026-11-23T01:00:00Z"); other.ID != one.ID {
		t.Errorf("ids %s and %s follow from the plates", one.ID, other.ID)
	}
	if again := seen("19A-123.45", "7", "2026-11-23T01:00:00Z"); again.ID != one.ID {
		t.Errorf("a second delivery is %s, want %s", again.ID, one.ID)
	}
	for _, other := range []city.Event{seen("19A-123.45", "8", "2026-11-23T01:00:00Z"), seen("19A-123.45", "7", "2026-11-23T01:00:01Z")} {
		if other.ID == one.ID {
			t.Errorf("another event has the same id %s", one.ID)
		}
	}
}

func TestAnUnknownEventProvesLifeUnlessItMayBeOld(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, payload string
		retained      bool
		want          int
	}{
		{"live", `{}`, false, 1},
		{"retained, with its time", `{"UtcTime":"2026-11-20T00:00:00Z"}`, true, 1},
		{"retained, without", `{}`, true, 0},
	} {
		m := message("Device/Trigger/DigitalInput/&1", c.payload)
		m.Retained = c.retained
		if got := decode(t, m); len(got) != c.want {
			t.Errorf("%s: %d observations, want %d", c.name, len(got), c.want)
		}
	}
}

func TestATopicWithoutAnEventSaysNothing(t *testing.T) {
	t.Parallel()
	m := message("", `{}`)
	for _, topic := range []string{"onvif/cam-7/onvif-ej", "onvif/cam-7/onvif-ej/"} {
		m.Topic = topic
		if got := decode(t, m); got != nil {
			t.Errorf("%s: got %+v", topic, got)
		}
	}
}

func TestDisksOfARecorderAreToldApart(t *testing.T) {
	t.Parallel()
	for _, disks := range [][]string{{"disk1", "disk2", "disk3", "disk4"}, {"7", "8", "9", "10"}, {"SD_DISK", "NetworkShare"}} {
		states := map[string]string{}
		for _, token := range disks {
			o := decode(t, message("Device/HardwareFailure/StorageFailure/&"+token, `{"Data":{"Failed":true}}`))[0]
			name := o.States[0].Name
			if other, taken := states[name]; taken {
				t.Errorf("%s and %s are both %s: one that is well would clear the other's failure", token, other, name)
			}
			states[name] = token
		}
	}
}

func TestNamedCamerasLeaveOtherTopicsAlone(t *testing.T) {
	t.Parallel()
	mac := subsystem.Instance{Name: "hanwha", Dialect: "onvif", Subsystem: "trafficsafety"}
	other := subsystem.Instance{Name: "other", Dialect: "onvif", Subsystem: "trafficsafety"} // onvif/{device}
	open := func(settings string) error {
		mac.Settings = json.RawMessage(settings)
		_, err := subsystem.NewSet(subsystem.SetConfig{
			Root: "ioc/v1", Factories: []subsystem.Factory{trafficsafety.Factory()}, Dialects: []subsystem.Dialect{onvif.Dialect()},
			Instances: []subsystem.Instance{mac, other},
		})
		return err
	}
	if err := open(`{"prefix":"{device}"}`); err == nil {
		t.Error("any first level is accepted beside another prefix")
	}
	if err := open(`{"prefix":"{device}","devices":["E4:30:22:F3:31:AA"]}`); err != nil {
		t.Error(err)
	}
}
