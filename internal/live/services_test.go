package live_test

import (
	"fmt"
	"testing"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/live"
	"opscenter/internal/subsystem"
)

// services is a line of business that measures nothing: it tells figures and works off cases.
func services() subsystem.Spec {
	at := subsystem.At
	return subsystem.Spec{
		ID: "services", Names: city.Names{VI: "Dịch vụ công", EN: "Public services"}, Cadence: time.Hour,
		Indicators: []subsystem.Indicator{
			{Code: "on_time", Unit: "%", Period: subsystem.Daily, Scale: 100, Good: subsystem.Above, Target: at(95), Warning: at(90), Critical: at(80), Reason: "late"},
			{Code: "backlog", Period: subsystem.Daily, Good: subsystem.Below, Warning: at(10), Reason: "backlog", ValidFor: 90 * time.Minute},
			{Code: "revenue", Unit: "₫", Period: subsystem.Monthly, Cadence: 24 * time.Hour},
			{Code: "opened", Period: subsystem.Daily, Computed: true},
			{Code: "open", Period: subsystem.Daily, Computed: true},
			{Code: "overdue", Period: subsystem.Daily, Good: subsystem.Below, Warning: at(0), Critical: at(2), Reason: "overdue", Computed: true},
			{Code: "closed", Period: subsystem.Daily, Computed: true},
			{Code: "hours", Unit: "h", Period: subsystem.Daily, Good: subsystem.Below, Warning: at(24), Reason: "slow", Computed: true},
		},
		Cases: []subsystem.Cases{{
			Kind: "case", DueAfter: 48 * time.Hour,
			New: "opened", Open: "open", Overdue: "overdue", Closed: "closed", Hours: "hours",
		}},
	}
}

// desk is the device by which the services speak.
func desk(id, location string) city.Device {
	return city.Device{ID: id, Location: location, Subsystem: "services", Kind: "system", RegisteredAt: start().Add(-time.Hour)}
}

func newServices(t testing.TB) *center {
	t.Helper()
	return newCenterOf(t, []subsystem.Spec{services()}, desk("desk-1", "loc-1"))
}

// tells makes an entry in which the desk tells a figure; observed when it is received, unless change
// says otherwise.
func tells(at time.Time, code, period string, value float64, change ...func(*city.Observation)) city.Entry {
	o := city.Observation{
		Subsystem: "services", Location: "loc-1", Device: "desk-1", Kind: "indicator", ObservedAt: at,
		Indicator: &city.Indicator{Code: code, Period: period, Value: value},
	}
	for _, c := range change {
		c(&o)
	}
	return said(at, o)
}

func scope(s string) func(*city.Observation) {
	return func(o *city.Observation) { o.Indicator.Scope = s }
}

func revision(r int) func(*city.Observation) {
	return func(o *city.Observation) { o.Indicator.Revision = r }
}

func observed(at time.Time) func(*city.Observation) {
	return func(o *city.Observation) { o.ObservedAt = at }
}

func byNobody(o *city.Observation) { o.Device = "" }

func (c *center) subsystem(id string) live.SubsystemView {
	c.t.Helper()
	for _, v := range c.board.Subsystems() {
		if v.ID == id {
			return v
		}
	}
	c.t.Fatalf("there is no subsystem %s", id)
	return live.SubsystemView{}
}

// indicator returns a figure of the services, by key.
func (c *center) indicator(key string) live.IndicatorView {
	c.t.Helper()
	v, ok := c.subsystem("services").Indicators[key]
	if !ok {
		c.t.Fatalf("there is no indicator %s", key)
	}
	return v
}

// figure returns a figure in words: its period, revision and value.
func figure(v live.IndicatorView) string {
	if v.Value == nil {
		return "nothing"
	}
	return fmt.Sprintf("%s r%d %v", v.Period, v.Revision, *v.Value)
}

// wantsFigures fails unless the figures of the services are as told, in pairs of key and value: a
// number, or "nothing".
func (c *center) wantsFigures(pairs ...any) {
	c.t.Helper()
	all := c.subsystem("services").Indicators
	for i := 0; i < len(pairs); i += 2 {
		got := "nothing"
		if v := all[pairs[i].(string)].Value; v != nil {
			got = fmt.Sprint(*v)
		}
		if want := fmt.Sprint(pairs[i+1]); got != want {
			c.t.Fatalf("%v is %s, want %s", pairs[i], got, want)
		}
	}
}

// told returns how many figures were handed on for history.
func (m *memory) told() int { return m.count("indicator ") }
