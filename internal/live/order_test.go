package live_test

import (
	"strings"
	"testing"
	"time"

	"opscenter/internal/city"
)

// readings counts the observations that were handed on for history.
func (m *memory) readings() int { return m.count("reading ") }

// count returns how many lines start so.
func (m *memory) count(prefix string) int {
	n := 0
	for _, line := range m.lines {
		if strings.HasPrefix(line, prefix) {
			n++
		}
	}
	return n
}

func TestADuplicateHasNoEffect(t *testing.T) {
	t.Parallel()
	c := newCenter(t, camera("cam-1", "loc-1"))
	first := health("cam-1", after(0), after(0))
	c.apply(first)
	again := health("cam-1", after(20), after(0))
	c.apply(again)
	if n := c.memory.readings(); n != 1 {
		t.Fatalf("%d readings recorded, want 1", n)
	}
	c.apply(mark(after(30)))
	c.wants("cam-1", city.Stale, city.ReasonSilent)
}

func TestObservationsOfOneMessageAreNotDuplicates(t *testing.T) {
	t.Parallel()
	c := newCenter(t, camera("cam-1", "loc-1"))
	a, b := flow("cam-1", after(0), after(0), "1", 10, 10), flow("cam-1", after(0), after(0), "2", 20, 10)
	b.Observation.Digest = a.Observation.Digest
	c.apply(a, b)
	if n := c.memory.readings(); n != 2 {
		t.Fatalf("%d readings recorded, want 2", n)
	}
}

func TestALateMessageIsHistoryOnly(t *testing.T) {
	t.Parallel()
	c := newCenter(t, camera("cam-1", "loc-1"))
	c.apply(health("cam-1", after(10), after(10)), health("cam-1", after(11), after(8), "image=frozen"))
	c.wants("cam-1", city.OK, "")
	if n := c.memory.readings(); n != 2 {
		t.Fatalf("%d readings recorded, want both", n)
	}
	if got := c.device("cam-1").ValidUntil; !got.Equal(after(40)) {
		t.Fatalf("valid until %s, want %s", got, after(40))
	}
}

func TestAClockThatIsRepairedFromTheFutureIsFollowedAtOnce(t *testing.T) {
	t.Parallel()
	c := newCenter(t, camera("cam-1", "loc-1"))
	c.apply(health("cam-1", after(0), after(0).AddDate(3, 0, 0)))
	c.apply(health("cam-1", after(10), after(10), "image=frozen"))
	c.wants("cam-1", city.Critical, "frozen")
}

func TestAClockThatIsSetBackDoesNotSilenceADevice(t *testing.T) {
	t.Parallel()
	for name, back := range map[string]time.Duration{"an hour": time.Hour, "to 1970": start().Sub(time.Unix(0, 0))} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCenter(t, camera("cam-1", "loc-1"))
			for s := 0.0; s <= 200; s += 10 {
				observed := after(s)
				if s >= 50 {
					observed = observed.Add(-back)
				}
				c.apply(health("cam-1", after(s), observed, "seq=1"))
				c.wants("cam-1", city.OK, "")
			}
			if n := len(c.memory.statuses["cam-1"]); n != 2 {
				t.Fatalf("%d changes, want no flicker", n)
			}
		})
	}
}

func TestAFrozenClockDoesNotSilenceADevice(t *testing.T) {
	t.Parallel()
	c := newCenter(t, camera("cam-1", "loc-1"))
	for s := 0.0; s <= 200; s += 10 {
		o := healthOf("cam-1", after(0))
		o.Seq = uint64(s) + 1
		c.apply(said(after(s), o))
	}
	c.wants("cam-1", city.OK, "")
}

func TestAReplayNeverRefreshes(t *testing.T) {
	t.Parallel()
	c := newCenter(t, camera("cam-1", "loc-1"))
	c.apply(health("cam-1", after(0), after(0)))
	for s := 1.0; s < 29; s++ { // more than the ring of digests holds
		c.apply(retained(health("cam-1", after(s), after(0), "fps=24")))
		c.apply(availability("cam-1", after(s), "online", true))
	}
	if got := c.device("cam-1").ValidUntil; !got.Equal(after(31)) {
		t.Fatalf("valid until %s, want %s: 30 s after the first replay told that it is online", got, after(31))
	}
	c.apply(mark(after(31)))
	c.wants("cam-1", city.Stale, city.ReasonSilent)
}

func TestAnOldReplayHeardFirstIsStaleAtOnce(t *testing.T) {
	t.Parallel()
	c := newCenter(t, camera("cam-1", "loc-1"))
	c.apply(mark(after(0)), retained(health("cam-1", after(1), after(-3600), "fps=24")))
	c.wants("cam-1", city.Stale, city.ReasonSilent)
	v := c.device("cam-1")
	if !v.ValidUntil.Equal(after(-3570)) || !v.Since.Equal(after(1)) || v.Readings["fps"].Value != 24 {
		t.Fatalf("shown as %+v", v)
	}
	for _, change := range c.memory.statuses["cam-1"] {
		if change.To == city.OK {
			t.Fatalf("it was ok for a moment: %+v", change)
		}
	}
}

func TestARetainedMessageOfThisMomentIsLive(t *testing.T) {
	t.Parallel()
	c := newCenter(t, camera("cam-1", "loc-1"))
	c.apply(retained(health("cam-1", after(1), after(0.5))))
	c.wants("cam-1", city.OK, "")
	c.apply(retained(health("cam-1", after(11), after(10.5), "image=frozen")))
	c.wants("cam-1", city.Critical, "frozen")
	if got := c.device("cam-1").ValidUntil; !got.Equal(after(40.5)) {
		t.Fatalf("valid until %s, want 30 s after it was observed", got)
	}
}

func TestAnUndatedReplayOfValuesIsNoSignOfLife(t *testing.T) {
	t.Parallel()
	c := newCenter(t, camera("cam-1", "loc-1"))
	undated := func(at time.Time, fps string) city.Entry {
		return retained(health("cam-1", at, time.Time{}, "fps="+fps))
	}
	c.apply(undated(after(0), "24"))
	c.wants("cam-1", city.Stale, city.ReasonSilent) // of an age that nobody knows
	c.apply(undated(after(1), "25"))
	c.wants("cam-1", city.OK, "") // it is news
	c.apply(undated(after(20), "25"), mark(after(31)))
	c.wants("cam-1", city.Stale, city.ReasonSilent)
	if n := c.memory.readings(); n != 2 {
		t.Fatalf("%d readings recorded, want 2: a replay is no new sample", n)
	}
}

func TestAnOldWillDoesNotSpeakAgainstWhatWasHeardSince(t *testing.T) {
	t.Parallel()
	c := newCenter(t, camera("cam-1", "loc-1"))
	will := healthOf("cam-1", after(-60))
	will.Kind, will.Readings, will.States = "availability", nil, []city.State{{Name: city.AvailabilityState, Value: city.Offline}}
	c.apply(health("cam-1", after(0), after(0)), retained(said(after(1), will)))
	c.wants("cam-1", city.OK, "")
}

func TestAnOldReplayDoesNotSpeakAgainstTheLastWill(t *testing.T) {
	t.Parallel()
	c := newCenter(t, camera("cam-1", "loc-1"))
	c.apply(availability("cam-1", after(10), "offline", false), retained(health("cam-1", after(11), after(9))))
	c.wants("cam-1", city.Critical, city.ReasonOffline)
	c.apply(retained(health("cam-1", after(12), after(11))))
	c.wants("cam-1", city.OK, "")
}

func TestAReplayCanBringADeadlineForward(t *testing.T) {
	t.Parallel()
	c := newCenter(t, camera("cam-1", "loc-1"))
	c.apply(health("cam-1", after(0), after(0)), retained(flow("cam-1", after(1), after(-19), "", 1, 10)))
	status := func() city.Status { return c.device("cam-1").Readings["vehicles"].Status }
	if status() != city.OK {
		t.Fatalf("it is %s, want ok for 30 s from when it was observed", status())
	}
	c.apply(mark(after(11)))
	if status() != city.Stale {
		t.Fatalf("it is %s, want stale", status())
	}
}
