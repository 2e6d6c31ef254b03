package maintenance_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"opscenter/internal/city"
	"opscenter/internal/maintenance"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestAWindowThatMakesNoSenseIsRefusedByName(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 11, 25, 2, 0, 0, 0, time.UTC)
	for want, w := range map[string]city.Window{
		"no start":                 {Device: "a", Duration: time.Hour},
		"it lasts 0s":              {Device: "a", Start: start},
		"at most 744h":             {Device: "a", Start: start, Duration: 745 * time.Hour},
		"no device, location":      {Start: start, Duration: time.Hour},
		`rule "FREQ=SOMETIMES"`:    {Device: "a", Start: start, Duration: time.Hour, Rule: "FREQ=SOMETIMES"},
		"more often than daily":    {Device: "a", Start: start, Duration: time.Hour, Rule: "FREQ=HOURLY"},
		"given beside it":          {Device: "a", Start: start, Duration: time.Hour, Rule: "DTSTART=20261125T020000;FREQ=DAILY"},
		"there is never such a ti": {Device: "a", Start: start, Duration: time.Hour, Rule: "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31"},
	} {
		if _, err := maintenance.Plan(&w, time.UTC); !errors.Is(err, maintenance.ErrInvalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want an error with %q", err, want)
		}
	}
}

// Every Tuesday at two in the morning stays at two in the morning when the clocks change.
func TestARuleFollowsTheCivicClock(t *testing.T) {
	t.Parallel()
	helsinki := zone(t, "Europe/Helsinki")
	w := city.Window{
		Contractor: "VNPT", Start: time.Date(2026, 10, 20, 2, 0, 0, 0, helsinki), Duration: 90 * time.Minute, Rule: "FREQ=WEEKLY;BYDAY=TU",
	}
	s, err := maintenance.Plan(&w, helsinki)
	if err != nil {
		t.Fatal(err)
	}
	summer, _ := s.Next(time.Date(2026, 10, 19, 0, 0, 0, 0, time.UTC))
	winter, _ := s.Next(time.Date(2026, 10, 25, 12, 0, 0, 0, time.UTC)) // summer time ended that morning
	if got := summer.UTC().Format(time.RFC3339) + " " + winter.UTC().Format(time.RFC3339); got != "2026-10-19T23:00:00Z 2026-10-27T00:00:00Z" {
		t.Errorf("got %s", got)
	}
	if _, end, on := s.At(winter.Add(89 * time.Minute)); !on || !end.Equal(winter.Add(90*time.Minute)) {
		t.Errorf("in its last minute: on %v, ends %v", on, end)
	}
	if _, _, on := s.At(winter.Add(90 * time.Minute)); on {
		t.Error("it lasts beyond its end")
	}
}

func TestWhatHappensOnceIsOverAfterwards(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 11, 25, 2, 0, 0, 0, time.UTC)
	w := city.Window{Device: "cam-1", Start: start, Duration: time.Hour}
	s, err := maintenance.Plan(&w, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	for after, want := range map[time.Duration]bool{-time.Hour: false, 0: false, 59 * time.Minute: false, time.Hour: true} {
		if got := s.Over(start.Add(after)); got != want {
			t.Errorf("%v after the start: over is %v", after, got)
		}
	}
}

// Whatever the rule, walking from boundary to boundary and asking at a moment agree.
func TestBoundariesAndMomentsAgree(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(rapid.IntRange(0, 400).Draw(r, "h")) * time.Hour)
		w := city.Window{
			Area: "w", Start: start, Duration: time.Duration(rapid.IntRange(1, 300).Draw(r, "minutes")) * time.Minute,
			Rule: rapid.SampledFrom([]string{"", "FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO,TH", "FREQ=MONTHLY;BYDAY=1SA", "FREQ=DAILY;COUNT=3", "FREQ=DAILY;UNTIL=20260120T000000Z"}).Draw(r, "rule"),
		}
		s, err := maintenance.Plan(&w, time.UTC)
		if err != nil {
			r.Fatal(err)
		}
		at := start.Add(-time.Hour)
		for range 20 {
			next, ok := s.Next(at)
			if !ok {
				break
			}
			if _, _, on := s.At(next.Add(-time.Nanosecond)); on && next.Sub(at) > w.Duration {
				r.Fatalf("on just before it begins at %v", next)
			}
			if begin, end, on := s.At(next); !on || !begin.Equal(next) || !end.Equal(next.Add(w.Duration)) {
				r.Fatalf("at its beginning %v: on %v, %v to %v", next, on, begin, end)
			}
			at = next
		}
	})
}
