package sparkplug_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"opscenter/internal/dialect/sparkplug"
	"opscenter/internal/subsystem"
	"opscenter/internal/subsystem/subsystemtest"
	"opscenter/subsystems/trafficsafety"
)

// settings map what the fixtures and the peer send.
const settings = `{"metrics":{
	"Inputs/Temperature":{"metric":"cabinet_temperature_c","unit":"°C","names":{"vi":"Nhiệt độ tủ","en":"Cabinet temperature"}},
	"Inputs/Pump Running":{"metric":"pump_running"},
	"Level":{"metric":"river_level_m","scale":0.01,"offset":-2},
	"Count":{"metric":"count"}}}`

func TestConformance(t *testing.T) {
	t.Parallel()
	subsystemtest.RunDialect(t, sparkplug.Dialect(), trafficsafety.Factory(), settings)
}

func FuzzDecode(f *testing.F) {
	subsystemtest.FuzzDialect(f, sparkplug.Dialect(), trafficsafety.Factory(), settings)
}

func open(t testing.TB, settings string) (subsystem.Feed, error) {
	t.Helper()
	spec := trafficsafety.Factory().Spec
	return sparkplug.Dialect().Open(subsystem.Binding{Name: "test", Spec: &spec, Root: "ioc/v1", Zone: time.UTC}, json.RawMessage(settings))
}

func TestSettingsThatCannotBeMeantAreRefused(t *testing.T) {
	t.Parallel()
	for settings, want := range map[string]string{
		`{"group":""}`:         "one level",
		`{"group":"a/b"}`:      "one level",
		`{"group":"#"}`:        "one level",
		`{"edge":"x"}`:         `unknown field "edge"`,
		`{"metrics":{"A":{}}}`: "want a name",
		`{"metrics":{"A":{"metric":"a","unti":"m"}}}`:         `unknown field "unti"`,
		`{"metrics":{"A":{"metric":"a","names":{"en":"A"}}}}`: "one language",
		`{"metrics":{"A":{"metric":"a","scale":0}}}`:          "scale",
		`{"metrics":{"A":{"metric":"a"},"B":{"metric":"a"}}}`: "both become",
	} {
		if _, err := open(t, settings); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: want an error that says %q, got %v", settings, want, err)
		}
	}
}

func TestMetricsWithNamesAreDeclared(t *testing.T) {
	t.Parallel()
	feed, err := open(t, settings)
	if err != nil {
		t.Fatal(err)
	}
	if len(feed.Metrics) != 1 || feed.Metrics[0].Name != "cabinet_temperature_c" || feed.Metrics[0].Unit != "°C" {
		t.Errorf("want cabinet_temperature_c in °C alone, got %+v", feed.Metrics)
	}
}

func TestInstancesOfTwoGroupsLiveSideBySide(t *testing.T) {
	t.Parallel()
	instance := func(name, settings string) subsystem.Instance {
		return subsystem.Instance{Name: name, Dialect: sparkplug.ID, Subsystem: "trafficsafety", Settings: json.RawMessage(settings)}
	}
	config := subsystem.SetConfig{
		Root: "ioc/v1", Factories: []subsystem.Factory{trafficsafety.Factory()}, Dialects: []subsystem.Dialect{sparkplug.Dialect()},
		Instances: []subsystem.Instance{instance("pumps", `{"group":"pumps"}`), instance("gates", `{"group":"gates"}`)},
	}
	set, err := subsystem.NewSet(config)
	if err != nil {
		t.Fatal(err)
	}
	if r, _, _ := set.Route("spBv1.0/gates/DDATA/e1/d1"); r == nil || !strings.Contains(r.Owner, "gates") {
		t.Errorf("the data of gates goes to %+v", r)
	}
	if r, _, _ := set.Route("spBv1.0/gates/DCMD/e1/d1"); r != nil {
		t.Error("a command to a device is read")
	}
	config.Instances[1] = instance("gates", `{}`)
	if _, err := subsystem.NewSet(config); err == nil || !strings.Contains(err.Error(), "overlaps") {
		t.Errorf("one group beside all of them: want an error, got %v", err)
	}
}
