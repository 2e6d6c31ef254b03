package homeassistant_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/dialect/homeassistant"
	"opscenter/internal/subsystem"
	"opscenter/internal/subsystem/subsystemtest"
	"opscenter/subsystems/trafficsafety"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	subsystemtest.RunDialect(t, homeassistant.Dialect(), trafficsafety.Factory(), "")
}

func FuzzDecode(f *testing.F) {
	subsystemtest.FuzzDialect(f, homeassistant.Dialect(), trafficsafety.Factory(), "")
}

func open(t testing.TB, settings string) (subsystem.Feed, error) {
	t.Helper()
	spec := trafficsafety.Factory().Spec
	return homeassistant.Dialect().Open(subsystem.Binding{Name: "test", Spec: &spec, Root: "ioc/v1", Zone: time.UTC}, json.RawMessage(settings))
}

func TestSettingsThatCannotBeMeantAreRefused(t *testing.T) {
	t.Parallel()
	for settings, want := range map[string]string{`{"prefix":""}`: "empty", `{"root":"ha"}`: `unknown field "root"`} {
		if _, err := open(t, settings); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: want an error that says %q, got %v", settings, want, err)
		}
	}
}

// listener decodes one message after the other.
type listener struct {
	t       *testing.T
	decoder subsystem.Decoder
}

func listen(t *testing.T) listener {
	t.Helper()
	feed, err := open(t, "")
	if err != nil {
		t.Fatal(err)
	}
	return listener{t, feed.Decoder}
}

func (l listener) hear(topic, payload string) []city.Observation {
	l.t.Helper()
	got, err := l.decoder.Decode(subsystem.Message{Topic: topic, Kind: homeassistant.ID, Payload: []byte(payload), ReceivedAt: time.Unix(0, 0).UTC()})
	if err != nil {
		l.t.Fatal(err)
	}
	return got
}

func TestDeviceIsWithdrawnWithItsLastTopic(t *testing.T) {
	t.Parallel()
	const door, battery = "homeassistant/binary_sensor/cab1/door/config", "homeassistant/sensor/cab1/battery/config"
	const payload = `{"name":"Door","dev":{"ids":["cab1"]}}`
	l := listen(t)
	l.hear(door, payload)
	l.hear(door, payload) // told again on every reconnection
	l.hear(battery, payload)
	if got := l.hear(door, ""); len(got) != 0 {
		t.Errorf("one of two topics taken back: the device is still there, got %+v", got)
	}
	for range 2 {
		got := l.hear(battery, "")
		if len(got) != 1 || got[0].External != "homeassistant:cab1" || !got[0].Announcement.Withdrawn {
			t.Errorf("the last topic taken back: want cab1 withdrawn, got %+v", got)
		}
	}
	l.hear(door, payload)
	if got := l.hear(battery, ""); len(got) != 0 {
		t.Errorf("the device is there again, got %+v", got)
	}
}

func TestTopicThatSpeaksOfAnotherDeviceNoLongerCountsForTheFirst(t *testing.T) {
	t.Parallel()
	const one, two = "homeassistant/sensor/one/config", "homeassistant/sensor/two/config"
	l := listen(t)
	l.hear(one, `{"dev":{"ids":"old"}}`)
	l.hear(two, `{"dev":{"ids":"old"}}`)
	l.hear(one, `{"dev":{"ids":"new"}}`)
	if got := l.hear(two, ""); len(got) != 1 || got[0].External != "homeassistant:old" {
		t.Errorf("want old withdrawn, got %+v", got)
	}
}

func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	l := listen(t)
	topic := func(i int) string { return fmt.Sprintf("homeassistant/sensor/s%d/config", i) }
	const many = 1 << 16
	for i := range many + 1 {
		l.hear(topic(i), `{"name":"s"}`)
	}
	if got := l.hear(topic(many-1), ""); len(got) != 1 {
		t.Errorf("the last topic that is remembered: want one withdrawal, got %+v", got)
	}
	if got := l.hear(topic(many), ""); len(got) != 0 {
		t.Errorf("one topic too many: want nothing, got %+v", got)
	}
}
