package loose_test

import (
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"opscenter/internal/dialect/loose"
)

func TestLooseNumberTakesAnyType(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]float64{`1.5`: 1.5, `"1.5"`: 1.5, `" 7 "`: 7, `true`: 1, `"false"`: 0, `-0.25e1`: -2.5} {
		if got, err := loose.Number(gjson.Parse(raw)); err != nil || got != want {
			t.Errorf("%s: got %v, %v, want %v", raw, got, err, want)
		}
	}
	for _, raw := range []string{``, `null`, `"warm"`, `{}`, `[1]`, `1e999`, `"NaN"`, `"inf"`} {
		if got, err := loose.Number(gjson.Parse(raw)); err == nil {
			t.Errorf("%s: got %v, want an error", raw, got)
		}
	}
}

func TestLooseBoolTakesAnyType(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]bool{`true`: true, `"1"`: true, `0`: false, `"Off"`: false, `"active"`: true, `"0"`: false} {
		if got, err := loose.Bool(gjson.Parse(raw)); err != nil || got != want {
			t.Errorf("%s: got %v, %v, want %v", raw, got, err, want)
		}
	}
	for _, raw := range []string{``, `null`, `"maybe"`, `{}`} {
		if got, err := loose.Bool(gjson.Parse(raw)); err == nil {
			t.Errorf("%s: got %v, want an error", raw, got)
		}
	}
}

func TestLooseTextTakesAnyScalar(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{`"a"`: "a", `1.50`: "1.50", `true`: "true", `"\u00e1"`: "á"} {
		if got, err := loose.Text(gjson.Parse(raw)); err != nil || got != want {
			t.Errorf("%s: got %q, %v, want %q", raw, got, err, want)
		}
	}
	for _, raw := range []string{``, `null`, `{}`, `[]`} {
		if got, err := loose.Text(gjson.Parse(raw)); err == nil {
			t.Errorf("%s: got %q, want an error", raw, got)
		}
	}
}

func TestLooseTimeTakesEveryFormOfTime(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("", 7*3600)
	want := time.Date(2026, 11, 23, 1, 15, 0, 0, time.UTC)
	for raw, want := range map[string]time.Time{
		`"2026-11-23T08:15:00+07:00"`:      want,
		`"2026-11-23T01:15:00.123456789Z"`: want.Add(123456789),
		`"2026-11-23T08:15:00"`:            want,
		`"2026-11-23 08:15:00"`:            want,
		`1795396500`:                       want,
		`1795396500.25`:                    want.Add(250 * time.Millisecond),
		`"1795396500"`:                     want,
		`1795396500250`:                    want.Add(250 * time.Millisecond),
		`0`:                                time.Unix(0, 0).UTC(),
	} {
		if got, err := loose.Time(gjson.Parse(raw), zone); err != nil || !got.Equal(want) {
			t.Errorf("%s: got %v, %v, want %v", raw, got, err, want)
		}
	}
	for _, raw := range []string{``, `null`, `"noon"`, `{}`, `1e300`, `"NaN"`, `-1e18`, `"9999-01-01T00:00:00Z"`} {
		if got, err := loose.Time(gjson.Parse(raw), zone); err == nil {
			t.Errorf("%s: got %v, want an error", raw, got)
		}
	}
}
