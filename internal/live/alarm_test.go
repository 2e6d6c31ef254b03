package live_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"opscenter/internal/city"
	"opscenter/internal/live"
)

// rung returns the transitions of alarms that were recorded, in short: what, whose, of how many.
func (m *memory) rung() []string {
	var out []string
	for _, c := range m.alarms {
		out = append(out, fmt.Sprintf("%s %s x%d", c.What, c.Alarm.Key, c.Alarm.Count))
	}
	return out
}

// pass lets the seconds from one to another pass, with the devices telling their health every ten.
func (c *center) pass(from, to float64, devices ...string) {
	for s := from; s < to; s++ {
		c.apply(mark(after(s)))
		if int(s)%10 == 0 {
			for _, d := range devices {
				c.apply(health(d, after(s), after(s)))
			}
		}
	}
}

func cameraList(n int) (devices []city.Device, ids []string) {
	for i := range n {
		d := camera(fmt.Sprintf("cam-%02d", i), "loc-1")
		devices, ids = append(devices, d), append(ids, d.ID)
	}
	return devices, ids
}

// Power fails at a site with twelve cameras, whose last wills come one by one; then it returns, and one
// camera is dead.
func TestASiteThatLosesItsPowerIsOneAlarm(t *testing.T) {
	t.Parallel()
	devices, ids := cameraList(12)
	c := newCenter(t, devices...)
	c.pass(0, 60, ids...)
	for i, id := range ids {
		c.apply(availability(id, after(60+float64(i)/10), city.Offline, false))
	}
	c.pass(62, 101)
	if diff := cmp.Diff([]string{"raised location/loc-1/link x12"}, c.memory.rung()); diff != "" {
		t.Fatal(diff)
	}
	if got := c.board.City().Alarms; got.Active != 1 || got.Critical != 1 || c.location("loc-1").Alarms.Unacknowledged != 1 {
		t.Errorf("the city counts %+v", got)
	}
	c.pass(200, 400, ids[1:]...)
	raised := 0
	for _, line := range c.memory.rung() {
		if strings.HasPrefix(line, "raised") {
			raised++
		}
	}
	told := c.memory.rung()
	if raised != 2 || told[len(told)-1] != "raised device/cam-00/link x1" {
		t.Fatalf("told: %v", told)
	}
}

func TestCamerasBehindARecorderThatFailsAreOneAlarmWithACount(t *testing.T) {
	t.Parallel()
	devices, ids := cameraList(8)
	nvr := camera("nvr", "loc-2")
	for i := range devices {
		devices[i].Parent = "nvr"
	}
	c := newCenter(t, append(devices, nvr)...)
	c.pass(0, 30, append(ids, "nvr")...)
	c.apply(availability("nvr", after(30), city.Offline, false))
	c.pass(31, 120)
	if diff := cmp.Diff([]string{"raised device/nvr/link x9"}, c.memory.rung()); diff != "" {
		t.Fatal(diff)
	}
	if got := c.board.Alarms(); len(got) != 1 || got[0].Children != 8 || got[0].Title.VI != "Mất kết nối: Camera nvr · loc-2" {
		t.Fatalf("the list is %+v", got)
	}
	c.pass(120, 300, append(ids[2:], "nvr")...)
	told := c.memory.rung()
	if last := told[len(told)-1]; last != "raised location/loc-1/link x2" {
		t.Errorf("two that are still dead: %v", told)
	}
}

func TestAnImageIsNotJudgedWhileThereIsNoLink(t *testing.T) {
	t.Parallel()
	c := newCenter(t, camera("cam-1", "loc-1"))
	c.apply(health("cam-1", after(0), after(0), "image=frozen"))
	c.pass(1, 25)
	c.apply(availability("cam-1", after(25), city.Offline, false))
	c.pass(26, 100)
	want := []string{
		"raised device/cam-1/image x1", "suppressed device/cam-1/image x1", "raised device/cam-1/link x1",
	}
	if diff := cmp.Diff(want, c.memory.rung()); diff != "" {
		t.Fatal(diff)
	}
}

// Maintenance is a status, raises nothing, and ends by itself.
func TestMaintenanceIsAStatusAndEndsByItself(t *testing.T) {
	t.Parallel()
	c := newCenter(t, camera("cam-1", "loc-1"), camera("cam-2", "loc-2"))
	c.pass(0, 10, "cam-1", "cam-2")
	plan := &city.Action{Key: "k1", Verb: city.Maintain, Actor: "lan", Reason: "vệ sinh ống kính", Window: &city.Window{
		ID: "w1", Device: "cam-1", Start: after(20), Duration: time.Minute,
	}}
	c.apply(city.Entry{At: after(10), Action: plan}, city.Entry{At: after(11), Action: plan})
	c.wants("cam-1", city.OK, city.ReasonNone)
	c.pass(12, 21, "cam-2")
	c.wants("cam-1", city.Maintenance, city.ReasonPlanned)
	c.wants("cam-2", city.OK, city.ReasonNone)
	if got := c.board.Windows(); len(got) != 1 || !got[0].Active || got[0].Devices != 1 || !got[0].End.Equal(after(80)) {
		t.Fatalf("the windows are %+v", got)
	}
	c.apply(availability("cam-1", after(21), city.Offline, false))
	c.pass(22, 82, "cam-2")
	c.wants("cam-1", city.Critical, city.ReasonOffline)
	if got := c.memory.rung(); len(got) != 0 {
		t.Fatalf("told in maintenance: %v", got)
	}
	c.pass(82, 200, "cam-2")
	if diff := cmp.Diff([]string{"raised device/cam-1/link x1"}, c.memory.rung()); diff != "" {
		t.Error(diff)
	}
	actions := 0
	for _, line := range c.memory.lines {
		if strings.HasPrefix(line, "action ") {
			actions++
		}
	}
	if actions != 1 {
		t.Errorf("one action was told %d times", actions)
	}
}

func TestMaintenanceThatIsCancelledEndsAtOnce(t *testing.T) {
	t.Parallel()
	c := newCenter(t, camera("cam-1", "loc-1"))
	c.pass(0, 10, "cam-1")
	c.apply(city.Entry{At: after(10), Action: &city.Action{Key: "k1", Verb: city.Maintain, Window: &city.Window{
		ID: "w1", Subsystem: "cams", Start: after(0), Duration: time.Hour,
	}}})
	c.wants("cam-1", city.Maintenance, city.ReasonPlanned)
	c.apply(city.Entry{At: after(11), Action: &city.Action{Key: "k2", Verb: city.Resume, WindowID: "w1"}})
	c.wants("cam-1", city.OK, city.ReasonNone)
	c.apply(city.Entry{At: after(12), Action: &city.Action{Key: "k3", Verb: city.Resume, WindowID: "w1"}})
	outcome, err := c.board.Await(t.Context(), "k3")
	if err != nil || outcome != city.NoSuch {
		t.Errorf("cancelled twice: %s, %v", outcome, err)
	}
}

func TestAnIncidentRaisesAnAlarmWhileItGoesOn(t *testing.T) {
	t.Parallel()
	c := newCenter(t, camera("cam-1", "loc-1"))
	c.apply(event(after(0), after(0), "incident", "acc-1", "accident", city.Started))
	alarms := c.board.Alarms()
	if len(alarms) != 1 || alarms[0].Severity != city.SeverityWarning || !strings.HasPrefix(alarms[0].Title.EN, "Accident: ") {
		t.Fatalf("the list is %+v", alarms)
	}
	c.apply(city.Entry{At: after(1), Action: &city.Action{Key: "k1", Verb: city.Acknowledge, Alarm: alarms[0].ID, Actor: "lan"}})
	c.apply(event(after(2), after(2), "incident", "acc-1", "accident", city.Ended))
	if got := c.board.Alarms(); len(got) != 0 {
		t.Fatalf("the list is %+v", got)
	}
	minor := event(after(3), after(3), "incident", "acc-2", "accident", city.Started)
	minor.Observation.Event.Severity = "minor"
	c.apply(minor)
	if got := c.board.Alarms(); len(got) != 0 {
		t.Errorf("a minor one: %+v", got)
	}
	c.apply(event(after(4), after(4), "violation", "vio-1", "speeding", city.Instant))
	if got := c.board.Alarms(); len(got) != 0 {
		t.Errorf("what happens once: %+v", got)
	}
	c.apply(event(after(5), after(-3600), "event", "mal-0", "malware", city.Started), mark(after(6)))
	if got := c.board.Alarms(); len(got) != 0 {
		t.Errorf("one of an hour ago, whose end may follow: %+v", got)
	}
	c.apply(event(after(7), after(-1800), "event", "mal-0", "malware", city.Ended), mark(after(60)))
	if got := c.board.Alarms(); len(got) != 0 {
		t.Errorf("one that is over since long: %+v", got)
	}
	c.apply(event(after(61), after(-3600), "event", "mal-2", "malware", city.Started), mark(after(95)))
	if got := c.board.Alarms(); len(got) != 1 {
		t.Errorf("one that goes on since an hour: %+v", got)
	}
	c.apply(event(after(96), after(96), "event", "mal-2", "malware", city.Ended))
	c.apply(city.Entry{At: after(97), Action: &city.Action{Key: "k2", Verb: city.Acknowledge, Alarm: c.board.Alarms()[0].ID, Actor: "lan"}})
	c.apply(event(after(115), after(115), "event", "mal-1", "malware", city.Started)) // no kind of its own, and as grave
	if got := c.board.Alarms(); len(got) != 1 || got[0].Title.EN != "Malware: loc-1" {
		t.Errorf("an event: %+v", got)
	}
}

// Whoever acts learns what became of it, and the picture has it by then.
func TestAnActionIsAwaited(t *testing.T) {
	t.Parallel()
	c := newCenter(t, camera("cam-1", "loc-1"))
	c.apply(event(after(0), after(0), "incident", "acc-1", "fire", city.Started))
	id := c.board.Alarms()[0].ID
	outcome := make(chan city.Outcome)
	go func() {
		got, err := c.board.Await(context.Background(), "k1")
		if err != nil {
			got = city.Outcome(err.Error())
		}
		outcome <- got
	}()
	c.apply(city.Entry{At: after(1), Action: &city.Action{Key: "k1", Verb: city.Acknowledge, Alarm: id, Actor: "lan"}})
	if got := <-outcome; got != city.Done {
		t.Errorf("the outcome is %s", got)
	}
	if a, ok := c.board.Alarm(id); !ok || a.AcknowledgedBy != "lan" || !a.AcknowledgedAt.Equal(after(1)) {
		t.Errorf("the alarm is %+v", a)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.board.Await(ctx, "never"); err == nil {
		t.Error("waited for nothing")
	}
}

// encoded returns an entity as it is sent.
func (c *center) encoded(key string) (data []byte) {
	c.board.Cut(func(p city.Picture) { data, _ = p.Entity(key) })
	return data
}

func TestAlarmsAreEntities(t *testing.T) {
	t.Parallel()
	c := newCenter(t, camera("cam-1", "loc-1"))
	take, cancel := watch(c.board)
	defer cancel()
	c.apply(event(after(0), after(0), "incident", "acc-1", "fire", city.Started))
	id := c.board.Alarms()[0].ID
	changed := strings.Join(take(), " ")
	for _, key := range []string{"alarm/" + id + "@loc-1", "alarmgroup/incident.fire.ward-1@", "city@", "location/loc-1@loc-1", "area/ward-1@"} {
		if !strings.Contains(changed, key) {
			t.Errorf("nobody was told of %s: %s", key, changed)
		}
	}
	var alarm map[string]any
	if err := json.Unmarshal(c.encoded("alarm/"+id), &alarm); err != nil {
		t.Fatal(err)
	}
	for field, want := range map[string]any{
		"id": id, "key": "event/acc-1", "location": "loc-1", "severity": "warning", "state": "active", "acknowledged": false,
		"raised_at": "2026-11-23T08:15:00+07:00", "count": 1.0, "reason": "incident.fire",
	} {
		if diff := cmp.Diff(want, alarm[field]); diff != "" {
			t.Errorf("%s: %s", field, diff)
		}
	}
	var group live.AlarmGroupView
	if err := json.Unmarshal(c.encoded("alarmgroup/incident.fire.ward-1"), &group); err != nil {
		t.Fatal(err)
	}
	if group.Alarms != 1 || group.Active != 1 || !group.Since.Equal(after(0)) || group.Title.VI != "Cháy: Nông Trang" {
		t.Errorf("the group is %+v", group)
	}
}

func TestAlarmsOfADeviceThatIsRemovedGoWithIt(t *testing.T) {
	t.Parallel()
	c := newCenter(t, camera("cam-1", "loc-1"), camera("cam-2", "loc-2"))
	c.pass(0, 10, "cam-1", "cam-2")
	c.apply(availability("cam-1", after(10), city.Offline, false))
	c.pass(11, 100, "cam-2")
	if len(c.board.Alarms()) != 1 {
		t.Fatal("no alarm")
	}
	inv := inventory(t, camera("cam-2", "loc-2"))
	c.board.SetInventory(inv)
	c.record.SetInventory(inv)
	c.apply(mark(after(101)))
	if got := c.board.Alarms(); len(got) != 0 {
		t.Errorf("the list is %+v", got)
	}
	told := c.memory.rung()
	if diff := cmp.Diff("closed device/cam-1/link x1", told[len(told)-1]); diff != "" {
		t.Error(diff)
	}
}

// deafMark is a clock mark of a time in which nothing could be received.
func deafMark(at time.Time) city.Entry { return city.Entry{At: at, Deaf: true} }

// A broker that is down is one alarm: that nobody is heard says nothing of the devices.
func TestABrokerThatIsDownIsOneAlarm(t *testing.T) {
	t.Parallel()
	devices, ids := cameraList(6)
	for i := range devices {
		devices[i].Location = fmt.Sprint("loc-", i)
	}
	c := newCenter(t, devices...)
	c.pass(0, 60, ids...)
	for s := 60; s < 600; s++ {
		c.apply(deafMark(after(float64(s))))
	}
	if diff := cmp.Diff([]string{"raised system/ingest x7"}, c.memory.rung()); diff != "" {
		t.Fatal(diff)
	}
	if got := c.board.City().Alarms; got.Active != 1 {
		t.Errorf("the city counts %+v", got)
	}
	for _, id := range ids {
		c.wants(id, city.Stale, city.ReasonSilent)
	}
	c.pass(600, 800, ids[1:]...)
	want := []string{"raised system/ingest x7", "cleared system/ingest x7", "raised device/cam-00/link x1"}
	if diff := cmp.Diff(want, c.memory.rung()); diff != "" {
		t.Error(diff)
	}
}

// A center that was not running heard nobody either.
func TestACenterThatWasDownTakesNobodyForSilent(t *testing.T) {
	t.Parallel()
	devices, ids := cameraList(6)
	for i := range devices {
		devices[i].Location = fmt.Sprint("loc-", i)
	}
	c := newCenter(t, devices...)
	c.pass(0, 60, ids...)
	c.pass(3600, 3800, ids[1:]...)
	if diff := cmp.Diff([]string{"raised device/cam-00/link x1"}, c.memory.rung()); diff != "" {
		t.Error(diff)
	}
}
