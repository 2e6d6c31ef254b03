package config_test

import (
	"strings"
	"testing"
	"time"

	"opscenter/internal/alarm"
	"opscenter/internal/city"
	"opscenter/internal/config"
)

func TestAlarmsAreConfiguredInTheFile(t *testing.T) {
	t.Parallel()
	f, err := config.ReadFile([]byte(`
alarms:
  hold: 20s
  devices: 3
  operators: 2
  escalate_after: 5m
  rules:
    - {kind: camera, reason: offline, severity: warning, on_delay: 1m}
    - {reason: low_fps, off: true}
  thresholds:
    - {subsystem: environment, metric: noise_db, warning: 75, dead_band: 2}
`))
	if err != nil {
		t.Fatal(err)
	}
	c := f.Alarms.Config()
	if c.Hold != 20*time.Second || c.Least != 3 || c.Operators != 2 || c.Rules.Escalate != 5*time.Minute {
		t.Errorf("the settings are %+v", c)
	}
	offline := c.Rules.For(&alarm.Source{Kind: "camera.ptz"}, &alarm.Condition{Bad: true, Severity: city.SeverityCritical, Reason: city.ReasonOffline})
	if offline.Severity != city.SeverityWarning || offline.OnDelay != time.Minute || offline.OffDelay != 15*time.Second || offline.Escalate != 5*time.Minute {
		t.Errorf("the rule of offline cameras is %+v", offline)
	}
	if r := c.Rules.For(&alarm.Source{}, &alarm.Condition{Bad: true, Reason: "low_fps"}); !r.Off {
		t.Errorf("the rule of low_fps is %+v", r)
	}
	if got := f.Alarms.Overrides(); len(got) != 1 || *got[0].Warning != 75 || got[0].Critical != nil || *got[0].DeadBand != 2 {
		t.Errorf("the thresholds are %+v", got)
	}
	if none, err := config.ReadFile(nil); err != nil || none.Alarms.Config().Rules.Escalate != 15*time.Minute {
		t.Errorf("without configuration: %+v, %v", none.Alarms, err)
	}
}

func TestEveryFaultOfAlarmsIsNamed(t *testing.T) {
	t.Parallel()
	for yaml, want := range map[string]string{
		"alarms: {hald: 10s}":                                `unknown field "hald"`,
		"alarms: {hold: 10}":                                 "10 is no duration with its unit",
		"alarms: {hold: soon}":                               `"soon" is no duration`,
		"alarms: {devices: 1}":                               "devices: 1 is less than 2",
		"alarms: {operators: -1}":                            "operators: -1",
		"alarms: {rules: [{severity: huge}]}":                `rules[0]: severity "huge"`,
		"alarms: {rules: [{on: 1s}]}":                        `unknown field "on"`,
		"alarms: {thresholds: [{subsystem: env}]}":           "thresholds[0]: want subsystem and metric",
		"alarms: {thresholds: [{subsystem: env, above: 1}]}": `unknown field "above"`,
	} {
		if _, err := config.ReadFile([]byte(yaml)); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "alarms") {
			t.Errorf("%s: got %v, want an error with %q", yaml, err, want)
		}
	}
}
