package mapped_test

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"opscenter/internal/dialect/mapped"
	"opscenter/internal/subsystem"
	"opscenter/internal/subsystem/subsystemtest"
	"opscenter/subsystems/trafficsafety"
)

// samples returns the settings that the README gives, each of which fixtures prove.
func samples(t testing.TB) []string {
	t.Helper()
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, m := range regexp.MustCompile("(?s)```json\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
		all = append(all, m[1])
	}
	if len(all) < 4 {
		t.Fatalf("README.md has %d samples", len(all))
	}
	return all
}

// together returns settings with the rules of all samples.
func together(t testing.TB) string {
	t.Helper()
	sum := make(map[string][]json.RawMessage)
	for _, sample := range samples(t) {
		var one map[string]json.RawMessage
		if err := json.Unmarshal([]byte(sample), &one); err != nil {
			t.Fatal(err)
		}
		for key, raw := range one {
			var list []json.RawMessage
			if json.Unmarshal(raw, &list) == nil {
				sum[key] = append(sum[key], list...)
			}
		}
	}
	text, err := json.Marshal(sum)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestDialect(t *testing.T) {
	t.Parallel()
	subsystemtest.RunDialect(t, mapped.Dialect(), trafficsafety.Factory(), together(t))
}

func FuzzDecode(f *testing.F) {
	subsystemtest.FuzzDialect(f, mapped.Dialect(), trafficsafety.Factory(), together(f))
}

func set(settings ...string) (*subsystem.Set, error) {
	c := subsystem.SetConfig{Root: "ioc/v1", Factories: []subsystem.Factory{trafficsafety.Factory()}, Dialects: []subsystem.Dialect{mapped.Dialect()}}
	for i, s := range settings {
		c.Instances = append(c.Instances, subsystem.Instance{
			Name: "instance-" + string(rune('a'+i)), Dialect: "mapped", Subsystem: "trafficsafety", Settings: json.RawMessage(s),
		})
	}
	return subsystem.NewSet(c)
}

func TestSamplesOfTheReadmeWorkSideBySide(t *testing.T) {
	t.Parallel()
	s, err := set(samples(t)...)
	if err != nil {
		t.Fatal(err)
	}
	for topic, want := range map[string]string{
		"zigbee2mqtt/cabinet/door-17": "instance-a", "tele/plug/LWT": "instance-b", "shellies/shelly1-ABC/online": "instance-c", "dahua/nvr/event": "instance-d",
	} {
		if r, _, _ := s.Route(topic); r == nil || !strings.Contains(r.Owner, want) {
			t.Errorf("%s: read by %+v, want %s", topic, r, want)
		}
	}
}

func TestRulesShareTopicsThatOverlap(t *testing.T) {
	t.Parallel()
	const metric = `,"metrics":{"x":{"path":"x"}}}`
	for topics, want := range map[string]string{
		`a/{device}/x a/{device}/y`:             "a/{device}/x a/{device}/y",
		`a/{device}/x a/{device}/x`:             "a/{device}/x",
		`a/{device}/x a/{site}/x`:               "a/#",
		`a/b/{device} a/{device...}`:            "a/#",
		`a/b/{device} a/b/c a/b/c/d`:            "a/b/#",
		`a/b/{device...}/x a/b/{device...}/y`:   "a/b/#",
		`a/{site}/{device...} a/x/y b/{device}`: "a/# b/{device}",
		`a/{device...} a/b/c a/d/e`:             "a/#",
	} {
		var rules []string
		for topic := range strings.FieldsSeq(topics) {
			rules = append(rules, `{"topic":"`+topic+`","device":"d"`+metric)
		}
		feed, err := mapped.Dialect().Open(subsystem.Binding{Spec: &subsystem.Spec{}, Root: "ioc/v1"}, json.RawMessage(`{"rules":[`+strings.Join(rules, ",")+`]}`))
		if err != nil {
			t.Errorf("%s: %v", topics, err)
			continue
		}
		var owned []string
		for _, topic := range feed.Topics {
			owned = append(owned, topic.Pattern)
		}
		if got := strings.Join(owned, " "); got != want {
			t.Errorf("%s: owned %q, want %q", topics, got, want)
		}
	}
}

func TestBadSettingsAreRefusedByName(t *testing.T) {
	t.Parallel()
	rule := func(more string) string { return `{"rules":[{"name":"r1","topic":"a/{device}"` + more + `}]}` }
	topic := func(topic string) string { return `{"rules":[{"name":"r1","topic":"` + topic + `","ignore":true}]}` }
	for raw, want := range map[string]string{
		`{}`:                            "rules",
		`{"identity":"A B","rules":[]}`: "identity",
		`{"rules":[{"topci":"a"}]}`:     "topci",
		topic(""):                       `"r1"`,
		topic("{device}/a"):             "first level",
		topic("a//b"):                   `level ""`,
		topic("a/+"):                    `level "+"`,
		topic("a/{b"):                   `level "{b"`,
		topic("a/{B}"):                  `level "{B}"`,
		topic("a/{b}/{b}"):              "twice",
		topic("a/{b...}/{c...}"):        "several levels",
		topic("a/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i}/{j}"): "more than",
		rule(``): "ignore",
		rule(`,"ignore":true,"metrics":{"x":{"path":"x"}}`):                             "ignore",
		rule(`,"metrics":{"x":{"path":"a..b"}}`):                                        "a..b",
		rule(`,"metrics":{"X":{"path":"x"}}`):                                           `"X"`,
		rule(`,"metrics":{"x":{"path":"x","factor":2}}`):                                "factor",
		rule(`,"metrics":{"x":{"path":"x","scale":0}}`):                                 "scale",
		rule(`,"states":{"sluice":{"path":"x"}}`):                                       `state "sluice"`,
		rule(`,"states":{"image":{"path":"x"}},"metrics":{"image":{"path":"x"}}`):       "same name",
		rule(`,"availability":{"path":"x"}`):                                            "availability",
		rule(`,"availability":{"online":["a"],"offline":["a"]}`):                        "both online and offline",
		rule(`,"device":"{serial}","metrics":{"x":{"path":"x"}}`):                       "{serial}",
		rule(`,"index":{"devices":{}},"metrics":{"x":{"path":"x"}}`):                    "index",
		rule(`,"index":{"path":"i","devices":{"0":""}},"metrics":{"x":{"path":"x"}}`):   `value "0"`,
		rule(`,"when":{"x":[]},"metrics":{"x":{"path":"x"}}`):                           `when "x"`,
		rule(`,"when":{"x":[{}]},"metrics":{"x":{"path":"x"}}`):                         "text",
		rule(`,"time":{"path":"t","format":"iso"},"metrics":{"x":{"path":"x"}}`):        `"iso"`,
		rule(`,"time":{"path":"t","zone":"Asia/Nowhere"},"metrics":{"x":{"path":"x"}}`): "Asia/Nowhere",
		rule(`,"event":{}`):                                                                     "type",
		rule(`,"event":{"type":{"is":"x","path":"y"}}`):                                         "type",
		rule(`,"event":{"type":{"is":"x"},"kind":"E"}`):                                         `"E"`,
		rule(`,"event":{"type":{"is":"x"},"phase":{"path":"p"}}`):                               "phase",
		rule(`,"event":{"type":{"is":"x"},"phase":{"path":"p","started":["a"],"ended":["a"]}}`): `"a"`,
		rule(`,"kind":"k","event":{"type":{"is":"x"}}`):                                         "kind",
		rule(`,"kind":"K","metrics":{"x":{"path":"x"}}`):                                        `"K"`,
		`{"rules":[{"topic":"a/b","metrics":{"x":{"path":"x"}}}]}`:                              `"a/b"`,
		`{"rules":[{"topic":"a/{device...}","kind":"k","metrics":{"x":{"path":"x"}}},{"topic":"a/b/{device}","metrics":{"x":{"path":"x"}}}]}`:  "same kind",
		`{"rules":[{"topic":"ioc/v1/{device...}","metrics":{"x":{"path":"x"}}}]}`:                                                              "overlaps",
		`{"rules":[{"topic":"a/{device}","metrics":{"x":{"path":"x"}}}],"states":[{"name":"door"}]}`:                                           `"door"`,
		`{"rules":[{"topic":"a/{device}","metrics":{"x":{"path":"x"}}}],"states":[{"name":"door","words":[{"value":"open","status":"bad"}]}]}`: "bad",
	} {
		if _, err := set(raw); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want an error that has %s", raw, err, want)
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	s, err := set(together(b))
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct{ name, topic, payload string }{
		{"zigbee2mqtt", "zigbee2mqtt/cabinet/door-17", `{"battery":97,"contact":true,"device_temperature":23,"linkquality":112,"power_outage_count":4,"voltage":2985}`},
		{"tasmota", "tele/plug-3/SENSOR", `{"Time":"2026-11-23T08:14:59","ENERGY":{"TotalStartTime":"2026-01-01T00:00:00","Total":12.5,"Yesterday":0.4,"Today":0.1,"Power":12,"Voltage":229,"Current":0.05},"AM2301":{"Temperature":31.2,"Humidity":70.1},"TempUnit":"C"}`},
		{"shelly", "shellies/shelly1-ABC/online", `true`},
		{"dahua", "dahua/nvr/event", `{"code":"CrossLineDetection","action":"Start","index":1,"data":{"Name":"rule 1"}}`},
	} {
		b.Run(c.name, func(b *testing.B) {
			r, location, device := s.Route(c.topic)
			m := subsystem.Message{
				Topic: c.topic, Kind: r.Topic.Kind, Location: location, Device: device, Payload: []byte(c.payload),
				ReceivedAt: time.Date(2026, 11, 23, 1, 15, 0, 0, time.UTC),
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := r.Decoder.Decode(m); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "msgs/s")
		})
	}
}
