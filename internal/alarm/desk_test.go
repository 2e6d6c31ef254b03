package alarm_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"opscenter/internal/alarm"
	"opscenter/internal/city"
)

func diff(t *testing.T, want, got any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

func TestAFaultIsRaisedAfterItsDelayAndClearsAfterIts(t *testing.T) {
	t.Parallel()
	r := setup(t)
	r.bad("cam-1", "loc-1")
	r.wait(39 * time.Second)
	if len(r.told) != 0 {
		t.Fatalf("told too early: %v", r.lines())
	}
	r.wait(81 * time.Second)
	r.good("cam-1", "loc-1")
	r.wait(60 * time.Second)
	diff(t, []string{"40 raised device/cam-1/link x1", "135 cleared device/cam-1/link x1"}, r.lines())
}

func TestAShortFaultIsNobodysBusiness(t *testing.T) {
	t.Parallel()
	r := setup(t)
	r.bad("cam-1", "loc-1")
	r.wait(25 * time.Second)
	r.good("cam-1", "loc-1")
	r.wait(time.Hour)
	diff(t, 0, len(r.told))
}

// Twelve cameras of one site lose their power, one after the other, and all but one come back.
func TestASiteWithoutPowerIsOneAlarm(t *testing.T) {
	t.Parallel()
	r := setup(t)
	for i := range 12 {
		r.bad(fmt.Sprint("cam-", i), "loc-1")
		r.wait(500 * time.Millisecond)
	}
	r.wait(10 * time.Minute)
	diff(t, []string{"40 raised location/loc-1/link x12"}, r.lines())
	for i := range 11 {
		r.good(fmt.Sprint("cam-", i), "loc-1")
		r.wait(2 * time.Second)
	}
	r.wait(10 * time.Minute)
	raised := r.only(city.AlarmRaised)
	diff(t, 2, len(raised))
	diff(t, "device/cam-11/link", raised[1].Alarm.Key)
	over := r.only(city.AlarmOver)
	diff(t, 1, len(over))
	diff(t, 12, over[0].Alarm.Count)
	if at := over[0].At.Sub(begin.Time()); at > 720*time.Second {
		t.Errorf("the site's alarm is over only after %v", at)
	}
}

// Devices that fall silent together do so within a cadence of each other.
func TestSilenceOfASiteIsOneAlarm(t *testing.T) {
	t.Parallel()
	r := setup(t)
	for i := range 12 {
		r.say(source(fmt.Sprint("cam-", i), "loc-1"), alarm.Condition{Bad: true, Severity: city.SeverityWarning, Reason: city.ReasonSilent})
		r.wait(2500 * time.Millisecond)
	}
	r.wait(time.Minute)
	diff(t, []string{"30 raised location/loc-1/link x12"}, r.lines())
	diff(t, city.SeverityCritical, r.told[0].Alarm.Severity)
}

func TestOneThatFailsLaterJoinsTheAlarmOfItsSite(t *testing.T) {
	t.Parallel()
	r := setup(t)
	r.bad("cam-1", "loc-1")
	r.bad("cam-2", "loc-1")
	r.wait(time.Minute)
	r.bad("cam-3", "loc-1")
	r.wait(time.Minute)
	diff(t, []string{"40 raised location/loc-1/link x2", "90 changed location/loc-1/link x3"}, r.lines())
}

// What hangs on something that is down is not told; what is still bad when that is back is told then.
func TestChildrenWaitForTheirParent(t *testing.T) {
	t.Parallel()
	r := setup(t)
	for _, id := range []string{"cam-1", "cam-2", "cam-3"} {
		r.bad(id, "loc-"+id)
		r.desk.Sever(r.point(source(id, "loc-"+id)), r.now, true)
	}
	r.wait(10 * time.Minute)
	diff(t, 0, len(r.told))
	for _, id := range []string{"cam-1", "cam-2", "cam-3"} {
		r.desk.Sever(r.point(source(id, "loc-"+id)), r.now, false)
	}
	r.wait(20 * time.Second)
	r.good("cam-1", "loc-cam-1")
	r.good("cam-2", "loc-cam-2")
	r.wait(10 * time.Minute)
	diff(t, []string{"655 raised device/cam-3/link x1"}, r.lines())
}

// An alarm that people know leaves the active list while its parent is down, and comes back once.
func TestAKnownAlarmIsNotRaisedAgainAfterItsParent(t *testing.T) {
	t.Parallel()
	r := setup(t)
	r.bad("cam-1", "loc-1")
	r.wait(time.Minute)
	p := r.point(source("cam-1", "loc-1"))
	r.desk.Sever(p, r.now, true)
	diff(t, alarm.Counts{}, r.counts)
	r.wait(time.Minute)
	r.desk.Sever(p, r.now, false)
	r.wait(time.Minute)
	diff(t, []string{
		"40 raised device/cam-1/link x1", "60 suppressed device/cam-1/link x1", "165 returned device/cam-1/link x1",
	}, r.lines())
	diff(t, alarm.Counts{Active: 1, Unacknowledged: 1, Critical: 1}, r.counts)
}

func TestMaintenanceRaisesNothing(t *testing.T) {
	t.Parallel()
	r := setup(t)
	r.bad("cam-1", "loc-1")
	r.desk.Service(r.point(source("cam-1", "loc-1")), r.now, true)
	r.wait(time.Hour)
	diff(t, 0, len(r.told))
	r.desk.Service(r.point(source("cam-1", "loc-1")), r.now, false)
	r.wait(2 * time.Minute)
	diff(t, []string{"3655 raised device/cam-1/link x1"}, r.lines())
}

func TestADecisionWaitsUntilTheParentIsKnown(t *testing.T) {
	t.Parallel()
	known := begin + 100*second
	r := setup(t, func(c *alarm.Config) { c.Doubt = func(*alarm.Point) alarm.Micros { return known } })
	r.bad("cam-1", "loc-1")
	r.wait(99 * time.Second)
	diff(t, 0, len(r.told))
	r.wait(time.Second)
	diff(t, []string{"100 raised device/cam-1/link x1"}, r.lines())
}

func TestActiveAndAcknowledgedAreIndependent(t *testing.T) {
	t.Parallel()
	r := setup(t)
	r.bad("cam-1", "loc-1")
	r.wait(time.Minute)
	id := r.told[0].Alarm.ID
	diff(t, city.Done, r.act(city.Acknowledge, id))
	diff(t, alarm.Counts{Active: 1, Critical: 1}, r.counts)
	r.good("cam-1", "loc-1")
	r.wait(time.Minute)
	diff(t, []string{
		"40 raised device/cam-1/link x1", "60 acknowledged device/cam-1/link x1",
		"75 cleared device/cam-1/link x1", "75 closed device/cam-1/link x1",
	}, r.lines())
	diff(t, city.NoSuch, r.act(city.Acknowledge, id))

	r.bad("cam-1", "loc-1")
	r.wait(time.Minute)
	r.good("cam-1", "loc-1")
	r.wait(time.Hour)
	last := r.told[len(r.told)-1]
	diff(t, city.AlarmOver, last.What)
	if last.Alarm.ID == id {
		t.Error("a new alarm has the id of one that was closed")
	}
	diff(t, alarm.Counts{Unacknowledged: 1}, r.counts)
	diff(t, city.Done, r.act(city.Acknowledge, last.Alarm.ID))
	diff(t, alarm.Counts{}, r.counts)
	diff(t, city.AlarmClosed, r.told[len(r.told)-1].What)
}

func TestAnAcknowledgementExpires(t *testing.T) {
	t.Parallel()
	r := setup(t)
	r.bad("cam-1", "loc-1")
	r.wait(time.Minute)
	r.act(city.Acknowledge, r.told[0].Alarm.ID, until(r.now+600*second))
	r.wait(time.Hour)
	diff(t, []string{
		"40 raised device/cam-1/link x1", "60 acknowledged device/cam-1/link x1", "660 ack_expired device/cam-1/link x1",
	}, r.lines())
	diff(t, 1, r.counts.Unacknowledged)
}

func TestAShelfIsForATime(t *testing.T) {
	t.Parallel()
	r := setup(t)
	r.bad("cam-1", "loc-1")
	r.wait(time.Minute)
	id := r.told[0].Alarm.ID
	diff(t, city.Refused, r.act(city.Shelve, id)) // for ever
	diff(t, city.Refused, r.act(city.Unshelve, id))
	diff(t, city.Done, r.act(city.Shelve, id, until(r.now+600*second)))
	diff(t, alarm.Counts{}, r.counts)
	r.good("cam-1", "loc-1")
	r.wait(time.Minute)
	r.bad("cam-1", "loc-1")
	r.wait(time.Hour)
	diff(t, []string{
		"40 raised device/cam-1/link x1", "60 shelved device/cam-1/link x1", "75 cleared device/cam-1/link x1",
		"660 unshelved device/cam-1/link x1", "670 raised device/cam-1/link x1",
	}, r.lines())
}

func TestWorseIsToldAgain(t *testing.T) {
	t.Parallel()
	r := setup(t)
	image := source("cam-1", "loc-1")
	image.Key, image.Facet = "device/cam-1/image", "image"
	r.say(image, alarm.Condition{Bad: true, Severity: city.SeverityWarning, Reason: "low_fps"})
	r.wait(time.Minute)
	r.act(city.Acknowledge, r.told[0].Alarm.ID)
	r.say(image, alarm.Condition{Bad: true, Severity: city.SeverityCritical, Reason: "obscured"})
	r.wait(5 * time.Second)
	diff(t, 2, len(r.told)) // not before its own delay
	r.wait(time.Minute)
	last := r.told[len(r.told)-1]
	diff(t, city.AlarmWorsened, last.What)
	diff(t, false, last.Alarm.Acknowledged)
	diff(t, city.Reason("obscured"), last.Alarm.Reason)
	r.say(image, alarm.Condition{Bad: true, Severity: city.SeverityWarning, Reason: "low_fps"})
	r.wait(time.Minute)
	diff(t, city.AlarmEased, r.told[len(r.told)-1].What)
}

func TestWhatNobodyAcknowledgesIsEscalated(t *testing.T) {
	t.Parallel()
	r := setup(t, func(c *alarm.Config) { c.Rules.Escalate = 15 * time.Minute })
	r.bad("cam-1", "loc-1")
	r.wait(20 * time.Minute)
	r.act(city.Acknowledge, r.told[0].Alarm.ID)
	r.wait(2 * time.Hour)
	r.bad("cam-2", "loc-2")
	r.wait(24 * time.Hour)
	var levels []int
	for _, c := range r.only(city.AlarmEscalated) {
		levels = append(levels, c.Alarm.Level)
	}
	diff(t, []int{1, 1, 2, 3}, levels)
}

// A link that comes and goes is one alarm that says so, and not one after the other.
func TestFlappingIsOneAlarm(t *testing.T) {
	t.Parallel()
	r := setup(t)
	for range 30 {
		r.bad("cam-1", "loc-1")
		r.wait(50 * time.Second)
		r.good("cam-1", "loc-1")
		r.wait(50 * time.Second)
	}
	if n := len(r.only(city.AlarmRaised)); n > 4 {
		t.Errorf("raised %d times", n)
	}
	diff(t, 1, len(r.only(city.AlarmFlapping)))
	for range 20 {
		r.good("cam-1", "loc-1")
		r.wait(30 * time.Second)
	}
	diff(t, 1, len(r.only(city.AlarmSettled)))
	diff(t, city.AlarmOver, r.told[len(r.told)-1].What)
}

func TestFlappingIsWhatIcingaCallsSo(t *testing.T) {
	t.Parallel()
	// Six changes among the last twenty states, the newest ones: (1.18 + 1.16 + … + 1.08) ÷ 20 = 33.9 %.
	r := setup(t)
	image := source("cam-1", "loc-1")
	image.Key, image.Facet = "device/cam-1/image", "image"
	bad := alarm.Condition{Bad: true, Severity: city.SeverityWarning, Reason: "low_fps"}
	r.say(image, bad)
	r.wait(time.Minute)
	for i := range 5 {
		if n := len(r.only(city.AlarmFlapping)); n != 0 {
			t.Fatalf("flapping after %d changes", i+1)
		}
		r.say(image, map[bool]alarm.Condition{true: {}, false: bad}[i%2 == 0])
		r.wait(time.Second)
	}
	diff(t, 1, len(r.only(city.AlarmFlapping)))
}

func TestMoreThanTenAlarmsInTenMinutesIsAFlood(t *testing.T) {
	t.Parallel()
	r := setup(t)
	for i := range 11 {
		r.bad(fmt.Sprint("cam-", i), fmt.Sprint("loc-", i))
		r.wait(10 * time.Second)
	}
	r.wait(30 * time.Second)
	since, n := r.desk.Flood()
	diff(t, 11, n)
	if since == 0 {
		t.Fatal("no flood")
	}
	r.wait(9 * time.Minute)
	if since, n := r.desk.Flood(); since == 0 || n < 5 {
		t.Errorf("the flood is over with %d", n)
	}
	r.wait(2 * time.Minute)
	if since, n := r.desk.Flood(); since != 0 || n != 0 {
		t.Errorf("there is a flood of %d", n)
	}
}

func TestCausesAddUpWhatIsWrongWhere(t *testing.T) {
	t.Parallel()
	r := setup(t)
	for i := range 3 {
		r.bad(fmt.Sprint("cam-", i), "loc-1")
	}
	r.bad("cam-9", "loc-2")
	r.wait(time.Minute)
	var got []string
	for _, c := range r.desk.Causes() {
		got = append(got, fmt.Sprint(c.Key(), " ", c.Listed(), " ", c.Devices, " ", c.Counts))
	}
	diff(t, []string{"offline.ward-loc-1 1 3 {1 1 1}", "offline.ward-loc-2 1 1 {1 1 1}"}, got)
	for _, c := range r.told {
		r.act(city.Shelve, c.Alarm.ID, until(r.now+second))
	}
	diff(t, 0, len(r.desk.Causes()))
}

func TestARuleCanBeChangedByConfiguration(t *testing.T) {
	t.Parallel()
	warning, delay, off := city.SeverityWarning, 5*time.Minute, true
	r := setup(t, func(c *alarm.Config) {
		c.Rules.Overrides = []alarm.Override{
			{Kind: "camera", Reason: city.ReasonOffline, Severity: &warning, OnDelay: &delay},
			{Reason: "low_fps", Off: &off},
		}
	})
	r.bad("cam-1", "loc-1")
	image := source("cam-1", "loc-1")
	image.Key, image.Facet = "device/cam-1/image", "image"
	r.say(image, alarm.Condition{Bad: true, Severity: city.SeverityWarning, Reason: "low_fps"})
	r.wait(time.Hour)
	diff(t, []string{"310 raised device/cam-1/link x1"}, r.lines())
	diff(t, city.SeverityWarning, r.told[0].Alarm.Severity)
}

func TestADeviceThatIsRemovedTakesItsAlarmAlong(t *testing.T) {
	t.Parallel()
	r := setup(t)
	r.bad("cam-1", "loc-1")
	r.wait(time.Minute)
	p := r.point(source("cam-1", "loc-1"))
	r.desk.Drop(p, r.now)
	diff(t, []string{"40 raised device/cam-1/link x1", "60 cleared device/cam-1/link x1", "60 closed device/cam-1/link x1"}, r.lines())
	diff(t, true, p.Gone())
	diff(t, alarm.Counts{}, r.counts)
}

func TestEveryReasonHasWordsInBothLanguages(t *testing.T) {
	t.Parallel()
	v, err := alarm.NewVocabulary()
	if err != nil {
		t.Fatal(err)
	}
	for r, w := range v {
		if w.Name.VI == "" || w.Name.EN == "" || (w.Advice.VI == "") != (w.Advice.EN == "") {
			t.Errorf("%s: %+v", r, w)
		}
	}
	for _, r := range []city.Reason{city.ReasonOffline, city.ReasonSilent, "obscured", "incident.accident", "power"} {
		if v.Name(r).VI == string(r) || v.Advice(r).EN == v.Advice("unheard of").EN {
			t.Errorf("%s has no words of its own", r)
		}
	}
	diff(t, city.Names{VI: "unheard_of", EN: "unheard_of"}, v.Name("unheard_of"))
}
