package config_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"

	"opscenter/internal/config"
	"opscenter/internal/subsystem"
)

type cli struct {
	Serve config.Serve `cmd:""`
}

func parse(t *testing.T, yaml string, args ...string) (config.Serve, config.File, error) {
	t.Helper()
	var c cli
	var only config.File
	parser, err := kong.New(&c, append(config.Options(&only), kong.Exit(func(int) { t.Fatal("exit") }))...)
	if err != nil {
		t.Fatal(err)
	}
	if yaml != "" {
		path := filepath.Join(t.TempDir(), "c.yaml")
		if err := os.WriteFile(path, []byte(yaml), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append([]string{"--config", path}, args...)
	}
	_, err = parser.Parse(append([]string{"serve"}, args...))
	return c.Serve, only, err
}

func TestFlagBeatsEnvironmentBeatsFile(t *testing.T) {
	t.Setenv("OPSCENTER_MQTT_ROOT", "from/env")
	t.Setenv("OPSCENTER_TIMEZONE", "Asia/Tokyo")
	got, _, err := parse(t, "mqtt-root: from/file\ntimezone: Asia/Seoul\nlog-level: debug\nlog-max-mb: 64\nlog-max-age: 2h\n", "--mqtt-root", "from/flag")
	if err != nil {
		t.Fatal(err)
	}
	if got.MQTT.Root != "from/flag" || got.Timezone != "Asia/Tokyo" || got.LogLevel != "debug" || got.Log.MaxMB != 64 || got.Log.MaxAge.Hours() != 2 {
		t.Errorf("got root %q, timezone %q, log level %q, %d MiB, %v", got.MQTT.Root, got.Timezone, got.LogLevel, got.Log.MaxMB, got.Log.MaxAge)
	}
}

func TestDefaultsAreTheContract(t *testing.T) {
	t.Parallel()
	got, _, err := parse(t, "")
	if err != nil {
		t.Fatal(err)
	}
	if got.Listen != "127.0.0.1:8080" || got.MQTT.Listen != "127.0.0.1:1883" || got.MQTT.Root != "ioc/v1" ||
		got.Timezone != "Asia/Ho_Chi_Minh" || filepath.Base(got.Data) != "data" || got.DatabaseURL != "" {
		t.Errorf("got %+v", got)
	}
}

func TestUnknownOrWrongIsRefusedByName(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		yaml string
		args []string
		want string
	}{
		"key of the file":         {yaml: "listne: 1\n", want: `"listne"`},
		"nested key of the file":  {yaml: "mqtt:\n  url: x\n", want: `"mqtt"`},
		"flag":                    {args: []string{"--listne=1"}, want: "--listne"},
		"time zone":               {args: []string{"--timezone=Asia/Hanoi2"}, want: `timezone "Asia/Hanoi2"`},
		"partitions":              {args: []string{"--partitions=0"}, want: "partitions: 0"},
		"certificate without key": {args: []string{"--mqtt-cert-file=x"}, want: "mqtt-cert-file and mqtt-key-file"},
		"log level":               {args: []string{"--log-level=loud"}, want: "--log-level"},
		"not YAML":                {yaml: "a: [", want: "not YAML"},
		"subsystems not a map":    {yaml: "subsystems: 3\n", want: "subsystems: want a map from subsystem to its settings, have a number"},
		"channels not a list":     {yaml: "channels: {a: 1}\n", want: "channels: want a list, have a map"},
		"routes not a list":       {yaml: "routes: all\n", want: "routes: want a list, have text"},
		"calendars not a map":     {yaml: "calendars: [a]\n", want: "calendars: want a map, have a list"},
		"public address":          {args: []string{"--public-url=ioc.example.org"}, want: "public-url: \"ioc.example.org\""},
		"dialects not a list":     {yaml: "dialects: {name: a}\n", want: "dialects: want a list of instances, have a map"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, _, err := parse(t, c.yaml, c.args...); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v does not name %s", err, c.want)
			}
		})
	}
}

func TestSubsystemSettingsComeFromTheFile(t *testing.T) {
	t.Parallel()
	_, only, err := parse(t, "subsystems:\n  trafficsafety:\n    a: 1\n")
	if err != nil {
		t.Fatal(err)
	}
	if got := string(only.Subsystems["trafficsafety"]); got != `{"a":1}` {
		t.Errorf("got %s", got)
	}
}

func TestDialectsComeFromTheFileInItsOrder(t *testing.T) {
	t.Parallel()
	_, only, err := parse(t, `
dialects:
  - {name: north, dialect: frigate, subsystem: trafficsafety, cadence: 90s, settings: {prefix: nvr/north}}
  - name: road
    dialect: digitraffic
    subsystem: trafficsafety
    settings:
      catalogue:
        5122: {metric: speed_kmh}
  - {name: plain, dialect: onvif, subsystem: trafficsafety}
`)
	if err != nil {
		t.Fatal(err)
	}
	want := []subsystem.Instance{
		{Name: "north", Dialect: "frigate", Subsystem: "trafficsafety", Cadence: 90 * time.Second, Settings: json.RawMessage(`{"prefix":"nvr/north"}`)},
		{Name: "road", Dialect: "digitraffic", Subsystem: "trafficsafety", Settings: json.RawMessage(`{"catalogue":{"5122":{"metric":"speed_kmh"}}}`)},
		{Name: "plain", Dialect: "onvif", Subsystem: "trafficsafety"},
	}
	if diff := cmp.Diff(want, only.Dialects); diff != "" {
		t.Error(diff)
	}
}

func TestEveryFaultOfADialectIsNamedWithItsPlace(t *testing.T) {
	t.Parallel()
	_, _, err := parse(t, `
dialects:
  - {name: a, dialect: onvif, subsystem: trafficsafety}
  - {name: 7, dialect: "", cadence: 60, settings: [x]}
  - {name: c, dialect: onvif, subsystem: trafficsafety, prefx: cam, cadence: soon}
  - 4
  - {name: e, dialect: onvif, subsystem: trafficsafety, cadence: 0s}
`)
	if err == nil {
		t.Fatal("it was accepted")
	}
	for _, want := range []string{
		`dialects[1]: name: want text, have a number`, `dialects[1]: dialect: it is empty`, `dialects[1]: "subsystem" is missing`,
		`dialects[1]: cadence: want text, have a number; a duration has its unit, as in 60s`, `dialects[1]: settings: want a map, have a list`,
		`dialects[2]: unknown key "prefx"`, `dialects[2]: cadence: "soon" is no duration above 0`,
		`dialects[3]: want name, dialect and subsystem, have a number`, `dialects[4]: cadence: "0s" is no duration above 0`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no fault %q in:\n%v", want, err)
		}
	}
	if strings.Contains(err.Error(), "dialects[0]") {
		t.Errorf("the first is sound, and named in:\n%v", err)
	}
}

func TestRetentionIsInDaysOrHours(t *testing.T) {
	t.Parallel()
	_, only, err := parse(t, "retention: {readings: 30d, quarantine: 36h, events: 0, hours: 0d}\n")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]time.Duration{"readings": 30 * 24 * time.Hour, "quarantine": 36 * time.Hour, "events": 0, "hours": 0}
	if diff := cmp.Diff(want, only.Retention); diff != "" {
		t.Error(diff)
	}
	for value, want := range map[string]string{
		"30": "retention: readings: want text, have a number; say days", "-1d": `retention: readings: "-1d" is neither`,
		"soon": `retention: readings: "soon" is neither`, "[1d]": "have a list", "99999999d": "is neither", "-3h": "is neither",
	} {
		if _, _, err := parse(t, "retention: {readings: "+value+"}\n"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v does not say %s", value, err, want)
		}
	}
}

func TestUnknownEnvironmentIsRefusedByName(t *testing.T) {
	t.Parallel()
	parser, err := kong.New(&cli{}, config.Options(&config.File{})...)
	if err != nil {
		t.Fatal(err)
	}
	err = config.CheckEnvironment(parser.Model, []string{"OPSCENTER_LISTEN=x", "OPSCENTER_LISTNE=x", "HOME=/"})
	if err == nil || !strings.Contains(err.Error(), "OPSCENTER_LISTNE") || strings.Contains(err.Error(), "OPSCENTER_LISTEN,") {
		t.Errorf("got %v", err)
	}
}

func FuzzFileNeverPanics(f *testing.F) {
	f.Add("listen: x\n")
	f.Add("subsystems: {a: {b: [1, ~]}}\n")
	f.Add("retention: {readings: 30d, events: 0}\n")
	f.Add("dialects: [{name: a, dialect: b, subsystem: c, cadence: 1m, settings: {1: [~]}}]\n")
	f.Fuzz(func(t *testing.T, text string) {
		_, _, _ = parse(t, text+"\n")
	})
}

func TestWhomToTellComesFromTheFile(t *testing.T) {
	t.Parallel()
	_, only, err := parse(t, "channels: [{name: a}]\nroutes: [{name: b}]\ncalendars: {day: {exceptions: {2026-09-02: off}}}\n")
	if err != nil {
		t.Fatal(err)
	}
	want := config.Notify{
		Channels: json.RawMessage(`[{"name":"a"}]`), Routes: json.RawMessage(`[{"name":"b"}]`),
		Calendars: json.RawMessage(`{"day":{"exceptions":{"2026-09-02":"off"}}}`),
	}
	if diff := cmp.Diff(want, only.Notify); diff != "" {
		t.Error(diff)
	}
}
