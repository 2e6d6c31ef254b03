package alarm_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"opscenter/internal/alarm"
	"opscenter/internal/city"
)

// record follows one alarm through its transitions as a reader of the history would, and knows which
// are possible.
type record struct {
	n                     int
	at                    time.Time
	active, acked, closed bool
	shelved               bool
}

// follow checks a transition against what was told before it.
func (a *record) follow(c *city.AlarmChange) error {
	switch {
	case a.closed:
		return fmt.Errorf("%s after it was closed", c.What)
	case c.N != a.n+1:
		return fmt.Errorf("transition %d follows %d", c.N, a.n)
	case c.At.Before(a.at):
		return fmt.Errorf("%s at %v, before %v", c.What, c.At, a.at)
	case a.n == 0 && c.What != city.AlarmRaised:
		return fmt.Errorf("it begins with %s", c.What)
	}
	a.n, a.at = c.N, c.At
	if err := a.step(c); err != nil {
		return err
	}
	if active := c.Alarm.State == city.AlarmActive; active != a.active || c.Alarm.Acknowledged != a.acked || a.shelved == c.Alarm.ShelvedUntil.IsZero() {
		return fmt.Errorf("after %s it says %+v, and its history %+v", c.What, c.Alarm, *a)
	}
	return nil
}

func (a *record) step(c *city.AlarmChange) error {
	possible := true
	switch c.What {
	case city.AlarmRaised:
		possible = !a.active && !c.Alarm.Hidden()
		a.active, a.acked = true, false
	case city.AlarmOver:
		possible = a.active
		a.active = false
	case city.AlarmWorsened:
		possible = a.active
		a.acked = false
	case city.AlarmEased:
		possible = a.active
	case city.AlarmAcknowledged:
		a.acked = true
	case city.AlarmAckExpired:
		possible = a.active && a.acked
		a.acked = false
	case city.AlarmShelved:
		a.shelved = true
	case city.AlarmUnshelved:
		possible = a.shelved
		a.shelved = false
	case city.AlarmEscalated:
		possible = a.active && !a.acked && !c.Alarm.Hidden()
	case city.AlarmClosed:
		possible = !a.active && (a.acked || c.Reason == string(city.ReasonRetired))
		a.closed = true
	case city.AlarmSuppressed:
		possible = c.Alarm.Suppressed
	case city.AlarmOutOfService:
		possible = c.Alarm.OutOfService
	case city.AlarmReturned:
		possible = !c.Alarm.Suppressed && !c.Alarm.OutOfService
	case city.AlarmFlapping, city.AlarmSettled:
		possible = a.active && c.Alarm.Flapping == (c.What == city.AlarmFlapping)
	case city.AlarmChanged, city.AlarmAssigned, city.AlarmCommented:
	}
	if !possible {
		return fmt.Errorf("%s is not possible: %+v, before it %+v", c.What, c.Alarm, *a)
	}
	return nil
}

// model is a rig that random things happen to, and what is known of the alarms from their history.
type model struct {
	*rig
	r       *rapid.T
	records map[string]*record
	read    int
	truth   map[string]*truth // by device
}

// truth is what was really said of a device.
type truth struct {
	bad, severed, service bool
	location              string
}

func newModel(r *rapid.T) *model {
	m := &model{r: r, records: map[string]*record{}, truth: map[string]*truth{}}
	m.rig = newRig(r, func(c *alarm.Config) { c.Rules.Escalate = 20 * time.Minute })
	for i := range 8 {
		m.truth[fmt.Sprint("cam-", i)] = &truth{location: fmt.Sprint("loc-", i%3)}
	}
	return m
}

// happen lets one thing happen.
func (m *model) happen() {
	device := fmt.Sprint("cam-", rapid.IntRange(0, 7).Draw(m.r, "device"))
	of := m.truth[device]
	s := source(device, of.location)
	switch rapid.IntRange(0, 11).Draw(m.r, "what") {
	case 0, 1, 2:
		of.bad = true
		reason := rapid.SampledFrom([]city.Reason{city.ReasonOffline, city.ReasonSilent, "no_stream"}).Draw(m.r, "reason")
		m.tell(s, of, alarm.Condition{Bad: true, Severity: rapid.SampledFrom([]city.Severity{city.SeverityWarning, city.SeverityCritical}).Draw(m.r, "severity"), Reason: reason})
	case 3, 4:
		of.bad = false
		m.tell(s, of, alarm.Condition{})
	case 5:
		of.severed = !of.severed
		if p := m.desk.Point(s.Key); p != nil {
			m.desk.Sever(p, m.now, of.severed)
		}
	case 6:
		of.service = !of.service
		if p := m.desk.Point(s.Key); p != nil {
			m.desk.Service(p, m.now, of.service)
		}
	case 7, 8:
		m.decide()
	case 9:
		m.reload()
	default:
		m.wait(time.Duration(rapid.SampledFrom([]int{0, 1, 5, 14, 15, 30, 31, 100, 1000, 5000}).Draw(m.r, "seconds")) * time.Second)
	}
	m.check()
}

// tell says of a device what it is like, as its owner would: nobody watches what was never bad.
func (m *model) tell(s alarm.Source, of *truth, c alarm.Condition) {
	p := m.desk.Point(s.Key)
	if p == nil && !c.Bad {
		return
	}
	if p == nil {
		p = m.desk.Watch(s, m.now, of.severed, of.service)
	}
	m.desk.Evaluate(p, m.now, c)
}

// decide does what somebody might about one of the alarms that there ever were.
func (m *model) decide() {
	if len(m.told) == 0 {
		return
	}
	id := m.told[rapid.IntRange(0, len(m.told)-1).Draw(m.r, "alarm")].Alarm.ID
	verb := rapid.SampledFrom([]city.Verb{city.Acknowledge, city.Acknowledge, city.Shelve, city.Unshelve, city.Assign, city.Comment}).Draw(m.r, "verb")
	for_ := rapid.SampledFrom([]alarm.Micros{-1, 0, 60, 3600}).Draw(m.r, "for") * second
	closed := m.records[id] != nil && m.records[id].closed
	var change []func(*city.Action)
	if for_ != 0 {
		change = append(change, until(m.now+for_))
	}
	if got := m.act(verb, id, change...); closed != (got == city.NoSuch) {
		m.r.Fatalf("%s of %s, closed %v: %s", verb, id, closed, got)
	}
}

// check reads the history on, and compares it with what the desk says there is.
func (m *model) check() {
	for ; m.read < len(m.told); m.read++ {
		c := &m.told[m.read]
		if m.records[c.Alarm.ID] == nil {
			m.records[c.Alarm.ID] = &record{}
		}
		if err := m.records[c.Alarm.ID].follow(c); err != nil {
			m.r.Fatalf("%s %s: %v\n%v", c.Alarm.Key, c.Alarm.ID, err, m.lines())
		}
	}
	listed, open := 0, 0
	m.desk.Each(func(*alarm.Point) { listed++ })
	for _, a := range m.records {
		if !a.closed {
			open++
		}
	}
	if listed != open {
		m.r.Fatalf("%d alarms are on the list, %d in the history", listed, open)
	}
	if m.counts != m.desk.Totals() {
		m.r.Fatalf("counts add up to %v, the desk has %v", m.counts, m.desk.Totals())
	}
}

// rest lets everything settle: then every device that is bad, and that nothing speaks for, has an
// active alarm, of its own or of its location; and no device that is well has one.
func (m *model) rest() {
	m.wait(48 * time.Hour)
	m.check()
	speaks := map[string]bool{}
	m.desk.Each(func(p *alarm.Point) {
		if p.Alarm.State == city.AlarmActive {
			speaks[p.Key] = true
		}
	})
	members := map[string]int{}
	for device, of := range m.truth {
		p := m.desk.Point("device/" + device + "/link")
		flapping := p != nil && p.Flapping
		own := speaks["device/"+device+"/link"]
		member := p != nil && p.Member
		if member {
			members[of.location]++
		}
		switch told := own || member && speaks["location/"+of.location+"/link"]; {
		case of.bad && !of.severed && !of.service && !told:
			m.r.Fatalf("%s is down and nobody is told: %+v\n%v", device, p, m.lines())
		case !of.bad && !flapping && own:
			m.r.Fatalf("%s is well and has an alarm\n%v", device, m.lines())
		case member && (of.severed || of.service):
			m.r.Fatalf("%s is spoken for twice", device)
		}
	}
	for i := range 3 {
		location := fmt.Sprint("loc-", i)
		if active := speaks["location/"+location+"/link"]; active != (members[location] > 0) {
			m.r.Fatalf("%s: its alarm is active: %v, with %d devices\n%v", location, active, members[location], m.lines())
		}
	}
}

// No sequence of observations, actions, delays and restarts reaches an illegal state or loses a
// transition, and in the end everybody who must be told is.
func TestNoSequenceOfEventsLosesAnAlarm(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		m := newModel(r)
		for range rapid.IntRange(1, 80).Draw(r, "events") {
			m.happen()
		}
		m.rest()
	})
}

// A desk that was saved and restored at any time goes on as one that was not.
func TestARestoredDeskGoesOnAsIfNothingHadHappened(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		type step struct {
			device int
			bad    bool
			wait   int
		}
		steps := rapid.SliceOfN(rapid.Custom(func(r *rapid.T) step {
			return step{rapid.IntRange(0, 5).Draw(r, "device"), rapid.Bool().Draw(r, "bad"), rapid.SampledFrom([]int{0, 3, 20, 45}).Draw(r, "s")}
		}), 1, 60).Draw(r, "steps")
		at := rapid.IntRange(0, len(steps)-1).Draw(r, "restart")
		one, other := newRig(r), newRig(r)
		for i, s := range steps {
			if i == at {
				other.reload()
			}
			for _, rig := range []*rig{one, other} {
				device := fmt.Sprint("cam-", s.device)
				if s.bad {
					rig.bad(device, "loc-1")
				} else if rig.desk.Point(source(device, "loc-1").Key) != nil {
					rig.good(device, "loc-1")
				}
				rig.wait(time.Duration(s.wait) * time.Second)
			}
		}
		if d := cmp.Diff(one.told, other.told); d != "" {
			r.Fatalf("-one +restored:\n%s", d)
		}
	})
}
