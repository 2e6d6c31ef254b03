package native_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"opscenter/internal/city"
	"opscenter/internal/dialect/native"
	"opscenter/internal/subsystem"
)

// office has one indicator of every kind that messages are checked against.
func office() subsystem.Spec {
	return subsystem.Spec{
		ID:     "office",
		Topics: native.Topics("office", native.Indicator),
		Indicators: []subsystem.Indicator{
			{Code: "received", Period: subsystem.Daily},
			{Code: "on_time_ratio", Period: subsystem.Daily, Scale: 100},
			{Code: "pupils_per_teacher", Period: subsystem.Yearly, Scale: 1},
			{Code: "cases", Period: subsystem.Weekly},
			{Code: "prices", Period: subsystem.Monthly},
			{Code: "growth", Period: subsystem.Quarterly},
			{Code: "open", Period: subsystem.Daily, Computed: true},
		},
	}
}

// tell decodes an indicator message with these fields after ts.
func tell(t *testing.T, fields string) (*city.Indicator, error) {
	t.Helper()
	b := native.Build(office())
	b.Indicators(native.Indicator)
	d, err := b.Decoder()
	if err != nil {
		t.Fatal(err)
	}
	got, err := d.Decode(subsystem.Message{
		Kind: native.Indicator, ReceivedAt: received, Payload: []byte(`{"ts":"2026-11-23T08:15:00+07:00",` + fields + `}`),
	})
	if err != nil {
		return nil, err
	}
	if len(got) != 1 || got[0].Kind != native.Indicator || !got[0].ObservedAt.Equal(received) {
		t.Fatalf("%s: got %+v", fields, got)
	}
	return got[0].Indicator, nil
}

func TestIndicatorIsKeptAsItWasTold(t *testing.T) {
	t.Parallel()
	for fields, want := range map[string]city.Indicator{
		`"indicator":"received","period":"2026-11-23","value":1284`:                           {Code: "received", Period: "2026-11-23", Value: 1284},
		`"value":0,"period":"2026-11-23","indicator":"received"`:                              {Code: "received", Period: "2026-11-23"},
		`"indicator":"received","period":"2026-11-23","value":7,"scope":"nong-trang"`:         {Code: "received", Period: "2026-11-23", Value: 7, Scope: "nong-trang"},
		`"indicator":"received","period":"2026-11-23","value":9,"revision":2,"seq":4`:         {Code: "received", Period: "2026-11-23", Value: 9, Revision: 2},
		`"indicator":"growth","period":"2026-Q3","value":-1.25`:                               {Code: "growth", Period: "2026-Q3", Value: -1.25},
		`"indicator":"cases","period":"2026-W47","value":14`:                                  {Code: "cases", Period: "2026-W47", Value: 14},
		`"indicator":"prices","period":"2026-10","value":3.27,"numerator":null`:               {Code: "prices", Period: "2026-10", Value: 3.27},
		`"indicator":"on_time_ratio","period":"2026-11-23","value":95.4`:                      {Code: "on_time_ratio", Period: "2026-11-23", Value: 95.4},
		`"indicator":"on_time_ratio","period":"2026-11-23","numerator":3,"denominator":4`:     {Code: "on_time_ratio", Period: "2026-11-23", Value: 75, Numerator: new(3.0), Denominator: new(4.0)},
		`"indicator":"on_time_ratio","period":"2026-11-23","numerator":0,"denominator":4`:     {Code: "on_time_ratio", Period: "2026-11-23", Value: 0, Numerator: new(0.0), Denominator: new(4.0)},
		`"denominator":2,"numerator":3,"indicator":"on_time_ratio","period":"2026-11-23"`:     {Code: "on_time_ratio", Period: "2026-11-23", Value: 150, Numerator: new(3.0), Denominator: new(2.0)},
		`"indicator":"pupils_per_teacher","period":"2026","numerator":38.2,"denominator":2e0`: {Code: "pupils_per_teacher", Period: "2026", Value: 19.1, Numerator: new(38.2), Denominator: new(2.0)},
		`"indicator":"on_time_ratio","period":"2024-02-29","value":66.67,"numerator":2,"denominator":3`: {
			Code: "on_time_ratio", Period: "2024-02-29", Value: 200.0 / 3, Numerator: new(2.0), Denominator: new(3.0),
		},
	} {
		got, err := tell(t, fields)
		if err != nil {
			t.Errorf("%s: %v", fields, err)
			continue
		}
		if math.Abs(got.Value-want.Value) < 1e-12 {
			got.Value = want.Value
		}
		if diff := cmp.Diff(&want, got); diff != "" {
			t.Errorf("%s: %s", fields, diff)
		}
	}
}

// A sender rounds to as many places as it likes, and may cut off what is behind a whole number.
func TestValueThatItsPartsGiveMayBeRounded(t *testing.T) {
	t.Parallel()
	for parts, told := range map[string]struct{ good, bad []string }{
		`"numerator":1121,"denominator":1816`: { // 61.729 0749…
			good: []string{"61.7290749", "61.729", "61.73", "61.7", "62", "61", "6.173e1"},
			bad:  []string{"67.28", "61.72", "61.74", "61.728", "61.6", "60", "63", "-61.73", "0.6173", "0"},
		},
		`"numerator":2,"denominator":3`: { // 66.666…
			good: []string{"66.6666666666666", "66.67", "66.7", "67", "66"},
			bad:  []string{"66.66", "66.6", "65", "68"},
		},
		`"numerator":1,"denominator":8`:  {good: []string{"12.5", "12.50", "12", "13"}, bad: []string{"12.4", "11", "14"}},
		`"numerator":1,"denominator":16`: {good: []string{"6.25", "6.2", "6.3"}, bad: []string{"6.1", "6.4"}}, // half-way, rounded either way
		`"numerator":5,"denominator":5`:  {good: []string{"100", "100.0", "1e2"}, bad: []string{"99.9", "99", "101", "100.1"}},
		`"numerator":0,"denominator":5`:  {good: []string{"0", "0.0", "-0"}, bad: []string{"0.1", "2"}},
		`"numerator":-1,"denominator":3`: {good: []string{"-33.33", "-33"}, bad: []string{"33.33", "-33.34"}},
	} {
		message := func(value string) string {
			return `"indicator":"on_time_ratio","period":"2026-11-23",` + parts + `,"value":` + value
		}
		for _, value := range told.good {
			if _, err := tell(t, message(value)); err != nil {
				t.Errorf("%s told as %s: %v", parts, value, err)
			}
		}
		for _, value := range told.bad {
			if got, err := tell(t, message(value)); err == nil || !strings.Contains(err.Error(), `field "value": `) {
				t.Errorf("%s told as %s: got %+v, %v, want it refused", parts, value, got, err)
			}
		}
	}
}

func TestIndicatorThatDoesNotFitIsRefused(t *testing.T) {
	t.Parallel()
	const (
		received = `"indicator":"received","period":"2026-11-23"`
		onTime   = `"indicator":"on_time_ratio","period":"2026-11-23"`
	)
	for fields, want := range map[string]string{
		onTime + `,"numerator":1121,"denominator":1816,"value":67.28`: `field "value": 1121 / 1816 x 100 = 61.73, not 67.28`,
		onTime + `,"numerator":2,"denominator":3,"value":66.6671`:     `field "value": 2 / 3 x 100 = 66.6667, not 66.6671`,
		onTime + `,"numerator":7,"denominator":0`:                     `field "denominator": 7 / 0 has no value`,
		onTime + `,"numerator":0,"denominator":0,"value":0`:           `field "denominator": 0 / 0 has no value`,
		onTime + `,"numerator":1e300,"denominator":1e-300`:            `field "denominator": the ratio is not finite`,
		onTime + `,"numerator":7`:                                     `fields "numerator" and "denominator" go together`,
		onTime + `,"denominator":7,"value":95`:                        `fields "numerator" and "denominator" go together`,
		onTime + `,"numerator":7,"denominator":null`:                  `fields "numerator" and "denominator" go together`,
		onTime + `,"numerator":"7","denominator":8`:                   `field "numerator": want a number, got a string`,
		onTime: `field "value" is missing, and so are "numerator" and "denominator"`,
		received + `,"numerator":7,"denominator":8`:              `field "numerator": "received" is no ratio`,
		received + `,"value":null`:                               `field "value" is missing`,
		received + `,"value":"7"`:                                `field "value": want a number, got a string`,
		received + `,"value":1e999`:                              `field "value": the number is not finite`,
		received + `,"value":7,"value":8`:                        `field "value" occurs twice`,
		received + `,"value":7,"scope":"Phường Nông Trang"`:      `field "scope": id "Phường Nông Trang" is not a slug`,
		received + `,"value":7,"scope":""`:                       `field "scope": id "" is not a slug`,
		received + `,"value":7,"revision":-1`:                    `field "revision": -1 is out of range`,
		received + `,"value":7,"revision":1.5`:                   `field "revision": 1.5 is not a whole number`,
		`"indicator":"open","period":"2026-11-23","value":7`:     `field "indicator": "open" is computed by the center and cannot be told`,
		`"indicator":"other","period":"2026-11-23","value":7`:    `field "indicator": no indicator "other" is declared`,
		`"indicator":7,"period":"2026-11-23","value":7`:          `field "indicator": want a string, got a number`,
		`"period":"2026-11-23","value":7`:                        `field "indicator" is missing`,
		`"indicator":"received","value":7`:                       `field "period" is missing`,
		`"indicator":"received","period":20261123,"value":7`:     `field "period": want a string, got a number`,
		`"indicator":"received","period":"23/11/2026","value":7`: `field "period": period "23/11/2026": want one such as`,
		`"indicator":"received","period":"2026-11-31","value":7`: `field "period": period "2026-11-31": there is no such day`,
		`"indicator":"received","period":"2026-11","value":7`:    `field "period": 2026-11 is a month, and "received" is told by the day`,
		`"indicator":"cases","period":"2026-11-23","value":7`:    `field "period": 2026-11-23 is a day, and "cases" is told by the week`,
		`"indicator":"prices","period":"2026-Q4","value":7`:      `field "period": 2026-Q4 is a quarter, and "prices" is told by the month`,
		`"indicator":"growth","period":"2026","value":7`:         `field "period": 2026 is a year, and "growth" is told by the quarter`,
		`"indicator":"pupils_per_teacher","period":"2026-W47"`:   `field "period": 2026-W47 is a week, and "pupils_per_teacher" is told by the year`,
	} {
		got, err := tell(t, fields)
		if !errors.Is(err, subsystem.ErrPayload) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %+v, %v, want an error with %q", fields, got, err, want)
		}
	}
}
