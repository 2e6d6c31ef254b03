package live_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"opscenter/internal/city"
)

func (c *center) entity(key string) string { return picture(c.board)[key] }

func TestAnIncidentIsShownWhileItGoesOnAndForAnHour(t *testing.T) {
	t.Parallel()
	c := newCenter(t, camera("cam-1", "loc-1"))
	c.apply(event(after(0), after(-1), "incident", "acc-1", "accident", city.Started))
	if c.location("loc-1").Incidents != 1 || c.board.City().Incidents != 1 || c.board.Subsystems()[0].Incidents != 1 {
		t.Fatalf("it is not counted: %+v", c.location("loc-1"))
	}
	c.apply(mark(after(7200)))
	if got := c.entity("event/acc-1"); !strings.Contains(got, `"phase":"started"`) {
		t.Fatalf("after two hours it is %q", got)
	}
	c.apply(event(after(7201), after(7200), "incident", "acc-1", "accident", city.Ended))
	got := c.board.Events()[0]
	if got.Phase != city.Ended || !got.EndedAt.Equal(after(7200)) || !got.StartedAt.Equal(after(-1)) || c.location("loc-1").Incidents != 0 {
		t.Fatalf("ended it is %+v", got)
	}
	var gone bool
	defer c.board.Watch(func(changes []city.Change) {
		for _, ch := range changes {
			gone = gone || ch == city.Change{Key: "event/acc-1", Location: "loc-1"}
		}
	})()
	c.apply(mark(after(7201 + 3599)))
	if c.entity("event/acc-1") == "" || gone {
		t.Fatal("it was forgotten within the hour")
	}
	c.apply(mark(after(7201 + 3600)))
	if c.entity("event/acc-1") != "" || !gone {
		t.Fatal("it is still shown after the hour, or nobody was told")
	}
}

func TestARepetitionOfAnEventIsNone(t *testing.T) {
	t.Parallel()
	c := newCenter(t, camera("cam-1", "loc-1"))
	c.apply(
		event(after(0), after(0), "incident", "acc-1", "accident", city.Started),
		event(after(1), after(0), "incident", "acc-1", "accident", city.Started),
		event(after(2), after(2), "incident", "acc-1", "accident", city.Updated),
		event(after(3), after(3), "incident", "acc-1", "accident", city.Ended),
		event(after(4), after(2.5), "incident", "acc-1", "accident", city.Updated), // late
		retained(event(after(5), after(0), "incident", "acc-1", "accident", city.Started)),
	)
	if n := c.memory.events(); n != 4 {
		t.Fatalf("%d events recorded, want 4: %v", n, c.memory.lines)
	}
	if got := c.board.Events()[0].Phase; got != city.Ended {
		t.Fatalf("it is %s, want ended", got)
	}
}

func TestLateNewsOfAnEventIsRecordedAndNotShown(t *testing.T) {
	t.Parallel()
	c := newCenter(t, camera("cam-1", "loc-1"))
	late := event(after(11), after(5), "incident", "acc-1", "accident", city.Updated)
	late.Observation.Event.Severity = "minor"
	c.apply(event(after(0), after(0), "incident", "acc-1", "accident", city.Started), event(after(10), after(10), "incident", "acc-1", "accident", city.Updated), late)
	if got := c.board.Events()[0]; got.Severity != "major" || !got.UpdatedAt.Equal(after(10)) {
		t.Fatalf("it is %+v", got)
	}
	if n := c.memory.events(); n != 3 {
		t.Fatalf("%d events recorded, want 3", n)
	}
}

func TestAReplayOfWhatIsLongOverIsNeitherShownNorCounted(t *testing.T) {
	t.Parallel()
	c := newCenter(t, camera("cam-1", "loc-1"))
	c.apply(
		retained(event(after(0), after(-3601), "incident", "acc-1", "accident", city.Ended)),
		retained(event(after(0), after(-3601), "violation", "v-1", "speeding", city.Instant)),
		retained(event(after(0), after(-86400), "incident", "acc-2", "accident", city.Started)), // still going on
		retained(event(after(0), after(-3599), "incident", "acc-3", "accident", city.Ended)),
	)
	var ids []string
	for _, e := range c.board.Events() {
		ids = append(ids, e.ID)
	}
	if got := strings.Join(ids, " "); got != "acc-2 acc-3" || len(c.location("loc-1").Readings) != 0 {
		t.Fatalf("shown are %q and %v", got, c.location("loc-1").Readings)
	}
}

func TestEventsOfOneIDFromTwoSendersAreTwo(t *testing.T) {
	t.Parallel()
	c := newCenter(t, camera("cam-1", "loc-1"))
	c.apply(event(after(0), after(0), "incident", "1", "accident", city.Started), event(after(0), after(0), "violation", "1", "speeding", city.Instant))
	if c.entity("event/1") == "" || c.entity("event/cams.violation.1") == "" {
		t.Fatalf("events %v", c.board.Events())
	}
}

func TestEventsAreBoundedAndTheOpenOnesStay(t *testing.T) {
	t.Parallel()
	c := newCenter(t, camera("cam-1", "loc-1"))
	c.apply(event(after(0), after(0), "incident", "open", "accident", city.Started))
	for i := range 1000 {
		c.apply(event(after(float64(i)), after(float64(i)), "violation", fmt.Sprintf("v-%d", i), "speeding", city.Instant))
	}
	if n := len(c.board.Events()); n != 200 {
		t.Fatalf("%d events are shown, want 200", n)
	}
	if c.entity("event/open") == "" || c.entity("event/v-999") == "" || c.entity("event/v-0") != "" {
		t.Fatal("the wrong ones were dropped")
	}
	if got := c.location("loc-1").Readings["violations_day.speeding"].Value; got != 1000 {
		t.Fatalf("%v violations are counted, want 1000", got)
	}
}

func TestOnlyTheMaskedPlateIsShown(t *testing.T) {
	t.Parallel()
	c := newCenter(t, camera("cam-1", "loc-1"))
	e := event(after(0), after(0), "violation", "v-1", "speeding", city.Instant)
	e.Observation.Event.Plate = city.Plate{Clear: "19A-123.45", Masked: "19*****45", Sealed: []byte("secret")}
	c.apply(e)
	got := c.entity("event/v-1")
	if !strings.Contains(got, `"plate":"19*****45"`) || strings.Contains(got, "123") || strings.Contains(got, "ealed") {
		t.Fatalf("shown as %s", got)
	}
}

func TestViolationsAreCountedByCivicHourAndDay(t *testing.T) {
	t.Parallel()
	c := newCenter(t, camera("cam-1", "loc-1"))
	midnight := time.Date(2026, 11, 24, 0, 0, 0, 0, civic())
	at := midnight.Add
	violation := func(received, observed time.Duration, id string) city.Entry {
		return event(at(received), at(observed), "violation", id, "speeding", city.Instant)
	}
	counts := func() [2]float64 {
		t.Helper()
		r, s, all := c.location("loc-1").Readings, c.board.Subsystems()[0].Readings, c.board.City().Readings
		hour, day := r["violations_hour.speeding"].Value, r["violations_day.speeding"].Value
		for _, other := range []float64{s["violations_hour.speeding"].Value, all["violations_hour.speeding"].Value} {
			if other != hour {
				t.Fatalf("subsystem or city count %v, the location %v", other, hour)
			}
		}
		return [2]float64{hour, day}
	}
	wants := func(hour, day float64) {
		t.Helper()
		if got := counts(); got != [2]float64{hour, day} {
			t.Fatalf("hour and day are %v, want %v", got, [2]float64{hour, day})
		}
	}
	c.apply(violation(-90*time.Minute, -90*time.Minute, "a"), violation(-30*time.Minute, -31*time.Minute, "b"))
	wants(1, 2)
	c.apply(violation(-29*time.Minute, -29*time.Minute-90*time.Minute, "late"))
	wants(1, 3) // of an earlier hour
	c.apply(violation(-28*time.Minute, -28*time.Minute-90*24*time.Hour, "wrong clock"))
	wants(2, 4)
	c.apply(violation(-28*time.Minute, -28*time.Minute-90*24*time.Hour, "wrong clock")) // again
	wants(2, 4)
	c.apply(mark(at(-time.Microsecond)))
	wants(2, 4)
	var told []string
	defer c.board.Watch(func(changes []city.Change) {
		for _, ch := range changes {
			told = append(told, ch.Key)
		}
	})()
	c.apply(mark(at(0)))
	wants(0, 0)
	if all := strings.Join(told, " "); !strings.Contains(all, "location/loc-1") || !strings.Contains(all, "subsystem/cams") || !strings.Contains(all, "city") {
		t.Fatalf("at midnight only %s changed", all)
	}
	c.apply(violation(time.Second, -time.Second, "just before"), violation(time.Second, time.Second, "just after"))
	wants(1, 1)
}
