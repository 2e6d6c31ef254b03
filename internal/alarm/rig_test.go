package alarm_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"opscenter/internal/alarm"
	"opscenter/internal/city"
)

const second = alarm.Micros(1_000_000)

// begin is when every test begins.
const begin = alarm.Micros(1_800_000_000) * second

// rig is a desk, the points that its owner knows, and what it told.
type rig struct {
	t      fatal
	desk   *alarm.Desk
	config alarm.Config
	now    alarm.Micros
	points map[string]*alarm.Point // by device
	told   []city.AlarmChange
	counts alarm.Counts // added up of what was told
}

type fatal interface {
	Helper()
	Fatalf(format string, args ...any)
}

func setup(t *testing.T, change ...func(*alarm.Config)) *rig {
	t.Helper()
	return newRig(t, change...)
}

func newRig(t fatal, change ...func(*alarm.Config)) *rig {
	r := &rig{t: t, now: begin, points: map[string]*alarm.Point{}}
	r.config = alarm.Config{
		Describe: func(p *alarm.Point) alarm.Text {
			return alarm.Text{Title: city.Names{VI: p.Key, EN: fmt.Sprint(p.Reason)}, Area: "ward-" + p.Location}
		},
		Tell:    func(c city.AlarmChange) { r.told = append(r.told, c) },
		Changed: func(_ *alarm.Point, _ string, by alarm.Counts) { r.counts.Add(by) },
	}
	for _, c := range change {
		c(&r.config)
	}
	r.desk = alarm.New(r.config)
	return r
}

func source(device, location string) alarm.Source {
	return alarm.Source{
		Key: "device/" + device + "/link", Device: device, Location: location, Subsystem: "cams", Kind: "camera.ptz",
		Facet: "link", Cadence: 30 * second,
	}
}

func (r *rig) point(s alarm.Source) *alarm.Point {
	p := r.points[s.Key]
	if p == nil || p.Gone() {
		p = r.desk.Watch(s, r.now, false, false)
		r.points[s.Key] = p
	}
	return p
}

// bad says that the link of a device is down.
func (r *rig) bad(device, location string) {
	r.say(source(device, location), alarm.Condition{Bad: true, Severity: city.SeverityCritical, Reason: city.ReasonOffline})
}

// good says that the link of a device is up.
func (r *rig) good(device, location string) { r.say(source(device, location), alarm.Condition{}) }

func (r *rig) say(s alarm.Source, c alarm.Condition) { r.desk.Evaluate(r.point(s), r.now, c) }

// wait lets time pass.
func (r *rig) wait(d time.Duration) {
	end := r.now + alarm.Micros(d.Microseconds())
	for guard := 0; r.desk.Next() <= end; guard++ {
		if guard > 100_000 {
			r.t.Fatalf("what is due at %d stays due", r.desk.Next())
		}
		r.now = max(r.now, r.desk.Next())
		r.desk.Tick()
	}
	r.now = end
	r.desk.Advance(r.now)
}

func (r *rig) act(verb city.Verb, id string, change ...func(*city.Action)) city.Outcome {
	a := city.Action{Key: fmt.Sprint("k", r.now), Verb: verb, Alarm: id, Actor: "lan", Reason: "because"}
	for _, c := range change {
		c(&a)
	}
	return r.desk.Act(r.now, &a)
}

func until(at alarm.Micros) func(*city.Action) { return func(a *city.Action) { a.Until = at.Time() } }

// reload saves the desk and goes on from what was saved.
func (r *rig) reload() {
	blob, err := json.Marshal(r.desk.State())
	if err != nil {
		r.t.Fatalf("%v", err)
	}
	var s alarm.State
	if err := json.Unmarshal(blob, &s); err != nil {
		r.t.Fatalf("%v", err)
	}
	r.desk = alarm.New(r.config)
	if err := r.desk.Restore(s, r.now); err != nil {
		r.t.Fatalf("%v", err)
	}
	for key := range r.points {
		if r.points[key] = r.desk.Point(key); r.points[key] == nil {
			delete(r.points, key)
		}
	}
}

// line is a transition in short: seconds since the beginning, what, whose, and of how many.
func (r *rig) lines() []string {
	var out []string
	for _, c := range r.told {
		out = append(out, fmt.Sprintf("%d %s %s x%d", (alarm.MicrosOf(c.At)-begin)/second, c.What, c.Alarm.Key, c.Alarm.Count))
	}
	return out
}

// only returns the transitions of one kind.
func (r *rig) only(what city.Transition) []city.AlarmChange {
	var out []city.AlarmChange
	for _, c := range r.told {
		if c.What == what {
			out = append(out, c)
		}
	}
	return out
}
