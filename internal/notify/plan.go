package notify

import (
	"slices"
	"strings"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/store"
)

// planner decides what becomes of transitions. It is pure: the same dispatch, time and ids give the
// same decision.
type planner struct {
	routing  *Routing
	channels map[string]bool // those that there are
	link     string          // where the pages are; empty: unknown
	now      time.Time
	newID    func() string

	groups  []*group
	named   map[groupName]*group
	members []*member
	byAlarm map[string][]*member
	made    []store.Delivery
}

// groupName is what a group is found by.
type groupName struct{ route, label string }

// group is a group with what changed.
type group struct {
	store.NotifyGroup
	route *Route
	ripe  bool // it was due when it was read, so that all of its pending members are here
	dirty bool

	members []*member // those that were read or made
}

// member is a member with what changed.
type member struct {
	store.NotifyMember
	in    *group
	dirty bool
	gone  bool
}

// decide routes the rows, then tells again what is to be repeated, then tells what is due.
func (p *planner) decide(d *store.Dispatch) (*store.Dispatched, error) {
	p.read(d)
	out := &store.Dispatched{Routes: make([]int, len(d.Rows))}
	for i := range d.Rows {
		out.Routes[i] = p.take(&d.Rows[i])
	}
	for _, alarm := range d.Repeats {
		p.repeat(alarm)
	}
	for _, g := range p.groups {
		if g.ripe && !g.DueAt.IsZero() && !g.DueAt.After(p.now) {
			if err := p.flush(g); err != nil {
				return nil, err
			}
		}
	}
	out.Deliveries = p.made
	for _, g := range p.groups {
		if g.dirty {
			out.Groups = append(out.Groups, g.NotifyGroup)
		}
	}
	for _, m := range p.members {
		switch {
		case m.gone:
			out.Gone = append(out.Gone, m.NotifyMember)
		case m.dirty:
			out.Members = append(out.Members, m.NotifyMember)
		}
	}
	return out, nil
}

func (p *planner) read(d *store.Dispatch) {
	p.named, p.byAlarm = make(map[groupName]*group), make(map[string][]*member)
	byID := make(map[string]*group, len(d.Groups))
	for _, g := range d.Groups {
		read := &group{NotifyGroup: g, route: p.routing.route(g.Route)}
		read.ripe = !g.DueAt.IsZero() && !g.DueAt.After(p.now)
		byID[g.ID] = read
		p.addGroup(read)
	}
	for _, m := range d.Members {
		p.addMember(&member{NotifyMember: m, in: byID[m.Group]})
	}
}

func (p *planner) addGroup(g *group) {
	p.groups = append(p.groups, g)
	p.named[groupName{g.Route, g.Label}] = g
}

func (p *planner) addMember(m *member) {
	p.members = append(p.members, m)
	p.byAlarm[m.Alarm.ID] = append(p.byAlarm[m.Alarm.ID], m)
	m.in.members = append(m.in.members, m)
}

// of returns the members of an alarm.
func (p *planner) of(alarm string) []*member {
	var all []*member
	for _, m := range p.byAlarm[alarm] {
		if !m.gone {
			all = append(all, m)
		}
	}
	return all
}

// group returns the group of a route and a label; it is made if need be.
func (p *planner) group(r *Route, label string) *group {
	if g, there := p.named[groupName{r.Name, label}]; there {
		return g
	}
	g := &group{NotifyGroup: store.NotifyGroup{ID: p.newID(), Route: r.Name, Label: label}, route: r, dirty: true}
	p.addGroup(g)
	return g
}

// schedule lets the group speak once its wait is over, and no sooner after it last spoke than its
// interval.
func (g *group) schedule(now time.Time) {
	if !g.DueAt.IsZero() {
		return
	}
	g.DueAt, g.dirty = now.Add(time.Duration(g.route.GroupWait)), true
	if g.FlushedAt.IsZero() {
		return
	}
	if next := g.FlushedAt.Add(time.Duration(g.route.GroupInterval)); next.After(g.DueAt) {
		g.DueAt = next
	}
}

// await makes something pending.
func (m *member) await(what string, at, now time.Time) {
	m.Pending, m.PendingAt, m.dirty = what, at, true
	m.in.schedule(now)
}

// settle leaves nothing pending.
func (m *member) settle() { m.Pending, m.dirty = "", true }

// repeatable reports whether people are reminded of an alarm.
func repeatable(a *city.Alarm) bool {
	return a.State == city.AlarmActive && !a.Acknowledged && !a.Hidden()
}

// remind has the member told again after the interval of its route, if it is of those.
func (m *member) remind(now time.Time) {
	m.RepeatAt, m.dirty = time.Time{}, true
	if len(m.Told) > 0 && m.in.route.RepeatInterval > 0 && repeatable(&m.Alarm) {
		m.RepeatAt = now.Add(time.Duration(m.in.route.RepeatInterval))
	}
}

// enrol makes something that happened to an alarm pending in the groups of the routes that take the
// alarm now, and returns how many those are. A channel belongs to one member of an alarm, the one
// that was led to last, so that it is told of everything once. Groups that were not told of the alarm
// yet and are not of those routes will not be.
func (p *planner) enrol(a *city.Alarm, n int, at time.Time, what string) int {
	leads := p.routing.leads(a, p.now)
	if len(leads) == 0 {
		return 0
	}
	before := p.of(a.ID)
	if what == TypeWorsened && slices.ContainsFunc(before, func(m *member) bool { return m.Pending == TypeRaised }) &&
		!slices.ContainsFunc(before, func(m *member) bool { return len(m.Told) > 0 }) {
		what = TypeRaised // that it was better at first, nobody has heard
	}
	var led []*member
	for _, l := range leads {
		m := p.join(p.group(l.route, l.route.label(a)), before, a, n)
		led = append(led, m)
		for _, c := range l.channels {
			m.claim(c, before)
		}
		if m.Pending == "" || (m.Pending != TypeRaised && what != TypeRepeated) {
			m.await(what, at, p.now)
		}
	}
	for _, m := range before {
		if !slices.Contains(led, m) && (len(m.Told) == 0 || len(m.Channels) == 0) {
			m.gone = true
		}
	}
	return len(leads)
}

// join returns the alarm's member of a group; it is made if need be.
func (p *planner) join(g *group, before []*member, a *city.Alarm, n int) *member {
	for _, m := range before {
		if m.in == g {
			m.Alarm, m.N, m.dirty = *a, n, true
			return m
		}
	}
	m := &member{NotifyMember: store.NotifyMember{Group: g.ID, Alarm: *a, N: n}, in: g, dirty: true}
	p.addMember(m)
	return m
}

// claim gives a channel to the member, with what it was told, and takes it from the others.
func (m *member) claim(channel string, others []*member) {
	for _, o := range others {
		if o == m || !slices.Contains(o.Channels, channel) {
			continue
		}
		is := func(c string) bool { return c == channel }
		o.Channels, o.dirty = slices.DeleteFunc(slices.Clone(o.Channels), is), true
		if slices.Contains(o.Told, channel) {
			o.Told = slices.DeleteFunc(slices.Clone(o.Told), is)
			m.Told = append(slices.Clone(m.Told), channel)
		}
	}
	if !slices.Contains(m.Channels, channel) {
		m.Channels, m.dirty = append(slices.Clone(m.Channels), channel), true
	}
}

// repeat tells those again who were told of an alarm, or those who are on duty by now.
func (p *planner) repeat(alarm string) {
	for _, m := range p.of(alarm) {
		if m.RepeatAt.IsZero() || m.RepeatAt.After(p.now) || m.gone {
			continue
		}
		m.RepeatAt, m.dirty = time.Time{}, true
		if !repeatable(&m.Alarm) || m.Pending != "" {
			continue
		}
		if p.enrol(&m.Alarm, m.N, p.now, TypeRepeated) == 0 {
			m.remind(p.now) // nobody is on duty: later, perhaps
		}
	}
}

// flush makes messages of what is pending in a group.
func (p *planner) flush(g *group) error {
	g.DueAt, g.dirty = time.Time{}, true
	var pending []*member
	for _, m := range g.members {
		if m.Pending != "" && !m.gone {
			pending = append(pending, m)
		}
	}
	if len(pending) == 0 {
		return nil
	}
	slices.SortStableFunc(pending, func(a, b *member) int {
		if c := a.PendingAt.Compare(b.PendingAt); c != 0 {
			return c
		}
		return strings.Compare(a.Alarm.ID, b.Alarm.ID)
	})
	g.Rounds++
	g.FlushedAt = p.now
	for _, channel := range channelsOf(pending) {
		if p.channels[channel] {
			if err := p.deliver(g, channel, pending); err != nil {
				return err
			}
		}
	}
	for _, m := range pending {
		if m.Pending == TypeCleared {
			m.gone = true
			continue
		}
		m.Told = slices.Clone(m.Channels)
		m.settle()
		m.remind(p.now)
	}
	return nil
}

// hears reports whether a channel is told of what is pending: that an alarm is over only those are
// who were told of it.
func (m *member) hears(channel string) bool {
	if m.Pending == TypeCleared {
		return slices.Contains(m.Told, channel)
	}
	return slices.Contains(m.Channels, channel)
}

// channelsOf returns the channels that are told of something, in the order of the alarms.
func channelsOf(pending []*member) []string {
	var all []string
	for _, m := range pending {
		for _, c := range m.Channels {
			if m.hears(c) && !slices.Contains(all, c) {
				all = append(all, c)
			}
		}
	}
	return all
}
