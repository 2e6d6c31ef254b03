package recorder_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"opscenter/internal/alarm"
	"opscenter/internal/city"
	"opscenter/internal/live"
	"opscenter/internal/store"
	"opscenter/internal/subsystem"
)

// projection is what every recorder of these tests projects: what is bad is an alarm at once.
func projection() live.ProjectionConfig {
	at := time.Duration(0)
	rules := alarm.Rules{Overrides: []alarm.Override{{OnDelay: &at, OffDelay: &at}}}
	return live.ProjectionConfig{Specs: []subsystem.Spec{spec()}, Partitions: 1, Alarms: live.AlarmConfig{Config: alarm.Config{Rules: rules}}}
}

// listener is told which alarms there are, and nothing else.
type listener struct {
	alarms []string
}

func (l *listener) Alarm(c city.AlarmChange)                   { l.alarms = append(l.alarms, c.Alarm.ID) }
func (*listener) Reading(*city.Device, *city.Observation)      {}
func (*listener) Status(string, live.StatusChange)             {}
func (*listener) Indicator(*city.Observation)                  {}
func (*listener) Event(*city.Observation)                      {}
func (*listener) Manifest(time.Time, *city.Manifest)           {}
func (*listener) Rejection(time.Time, *city.Rejection)         {}
func (*listener) Action(time.Time, *city.Action, city.Outcome) {}

// deed is what somebody does about one of the alarms of late, or about maintenance. Some say the same
// key again, some speak of what never was, some do what does not fit.
func deed(random *rand.Rand, i int, now time.Time, alarms []string) *city.Action {
	verbs := []city.Verb{city.Acknowledge, city.Acknowledge, city.Assign, city.Comment, city.Shelve, city.Unshelve, city.Maintain, city.Resume}
	a := &city.Action{
		Key: fmt.Sprint("k", i-random.IntN(2)*random.IntN(20)), Verb: verbs[random.IntN(len(verbs))], Actor: "Lan", Reason: fmt.Sprint("lý do ", i), Alarm: "never",
	}
	if len(alarms) > 0 && random.IntN(10) > 0 {
		a.Alarm = alarms[max(0, len(alarms)-1-random.IntN(5))]
	}
	switch a.Verb {
	case city.Shelve, city.Acknowledge:
		a.Until = now.Add(time.Duration(random.IntN(60)) * time.Second)
	case city.Maintain:
		a.Alarm, a.Window = "", &city.Window{ID: fmt.Sprint("w-", i%7), Device: fmt.Sprint("cam-", i%5), Start: now, Duration: time.Duration(1+random.IntN(60)) * time.Second}
	case city.Resume:
		a.Alarm, a.WindowID = "", fmt.Sprint("w-", random.IntN(7))
	case city.Assign, city.Comment, city.Unshelve:
	}
	return a
}

// verified checks that the audit is whole.
func verified(t *testing.T, url string) {
	t.Helper()
	s, err := store.Open(t.Context(), store.Config{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if report, err := s.VerifyAudit(t.Context(), nil); err != nil || report.Fault != nil {
		t.Errorf("the audit: %+v, %v", report.Fault, err)
	}
}
