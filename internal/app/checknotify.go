package app

import (
	"cmp"
	"strings"

	"opscenter/internal/city"
	"opscenter/internal/notify"
	"opscenter/internal/reference"
	"opscenter/internal/subsystem"
)

func (r *findings) channels(c *notify.Config) {
	if len(c.Channels) == 0 {
		r.printf("\nchannels: none is configured, so nobody is told of alarms\n")
		return
	}
	var rows [][]string
	for _, o := range c.Channels {
		rows = append(rows, []string{o.Name, o.Kind, reference.Duration(o.Timeout), reference.Duration(o.GiveUpAfter)})
	}
	r.table([]string{"CHANNEL", "KIND", "TIMEOUT", "GIVES UP AFTER"}, rows)
}

func (r *findings) routes(c *notify.Config) {
	if len(c.Routing.Routes) == 0 {
		if len(c.Channels) > 0 {
			r.printf("warning: there are channels and no routes, so nobody is told of alarms\n")
		}
		return
	}
	var rows [][]string
	for i := range c.Routing.Routes {
		route := &c.Routing.Routes[i]
		then := "stop"
		if route.Continue {
			then = "continue"
		}
		rows = append(rows, []string{
			route.Name, cmp.Or(route.Match.String(), "everything"), cmp.Or(route.During, "always"), strings.Join(route.Channels, ", "),
			strings.Join(route.GroupBy, ", "), then,
		})
	}
	r.table([]string{"ROUTE", "TAKES", "DURING", "CHANNELS", "GROUPED BY", "THEN"}, rows)
}

// doubtful warns of routes that cannot do what they look like, and of channels that no route uses. The
// inventory may be nil.
func (r *findings) doubtful(c *notify.Config, set *subsystem.Set, inv *city.Inventory) {
	known := notify.Known{Subsystem: func(id string) bool { return set.ByID(id) != nil }}
	if inv != nil {
		areas, locations := make(map[string]bool), make(map[string]bool)
		for i := range inv.Areas {
			areas[inv.Areas[i].ID] = true
		}
		for i := range inv.Locations {
			locations[inv.Locations[i].ID] = true
		}
		known.Area = func(id string) bool { return areas[id] }
		known.Location = func(id string) bool { return locations[id] }
	}
	for _, warning := range c.Doubts(known) {
		r.printf("warning: %s\n", warning)
	}
}
