package subsystem_test

import (
	"strings"
	"testing"
	"time"

	"opscenter/internal/subsystem"
)

func TestPeriodHasItsKindItsFirstDayAndTheDayAfter(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, from, to string
		period         subsystem.Period
	}{
		{"2026-11-23", "2026-11-23", "2026-11-24", subsystem.Daily},
		{"2026-12-31", "2026-12-31", "2027-01-01", subsystem.Daily},
		{"2028-02-29", "2028-02-29", "2028-03-01", subsystem.Daily}, // a leap year
		{"2026-W47", "2026-11-16", "2026-11-23", subsystem.Weekly},
		{"2026-W01", "2025-12-29", "2026-01-05", subsystem.Weekly}, // it begins in the year before
		{"2027-W01", "2027-01-04", "2027-01-11", subsystem.Weekly},
		{"2026-W53", "2026-12-28", "2027-01-04", subsystem.Weekly}, // a long year
		{"2024-W52", "2024-12-23", "2024-12-30", subsystem.Weekly},
		{"2026-02", "2026-02-01", "2026-03-01", subsystem.Monthly},
		{"2026-12", "2026-12-01", "2027-01-01", subsystem.Monthly},
		{"2026-Q1", "2026-01-01", "2026-04-01", subsystem.Quarterly},
		{"2026-Q2", "2026-04-01", "2026-07-01", subsystem.Quarterly},
		{"2026-Q3", "2026-07-01", "2026-10-01", subsystem.Quarterly},
		{"2026-Q4", "2026-10-01", "2027-01-01", subsystem.Quarterly},
		{"2026", "2026-01-01", "2027-01-01", subsystem.Yearly},
	} {
		p, from, to, err := subsystem.ParsePeriod(c.name, time.UTC)
		if err != nil {
			t.Error(err)
			continue
		}
		if got := from.Format(time.DateOnly) + " " + to.Format(time.DateOnly); p != c.period || got != c.from+" "+c.to {
			t.Errorf("%s: got the %s %s, want the %s %s %s", c.name, p, got, c.period, c.from, c.to)
		}
	}
}

func TestPeriodBeginsAtMidnightOfTheZone(t *testing.T) {
	t.Parallel()
	const midnight = "2006-01-02 15:04"
	ict := time.FixedZone("ICT", 7*3600)
	for _, name := range []string{"2026-11-23", "2026-W48", "2026-11", "2026-Q4", "2026"} {
		_, from, to, err := subsystem.ParsePeriod(name, ict)
		if err != nil {
			t.Error(err)
			continue
		}
		for _, at := range []time.Time{from, to} {
			if got := at.Format(midnight); !strings.HasSuffix(got, " 00:00") || at.Location() != ict {
				t.Errorf("%s: got %v", name, at)
			}
		}
	}
	_, from, _, err := subsystem.ParsePeriod("2026-11-23", ict)
	if want := time.Date(2026, 11, 22, 17, 0, 0, 0, time.UTC); err != nil || !from.Equal(want) {
		t.Errorf("got %v, %v, want %v", from, err, want)
	}
}

// A civic day is not always 24 hours long.
func TestPeriodCoversTheDayOnWhichTheClocksChange(t *testing.T) {
	t.Parallel()
	helsinki, err := time.LoadLocation("Europe/Helsinki")
	if err != nil {
		t.Skip("no time zones here:", err)
	}
	for name, want := range map[string]time.Duration{"2026-03-29": 23 * time.Hour, "2026-10-25": 25 * time.Hour, "2026-W43": 169 * time.Hour} {
		_, from, to, err := subsystem.ParsePeriod(name, helsinki)
		if got := to.Sub(from); err != nil || got != want {
			t.Errorf("%s: got %v, %v, want %v", name, got, err, want)
		}
	}
}

func TestPeriodThatIsNoneIsRefused(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"":               "want one such as",
		"today":          "want one such as",
		"26-11-23":       "want one such as",
		"2026-11-23\n":   "want one such as",
		"2026-1":         "want one such as",
		"2026-Q0":        "want one such as",
		"2026-Q5":        "want one such as",
		"2026-q4":        "want one such as",
		"2026-2027":      "want one such as",
		"٢٠٢٦":           "want one such as",
		"2026-11-31":     "there is no such day",
		"2026-02-29":     "there is no such day",
		"2026-00":        "there is no such month",
		"2026-13":        "there is no such month",
		"2026-W00":       "there is no such week",
		"2026-W54":       "there is no such week",
		"2025-W53":       "there is no such week",
		"2026-W99":       "there is no such week",
		"2026-11-23T00Z": "want one such as",
	} {
		if p, _, _, err := subsystem.ParsePeriod(name, time.UTC); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got the period %q, %v, want an error with %q", name, p, err, want)
		}
	}
}
