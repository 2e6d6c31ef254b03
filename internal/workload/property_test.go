package workload_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"opscenter/internal/city"
	"opscenter/internal/workload"
)

// Whatever happens, the figures agree with counting second by second, and with each other.
func TestFiguresAgreeWithCountingSecondBySecond(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		length := rapid.IntRange(1, 3000).Draw(rt, "length")
		operators := rapid.IntRange(1, 3).Draw(rt, "operators")
		steps := anyStory(rt, length)
		f := workload.Of(start(), start().Add(time.Duration(length)*time.Second), operators, steps, true)

		flooded, most, inside := 0, 0, 0
		for s := range length {
			n := 0
			for i := range steps {
				if at := second(&steps[i]); steps[i].What == city.AlarmRaised && at > s-600 && at <= s {
					n++
					if at == s {
						inside++
					}
				}
			}
			most = max(most, mostAtRaise(steps, s, n))
			if n > 10*operators {
				flooded++
			}
		}
		if f.Flood != time.Duration(flooded)*time.Second || f.Raised != inside || f.MostPerSpan != float64(most)/float64(operators) {
			rt.Fatalf("flood %v, raised %d, most %v; want %d s, %d, %d", f.Flood, f.Raised, f.MostPerSpan, flooded, inside, most)
		}
		consistent(rt, &f)
	})
}

// mostAtRaise is n if something was raised in that second: only then can there be more than before.
func mostAtRaise(steps []workload.Step, s, n int) int {
	for i := range steps {
		if steps[i].What == city.AlarmRaised && second(&steps[i]) == s {
			return n
		}
	}
	return 0
}

func consistent(rt *rapid.T, f *workload.Figures) {
	buckets, severities := 0, 0
	for _, b := range f.Buckets {
		buckets += b.Raised
	}
	for _, n := range f.BySeverity {
		severities += n
	}
	if buckets != f.Raised || severities != f.Raised {
		rt.Fatalf("%d raised, %d in buckets, %d by severity", f.Raised, buckets, severities)
	}
	if f.FloodShare < 0 || f.FloodShare > 1 || (f.Flood > 0) != (f.Floods > 0) {
		rt.Fatalf("share %v of %d floods of %v", f.FloodShare, f.Floods, f.Flood)
	}
	if f.Acknowledge.Mean < 0 || f.Clear.Mean < 0 || f.Acknowledge.Median < 0 {
		rt.Fatalf("it took less than no time: %+v %+v", f.Acknowledge, f.Clear)
	}
}

func second(s *workload.Step) int { return int(s.At.Sub(start()) / time.Second) }

// anyStory is steps of a few alarms, on whole seconds, in the order of time.
func anyStory(rt *rapid.T, length int) []workload.Step {
	whats := []city.Transition{
		city.AlarmRaised, city.AlarmRaised, city.AlarmRaised, city.AlarmOver, city.AlarmAcknowledged, city.AlarmAckExpired, city.AlarmWorsened, city.AlarmClosed,
		city.AlarmCommented,
	}
	n := rapid.IntRange(0, 120).Draw(rt, "steps")
	steps := make([]workload.Step, n)
	for i := range steps {
		steps[i] = step(float64(rapid.IntRange(-600, length+100).Draw(rt, "at")), fmt.Sprintf("a%d", rapid.IntRange(0, 5).Draw(rt, "alarm")), rapid.SampledFrom(whats).Draw(rt, "what"))
	}
	slices.SortStableFunc(steps, func(x, y workload.Step) int { return x.At.Compare(y.At) })
	return steps
}
