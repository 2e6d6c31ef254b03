package mapping_test

import (
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

func TestMeasureIsReadIfItIsThere(t *testing.T) {
	t.Parallel()
	minus := -0.5
	m := mapping.Measure{
		Path:     path(t, "d"),
		Quantity: mapping.Quantity{Metric: "level_m", Linear: mapping.Linear{Scale: &minus, Offset: 5}},
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
	huge := 1e300
	m.Scale = &huge
	for _, payload := range []string{`{"d":"deep"}`, `{"d":{}}`, `{"d":""}`, `{"d":1e300}`} {
		if _, there, err := m.Read(gjson.Parse(payload)); there || err == nil {
			t.Errorf("%s: there %v, %v; want an error", payload, there, err)
		}
	}
}
