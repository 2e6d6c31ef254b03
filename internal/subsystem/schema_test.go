package subsystem_test

import (
	"encoding/json"
	"strings"
	"testing"

	"opscenter/internal/subsystem"
)

func TestPropertiesKeepTheirOrder(t *testing.T) {
	t.Parallel()
	s := subsystem.Schema{Type: "object", Required: []string{"z"}, Properties: subsystem.Properties{
		{Name: "z", Schema: subsystem.Schema{Type: "number", Minimum: subsystem.At(0), Unit: "m"}},
		{Name: "a", Schema: subsystem.Schema{Type: "string", Enum: []string{"x"}}},
	}}
	got, err := json.Marshal(&s)
	const want = `{"type":"object","required":["z"],"properties":{"z":{"type":"number","x-unit":"m","minimum":0},"a":{"type":"string","enum":["x"]}}}`
	if err != nil || string(got) != want {
		t.Errorf("got %s, %v", got, err)
	}
	if s.Property("a") == nil || s.Property("b") != nil {
		t.Error("a is there and b is not")
	}
}

func TestASampleKeepsTheLimits(t *testing.T) {
	t.Parallel()
	for want, s := range map[string]subsystem.Schema{
		`12.5`:                        {Type: "number"},
		`1`:                           {Type: "number", Minimum: subsystem.At(0), Maximum: subsystem.At(1)},
		`100`:                         {Type: "integer", Minimum: subsystem.At(100)},
		`true`:                        {Type: "boolean"},
		`"2026-11-23T08:15:00+07:00"`: {Type: "string", Format: "date-time"},
		`"abc"`:                       {Type: "string", Pattern: "^abc$", Examples: []any{"abc"}},
		`12`:                          {AnyOf: []subsystem.Schema{{Type: "integer"}, {Type: "string"}}},
		`{"a":{"b":12}}`: {Type: "object", Properties: subsystem.Properties{{Name: "a", Schema: subsystem.Schema{
			Type: "object", Properties: subsystem.Properties{{Name: "b", Schema: subsystem.Schema{Type: "integer"}}},
		}}}},
	} {
		p := subsystem.Payload{ContentType: subsystem.JSON, Schema: s}
		if got, err := p.Sample(); err != nil || string(got) != want {
			t.Errorf("got %s, %v, want %s", got, err, want)
		}
	}
}

func TestWhatHasNoExampleIsNamed(t *testing.T) {
	t.Parallel()
	p := subsystem.Payload{ContentType: subsystem.JSON, Schema: subsystem.Schema{Type: "object", Properties: subsystem.Properties{
		{Name: "code", Schema: subsystem.Schema{Type: "string", Pattern: "^x$"}},
	}}}
	if _, err := p.Sample(); err == nil || !strings.Contains(err.Error(), `field "code"`) {
		t.Errorf("got %v", err)
	}
	p = subsystem.Payload{ContentType: subsystem.Text}
	if _, err := p.Sample(); err == nil {
		t.Error("a text without words has a sample")
	}
}
