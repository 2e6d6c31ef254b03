package mapping_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"opscenter/internal/dialect/mapping"
)

func path(t *testing.T, text string) mapping.Path {
	t.Helper()
	p, err := mapping.ParsePath(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPathLeadsToItsValueAndNowhereElse(t *testing.T) {
	t.Parallel()
	v := gjson.Parse(`{"a":1,"b":{"c":2,"0":3},"l":[{"x":4},5],"a.b":6,"@this":7,"#":8,"a*":9,"x|y":10,"Nhiệt độ":11,"!":12,"b\\":{"c":13}}`)
	for text, want := range map[string]string{
		"a": "1", "b.c": "2", "b.0": "3", "l.0.x": "4", "l.1": "5", `a\.b`: "6", "@this": "7", "#": "8", "a*": "9",
		"x|y": "10", "Nhiệt độ": "11", "!": "12", `b\\.c`: "",
		"z": "", "a.b": "", "l.2": "", "l.#": "", "*": "", "b.*": "", "b|c": "", "@reverse": "", "b.@this": "", "l.#.x": "", "{a,b}": "", "[a]": "",
	} {
		if got := path(t, text).In(v).Raw; got != want {
			t.Errorf("%q leads to %q, want %q", text, got, want)
		}
	}
	if whole := path(t, ""); !whole.Whole() || whole.In(v).Raw != v.Raw {
		t.Error("the empty path is not the whole")
	}
}

func TestBadPathIsRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{".", "a.", ".a", "a..b", strings.Repeat("a", 300), strings.Repeat("a.", 20) + "a"} {
		if _, err := mapping.ParsePath(text); err == nil {
			t.Errorf("%q is taken for a path", text)
		}
	}
}

func TestMeasureIsScaled(t *testing.T) {
	t.Parallel()
	var l mapping.Linear
	if err := json.Unmarshal([]byte(`{"scale":-0.5,"offset":5}`), &l); err != nil {
		t.Fatal(err)
	}
	m, err := mapping.NewMeasure(path(t, "d"), "level_m", l)
	if err != nil {
		t.Fatal(err)
	}
	for payload, want := range map[string]float64{`{"d":4}`: 3, `{"d":"4"}`: 3, `{"d":true}`: 4.5} {
		if r, there, err := m.Read(gjson.Parse(payload)); err != nil || !there || r.Value != want || r.Metric != "level_m" {
			t.Errorf("%s: got %v, %v, %v, want %v", payload, r, there, err, want)
		}
	}
	for _, payload := range []string{`{}`, `{"d":null}`} {
		if _, there, err := m.Read(gjson.Parse(payload)); there || err != nil {
			t.Errorf("%s: there %v, %v; want nothing", payload, there, err)
		}
	}
	for _, payload := range []string{`{"d":"deep"}`, `{"d":{}}`, `{"d":""}`} {
		if _, _, err := m.Read(gjson.Parse(payload)); err == nil {
			t.Errorf("%s: want an error", payload)
		}
	}
}

func TestMeasureThatOverflowsIsRefused(t *testing.T) {
	t.Parallel()
	huge := 1e300
	m, err := mapping.NewMeasure(path(t, "d"), "level_m", mapping.Linear{Scale: &huge})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := m.Read(gjson.Parse(`{"d":1e300}`)); err == nil {
		t.Error("want an error")
	}
}

func TestBadMeasureIsRefused(t *testing.T) {
	t.Parallel()
	zero := 0.0
	if _, err := mapping.NewMeasure(mapping.Path{}, "level_m", mapping.Linear{Scale: &zero}); err == nil {
		t.Error("a scale of 0 is accepted")
	}
	for _, name := range []string{"", "Level", "1a", "a b", "é"} {
		if _, err := mapping.NewMeasure(mapping.Path{}, name, mapping.Linear{}); err == nil {
			t.Errorf("a metric called %q is accepted", name)
		}
	}
}
