package notify

import (
	"fmt"
	"strings"
)

// Known says what there is. A function that is nil knows everything.
type Known struct {
	Subsystem, Area, Location func(id string) bool
}

// Doubts returns what is allowed and looks like a mistake, in words: routes that can never take an
// alarm, names of what there is not, channels that no route uses.
func (c *Config) Doubts(known Known) []string {
	var all []string
	doubt := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	shadowed := c.Routing.shadowed()
	used := make(map[string]bool)
	for i := range c.Routing.Routes {
		r := &c.Routing.Routes[i]
		if earlier, is := shadowed[r.Name]; is {
			doubt("route %q can never take an alarm: %q before it takes all of them, and does not continue", r.Name, earlier)
		}
		for _, of := range []struct {
			what string
			ids  names
			is   func(string) bool
		}{
			{"subsystem", r.Match.Subsystem, known.Subsystem}, {"area", r.Match.Area, known.Area}, {"location", r.Match.Location, known.Location},
		} {
			for _, id := range of.ids {
				if of.is != nil && !of.is(id) {
					doubt("route %q waits for alarms of the %s %q, which is not known", r.Name, of.what, id)
				}
			}
		}
		for _, name := range r.Channels {
			used[name] = true
		}
	}
	for i := range c.Channels {
		o := &c.Channels[i]
		if _, mails := o.Channel.(Mailer); !used[o.Name] && !mails { // reports may use that one
			doubt("channel %q is used by no route", o.Name)
		}
	}
	return all
}

// String is what the match asks for, in words.
func (m *Match) String() string {
	var parts []string
	for _, of := range []struct {
		what   string
		values names
	}{
		{"severity", m.Severity},
		{"subsystem", m.Subsystem},
		{"area", m.Area},
		{"location", m.Location},
		{"contractor", m.Contractor},
		{"reason", m.Reason},
	} {
		if len(of.values) > 0 {
			parts = append(parts, of.what+" "+strings.Join(of.values, "|"))
		}
	}
	if m.Level > 0 {
		parts = append(parts, fmt.Sprintf("level %d and above", m.Level))
	}
	return strings.Join(parts, ", ")
}
