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

// clinic is a subsystem that speaks every standard kind.
func clinic() subsystem.Spec {
	spec := office()
	spec.ID = "clinic"
	spec.Metrics = []subsystem.Metric{{Name: "temperature_c"}}
	spec.Topics = native.Topics("clinic", native.Availability, native.Reading, native.Indicator, native.Event)
	return spec
}

func openStandard(t *testing.T, spec subsystem.Spec) subsystem.Decoder {
	t.Helper()
	d, err := native.Standard(spec).Open(nil)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestTopicsFollowOneForm(t *testing.T) {
	t.Parallel()
	kinds := []string{native.Event, native.Availability, native.Reading, native.Indicator}
	got := native.Topics("clinic", kinds...)
	if len(got) != len(kinds) {
		t.Fatalf("got %d topics, want %d", len(got), len(kinds))
	}
	for i, kind := range kinds {
		want := subsystem.Topic{
			Pattern: "{root}/clinic/{location}/{device}/" + kind, Kind: kind, Doc: got[i].Doc,
			EventOnly: kind == native.Event, // of a device that nobody registered
		}
		if got[i] != want || got[i].Doc == "" {
			t.Errorf("got %+v, want %+v with documentation", got[i], want)
		}
	}
}

func TestStandardReadsEveryKind(t *testing.T) {
	t.Parallel()
	d := openStandard(t, clinic())
	const ts = `{"ts":"2026-11-23T08:15:00+07:00",`
	for _, c := range []struct {
		kind, payload string
		want          city.Observation
	}{
		{native.Availability, "online", city.Observation{Undated: true, States: []city.State{{Name: "availability", Value: "online"}}}},
		{native.Reading, ts + `"values":{"temperature_c":4.5}}`, city.Observation{Readings: []city.Reading{{Metric: "temperature_c", Value: 4.5}}}},
		{
			native.Indicator, ts + `"indicator":"received","period":"2026-11-23","value":7}`,
			city.Observation{Indicator: &city.Indicator{Code: "received", Period: "2026-11-23", Value: 7}},
		},
		{native.Event, ts + `"id":"e1","type":"outbreak"}`, city.Observation{Event: &city.Event{ID: "e1", Type: "outbreak", Phase: city.Instant}}},
		{
			native.Event, ts + `"id":"e1","type":"power.cut_2","state":"started","severity":"major","title":"Mất điện","description":"Khoa Nhi",
				"lat":21.3,"lon":105.4,"due":"2026-11-23T10:15:00.123456789+07:00"}`,
			city.Observation{Event: &city.Event{
				ID: "e1", Type: "power.cut_2", Phase: city.Started, Severity: "major", Title: "Mất điện", Description: "Khoa Nhi",
				Lat: new(21.3), Lon: new(105.4), DueAt: received.Add(2*time.Hour + 123456*time.Microsecond),
			}},
		},
	} {
		c.want.Kind, c.want.ObservedAt = c.kind, received
		got, err := d.Decode(subsystem.Message{Kind: c.kind, ReceivedAt: received, Payload: []byte(c.payload)})
		if diff := cmp.Diff([]city.Observation{c.want}, got); diff != "" || err != nil {
			t.Errorf("%s: %v %s", c.payload, err, diff)
		}
	}
}

func TestStandardEventNamesTheFieldThatIsWrong(t *testing.T) {
	t.Parallel()
	d := openStandard(t, clinic())
	for fields, want := range map[string]string{
		`"id":"e1"`:                               `field "type" is missing`,
		`"type":"outbreak"`:                       `field "id" is missing`,
		`"id":"e1","type":"Ổ dịch"`:               `field "type": id "Ổ dịch" is not a slug`,
		`"id":"e1","type":""`:                     `field "type": id "" is not a slug`,
		`"id":"e1","type":"Outbreak"`:             `field "type": id "Outbreak" is not a slug`,
		`"id":"e1","type":"a","state":"over"`:     `field "state": "over" is none of`,
		`"id":"e1","type":"a","severity":"high"`:  `field "severity": "high" is none of`,
		`"id":"e1","type":"a","due":"2026-11-25"`: `field "due": "2026-11-25" is not a time in RFC 3339`,
		`"id":"e1","type":"a","due":1763863200`:   `field "due": want a string, got a number`,
		`"id":"e1","type":"a","lat":105.4`:        `field "lat": 105.4 is out of range`,
	} {
		payload := []byte(`{"ts":"2026-11-23T08:15:00+07:00",` + fields + `}`)
		got, err := d.Decode(subsystem.Message{Kind: native.Event, ReceivedAt: received, Payload: payload})
		if !errors.Is(err, subsystem.ErrPayload) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %+v, %v, want an error with %q", fields, got, err, want)
		}
	}
}

func TestStandardSpeaksNoKindThatItsTopicsDoNotHave(t *testing.T) {
	t.Parallel()
	d := openStandard(t, office())
	for _, kind := range []string{native.Availability, native.Reading, native.Event} {
		if got, err := d.Decode(subsystem.Message{Kind: kind, ReceivedAt: received, Payload: []byte("online")}); !errors.Is(err, subsystem.ErrPayload) {
			t.Errorf("%s: got %+v, %v", kind, got, err)
		}
	}
}

func TestStandardRefusesAKindOfItsOwn(t *testing.T) {
	t.Parallel()
	spec := office()
	spec.Topics = append(spec.Topics, native.Topics("office", "flow")...)
	if _, err := native.Standard(spec).Open(nil); err == nil || !strings.Contains(err.Error(), `nothing reads kind "flow"`) {
		t.Errorf("got error %v", err)
	}
}

func TestStandardHasNothingToConfigure(t *testing.T) {
	t.Parallel()
	f := native.Standard(office())
	if _, err := f.Open([]byte(`{}`)); err != nil {
		t.Error(err)
	}
	if _, err := f.Open([]byte(`{"cadence_s":5}`)); err == nil || !strings.Contains(err.Error(), `"cadence_s"`) {
		t.Errorf("got error %v", err)
	}
}
