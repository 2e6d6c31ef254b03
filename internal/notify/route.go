package notify

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"opscenter/internal/city"
)

// names is a name or a list of names.
type names []string

// UnmarshalJSON reads a name or a list.
func (n *names) UnmarshalJSON(raw []byte) error {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		*n = names{one}
		return nil
	}
	var all []string
	if json.Unmarshal(raw, &all) != nil {
		return errors.New("want a name or a list of names")
	}
	*n = all
	return nil
}

// takes reports whether the list has the value, or does not narrow.
func (n names) takes(value string) bool { return len(n) == 0 || slices.Contains(n, value) }

// covers reports whether the list takes all that the other takes.
func (n names) covers(other names) bool {
	return len(n) == 0 || (len(other) > 0 && !slices.ContainsFunc(other, func(v string) bool { return !slices.Contains(n, v) }))
}

// duration is a time with its unit, as in 90s.
type duration time.Duration

// UnmarshalText reads a duration that is not negative.
func (d *duration) UnmarshalText(text []byte) error {
	v, err := time.ParseDuration(string(text))
	if err != nil || v < 0 {
		return fmt.Errorf("%q is no duration such as 90s or 4h", text)
	}
	*d = duration(v)
	return nil
}

// Match says which alarms a route takes: those that fit everything that is set.
type Match struct {
	Severity   names `json:"severity"`
	Subsystem  names `json:"subsystem"`
	Area       names `json:"area"`
	Location   names `json:"location"`
	Contractor names `json:"contractor"`
	Reason     names `json:"reason"`
	Level      int   `json:"level"` // of escalation, at least
}

func (m *Match) takes(a *city.Alarm) bool {
	return m.Severity.takes(string(a.Severity)) && m.Subsystem.takes(a.Subsystem) && m.Area.takes(a.Area) &&
		m.Location.takes(a.Location) && m.Contractor.takes(a.Contractor) && m.Reason.takes(string(a.Reason)) && a.Level >= m.Level
}

func (m *Match) covers(o *Match) bool {
	return m.Severity.covers(o.Severity) && m.Subsystem.covers(o.Subsystem) && m.Area.covers(o.Area) &&
		m.Location.covers(o.Location) && m.Contractor.covers(o.Contractor) && m.Reason.covers(o.Reason) && m.Level <= o.Level
}

// The ways to group alarms.
const (
	byLocation  = "location"
	byArea      = "area"
	bySubsystem = "subsystem"
	byReason    = "reason"
	byNothing   = "none"
)

// Route leads alarms to channels.
type Route struct {
	Name     string `json:"name"`
	Match    Match  `json:"match"`
	During   string `json:"during"` // a calendar; empty: always
	Channels names  `json:"channels"`
	Continue bool   `json:"continue"` // the routes after it may take the alarm too

	GroupBy        names    `json:"group_by"`
	GroupWait      duration `json:"group_wait"`
	GroupInterval  duration `json:"group_interval"`
	RepeatInterval duration `json:"repeat_interval"` // 0: never
	SummaryAbove   int      `json:"summary_above"`   // alarms at once; more become one summary
	TellBrief      bool     `json:"tell_brief"`      // of alarms too that cleared within group_wait
}

// defaultRoute is what a route is unless it says otherwise.
func defaultRoute() Route {
	return Route{
		GroupBy: names{byArea}, GroupWait: duration(10 * time.Second), GroupInterval: duration(time.Minute),
		RepeatInterval: duration(4 * time.Hour), SummaryAbove: 20,
	}
}

func (r *Route) check() error {
	var faults []error
	for _, s := range r.Match.Severity {
		if s != string(city.SeverityWarning) && s != string(city.SeverityCritical) {
			faults = append(faults, fmt.Errorf("match: severity: %q is neither %q nor %q", s, city.SeverityWarning, city.SeverityCritical))
		}
	}
	for _, by := range r.GroupBy {
		if !slices.Contains([]string{byLocation, byArea, bySubsystem, byReason, byNothing}, by) {
			faults = append(faults, fmt.Errorf("group_by: %q is none of location, area, subsystem, reason, none", by))
		}
	}
	if r.Match.Level < 0 {
		faults = append(faults, errors.New("match: level: it is below 0"))
	}
	if len(r.Channels) == 0 {
		faults = append(faults, errors.New(`"channels" is missing`))
	}
	if r.SummaryAbove < 1 {
		faults = append(faults, errors.New("summary_above: it is below 1"))
	}
	if r.RepeatInterval > 0 && time.Duration(r.RepeatInterval) < time.Minute {
		faults = append(faults, errors.New("repeat_interval: it is shorter than 1m; 0s is never"))
	}
	return errors.Join(faults...)
}

// label names the group of an alarm: what it has in common with those that it is told of with.
func (r *Route) label(a *city.Alarm) string {
	var parts []string
	for _, by := range r.GroupBy {
		switch by {
		case byLocation:
			parts = append(parts, "location="+a.Location)
		case byArea:
			parts = append(parts, "area="+a.Area)
		case bySubsystem:
			parts = append(parts, "subsystem="+a.Subsystem)
		case byReason:
			parts = append(parts, "reason="+string(a.Reason))
		}
	}
	return strings.Join(parts, " ")
}

// lead is a route that takes an alarm, with the channels that no route before it has.
type lead struct {
	route    *Route
	channels []string
}

// Routing is the routes with what they refer to.
type Routing struct {
	Routes    []Route
	Calendars map[string]Calendar
	Zone      *time.Location
}

// leads returns the routes that take an alarm at a time, in order: the first, and those after it as
// long as each says to continue. A channel belongs to the first that has it, so that it is told once.
func (g *Routing) leads(a *city.Alarm, now time.Time) []lead {
	var all []lead
	taken := make(map[string]bool)
	local := now.In(g.Zone)
	for i := range g.Routes {
		r := &g.Routes[i]
		if !r.Match.takes(a) || !g.onDuty(r, local) {
			continue
		}
		l := lead{route: r}
		for _, c := range r.Channels {
			if !taken[c] {
				taken[c] = true
				l.channels = append(l.channels, c)
			}
		}
		if len(l.channels) > 0 {
			all = append(all, l)
		}
		if !r.Continue {
			break
		}
	}
	return all
}

func (g *Routing) onDuty(r *Route, local time.Time) bool {
	if r.During == "" {
		return true
	}
	calendar, known := g.Calendars[r.During]
	return known && calendar.On(local)
}

// route returns the route of that name. One that is gone from the configuration has the defaults.
func (g *Routing) route(name string) *Route {
	if i := slices.IndexFunc(g.Routes, func(r Route) bool { return r.Name == name }); i >= 0 {
		return &g.Routes[i]
	}
	gone := defaultRoute()
	gone.Name = name
	return &gone
}

// shadowed returns, for each route that can never take an alarm, the earlier one that takes all of
// its alarms.
func (g *Routing) shadowed() map[string]string {
	found := make(map[string]string)
	for i := range g.Routes {
		later := &g.Routes[i]
		for j := range i {
			earlier := &g.Routes[j]
			if !earlier.Continue && earlier.Match.covers(&later.Match) && (earlier.During == "" || earlier.During == later.During) {
				found[later.Name] = cmp.Or(found[later.Name], earlier.Name)
			}
		}
	}
	return found
}
