package workload_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"opscenter/internal/city"
	"opscenter/internal/workload"
)

func start() time.Time { return time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC) }

// step is what happens to an alarm some seconds after the start.
func step(seconds float64, alarm string, what city.Transition) workload.Step {
	return workload.Step{
		Alarm: alarm, At: start().Add(time.Duration(seconds * float64(time.Second))), What: what, Key: "device/" + alarm[:2],
		Severity: city.SeverityCritical, Title: city.Names{VI: "Mất tín hiệu " + alarm, EN: "No signal " + alarm},
	}
}

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got, cmpopts.EquateEmpty(), cmpopts.EquateApprox(0, 1e-9)); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

func hour(operators int, steps ...workload.Step) workload.Figures {
	return workload.Of(start(), start().Add(time.Hour), operators, steps, true)
}

// raised raises n alarms of different sources, one each so many seconds.
func raised(n int, from, every float64) []workload.Step {
	var steps []workload.Step
	for i := range n {
		steps = append(steps, step(from+float64(i)*every, fmt.Sprintf("%02d", i), city.AlarmRaised))
	}
	return steps
}

func TestTenInTenMinutesAreNoFloodAndElevenAre(t *testing.T) {
	t.Parallel()
	f := hour(1, raised(10, 600, 30)...)
	equal(t, "of ten", []any{f.Raised, f.Floods, f.Flood, f.MostPerSpan, f.MeanPerSpan}, []any{10, 0, time.Duration(0), 10.0, 10.0 / 6})
	// The eleventh comes 300 s after the first, which is ten minutes old 300 s later.
	f = hour(1, raised(11, 600, 30)...)
	equal(t, "of eleven", []any{f.Floods, f.Flood, f.FloodShare, f.MostPerSpan}, []any{1, 5 * time.Minute, 5.0 / 60, 11.0})
	f = hour(2, raised(20, 600, 30)...)
	equal(t, "of two operators", []any{f.Floods, f.MostPerSpan, f.MeanPerSpan}, []any{0, 10.0, 20.0 / 12})
	f = hour(2, raised(21, 600, 29)...)
	equal(t, "of two operators who cannot", []any{f.Floods, f.Flood}, []any{1, 20 * time.Second})
}

// A flood that began before the period, and one that goes on after it, count for the part inside.
func TestAFloodCountsForItsPartInThePeriod(t *testing.T) {
	t.Parallel()
	f := hour(1, append(raised(11, -10, 0.5), raised(11, 3590, 0.5)...)...)
	equal(t, "flood", []any{f.Raised, f.Floods, f.Flood}, []any{11, 2, 590*time.Second + 5*time.Second})
}

func TestSeparateFloodsAreCountedApart(t *testing.T) {
	t.Parallel()
	f := hour(1, append(raised(30, 0, 1), raised(11, 1500, 0)...)...)
	// The first goes on until the eleventh last, of second 19, is ten minutes old.
	equal(t, "flood", []any{f.Floods, f.Flood}, []any{2, 609*time.Second + 600*time.Second})
}

func TestASourceThatComesAndGoesThreeTimesInAMinuteChatters(t *testing.T) {
	t.Parallel()
	cycles := func(alarm string, every float64, n int) []workload.Step {
		var steps []workload.Step
		for i := range n {
			at := float64(i) * every
			steps = append(steps, step(at, fmt.Sprint(alarm, i), city.AlarmRaised), step(at+every/2, fmt.Sprint(alarm, i), city.AlarmOver))
		}
		return steps
	}
	f := hour(1, cycles("aa", 24, 3)...) // the third clears 60 s after the first was raised
	equal(t, "three in a minute", f.Chattering, []workload.Source{{Key: "device/aa", Title: city.Names{VI: "Mất tín hiệu aa2", EN: "No signal aa2"}, Count: 1}})
	f = hour(1, cycles("aa", 24.2, 9)...)
	equal(t, "not quite", len(f.Chattering), 0)
	f = hour(1, cycles("aa", 1, 2)...)
	equal(t, "only twice", len(f.Chattering), 0)
	f = hour(1, cycles("aa", 10, 7)...)
	equal(t, "again and again", f.Chattering[0].Count, 5)
}

func TestHowLongPeopleAndAlarmsTake(t *testing.T) {
	t.Parallel()
	f := hour(1,
		step(-100, "aa", city.AlarmRaised), step(20, "aa", city.AlarmAcknowledged), // 120 s
		step(30, "aa", city.AlarmAcknowledged),                                   // again: nobody waited
		step(40, "aa", city.AlarmAckExpired), step(50, "aa", city.AlarmWorsened), // waits since 40
		step(60, "aa", city.AlarmOver),         // after 160 s
		step(70, "aa", city.AlarmAcknowledged), // 30 s
		step(70, "aa", city.AlarmClosed),
		step(100, "bb", city.AlarmRaised), step(110, "bb", city.AlarmOver), // after 10 s
		step(120, "bb", city.AlarmRaised), step(150, "bb", city.AlarmOver), // after 30 s
		step(200, "bb", city.AlarmAcknowledged), // 100 s: since it was raised first
		step(4000, "cc", city.AlarmRaised),
	)
	equal(t, "acknowledge", f.Acknowledge, workload.Times{Count: 3, Mean: 250 * time.Second / 3, Median: 100 * time.Second})
	equal(t, "clear", f.Clear, workload.Times{Count: 3, Mean: 200 * time.Second / 3, Median: 30 * time.Second})
	equal(t, "raised", f.BySeverity, map[city.Severity]int{city.SeverityCritical: 2})
}

func TestWhatIsOnTheListForMoreThanADayStands(t *testing.T) {
	t.Parallel()
	const day = 86400
	f := hour(1,
		step(3600-day-2, "cc", city.AlarmRaised), step(-5, "cc", city.AlarmOver), // cleared, and nobody has said so
		step(3600-day-1, "aa", city.AlarmRaised),
		step(3600-day-1, "dd", city.AlarmRaised), step(3599, "dd", city.AlarmClosed),
		step(3600-day, "bb", city.AlarmRaised),
	)
	equal(t, "standing", f.Standing, []workload.Waiting{
		{Alarm: "cc", Key: "device/cc", Title: city.Names{VI: "Mất tín hiệu cc", EN: "No signal cc"}, Since: start().Add((3600 - day - 2) * time.Second)},
		{Alarm: "aa", Key: "device/aa", Title: city.Names{VI: "Mất tín hiệu aa", EN: "No signal aa"}, Since: start().Add((3600 - day - 1) * time.Second)},
	})
	equal(t, "how many", f.StandingAll, 2)
}

func TestTheWorstSourcesComeFirst(t *testing.T) {
	t.Parallel()
	var steps []workload.Step
	for i := range 12 {
		for range i + 1 {
			steps = append(steps, step(0, fmt.Sprintf("%02d", i), city.AlarmRaised))
		}
	}
	steps = append(steps, step(-1, "00", city.AlarmRaised)) // before: only order of time matters to others
	f := hour(1, steps...)
	equal(t, "first, last and how many", []any{f.Worst[0].Key, f.Worst[0].Count, f.Worst[9].Key, len(f.Worst)}, []any{"device/11", 12, "device/02", 10})
}

func TestAChartHasARowForEveryTenMinutes(t *testing.T) {
	t.Parallel()
	steps := []workload.Step{step(-1, "aa", city.AlarmRaised), step(599.9, "bb", city.AlarmRaised), step(600, "cc", city.AlarmRaised), step(1500, "dd", city.AlarmRaised)}
	f := workload.Of(start(), start().Add(25*time.Minute), 1, append(steps, step(1499, "ee", city.AlarmRaised)), true)
	equal(t, "buckets", f.Buckets, []workload.Bucket{{start(), 1}, {start().Add(10 * time.Minute), 1}, {start().Add(20 * time.Minute), 1}})
	if f = workload.Of(start(), start().Add(time.Hour), 1, steps, false); f.Buckets != nil {
		t.Error("buckets that nobody wants")
	}
}

func TestAPeriodInWhichNothingHappenedHasFigures(t *testing.T) {
	t.Parallel()
	f := hour(0)
	equal(t, "figures", []any{f.Operators, f.Raised, f.FloodShare, f.Acknowledge, len(f.Buckets)}, []any{1, 0, 0.0, workload.Times{}, 6})
}
