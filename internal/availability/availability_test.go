package availability_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"opscenter/internal/availability"
	"opscenter/internal/city"
)

func at(second float64) time.Time {
	return time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(second * float64(time.Second)))
}

func was(from, to float64, s city.Status) availability.Interval {
	return availability.Interval{From: at(from), To: at(to), Status: s}
}

func since(from float64, s city.Status) availability.Interval {
	return availability.Interval{From: at(from), Status: s}
}

func diff(t *testing.T, what string, want, got any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

func TestEachStatusCountsAsOneClass(t *testing.T) {
	t.Parallel()
	for status, want := range map[city.Status]availability.Class{
		city.OK: availability.Up, city.Warning: availability.Up, city.Critical: availability.Down,
		city.Stale: availability.Unknown, city.Unknown: availability.Unknown, city.Maintenance: availability.Maintenance,
	} {
		diff(t, status.String(), want, availability.ClassOf(status))
	}
}

func TestTimeIsAccountedFor(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		history []availability.Interval
		want    availability.Sums
	}{
		{"nothing was recorded", nil, availability.Sums{Period: 100, Unknown: 100}},
		{
			"one of each, the first begun before and the last still going on",
			[]availability.Interval{
				was(-50, 10, city.OK), was(10, 20, city.Critical), was(20, 30, city.Maintenance), was(30, 45, city.Stale), since(45, city.Warning),
			},
			availability.Sums{Period: 100, Up: 65, Down: 10, Unknown: 15, Maintenance: 10, Outages: 1, Longest: 10},
		},
		{
			"an outage of two reasons, then silence, then down still: one outage",
			[]availability.Interval{
				was(0, 10, city.OK), was(10, 20, city.Critical), was(20, 30, city.Critical), was(30, 50, city.Stale), was(50, 60, city.Critical),
				was(60, 70, city.OK), since(70, city.Critical),
			},
			availability.Sums{Period: 100, Up: 20, Down: 60, Unknown: 20, Outages: 2, Longest: 30},
		},
		{
			"a gap, and a change after the end",
			[]availability.Interval{was(0, 10, city.OK), was(90, 110, city.OK), since(110, city.Critical)},
			availability.Sums{Period: 100, Up: 20, Unknown: 80},
		},
		{
			"parts of seconds: down from within second 1 to within second 3 is two seconds, and within one second it is none",
			[]availability.Interval{
				was(0, 1.9, city.OK), was(1.9, 3.1, city.Critical), was(3.1, 5.2, city.OK), was(5.2, 5.8, city.Critical), since(5.8, city.OK),
			},
			availability.Sums{Period: 100, Up: 98, Down: 2, Outages: 1, Longest: 2},
		},
	} {
		diff(t, test.name, test.want, availability.Account(test.history, at(0), at(100)))
	}
}

func TestFiguresFollowFromTheSums(t *testing.T) {
	t.Parallel()
	s := availability.Sums{Period: 1000, Up: 570, Down: 30, Unknown: 160, Maintenance: 240, Outages: 3}
	var nothing availability.Sums
	for _, test := range []struct {
		name   string
		figure func(*availability.Sums) (float64, bool)
		want   float64
	}{
		{"availability", (*availability.Sums).Availability, 95},
		{"floor", (*availability.Sums).Floor, 75},
		{"MTTR", (*availability.Sums).MTTR, 10},
		{"MTBF", (*availability.Sums).MTBF, 190},
	} {
		got, known := test.figure(&s)
		diff(t, test.name, test.want, got)
		_, invented := test.figure(&nothing)
		diff(t, test.name+" is known", []bool{true, false}, []bool{known, invented})
	}
}

// stepped draws a history as history does, in which clocks also step back: an interval may begin
// before the last has ended.
func stepped(r *rapid.T) []availability.Interval { return history(r, -2500, -30_000) }

// history draws what a device may have been like: intervals with and without gaps, and boundaries
// within a second.
func history(r *rapid.T, steps ...int64) []availability.Interval {
	var out []availability.Interval
	now := rapid.Int64Range(-60_000, 60_000).Draw(r, "begin ms")
	ms := func(n int64) time.Time { return at(0).Add(time.Duration(n) * time.Millisecond) }
	for range rapid.IntRange(0, 12).Draw(r, "intervals") {
		from := now + rapid.SampledFrom(append([]int64{0, 0, 0, 1, 999, 1000, 7300}, steps...)).Draw(r, "step ms")
		now = from + rapid.Int64Range(1, 40_000).Draw(r, "length ms")
		out = append(out, availability.Interval{From: ms(from), To: ms(now), Status: rapid.SampledFrom(city.Statuses()).Draw(r, "status")})
	}
	if len(out) > 0 && rapid.Bool().Draw(r, "open") {
		out[len(out)-1].To = time.Time{}
	}
	return out
}

// Whatever a device's history is, its four numbers add up to its period, to the second; and the
// numbers of two parts of a period are those of the whole, so that the days of a month add up.
func TestTheFourNumbersAddUpToThePeriod(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		h := stepped(r)
		zone := time.FixedZone("", rapid.IntRange(-14, 14).Draw(r, "zone hours")*3600)
		from := at(float64(rapid.IntRange(-100, 100).Draw(r, "from"))).In(zone)
		to := from.Add(time.Duration(rapid.IntRange(0, 300).Draw(r, "length")) * time.Second)
		whole := availability.Account(h, from, to)
		if sum := whole.Up + whole.Down + whole.Unknown + whole.Maintenance; sum != whole.Period || sum != to.Unix()-from.Unix() {
			r.Fatalf("the numbers add up to %d, the period is %d of %d s: %+v", sum, whole.Period, to.Unix()-from.Unix(), whole)
		}
		between := from.Add(time.Duration(rapid.Int64Range(0, to.Unix()-from.Unix()).Draw(r, "between")) * time.Second)
		parts := availability.Account(h, from, between)
		parts.Add(availability.Account(h, between, to))
		parts.Outages, parts.Longest = whole.Outages, whole.Longest // one that goes on across the boundary is one in each part, and shorter
		if parts != whole {
			r.Fatalf("parts %+v, whole %+v", parts, whole)
		}
	})
}

// Account agrees with looking at every second by itself.
func TestEverySecondIsWhatTheHistorySaid(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		h := history(r)
		counted := make(map[availability.Class]int64)
		for second := range 100 {
			counted[classAt(h, at(float64(second)).Unix())]++
		}
		got := availability.Account(h, at(0), at(100))
		for class, n := range map[availability.Class]int64{
			availability.Up: got.Up, availability.Down: got.Down, availability.Unknown: got.Unknown, availability.Maintenance: got.Maintenance,
		} {
			if counted[class] != n {
				r.Fatalf("class %d: %d s, want %d: %v", class, n, counted[class], h)
			}
		}
	})
}

// classAt returns what the interval says that covers a second.
func classAt(h []availability.Interval, second int64) availability.Class {
	for _, i := range h {
		if i.From.Unix() <= second && (i.To.IsZero() || i.To.Unix() > second) {
			return availability.ClassOf(i.Status)
		}
	}
	return availability.Unknown
}
