package notify_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"opscenter/internal/city"
	"opscenter/internal/notify"
	"opscenter/internal/store"
)

const everything = `[{"name":"all","channels":"duty"}]`

// one is a center with one channel, duty.
func one(t *testing.T, routes string) (*center, *recorder, *notify.Notifier, notify.Sender) {
	t.Helper()
	c, duty := newCenter(t), &recorder{}
	n := c.notifier(configure(t, routes, "", map[string]*recorder{"duty": duty}))
	return c, duty, n, n.Sender("duty")
}

func TestAlarmsOfAnAreaAreToldOfTogetherAfterTheWait(t *testing.T) {
	t.Parallel()
	c, duty, n, sender := one(t, everything)
	c.happens(city.AlarmRaised, alarm("cam-1"))
	c.clock.advance(4 * time.Second)
	c.happens(city.AlarmRaised, alarm("cam-2"))
	c.settle(n, sender)
	if got := duty.told(); len(got) > 0 {
		t.Errorf("told before the wait is over: %v", got)
	}
	c.clock.advance(10 * time.Second)
	c.settle(n, sender)
	if len(duty.got) != 1 {
		t.Fatalf("got %d messages, want one", len(duty.got))
	}
	m := duty.got[0]
	want := city.Names{VI: "Cảnh báo (2): Camera cam-1 mất kết nối, …", EN: "Alarm (2): Camera cam-1 is offline, …"}
	if m.Title != want || m.Group != "area=viet-tri" || m.Total != 2 {
		t.Errorf("got %+v", m)
	}
	if i := m.Alarms[1]; i.Link != "https://ioc.example.org/desk?alarm=cam-2" || i.Advice.VI == "" || !i.RaisedAt.Equal(noon()) {
		t.Errorf("got %+v", i)
	}
}

func TestWhatClearedWithinTheWaitIsNotToldOf(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][]string{
		`[{"name":"all","channels":"duty"}]`:                   nil,
		`[{"name":"all","channels":"duty","tell_brief":true}]`: {"alarm.cleared cam-1"},
	} {
		c, duty, n, sender := one(t, name)
		c.happens(city.AlarmRaised, alarm("cam-1"))
		c.settle(n, sender)
		c.clock.advance(5 * time.Second)
		c.happens(city.AlarmOver, cleared(alarm("cam-1")))
		c.clock.advance(time.Hour)
		c.settle(n, sender)
		if diff := cmp.Diff(want, duty.told()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestAnEndIsToldToThoseWhoWereToldOfTheBeginning(t *testing.T) {
	t.Parallel()
	c, duty, chief := newCenter(t), &recorder{}, &recorder{}
	n := c.notifier(configure(t, `[
		{"name":"chief","match":{"level":1},"channels":"chief","continue":true},
		{"name":"duty","channels":"duty"}]`, "", map[string]*recorder{"duty": duty, "chief": chief}))
	senders := []notify.Sender{n.Sender("duty"), n.Sender("chief")}
	c.happens(city.AlarmRaised, alarm("cam-1"), alarm("cam-2"))
	c.settle(n, senders...)
	c.clock.advance(time.Minute)
	c.settle(n, senders...)
	high := alarm("cam-2")
	high.Level = 1
	c.happens(city.AlarmEscalated, high)
	c.settle(n, senders...)
	c.clock.advance(2 * time.Minute)
	c.settle(n, senders...)
	c.happens(city.AlarmOver, cleared(alarm("cam-1")), cleared(high))
	c.settle(n, senders...)
	c.clock.advance(2 * time.Minute)
	c.settle(n, senders...)
	if diff := cmp.Diff([]string{
		"alarm.raised cam-1", "alarm.raised cam-2", "alarm.escalated cam-2", "alarm.cleared cam-2", "alarm.cleared cam-1",
	}, duty.told()); diff != "" {
		t.Errorf("duty: %s", diff)
	}
	if diff := cmp.Diff([]string{"alarm.escalated cam-2", "alarm.cleared cam-2"}, chief.told()); diff != "" {
		t.Errorf("chief: %s", diff)
	}
}

func TestRemindersComeUntilSomebodyAcknowledges(t *testing.T) {
	t.Parallel()
	c, duty, n, sender := one(t, `[{"name":"all","channels":"duty","repeat_interval":"1h"}]`)
	c.happens(city.AlarmRaised, alarm("cam-1"))
	for range 130 {
		c.settle(n, sender)
		c.clock.advance(time.Minute)
	}
	want := []string{"alarm.raised cam-1", "alarm.repeated cam-1", "alarm.repeated cam-1"}
	if diff := cmp.Diff(want, duty.told()); diff != "" {
		t.Fatal(diff)
	}
	c.happens(city.AlarmAcknowledged, acknowledged(alarm("cam-1")))
	for range 130 {
		c.settle(n, sender)
		c.clock.advance(time.Minute)
	}
	if diff := cmp.Diff(want, duty.told()); diff != "" {
		t.Error("after it was acknowledged:", diff)
	}
}

func TestAReminderGoesToTheShiftThatIsOnDuty(t *testing.T) {
	t.Parallel()
	c, day, night := newCenter(t), &recorder{}, &recorder{}
	n := c.notifier(configure(t, `[
		{"name":"day","during":"day","channels":"day","repeat_interval":"8h"},
		{"name":"night","channels":"night","repeat_interval":"8h"}]`,
		`{"day":{"from":"07:00","to":"19:00"}}`, map[string]*recorder{"day": day, "night": night}))
	senders := []notify.Sender{n.Sender("day"), n.Sender("night")}
	run := func(hours int) {
		for range hours * 4 {
			c.settle(n, senders...)
			c.clock.advance(15 * time.Minute)
		}
	}
	c.happens(city.AlarmRaised, alarm("cam-1"))
	run(9) // 21:00
	c.happens(city.AlarmOver, cleared(alarm("cam-1")))
	run(1)
	if diff := cmp.Diff([]string{"alarm.raised cam-1", "alarm.cleared cam-1"}, day.told()); diff != "" {
		t.Errorf("day: %s", diff)
	}
	if diff := cmp.Diff([]string{"alarm.repeated cam-1", "alarm.cleared cam-1"}, night.told()); diff != "" {
		t.Errorf("night: %s", diff)
	}
}

func TestAFloodIsOneSummary(t *testing.T) {
	t.Parallel()
	c, duty, n, sender := one(t, everything)
	var all []city.Alarm
	for i := range 143 {
		a := alarm(fmt.Sprintf("cam-%03d", i))
		if i >= 3 {
			a.Severity = city.SeverityWarning
		}
		all = append(all, a)
	}
	c.happens(city.AlarmRaised, all...)
	c.settle(n, sender)
	c.clock.advance(time.Minute)
	c.settle(n, sender)
	if len(duty.got) != 1 {
		t.Fatalf("got %d messages", len(duty.got))
	}
	m := duty.got[0]
	if m.Type != notify.TypeSummary || m.Total != 143 || len(m.Alarms) != 10 || m.Alarms[0].ID != "cam-000" || m.Counts[0].Alarms != 140 {
		t.Errorf("got %+v", m)
	}
	page, err := c.store.Deliveries(t.Context(), store.DeliveryQuery{Alarm: "cam-142", Limit: 10})
	if err != nil || len(page.Items) != 1 {
		t.Errorf("that people were told of an alarm that the summary does not name is not to be found: %+v, %v", page, err)
	}
}

func TestShelvedAndSuppressedAlarmsAreNotToldOf(t *testing.T) {
	t.Parallel()
	c, duty, n, sender := one(t, `[{"name":"all","channels":"duty","group_by":"none"}]`)
	hidden := alarm("cam-1")
	hidden.Suppressed = true
	shelved := alarm("cam-2")
	shelved.ShelvedUntil = noon().Add(time.Hour)
	c.happens(city.AlarmRaised, alarm("cam-1"), alarm("cam-2"))
	c.happens(city.AlarmSuppressed, hidden)
	c.happens(city.AlarmShelved, shelved)
	c.settle(n, sender)
	c.clock.advance(6 * time.Hour)
	c.settle(n, sender)
	if got := duty.told(); len(got) > 0 {
		t.Errorf("told of %v", got)
	}
	c.happens(city.AlarmReturned, alarm("cam-1"))
	c.happens(city.AlarmUnshelved, alarm("cam-2"))
	c.settle(n, sender)
	c.clock.advance(time.Minute)
	c.settle(n, sender)
	if diff := cmp.Diff([]string{"alarm.returned cam-1", "alarm.raised cam-2"}, duty.told()); diff != "" {
		t.Error(diff)
	}
}

func TestWhatNoRouteTakesIsCounted(t *testing.T) {
	t.Parallel()
	c, duty, n, sender := one(t, `[{"name":"floods","match":{"reason":"flood"},"channels":"duty"}]`)
	c.happens(city.AlarmRaised, alarm("cam-1"))
	c.happens(city.AlarmAcknowledged, acknowledged(alarm("cam-1")))
	c.settle(n, sender)
	c.clock.advance(time.Hour)
	c.settle(n, sender)
	got, err := n.Unrouted(t.Context(), noon().Add(-time.Hour))
	if err != nil || got != 1 || len(duty.told()) > 0 {
		t.Errorf("%d are counted, and %v told; %v", got, duty.told(), err)
	}
}

func TestADownReceiverGetsEverythingInOrderOnce(t *testing.T) {
	t.Parallel()
	c, duty, n, sender := one(t, `[{"name":"all","channels":"duty","group_by":"none","group_interval":"1s"}]`)
	duty.fail(errors.New("connection refused"))
	var want []string
	for i := range 30 {
		id := fmt.Sprintf("cam-%02d", i)
		want = append(want, "alarm.raised "+id)
		c.happens(city.AlarmRaised, alarm(id))
		for range 4 {
			c.settle(n, sender)
			c.clock.advance(30 * time.Second)
		}
	}
	status, err := n.Status(t.Context())
	if err != nil || !status[0].Failing || status[0].Error != "connection refused" || status[0].Queued != 30 {
		t.Errorf("the wall is told %+v, %v", status, err)
	}
	duty.fail(nil)
	for range 40 {
		c.clock.advance(30 * time.Second)
		c.settle(n, sender)
	}
	if diff := cmp.Diff(want, duty.told()); diff != "" {
		t.Error(diff)
	}
	if status, err = n.Status(t.Context()); err != nil || status[0].Failing || status[0].Queued != 0 || status[0].LastSent.IsZero() {
		t.Errorf("the wall is told %+v, %v", status, err)
	}
}

func TestARefusedMessageFailsAndTheNextIsSent(t *testing.T) {
	t.Parallel()
	c, duty, n, sender := one(t, `[{"name":"all","channels":"duty","group_by":"none","group_interval":"0s"}]`)
	duty.seen = func(m notify.Message) error {
		if m.Alarms[0].ID == "cam-1" {
			return notify.Permanent(errors.New("410 Gone"))
		}
		return nil
	}
	for _, id := range []string{"cam-1", "cam-2"} {
		c.happens(city.AlarmRaised, alarm(id))
		c.settle(n, sender)
		c.clock.advance(20 * time.Second)
		c.settle(n, sender)
	}
	page, err := c.store.Deliveries(t.Context(), store.DeliveryQuery{State: store.DeliveryFailed, Limit: 10})
	if err != nil || len(page.Items) != 1 || page.Items[0].Error != "410 Gone" || page.Items[0].Attempts != 1 {
		t.Errorf("the refused one is %+v, %v", page, err)
	}
	if diff := cmp.Diff([]string{"alarm.raised cam-2"}, duty.told()); diff != "" {
		t.Error(diff)
	}
}

func TestAMessageThatTheReceiverCannotTakeDoesNotHoldUpTheOthersForEver(t *testing.T) {
	t.Parallel()
	c, duty, n, sender := one(t, `[{"name":"all","channels":"duty","group_by":"none","group_interval":"0s"}]`)
	duty.seen = func(m notify.Message) error {
		if m.Alarms[0].ID == "cam-1" {
			return notify.Refused(errors.New("500 Internal Server Error"))
		}
		return nil
	}
	for _, id := range []string{"cam-1", "cam-2"} {
		c.happens(city.AlarmRaised, alarm(id))
		c.settle(n, sender)
		c.clock.advance(20 * time.Second)
		c.settle(n, sender)
	}
	for range 60 {
		c.clock.advance(time.Minute)
		c.settle(n, sender)
	}
	if diff := cmp.Diff([]string{"alarm.raised cam-2"}, duty.told()); diff != "" {
		t.Error(diff)
	}
	c.clock.advance(25 * time.Hour)
	c.settle(n, sender)
	page, err := c.store.Deliveries(t.Context(), store.DeliveryQuery{State: store.DeliveryFailed, Alarm: "cam-1", Limit: 10})
	if err != nil || page.Total == 0 {
		t.Errorf("it is not given up after a day: %+v, %v", page, err)
	}
}

func TestWhatWaitsForAChannelThatIsGoneFailsVisibly(t *testing.T) {
	t.Parallel()
	c, _, n, _ := one(t, everything)
	c.happens(city.AlarmRaised, alarm("cam-1"))
	c.settle(n)
	c.clock.advance(time.Minute)
	c.settle(n)
	failed, err := c.store.Abandon(t.Context(), c.clock.now(), []string{"other"}, "the channel is no longer configured")
	if err != nil || failed != 1 {
		t.Errorf("%d failed, %v", failed, err)
	}
}

func TestPausesGrowFromASecondToAQuarterOfAnHour(t *testing.T) {
	t.Parallel()
	for failures, want := range map[int]time.Duration{
		1: time.Second, 2: 2 * time.Second, 5: 16 * time.Second, 10: 512 * time.Second, 11: 15 * time.Minute, 1 << 30: 15 * time.Minute,
	} {
		if got := notify.Pause(failures, 0); got != want {
			t.Errorf("after %d failures %v, want %v", failures, got, want)
		}
		if got := notify.Pause(failures, 1); got != want/2 {
			t.Errorf("after %d failures at least %v, want %v", failures, got, want/2)
		}
	}
}

// Who has set a channel right and starts the center again does not wait for a quarter of an hour.
func TestAStartTriesAgainAtOnce(t *testing.T) {
	t.Parallel()
	c, duty, n, sender := one(t, everything)
	duty.fail(errors.New("no such host"))
	c.happens(city.AlarmRaised, alarm("cam-1"))
	for range 60 {
		c.settle(n, sender)
		c.clock.advance(time.Minute)
	}
	duty.fail(nil)
	c.settle(n, n.Sender("duty"))
	if diff := cmp.Diff([]string{"alarm.raised cam-1"}, duty.told()); diff != "" {
		t.Error(diff)
	}
}
