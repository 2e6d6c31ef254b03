package native_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"opscenter/internal/city"
	"opscenter/internal/dialect/native"
	"opscenter/internal/subsystem"
)

var received = time.Date(2026, 11, 23, 1, 15, 0, 0, time.UTC) //nolint:gochecknoglobals // a constant

// weather is a subsystem of sensors: it has readings, one state and events of its own.
func weather() subsystem.Spec {
	const device = "{root}/weather/{location}/{device}/"
	return subsystem.Spec{
		ID: "weather",
		Topics: []subsystem.Topic{
			{Pattern: device + "availability", Kind: "availability"},
			{Pattern: device + "reading", Kind: "reading"},
			{Pattern: device + "event", Kind: "event"},
		},
		Metrics: []subsystem.Metric{{Name: "pm25"}, {Name: "rain_mm_h"}},
		States:  []subsystem.State{{Name: "mode", Words: []subsystem.Word{{Value: "auto"}}}, {Name: "note"}},
	}
}

func build(t *testing.T) subsystem.Decoder {
	t.Helper()
	b := native.Build(weather())
	b.Availability()
	b.Values("reading")
	b.Event("event", native.Type("storm"), native.Title().Must(), native.Phase(city.Started, city.Instant))
	d, err := b.Decoder()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestValuesBecomeTheReadingsThatTheSpecDeclares(t *testing.T) {
	t.Parallel()
	got, err := build(t).Decode(subsystem.Message{Kind: "reading", ReceivedAt: received, Payload: []byte(
		`{"ts":"2026-11-23T08:14:59+07:00","seq":9,"values":{"pm25":17.5,"unknown":{"a":1},"rain_mm_h":null}}`)})
	want := []city.Observation{{
		Kind: "reading", ObservedAt: received.Add(-time.Second), Seq: 9,
		Readings: []city.Reading{{Metric: "pm25", Value: 17.5}},
	}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Fatal(diff, err)
	}
}

func TestStatesBesideValuesBecomeTheStatesThatTheSpecDeclares(t *testing.T) {
	t.Parallel()
	got, err := build(t).Decode(subsystem.Message{Kind: "reading", ReceivedAt: received, Payload: []byte(
		`{"ts":"2026-11-23T08:15:00+07:00","states":{"mode":"auto","unknown":7,"note":"Đã vệ sinh"},"values":{"pm25":17.5}}`)})
	want := []city.Observation{{
		Kind: "reading", ObservedAt: received,
		Readings: []city.Reading{{Metric: "pm25", Value: 17.5}},
		States:   []city.State{{Name: "mode", Value: "auto"}, {Name: "note", Value: "Đã vệ sinh"}},
	}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Fatal(diff, err)
	}
}

func TestEventIsInstantUnlessItSaysOtherwise(t *testing.T) {
	t.Parallel()
	for payload, want := range map[string]city.Phase{
		`{"ts":"2026-11-23T08:14:59+07:00","id":"e1","title":"Dông"}`:                   city.Instant,
		`{"ts":"2026-11-23T08:14:59+07:00","id":"e1","title":"Dông","state":"started"}`: city.Started,
	} {
		got, err := build(t).Decode(subsystem.Message{Kind: "event", ReceivedAt: received, Payload: []byte(payload)})
		if err != nil || got[0].Event.Phase != want || got[0].Event.ID != "e1" || got[0].Event.Title != "Dông" {
			t.Errorf("%s: got %+v, %v", payload, got, err)
		}
	}
}

func TestFaultsNameTheField(t *testing.T) {
	t.Parallel()
	const ts = `{"ts":"2026-11-23T08:14:59+07:00",`
	for _, c := range []struct{ kind, payload, want string }{
		{"reading", ts + `"values":{"pm25":"17"}}`, `field "values": "pm25": want a number, got a string`},
		{"reading", ts + `"values":{"pm25":1,"pm25":2}}`, `field "values": "pm25": it occurs twice`},
		{"reading", ts + `"values":{"unknown":1}}`, `field "values": no declared metric`},
		{"reading", ts + `"values":{}}`, `field "values": no declared metric`},
		{"reading", ts + `"values":7}`, `field "values": want an object, got a number`},
		{"reading", ts + `"values":{"pm25":1`, `not JSON`},
		{"reading", ts + `"values":{"pm25":1},"states":{"mode":"hand"}}`, `field "states": "mode": "hand" is none of ["auto"]`},
		{"reading", ts + `"values":{"pm25":1},"states":{"mode":"auto","mode":"auto"}}`, `field "states": "mode": it occurs twice`},
		{"reading", ts + `"values":{"pm25":1},"states":["auto"]}`, `field "states": want an object, got an array`},
		{"reading", ts + `"states":{"mode":"auto"}}`, `field "values" is missing`},
		{"reading", ts + `"seq":2}`, `field "values" is missing`},
		{"reading", ts + `"seq":99999999999999999999}`, `field "seq": want a whole number`},
		{"event", ts + `"id":"e 1"}`, `field "id": want 1 to 128 visible`},
		{"event", ts + `"id":"` + strings.Repeat("e", 129) + `"}`, `field "id": want 1 to 128 visible`},
		{"event", ts + `"id":"e1","title":"` + strings.Repeat("ô", 257) + `"}`, `field "title": more than 256 characters`},
		{"event", ts + `"id":"e1"}`, `field "title" is missing`},
		{"other", `{}`, `nothing reads messages of kind "other"`},
	} {
		got, err := build(t).Decode(subsystem.Message{Kind: c.kind, ReceivedAt: received, Payload: []byte(c.payload)})
		if !errors.Is(err, subsystem.ErrPayload) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, %v, want an error with %q", c.payload, got, err, c.want)
		}
	}
}

func TestPlateIsNeverPartOfAnError(t *testing.T) {
	t.Parallel()
	spec := weather()
	spec.Topics = spec.Topics[2:]
	b := native.Build(spec)
	b.Event("event", native.NumberPlate())
	d, err := b.Decoder()
	if err != nil {
		t.Fatal(err)
	}
	const plate = "19A-123.45"
	for _, written := range []string{
		`"` + plate + `\u0000"`, `"` + strings.Repeat(plate, 9) + `"`, `["` + plate + `"]`, `{"x":"` + plate + `"}`, `"` + plate, `"` + plate + `\x"`,
	} {
		payload := []byte(`{"ts":"2026-11-23T08:14:59+07:00","id":"e1","plate":` + written + `}`)
		_, err := d.Decode(subsystem.Message{Kind: "event", ReceivedAt: received, Payload: payload})
		if err == nil || strings.Contains(err.Error(), plate) {
			t.Errorf("%s: got error %v", payload, err)
		}
	}
}

func TestDecoderIsCheckedAgainstTheSpec(t *testing.T) {
	t.Parallel()
	b := native.Build(weather())
	b.Object("reading", native.Count("cars"), native.Counts("classes", "n_", "bus"), native.Flag("night"), b.State("weather"), b.State("note"), native.Lane(), native.Lane())
	b.Object("reading")
	b.Values("values")
	_, err := b.Decoder()
	if err == nil {
		t.Fatal("it was built")
	}
	for _, want := range []string{
		`no metric "cars"`, `no metric "n_bus"`, `no state "night"`, `no state "weather"`, `no state "note" with words`,
		`field "lane" occurs twice`, `kind "reading" is built twice`, `kind "values" has no topic`,
		`nothing reads kind "availability"`, `nothing reads kind "event"`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no fault %q in:\n%v", want, err)
		}
	}
}
