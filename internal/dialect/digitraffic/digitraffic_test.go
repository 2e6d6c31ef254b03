package digitraffic_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"opscenter/internal/dialect/digitraffic"
	"opscenter/internal/subsystem"
	"opscenter/internal/subsystem/subsystemtest"
	"opscenter/subsystems/trafficsafety"
)

// everything reads all feeds, with a sensor that the built-in catalogue does not have.
const everything = `{"feeds":["tms","weather","messages"],"sensors":{
	"5068":{"metric":"trucks_60min_1","names":{"vi":"Xe tải trong 60 phút, chiều 1","en":"Trucks in 60 min, direction 1"}},
	"9":{"metric":"dew_point_c","scale":0.1,"offset":-40}}}`

func TestConformance(t *testing.T) {
	t.Parallel()
	subsystemtest.RunDialect(t, digitraffic.Dialect(), trafficsafety.Factory(), everything)
}

func FuzzDecode(f *testing.F) {
	subsystemtest.FuzzDialect(f, digitraffic.Dialect(), trafficsafety.Factory(), everything)
}

func open(t testing.TB, factory subsystem.Factory, settings string) (subsystem.Feed, error) {
	t.Helper()
	spec := factory.Spec
	b := subsystem.Binding{Name: "test", Spec: &spec, Root: "ioc/v1", Zone: time.UTC}
	return digitraffic.Dialect().Open(b, json.RawMessage(settings))
}

func TestSettingsThatCannotBeMeantAreRefused(t *testing.T) {
	t.Parallel()
	for settings, want := range map[string]string{
		`{"feeds":[]}`:                                                         "nothing to read",
		`{"feeds":["tms","tms"]}`:                                              "twice",
		`{"feeds":["trains"]}`:                                                 "trains",
		`{"sensors":{"x":{}}}`:                                                 "not a number",
		`{"sensors":{"7":{}}}`:                                                 "metric",
		`{"sensors":{"7":{"m":1}}}`:                                            `unknown field "m"`,
		`{"stations":["tms/20002"]}`:                                           `unknown field "stations"`,
		`{"sensors":{"7":{"metric":"Air"}}}`:                                   "Air",
		`{"sensors":{"7":{"metric":"a","names":{"vi":"à"}}}}`:                  "one language",
		`{"sensors":{"7":{"metric":"a","scale":0}}}`:                           "scale",
		`{"sensors":{"7":{"metric":"a","channel":"1:2"}}}`:                     "channel",
		`{"sensors":{"7":{"metric":"a","window_s":-1}}}`:                       "window_s",
		`{"sensors":{"7":{"metric":"vehicles","channel":"1","window_s":300}}}`: "beside it",
	} {
		if _, err := open(t, trafficsafety.Factory(), settings); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: want an error that says %q, got %v", settings, want, err)
		}
	}
}

func TestEveryBuiltInMetricIsDeclaredOnce(t *testing.T) {
	t.Parallel()
	feed, err := open(t, trafficsafety.Factory(), `{"feeds":["tms","weather"]}`)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, m := range feed.Metrics {
		if seen[m.Name] {
			t.Errorf("metric %q is declared twice", m.Name)
		}
		seen[m.Name] = true
	}
	for _, name := range []string{"speed_kmh_1", "flow_vehh_2", "free_flow_pct_1", "vehicles_60min_2", "air_temperature_c"} {
		if !seen[name] {
			t.Errorf("metric %q is not declared", name)
		}
	}
}

func TestTwoInstancesWithPrefixesLiveSideBySide(t *testing.T) {
	t.Parallel()
	instance := func(name, settings string) subsystem.Instance {
		return subsystem.Instance{Name: name, Dialect: digitraffic.ID, Subsystem: "trafficsafety", Settings: json.RawMessage(settings)}
	}
	config := subsystem.SetConfig{
		Root: "ioc/v1", Factories: []subsystem.Factory{trafficsafety.Factory()}, Dialects: []subsystem.Dialect{digitraffic.Dialect()},
		Instances: []subsystem.Instance{instance("north", `{"prefix":"north"}`), instance("south", `{"prefix":"south"}`)},
	}
	set, err := subsystem.NewSet(config)
	if err != nil {
		t.Fatal(err)
	}
	for _, prefix := range []string{"north", "south"} {
		m := subsystem.Message{Topic: prefix + "/tms-v2/23001/5122", Payload: []byte(`{"value":84,"time":1667973021}`)}
		r, _, _ := set.Route(m.Topic)
		if r == nil {
			t.Fatalf("nobody reads %s", m.Topic)
		}
		m.Kind = r.Topic.Kind
		got, err := r.Decoder.Decode(m)
		if err != nil || len(got) != 1 || got[0].External != "digitraffic:tms/23001" {
			t.Errorf("%s: %+v, %v", m.Topic, got, err)
		}
	}
	config.Instances[1] = instance("south", `{"prefix":"north"}`)
	if _, err := subsystem.NewSet(config); err == nil || !strings.Contains(err.Error(), "north") || !strings.Contains(err.Error(), "south") {
		t.Errorf("two instances with the same topics: want an error that names both, got %v", err)
	}
}
