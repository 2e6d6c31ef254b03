package notify_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"opscenter/internal/city"
	"opscenter/internal/notify"
	"opscenter/internal/store"
)

// memory is the outbox and the groups without a database, and what each channel was told.
type memory struct {
	config  *notify.Config
	clock   *clock
	rows    []store.OutboxRow
	groups  map[string]store.NotifyGroup
	members map[[2]string]store.NotifyMember
	told    map[[2]string][]notify.Item // by channel and alarm
	ids     int
}

func newMemory(c *notify.Config) *memory {
	return &memory{
		config: c, clock: &clock{at: noon()}, groups: make(map[string]store.NotifyGroup),
		members: make(map[[2]string]store.NotifyMember), told: make(map[[2]string][]notify.Item),
	}
}

// dispatch does what store.Dispatch does, once.
func (m *memory) dispatch(t interface{ Fatal(args ...any) }) {
	now := m.clock.now()
	d := &store.Dispatch{Rows: m.rows}
	m.rows = nil
	due := make(map[string]bool)
	for id, g := range m.groups {
		d.Groups = append(d.Groups, g)
		due[id] = !g.DueAt.IsZero() && !g.DueAt.After(now)
	}
	slices.SortFunc(d.Groups, func(a, b store.NotifyGroup) int { return cmpText(a.ID, b.ID) })
	concerned := make(map[string]bool)
	for _, r := range d.Rows {
		concerned[r.Alarm.ID] = true
	}
	for _, member := range m.members {
		if !member.RepeatAt.IsZero() && !member.RepeatAt.After(now) && !slices.Contains(d.Repeats, member.Alarm.ID) {
			d.Repeats = append(d.Repeats, member.Alarm.ID)
			concerned[member.Alarm.ID] = true
		}
	}
	for _, member := range m.members {
		if concerned[member.Alarm.ID] || (due[member.Group] && member.Pending != "") {
			d.Members = append(d.Members, member)
		}
	}
	slices.SortFunc(d.Members, func(a, b store.NotifyMember) int { return cmpText(a.Group+a.Alarm.ID, b.Group+b.Alarm.ID) })
	decided, err := notify.Decide(m.config, now, func() string { m.ids++; return fmt.Sprintf("%06d", m.ids) }, d)
	if err != nil {
		t.Fatal(err)
	}
	m.keep(t, decided)
}

func (m *memory) keep(t interface{ Fatal(args ...any) }, decided *store.Dispatched) {
	for _, g := range decided.Groups {
		m.groups[g.ID] = g
	}
	for _, member := range decided.Gone {
		delete(m.members, [2]string{member.Group, member.Alarm.ID})
	}
	for _, member := range decided.Members {
		m.members[[2]string{member.Group, member.Alarm.ID}] = member
	}
	for _, delivery := range decided.Deliveries {
		var message notify.Message
		if err := json.Unmarshal(delivery.Document, &message); err != nil {
			t.Fatal(err)
		}
		for _, i := range message.Alarms {
			key := [2]string{delivery.Channel, i.ID}
			m.told[key] = append(m.told[key], i)
		}
	}
}

func cmpText(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// change draws what happens to an alarm next, and what it is then.
func change(r *rapid.T, a city.Alarm) (city.Transition, city.Alarm) {
	if a.State == city.AlarmCleared {
		a.State, a.RaisedAt, a.Acknowledged, a.Severity, a.Level = city.AlarmActive, a.RaisedAt.Add(time.Second), false, city.SeverityWarning, 0
		return city.AlarmRaised, a
	}
	switch rapid.IntRange(0, 7).Draw(r, "what") {
	case 0:
		a.Acknowledged = true
		return city.AlarmAcknowledged, a
	case 1:
		a.Severity = city.SeverityCritical
		return city.AlarmWorsened, a
	case 2:
		a.Level++
		return city.AlarmEscalated, a
	case 3:
		if a.Suppressed {
			a.Suppressed = false
			return city.AlarmReturned, a
		}
		a.Suppressed = true
		return city.AlarmSuppressed, a
	case 4:
		if !a.ShelvedUntil.IsZero() {
			a.ShelvedUntil = time.Time{}
			return city.AlarmUnshelved, a
		}
		a.ShelvedUntil = a.RaisedAt.Add(time.Hour)
		return city.AlarmShelved, a
	case 5:
		a.Acknowledged = false
		return city.AlarmAckExpired, a
	case 6:
		a.Area = rapid.SampledFrom([]string{"viet-tri", "hung-vuong"}).Draw(r, "area")
		return city.AlarmChanged, a
	}
	a.State = city.AlarmCleared
	return city.AlarmOver, a
}

// Whatever happens to alarms and whenever: no channel is told twice of one transition, hears of an end
// without a beginning, or is left without the end; and nothing is kept of what is over.
func TestEveryChannelHearsEachBeginningAndEachEndOnce(t *testing.T) {
	t.Parallel()
	channels := map[string]*recorder{"a": nil, "b": nil, "c": nil}
	configured := configure(t, `[
		{"name":"chief","match":{"level":1},"channels":["c"],"continue":true,"group_by":"none","summary_above":1000},
		{"name":"bad","match":{"severity":"critical"},"channels":["b","a"],"continue":true,"repeat_interval":"30m","summary_above":1000},
		{"name":"day","during":"day","channels":["a"],"group_by":["area","reason"],"repeat_interval":"1h","summary_above":1000},
		{"name":"night","channels":["b"],"group_by":"location","tell_brief":true,"summary_above":1000}]`,
		`{"day":{"days":"mon-fri","from":"07:00","to":"13:00"}}`, channels)
	rapid.Check(t, func(r *rapid.T) {
		m := newMemory(configured)
		alarms := make([]city.Alarm, 3)
		n := make([]int, 3)
		happen := func(i int, what city.Transition, a city.Alarm) {
			n[i]++
			alarms[i] = a
			m.rows = append(m.rows, store.OutboxRow{Alarm: a, N: n[i], At: m.clock.now().Add(time.Duration(n[i])), What: what})
		}
		for i := range alarms {
			alarms[i] = cleared(alarm(fmt.Sprint("cam-", i)))
		}
		for range rapid.IntRange(1, 40).Draw(r, "steps") {
			i := rapid.IntRange(0, 2).Draw(r, "alarm")
			what, a := change(r, alarms[i])
			happen(i, what, a)
			if rapid.Bool().Draw(r, "dispatch") {
				m.dispatch(r)
			}
			m.clock.advance(time.Duration(rapid.SampledFrom([]int{0, 1, 9, 61, 1800, 7200}).Draw(r, "s")) * time.Second)
		}
		for i := range alarms {
			if alarms[i].State == city.AlarmActive {
				happen(i, city.AlarmOver, cleared(alarms[i]))
			}
		}
		for range 4 {
			m.dispatch(r)
			m.clock.advance(2 * time.Minute)
		}
		if len(m.members) > 0 {
			r.Fatalf("%d members are kept: %+v", len(m.members), m.members)
		}
		for key, items := range m.told {
			checkStory(r, key, items)
		}
	})
}

func checkStory(r *rapid.T, key [2]string, items []notify.Item) {
	open := false
	seen := make(map[string]bool)
	for _, i := range items {
		transition := fmt.Sprint(i.Type, i.At.UnixNano())
		if seen[transition] {
			r.Fatalf("%v is told twice of %s: %+v", key, i.Type, items)
		}
		seen[transition] = true
		if i.Type == notify.TypeCleared {
			if !open && i.State != city.AlarmCleared {
				r.Fatalf("%v: %+v", key, items)
			}
			open = false
			continue
		}
		open = true
	}
	if open {
		r.Fatalf("%v is never told that it is over: %+v", key, items)
	}
}

// An alarm that lasts is told of wherever it may hide meanwhile.
func TestAnAlarmThatLastsIsToldOf(t *testing.T) {
	t.Parallel()
	configured := configure(t, everything, "", map[string]*recorder{"duty": nil})
	rapid.Check(t, func(r *rapid.T) {
		m := newMemory(configured)
		a := cleared(alarm("cam-1"))
		n := 0
		for range rapid.IntRange(1, 25).Draw(r, "steps") {
			var what city.Transition
			what, a = change(r, a)
			n++
			m.rows = append(m.rows, store.OutboxRow{Alarm: a, N: n, At: m.clock.now(), What: what})
			m.dispatch(r)
			m.clock.advance(time.Duration(rapid.SampledFrom([]int{0, 1, 9, 61}).Draw(r, "s")) * time.Second)
		}
		for range 3 {
			m.dispatch(r)
			m.clock.advance(2 * time.Minute)
		}
		told := m.told[[2]string{"duty", "cam-1"}]
		visible := a.State == city.AlarmActive && !a.Hidden() && !a.Acknowledged
		if visible && (len(told) == 0 || told[len(told)-1].Type == notify.TypeCleared) {
			r.Fatalf("it is active and nobody knows: %+v", told)
		}
	})
}
