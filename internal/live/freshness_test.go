package live_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"opscenter/internal/city"
	"opscenter/internal/live"
)

func TestADeviceIsUnknownUntilItIsHeard(t *testing.T) {
	t.Parallel()
	c := newCenter(t, camera("cam-1", "loc-1"))
	c.apply(mark(after(0)))
	c.wants("cam-1", city.Unknown, city.ReasonNeverHeard)
	want := map[city.Facet]city.Status{city.Link: city.Unknown, city.Recording: city.Unknown, city.Image: city.Unknown}
	if diff := cmp.Diff(want, c.device("cam-1").Facets); diff != "" {
		t.Fatal(diff)
	}
	first := c.memory.last(t, "cam-1")
	if !first.Initial || !first.At.Equal(start().Add(-time.Hour)) || first.Reason != city.ReasonNeverHeard {
		t.Fatalf("the first interval is %+v, want one from registration on", first)
	}
	c.apply(mark(after(1)))
	if n := len(c.memory.statuses["cam-1"]); n != 1 {
		t.Fatalf("%d changes, want the initial one only", n)
	}
}

func TestSilenceBeginsExactlyWhenWhatWasSaidExpires(t *testing.T) {
	t.Parallel()
	for name, reveal := range map[string]float64{"the very moment": 31.25, "the next mark": 32, "an hour later": 3600} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCenter(t, camera("cam-1", "loc-1"))
			c.apply(health("cam-1", after(1.25), after(1)))
			c.apply(mark(after(31.249999)))
			c.wants("cam-1", city.OK, city.ReasonNone)
			if got := c.device("cam-1").ValidUntil; !got.Equal(after(31.25)) {
				t.Fatalf("valid until %s, want %s", got, after(31.25))
			}
			c.apply(mark(after(reveal)))
			c.wants("cam-1", city.Stale, city.ReasonSilent)
			v := c.device("cam-1")
			if !v.Since.Equal(after(31.25)) || v.Readings["fps"].Status != city.Stale {
				t.Fatalf("stale since %s with fps %v, want since %s and stale too", v.Since, v.Readings["fps"], after(31.25))
			}
			change := c.memory.last(t, "cam-1")
			if !change.At.Equal(after(31.25)) || change.From != city.OK || change.To != city.Stale {
				t.Fatalf("recorded %+v", change)
			}
		})
	}
}

func TestAMessageAtTheLastMomentIsInTime(t *testing.T) {
	t.Parallel()
	c := newCenter(t, camera("cam-1", "loc-1"))
	c.apply(health("cam-1", after(0), after(0)), health("cam-1", after(30), after(30)))
	c.apply(mark(after(59)))
	if got := len(c.memory.statuses["cam-1"]); got != 2 {
		t.Fatalf("%d changes, want the initial one and ok: %v", got, c.memory.lines)
	}
}

func TestTheInventorysCadenceGoesBeforeTheSpecs(t *testing.T) {
	t.Parallel()
	slow := camera("cam-1", "loc-1")
	slow.Cadence = time.Minute
	c := newCenter(t, slow)
	c.apply(health("cam-1", after(0), after(0)), mark(after(179)))
	c.wants("cam-1", city.OK, "")
	c.apply(mark(after(180)))
	c.wants("cam-1", city.Stale, city.ReasonSilent)
}

func TestTheLastWillIsBelievedAtOnceAndOutlastsExpiry(t *testing.T) {
	t.Parallel()
	c := newCenter(t, camera("cam-1", "loc-1"))
	c.apply(health("cam-1", after(0), after(0), "image=dark"), availability("cam-1", after(5), "offline", false))
	c.wants("cam-1", city.Critical, city.ReasonOffline)
	if got := c.device("cam-1").Facets[city.Image]; got != city.Warning {
		t.Fatalf("image %s, want what it was while that is valid", got)
	}
	c.apply(mark(after(500)))
	c.wants("cam-1", city.Critical, city.ReasonOffline)
	if got := c.device("cam-1").Facets[city.Image]; got != city.Stale {
		t.Fatalf("image %s, want stale: it was not seen for long", got)
	}
	c.apply(availability("cam-1", after(510), "online", false))
	c.wants("cam-1", city.Stale, city.ReasonSilent) // it answers, but says nothing of recording and image yet
	if got := c.device("cam-1").Facets[city.Link]; got != city.OK {
		t.Fatalf("link %s, want ok", got)
	}
	c.apply(health("cam-1", after(511), after(511)))
	c.wants("cam-1", city.OK, "")
}

func TestADeviceThatComesBackSoonKeepsWhatItSaid(t *testing.T) {
	t.Parallel()
	c := newCenter(t, camera("cam-1", "loc-1"))
	c.apply(health("cam-1", after(0), after(0), "image=dark"), availability("cam-1", after(5), "offline", false), availability("cam-1", after(8), "online", false))
	c.wants("cam-1", city.Warning, "dark")
}

func TestADeviceThatSpeaksIsNotOffline(t *testing.T) {
	t.Parallel()
	c := newCenter(t, camera("cam-1", "loc-1"))
	c.apply(availability("cam-1", after(0), "offline", false))
	c.wants("cam-1", city.Critical, city.ReasonOffline)
	c.apply(health("cam-1", after(9), after(9)))
	c.wants("cam-1", city.OK, "")
	c.apply(availability("cam-1", after(10), "offline", true)) // the broker still keeps the old will
	c.wants("cam-1", city.OK, "")
	c.apply(availability("cam-1", after(11), "offline", false))
	c.wants("cam-1", city.Critical, city.ReasonOffline)
}

func TestWordsThatRepeatAreNotTakenForRedelivery(t *testing.T) {
	t.Parallel()
	c := newCenter(t, camera("cam-1", "loc-1"))
	for i, word := range []string{"online", "offline", "online", "offline", "online"} {
		c.apply(availability("cam-1", after(float64(i)), word, false))
	}
	c.wants("cam-1", city.OK, "")
	c.apply(mark(after(33.5)))
	c.wants("cam-1", city.OK, "")
	c.apply(availability("cam-1", after(33.6), "online", false)) // the same again, but heard
	c.apply(mark(after(40)))
	c.wants("cam-1", city.OK, "")
}

func TestEveryKindOfMessageExpiresByItself(t *testing.T) {
	t.Parallel()
	c := newCenter(t, camera("cam-1", "loc-1"))
	c.apply(health("cam-1", after(0), after(0)))
	for s := 5.0; s <= 100; s += 5 {
		c.apply(flow("cam-1", after(s), after(s), "", 5, 5))
	}
	c.wants("cam-1", city.Stale, city.ReasonSilent)
	v := c.device("cam-1")
	want := map[city.Facet]city.Status{city.Link: city.OK, city.Recording: city.Stale, city.Image: city.Stale}
	if diff := cmp.Diff(want, v.Facets); diff != "" {
		t.Fatal(diff)
	}
	if v.Readings["vehicles"].Status != city.OK || v.Readings["fps"].Status != city.Stale {
		t.Fatalf("readings %v", v.Readings)
	}
	if at := c.memory.last(t, "cam-1").At; !at.Equal(after(30)) {
		t.Fatalf("since %s, want %s", at, after(30))
	}
}

func TestTransitionsOfOneMomentAreKeptApart(t *testing.T) {
	t.Parallel()
	c := newCenter(t, camera("cam-1", "loc-1"))
	at := after(0)
	c.apply(availability("cam-1", at, "online", false), availability("cam-1", at, "offline", false), availability("cam-1", at, "online", false))
	list := c.memory.statuses["cam-1"]
	if len(list) != 4 {
		t.Fatalf("%d changes, want 4", len(list))
	}
	checkChain(t, list)
	if got := list[3].At.Sub(at); got != 2*time.Microsecond {
		t.Fatalf("the third change is %s after the first, want 2µs", got)
	}
}

// checkChain fails unless changes are strictly in order and each goes on where the last ended.
func checkChain(t interface{ Fatalf(string, ...any) }, list []live.StatusChange) {
	for i := 1; i < len(list); i++ {
		if !list[i].At.After(list[i-1].At) || list[i].From != list[i-1].To || list[i].Initial {
			t.Fatalf("change %d does not follow: %+v then %+v", i, list[i-1], list[i])
		}
	}
	if len(list) > 0 && !list[0].Initial {
		t.Fatalf("the first change is not initial: %+v", list[0])
	}
}
