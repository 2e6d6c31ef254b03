package reference_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/dialect/native"
	"opscenter/internal/reference"
	"opscenter/internal/subsystem"
)

func names(vi, en string) city.Names { return city.Names{VI: vi, EN: en} }

// river is a subsystem with one of everything.
func river() subsystem.Spec {
	at := subsystem.At
	topics := native.Topics("river", native.Availability, native.Reading, native.Indicator, native.Event)
	topics[1].Cadence = 90 * time.Second
	return subsystem.Spec{
		ID: "river", Names: names("Sông", "River"), Doc: "Levels | floods", Cadence: 10 * time.Minute, Topics: topics,
		Metrics: []subsystem.Metric{
			{
				Name: "level", Names: names("Mực nước", "Level"), Unit: "m", Doc: "Above the datum", Reason: "flood",
				Direction: subsystem.Above, Warning: at(5.5), Critical: at(6),
			},
			{
				Name: "tilt", Names: names("Độ nghiêng", "Tilt"), Unit: "°", Doc: "Of the <pole>.", Reason: "moved",
				Direction: subsystem.Above, Warning: at(3), Magnitude: true,
			},
			{Name: "hour_mean", Names: names("Trung bình", "Mean"), Unit: "m", Doc: "Of the level."},
		},
		States: []subsystem.State{{Name: "gate", Names: names("Cống", "Gate"), Doc: "The sluice.", Words: []subsystem.Word{
			{Value: "stuck", Status: city.Critical, Reason: "stuck", Names: names("Kẹt", "Stuck")},
		}}},
		Aggregates: []subsystem.Aggregate{{
			Name: "mean_level", Names: names("Mực", "Mean level"), Unit: "m", Doc: "Of all gauges.", Kind: "reading",
			Method: subsystem.WeightedMean, Value: "level", Weight: "tilt", Scale: 1,
		}},
		Indicators: []subsystem.Indicator{
			{
				Code: "warned", Names: names("Tỷ lệ cảnh báo", "Warned in time"), Unit: "%", Doc: "Floods that were told of.", Period: subsystem.Monthly,
				Scale: 100, Good: subsystem.Above, Target: at(95), Warning: at(90), Reason: "below_target", Cadence: 24 * time.Hour,
			},
			{Code: "overdue", Names: names("Quá hạn", "Overdue"), Doc: "Reports.", Period: subsystem.Daily, Computed: true, ValidFor: 2 * time.Hour},
		},
		Cases:   []subsystem.Cases{{Kind: "event", DueAfter: 48 * time.Hour, Overdue: "overdue"}},
		Indices: []subsystem.Index{{Metric: "hour_mean", Inputs: []string{"level"}, Hours: 12, Compute: func([][]float64) (float64, bool) { return 0, false }}},
	}
}

// gauge is a dialect whose messages nobody describes.
func gauge() subsystem.Dialect {
	return subsystem.DefineDialect("gauge", "Old gauges", struct{}{}, func(subsystem.Binding, struct{}) (subsystem.Feed, error) {
		topic := subsystem.Topic{Pattern: "gauge/{serial}/#", Kind: "gauge", Doc: "Anything."}
		other := subsystem.Topic{Pattern: "gauges/{serial}", Kind: "gauge", Doc: "More."}
		return subsystem.Feed{Topics: []subsystem.Topic{topic, other}, Decoder: mute{}}, nil
	})
}

type mute struct{}

func (mute) Decode(subsystem.Message) ([]city.Observation, error) { return nil, nil }

func documents(t *testing.T) map[string][]byte {
	t.Helper()
	set, err := subsystem.NewSet(subsystem.SetConfig{
		Root: "ioc/v1", Factories: []subsystem.Factory{native.Standard(river())}, Dialects: []subsystem.Dialect{gauge()},
		Instances: []subsystem.Instance{{Name: "old", Dialect: "gauge", Subsystem: "river"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	files, err := reference.Documents(set, []subsystem.Dialect{gauge()})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestADocumentSaysEverythingThatASpecDeclares(t *testing.T) {
	t.Parallel()
	text := string(documents(t)["subsystems/river.md"])
	for _, want := range []string{
		"# River · Sông\n", `Levels \| floods.`, "speaks every 10 min", "stale after three times as long, 30 min",
		"| `{root}/river/{location}/{device}/reading` | reading | 90 s |", "| `{root}/river/{location}/{device}/event` | event | as it happens |",
		"| `values.level` | | number | m | Above the datum. |",
		"| `level` | Level | Mực nước | m | warning above 5.5 m, critical above 6 m: `flood` | Above the datum. |",
		"| `tilt` | Tilt | Độ nghiêng | ° | warning above ±3 °: `moved` | Of the &lt;pole>. |",
		"| `stuck` | Stuck | Kẹt | critical | `stuck` |",
		"| `mean_level` | Mean level | Mực | m | reading | Of all gauges. |",
		"| `warned` | Warned in time | Tỷ lệ cảnh báo | % | month | 1 d | 3 d | high, target 95 % | warning below 90 %: `below_target` | Floods that were told of. Numerator ÷ denominator × 100. |",
		"| `overdue` | Overdue | Quá hạn | | day | computed | 2 h | | | Reports. |",
		"is due 2 d after its start", "| `overdue` | open cases that are past their time |",
		"| `hour_mean` | `level` | 12 h |",
		`"indicator":"warned","period":"2026-11","numerator":1121`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in:\n%s", want, text)
		}
	}
}

func TestTheIndexAndTheDialectsAreListed(t *testing.T) {
	t.Parallel()
	files := documents(t)
	for name, want := range map[string]string{
		"subsystems/README.md":   "| [`river`](river.md) | River | Sông | 10 min | 6 | 3 | 2 |",
		"subsystems/dialects.md": "| [`gauge`](../../internal/dialect/gauge/README.md) | Old gauges. |",
	} {
		if !strings.Contains(string(files[name]), want) {
			t.Errorf("no %s in:\n%s", want, files[name])
		}
	}
	if len(files) != 4 {
		t.Errorf("got %d documents", len(files))
	}
}

// Every row of a table has as many cells as its head, or it is shown broken.
func TestTablesAreWellFormed(t *testing.T) {
	t.Parallel()
	bar := regexp.MustCompile(`(^|[^\\])\|`)
	for name, text := range documents(t) {
		if !strings.HasSuffix(name, ".md") {
			continue
		}
		cells := 0
		for line := range strings.Lines(string(text)) {
			if !strings.HasPrefix(line, "|") {
				cells = 0
				continue
			}
			n := len(bar.FindAllString(line, -1))
			if cells > 0 && n != cells {
				t.Errorf("%s: a row of %d in a table of %d: %s", name, n, cells, line)
			}
			cells = n
		}
	}
}

func TestAsyncAPIDescribesEveryTopic(t *testing.T) {
	t.Parallel()
	text := documents(t)["asyncapi.json"]
	var d struct {
		AsyncAPI string
		Channels map[string]struct {
			Address    string
			Parameters map[string]any
			Messages   map[string]struct {
				Ref string `json:"$ref"`
			}
		}
		Operations map[string]struct {
			Action  string
			Channel struct {
				Ref string `json:"$ref"`
			}
		}
		Components struct {
			Messages map[string]struct{ Payload json.RawMessage }
		}
	}
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	for id, address := range map[string]string{
		"river.availability": "ioc/v1/river/{location}/{device}/availability",
		"river.indicator":    "ioc/v1/river/{location}/{device}/indicator",
		"old.gauge":          "gauge/{serial}/{rest}",
		"old.gauge.2":        "gauges/{serial}",
		"$manifest.manifest": "ioc/v1/$manifest/{subsystem}",
	} {
		c := d.Channels[id]
		if c.Address != address || len(c.Messages) != 1 || d.Operations[id].Action != "receive" || d.Operations[id].Channel.Ref != "#/channels/"+id {
			t.Errorf("%s: got %+v, %+v", id, c, d.Operations[id])
		}
		if n := strings.Count(address, "{"); len(c.Parameters) != n {
			t.Errorf("%s has %d parameters: %v", address, n, c.Parameters)
		}
	}
	if d.AsyncAPI != "3.0.0" || len(d.Channels) != 7 || len(d.Components.Messages) != 7 {
		t.Errorf("got %s, %d channels, %d messages", d.AsyncAPI, len(d.Channels), len(d.Components.Messages))
	}
	for id, want := range map[string]string{
		"river.availability": `"enum":["online","offline"]`, "river.indicator": `"enum":["warned"]`, "river.reading": `"x-unit":"m"`,
	} {
		if got := compact(d.Components.Messages[id].Payload); !strings.Contains(got, want) {
			t.Errorf("%s has no %s: %s", id, want, got)
		}
	}
}

func compact(raw json.RawMessage) string {
	return strings.Join(strings.Fields(string(raw)), "")
}

func TestTheSameSubsystemsGiveTheSameDocuments(t *testing.T) {
	t.Parallel()
	if a, b := fmt.Sprint(documents(t)), fmt.Sprint(documents(t)); a != b {
		t.Error("two runs differ")
	}
}

func TestDurationsAreSaidInTheirLargestUnit(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		90 * time.Second: "90 s", 5 * time.Minute: "5 min", time.Hour: "1 h", 36 * time.Hour: "36 h", 30 * 24 * time.Hour: "30 d",
		1500 * time.Millisecond: "1500 ms", 0: "0s",
	} {
		if got := reference.Duration(d); got != want {
			t.Errorf("%v: got %q, want %q", d, got, want)
		}
	}
}
