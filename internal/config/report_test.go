package config_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"opscenter/internal/config"
)

func TestReportsComeFromTheFileWithDefaults(t *testing.T) {
	t.Parallel()
	_, only, err := parse(t, `
reports:
  - {name: contractors, report: availability, every: month, parameters: {group_by: contractor, sla: 98.5}, to: [ops@example.org]}
  - name: shifts
    report: handover
    every: shift
    at: "07:30"
    shifts: ["06:00", "18:00"]
    format: html
    lang: en
`)
	if err != nil {
		t.Fatal(err)
	}
	want := []config.Report{
		{
			Name: "contractors", Report: "availability", Every: "month", At: 6 * time.Hour, Format: "xlsx", Lang: "vi",
			To: []string{"ops@example.org"}, Parameters: map[string]string{"group_by": "contractor", "sla": "98.5"},
		},
		{
			Name: "shifts", Report: "handover", Every: "shift", At: 7*time.Hour + 30*time.Minute, Format: "html", Lang: "en",
			Shifts: []time.Duration{6 * time.Hour, 18 * time.Hour},
		},
	}
	if diff := cmp.Diff(want, only.Reports); diff != "" {
		t.Error(diff)
	}
}

func TestEveryFaultOfAReportIsNamedWithItsPlace(t *testing.T) {
	t.Parallel()
	_, _, err := parse(t, `
reports:
  - {name: sound, report: faults, every: day}
  - {report: 7, evry: day, at: six, to: ops@example.org, parameters: {a: [1]}, shifts: ["25:00"]}
  - soon
`)
	if err == nil {
		t.Fatal("it was accepted")
	}
	for _, want := range []string{
		`reports[1]: "name" is missing`, `reports[1]: report: want text, have a number`, `reports[1]: unknown key "evry"`, `reports[1]: at: "six" is no time of day such as 06:00`,
		`reports[1]: to: want a list, have text`, `reports[1]: parameters: a: want text or a number, have a list`,
		`reports[1]: shifts: [0]: "25:00" is no time of day such as 06:00`, `reports[2]: want name, report and every, have text`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no fault %q in:\n%v", want, err)
		}
	}
	if strings.Contains(err.Error(), "reports[0]") {
		t.Errorf("the first is sound, and named in:\n%v", err)
	}
}
