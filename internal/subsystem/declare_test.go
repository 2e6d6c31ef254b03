package subsystem_test

import (
	"testing"
	"time"

	"opscenter/internal/subsystem"
)

func TestScheduleOfAnIndicatorFollowsItsPeriod(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	one := subsystem.Indicator{Code: "one", Unit: "%"}
	for name, c := range map[string]struct {
		got      []subsystem.Indicator
		period   subsystem.Period
		cadence  time.Duration
		validFor time.Duration
	}{
		"day":     {subsystem.Each(subsystem.Daily, one), subsystem.Daily, day, 36 * time.Hour},
		"week":    {subsystem.Each(subsystem.Weekly, one), subsystem.Weekly, 7 * day, 10 * day},
		"month":   {subsystem.Each(subsystem.Monthly, one), subsystem.Monthly, 31 * day, 45 * day},
		"quarter": {subsystem.Each(subsystem.Quarterly, one), subsystem.Quarterly, 92 * day, 120 * day},
		"year":    {subsystem.Each(subsystem.Yearly, one), subsystem.Yearly, 366 * day, 425 * day},
		"counter": {subsystem.Intraday(time.Minute, one), subsystem.Daily, time.Minute, 0},
		"term":    {subsystem.Told(subsystem.Yearly, 122*day, 150*day, one), subsystem.Yearly, 122 * day, 150 * day},
	} {
		if len(c.got) != 1 {
			t.Fatalf("%s: got %d indicators, want 1", name, len(c.got))
		}
		got := c.got[0]
		if got.Period != c.period || got.Cadence != c.cadence || got.ValidFor != c.validFor {
			t.Errorf("%s: got the %s, every %v, for %v", name, got.Period, got.Cadence, got.ValidFor)
		}
		if got.Code != one.Code || got.Unit != one.Unit {
			t.Errorf("%s: it is another indicator: %+v", name, got)
		}
	}
}

func TestScheduleLeavesTheCallersIndicatorsAlone(t *testing.T) {
	t.Parallel()
	mine := []subsystem.Indicator{{Code: "one"}, {Code: "two"}}
	if got := subsystem.Each(subsystem.Monthly, mine...); len(got) != 2 || got[1].Period != subsystem.Monthly {
		t.Errorf("got %+v", got)
	}
	if mine[0].Period != "" || mine[1].Cadence != 0 {
		t.Errorf("they became %+v", mine)
	}
}
