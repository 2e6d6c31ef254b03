package native_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"opscenter/internal/city"
	"opscenter/internal/dialect/native"
	"opscenter/internal/subsystem"
)

// bureau is a subsystem that tells indicators of every form, and one that nobody may tell.
func bureau() subsystem.Spec {
	names := city.Names{VI: "Tên", EN: "Name"}
	return subsystem.Spec{
		ID: "bureau", Names: names, Doc: "For tests.", Cadence: time.Hour,
		Topics:  native.Topics("bureau", native.Reading, native.Indicator, native.Event),
		Metrics: []subsystem.Metric{{Name: "queue", Names: names, Doc: "People who wait.", Unit: "people"}},
		Indicators: []subsystem.Indicator{
			{Code: "received", Names: names, Doc: "Dossiers.", Period: subsystem.Daily},
			{Code: "on_time", Names: names, Doc: "Dossiers.", Unit: "%", Period: subsystem.Monthly, Scale: 100},
			{Code: "growth", Names: names, Doc: "Growth.", Unit: "%", Period: subsystem.Quarterly},
			{Code: "open", Names: names, Doc: "Dossiers.", Period: subsystem.Daily, Computed: true},
		},
		Cases: []subsystem.Cases{{Kind: native.Event, DueAfter: time.Hour, Open: "open"}},
	}
}

func describe(t *testing.T, kind string) (subsystem.Decoder, *subsystem.Payload) {
	t.Helper()
	d, err := native.Standard(bureau()).Open(nil)
	if err != nil {
		t.Fatal(err)
	}
	describer, ok := d.(subsystem.Describer)
	if !ok || describer.Describe("none") != nil {
		t.Fatal("it describes nothing, or what it does not read")
	}
	return d, describer.Describe(kind)
}

func compile(t *testing.T, p *subsystem.Payload) *jsonschema.Schema {
	t.Helper()
	encoded, err := json.Marshal(&p.Schema)
	if err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(encoded))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft7)
	c.AssertFormat()
	if err := c.AddResource("payload.json", document); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("payload.json")
	if err != nil {
		t.Fatalf("%s: %v", encoded, err)
	}
	return schema
}

func TestDescriptionAndDecoderAgree(t *testing.T) {
	t.Parallel()
	const ts = `{"ts":"2026-11-23T08:15:00+07:00",`
	for kind, payloads := range map[string]map[string]bool{
		native.Indicator: {
			ts + `"indicator":"received","period":"2026-11-23","value":7}`:                            true,
			ts + `"indicator":"received","period":"2026-11-23","value":7,"scope":"nong-trang"}`:       true,
			ts + `"indicator":"on_time","period":"2026-11","numerator":1,"denominator":4}`:            true,
			ts + `"indicator":"on_time","period":"2026-11","value":25}`:                               true,
			ts + `"indicator":"growth","period":"2026-Q4","value":-2.5,"revision":2}`:                 true,
			ts + `"indicator":"on_time","period":"2026-11","value":25,"numerator":1,"denominator":4}`: true,
			ts + `"indicator":"on_time","period":"2026-11","value":25,"numerator":1}`:                 false,
			ts + `"indicator":"received","period":"2026-11","value":7}`:                               false,
			ts + `"indicator":"received","period":"2026-11-23"}`:                                      false,
			ts + `"indicator":"received","period":"2026-11-23","numerator":1,"denominator":4}`:        false,
			ts + `"indicator":"growth","period":"2026-Q5","value":1}`:                                 false,
			ts + `"indicator":"open","period":"2026-11-23","value":7}`:                                false,
			ts + `"indicator":"other","period":"2026-11-23","value":7}`:                               false,
			ts + `"indicator":"received","period":"2026-11-23","value":7,"revision":1.5}`:             false,
			ts + `"indicator":"received","period":"2026-11-23","value":7,"scope":"Nông Trang"}`:       false,
			`{"indicator":"received","period":"2026-11-23","value":7}`:                                false,
			`{"ts":"2026-11-23T08:15:00","indicator":"received","period":"2026-11-23","value":7}`:     false,
			`{"ts":"2026-11-23T08:15:00Z","indicator":"received","period":"2026-11-23","value":"7"}`:  false,
		},
		native.Reading: {
			ts + `"values":{"queue":4}}`:             true,
			ts + `"values":{"queue":4,"other":"x"}}`: true,
			ts + `"values":{"queue":"4"}}`:           false,
			ts + `"values":{}}`:                      false,
			ts + `"values":[]}`:                      false,
		},
		native.Event: {
			ts + `"id":"e1","type":"complaint","state":"started","due":"2026-12-01T17:00:00+07:00"}`: true,
			ts + `"id":"e1","type":"complaint","severity":"minor","lat":21.3,"lon":105.4}`:           true,
			ts + `"id":"e/1","type":"complaint"}`:                                                    false,
			ts + `"id":"e1","type":"A complaint"}`:                                                   false,
			ts + `"id":"e1"}`:                                                                        false,
			ts + `"id":"e1","type":"complaint","lat":91}`:                                            false,
			ts + `"id":"e1","type":"complaint","due":"tomorrow"}`:                                    false,
		},
	} {
		decoder, payload := describe(t, kind)
		schema := compile(t, payload)
		for text, sound := range payloads {
			value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			if err := schema.Validate(value); (err == nil) != sound {
				t.Errorf("%s by its description: %v", text, err)
			}
			if _, err := decoder.Decode(subsystem.Message{Kind: kind, ReceivedAt: received, Payload: []byte(text)}); (err == nil) != sound {
				t.Errorf("%s by the decoder: %v", text, err)
			}
		}
	}
}

func TestSamplesCanBeDecoded(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{native.Reading, native.Indicator, native.Event} {
		decoder, payload := describe(t, kind)
		sample, err := payload.Sample()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := decoder.Decode(subsystem.Message{Kind: kind, ReceivedAt: received, Payload: sample}); err != nil {
			t.Errorf("%s: %v", sample, err)
		}
	}
}

func TestDescriptionSaysWhatTheSpecSays(t *testing.T) {
	t.Parallel()
	_, payload := describe(t, native.Reading)
	queue := payload.Schema.Property("values").Property("queue")
	if queue == nil || queue.Unit != "people" || queue.Description != "People who wait." {
		t.Errorf("got %+v", queue)
	}
	_, payload = describe(t, native.Indicator)
	monthly := payload.Schema.AnyOf[1]
	if want := "By the month. on_time: Name, in %."; monthly.Description != want {
		t.Errorf("got %q, want %q", monthly.Description, want)
	}
}
