package live_test

import (
	"fmt"
	"testing"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/live"
	"opscenter/internal/subsystem"
)

// caseOf makes an entry that says something of a case.
func caseOf(observed, at time.Time, id string, phase city.Phase, change ...func(*city.Observation)) city.Entry {
	o := city.Observation{
		Subsystem: "services", Location: "loc-1", Kind: "case", ObservedAt: observed,
		Event: &city.Event{ID: id, Type: "complaint", Phase: phase},
	}
	for _, c := range change {
		c(&o)
	}
	return said(at, o)
}

func due(at time.Time) func(*city.Observation) {
	return func(o *city.Observation) { o.Event.DueAt = at }
}

func TestCasesAreCountedAcrossMidnight(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("Asia/Ho_Chi_Minh")
	if err != nil {
		t.Fatal(err)
	}
	c := newServices(t)
	c.board = live.NewBoard(live.BoardConfig{Specs: []subsystem.Spec{services()}, Zone: zone})
	c.board.SetInventory(inventory(t, desk("desk-1", "loc-1")))
	midnight := time.Date(2026, 11, 24, 0, 0, 0, 0, zone)
	at := midnight.Add
	says := func(observed, received time.Duration, id string, phase city.Phase) {
		t.Helper()
		c.apply(caseOf(at(observed), at(received), id, phase))
	}
	says(-4*time.Hour, -4*time.Hour, "a", city.Started)
	says(-3*time.Hour, -3*time.Hour, "b", city.Started)
	says(-30*time.Hour, -3*time.Hour, "c", city.Started) // told a day late
	says(-2*time.Hour, -2*time.Hour, "a", city.Ended)
	c.wantsFigures("opened", 2, "open", 2, "overdue", 0, "closed", 1, "hours", 2)
	c.apply(mark(at(-time.Microsecond)))
	c.wantsFigures("opened", 2, "open", 2, "closed", 1)
	if got := c.indicator("opened").Period; got != "2026-11-23" {
		t.Fatalf("the period is %s", got)
	}
	take, cancel := watch(c.board)
	defer cancel()
	c.apply(mark(at(0)))
	if keys := take(); len(keys) == 0 {
		t.Fatal("nobody was told that the day is another")
	}
	c.wantsFigures("opened", 0, "open", 2, "overdue", 0, "closed", 0, "hours", 2)
	if got := c.indicator("opened").Period; got != "2026-11-24" {
		t.Fatalf("the period is %s", got)
	}
	says(-time.Second, time.Second, "d", city.Started) // yesterday's
	says(-time.Second, time.Second, "b", city.Ended)   // likewise
	says(time.Second, 2*time.Second, "e", city.Started)
	says(time.Hour, 3*time.Second, "f", city.Started) // by a clock that is ahead
	c.wantsFigures("opened", 2, "open", 4, "closed", 0)
}

func TestACaseIsOverdueExactlyWhenItIsDue(t *testing.T) {
	t.Parallel()
	c := newServices(t)
	const day = 24 * 3600
	c.apply(
		caseOf(after(-60), after(0), "by default", city.Started),
		caseOf(after(0), after(0), "as told", city.Started, due(after(day))),
		caseOf(after(0), after(0), "already", city.Started, due(after(-1))),
	)
	wants := func(at float64, overdue int, status city.Status) {
		t.Helper()
		c.apply(mark(after(at)))
		c.wantsFigures("overdue", overdue, "open", 3)
		if got := c.indicator("overdue"); got.Status != status {
			t.Fatalf("%d overdue is %s, want %s", overdue, got.Status, status)
		}
		late := 0
		for _, e := range c.board.Events() {
			if e.Overdue {
				late++
			}
		}
		if late != overdue {
			t.Fatalf("%d events are overdue, want %d", late, overdue)
		}
	}
	wants(0, 1, city.Warning)
	wants(day-0.000001, 1, city.Warning)
	take, cancel := watch(c.board)
	defer cancel()
	wants(day, 2, city.Warning)
	if keys := fmt.Sprint(take()); keys != "[event/as told@loc-1 subsystem/services@]" {
		t.Fatalf("%s changed", keys)
	}
	wants(2*day-60.000001, 2, city.Warning)
	wants(2*day-60, 3, city.Critical)
	c.apply(caseOf(after(2*day), after(2*day), "as told", city.Updated, due(after(9*day)))) // put off
	wants(2*day, 2, city.Warning)
	if got := c.entity("event/as told"); got == "" {
		t.Fatal("it is not shown")
	}
	c.apply(caseOf(after(2*day), after(2*day), "already", city.Ended))
	c.wantsFigures("overdue", 1, "open", 2, "closed", 1)
}

func TestAnEventSaysWhenItIsDue(t *testing.T) {
	t.Parallel()
	c := newServices(t)
	notice := caseOf(after(0), after(0), "notice", city.Started, func(o *city.Observation) { o.Kind = "notice" })
	dated := caseOf(after(0), after(0), "dated", city.Started, due(after(60)), func(o *city.Observation) { o.Kind = "notice" })
	c.apply(notice, dated, caseOf(after(0), after(0), "case", city.Started), mark(after(60)))
	for i, want := range []struct {
		id      string
		due     time.Time
		overdue bool
	}{{"case", after(48 * 3600), false}, {"dated", after(60), true}, {"notice", time.Time{}, false}} {
		got := c.board.Events()[i]
		if got.ID != want.id || !got.DueAt.Equal(want.due) || got.Overdue != want.overdue {
			t.Errorf("%s is due at %s, overdue %t; want %+v", got.ID, got.DueAt, got.Overdue, want)
		}
	}
	ended := caseOf(after(70), after(70), "dated", city.Ended, func(o *city.Observation) { o.Kind = "notice" })
	c.apply(ended, mark(after(80)))
	if got := c.board.Events()[1]; got.Overdue || !got.DueAt.Equal(after(60)) {
		t.Errorf("over, it is %+v", got)
	}
}

func TestAnEventThatIsNoLongerShownDoesNotBecomeOverdue(t *testing.T) {
	t.Parallel()
	c := newServices(t)
	for i := range 201 {
		c.apply(caseOf(after(float64(i)), after(float64(i)), fmt.Sprint(i), city.Started, due(after(float64(1000+i)))))
	}
	c.apply(mark(after(900)))
	take, cancel := watch(c.board)
	defer cancel()
	c.apply(mark(after(1000)))
	if keys := fmt.Sprint(take()); keys != "[subsystem/services@]" {
		t.Fatalf("%s changed, want the count of cases alone", keys)
	}
}

func TestOfACaseOnlyNewsCounts(t *testing.T) {
	t.Parallel()
	c := newServices(t)
	step := func(what string, e city.Entry, pairs ...any) {
		t.Helper()
		c.apply(e)
		t.Log(what)
		c.wantsFigures(pairs...)
	}
	step("it is opened", caseOf(after(0), after(0), "a", city.Started), "opened", 1, "open", 1)
	step("it is opened again", caseOf(after(1), after(1), "a", city.Started), "opened", 1, "open", 1)
	step("it is worked on", caseOf(after(3600), after(3600), "a", city.Updated), "opened", 1, "open", 1)
	step("it was closed, but worked on since", caseOf(after(1800), after(3601), "a", city.Ended), "open", 1, "closed", 0)
	step("it is closed", caseOf(after(7200), after(7200), "a", city.Ended), "open", 0, "closed", 1, "hours", 2)
	step("it is closed again", caseOf(after(7300), after(7300), "a", city.Ended), "open", 0, "closed", 1, "hours", 2)
	step("late news of it", caseOf(after(7200), after(7301), "a", city.Updated), "opened", 1, "open", 0)
	step("late news of its opening", caseOf(after(10), after(7302), "a", city.Started), "opened", 1, "open", 0)
	step("it is opened anew", caseOf(after(7400), after(7400), "a", city.Started), "opened", 2, "open", 1)
	step("and closed", caseOf(after(7400+4*3600), after(7400+4*3600), "a", city.Ended), "open", 0, "closed", 2, "hours", 3)
	step("one that nobody told of is closed", caseOf(after(22000), after(22000), "b", city.Ended), "open", 0, "closed", 3, "hours", 3)
	step("one happens", caseOf(after(22001), after(22001), "c", city.Instant), "opened", 2, "open", 0, "closed", 3)
	step("another kind of event", caseOf(after(22002), after(22002), "d", city.Started, func(o *city.Observation) { o.Kind = "notice" }), "opened", 2, "open", 0)
}

func TestTheMedianIsOverThirtyDays(t *testing.T) {
	t.Parallel()
	c := newServices(t)
	const day = 24 * 3600
	closed := func(id string, at, hours float64) {
		c.apply(caseOf(after(at-hours*3600), after(at-hours*3600), id, city.Started), caseOf(after(at), after(at), id, city.Ended))
	}
	closed("a", 4*day, 1)
	closed("b", 8*day, 5)
	c.wantsFigures("hours", 3)
	closed("c", 12*day, 30)
	c.wantsFigures("hours", 5)
	if got := c.indicator("hours"); got.Status != city.OK {
		t.Fatalf("it is %s", got.Status)
	}
	c.apply(mark(after(34*day - 0.000001)))
	c.wantsFigures("hours", 5)
	take, cancel := watch(c.board)
	defer cancel()
	c.apply(mark(after(34 * day)))
	c.wantsFigures("hours", 17.5)
	if keys := fmt.Sprint(take()); keys != "[subsystem/services@]" {
		t.Fatalf("%s changed", keys)
	}
	c.apply(mark(after(38 * day)))
	c.wantsFigures("hours", 30)
	if got := c.indicator("hours"); got.Status != city.Warning || got.Reason != "slow" {
		t.Fatalf("it is %s (%s)", got.Status, got.Reason)
	}
	c.apply(mark(after(42 * day)))
	c.wantsFigures("hours", "nothing")
}

func TestCasesAreFollowedBeyondTheEventsThatAreShown(t *testing.T) {
	t.Parallel()
	c := newServices(t)
	for i := range 1500 {
		c.apply(caseOf(after(float64(i)), after(float64(i)), fmt.Sprint(i), city.Started))
	}
	c.wantsFigures("opened", 1500, "open", 1500)
	for i := range 1200 {
		c.apply(caseOf(after(float64(3600+i)), after(float64(3600+i)), fmt.Sprint(i), city.Ended))
	}
	c.wantsFigures("opened", 1500, "open", 300, "closed", 1200, "hours", 1)
}

func TestOpenCasesAreBounded(t *testing.T) {
	t.Parallel()
	c := newServices(t)
	entries := make([]city.Entry, 50_001)
	for i := range entries {
		entries[i] = caseOf(after(float64(i)/100), after(float64(i)/100), fmt.Sprint(i), city.Started)
	}
	c.apply(entries...)
	c.wantsFigures("opened", 50_000, "open", 50_000)
	c.apply(caseOf(after(1000), after(1000), "0", city.Ended), caseOf(after(1001), after(1001), "late", city.Started))
	c.wantsFigures("opened", 50_001, "open", 50_000, "closed", 1)
}

func TestCasesOfALocationThatIsGoneAreNotOpen(t *testing.T) {
	t.Parallel()
	c := newServices(t)
	c.apply(caseOf(after(0), after(0), "a", city.Started, due(after(1))), mark(after(2)))
	c.wantsFigures("open", 1, "overdue", 1)
	c.board.SetInventory(inventory(t, desk("desk-1", "loc-22")))
	c.wantsFigures("open", 0, "overdue", 0)
}
