package notify

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"opscenter/internal/city"
	"opscenter/internal/store"
)

// worst is how many alarms a summary names.
const worst = 10

// deliver makes the messages of a group for one channel: one for each kind of thing that happened, or
// a single summary if too much did.
func (p *planner) deliver(g *group, channel string, pending []*member) error {
	var types []string
	byType := make(map[string][]Item)
	var ids []string
	for _, m := range pending {
		if !m.hears(channel) {
			continue
		}
		if _, there := byType[m.Pending]; !there {
			types = append(types, m.Pending)
		}
		byType[m.Pending] = append(byType[m.Pending], itemOf(m, p.link))
		ids = append(ids, m.Alarm.ID)
	}
	if len(ids) > g.route.SummaryAbove {
		var all []Item
		for _, t := range types {
			all = append(all, byType[t]...)
		}
		return p.make(g, channel, summary(all), ids)
	}
	for _, t := range types {
		items := byType[t]
		sortItems(items)
		if err := p.make(g, channel, Message{Type: t, Total: len(items), Alarms: items}, idsOf(items)); err != nil {
			return err
		}
	}
	return nil
}

// make adds a delivery of a message that tells of those alarms.
func (p *planner) make(g *group, channel string, m Message, alarms []string) error {
	m.ID, m.At, m.Route, m.Group = "msg_"+p.newID(), p.now.UTC(), g.Route, g.Label
	m.Title = title(&m)
	if p.link != "" {
		m.Link = p.link + "/desk"
	}
	document, err := json.Marshal(&m)
	if err != nil {
		return fmt.Errorf("message of group %q: %w", g.Label, err)
	}
	p.made = append(p.made, store.Delivery{
		ID: m.ID, Channel: channel, Group: g.ID, Round: g.Rounds, Type: m.Type, MadeAt: p.now, State: store.DeliveryWaiting,
		DueAt: p.now, Alarms: alarms, Document: document,
	})
	return nil
}

func idsOf(items []Item) []string {
	ids := make([]string, len(items))
	for i := range items {
		ids[i] = items[i].ID
	}
	return ids
}

func itemOf(m *member, link string) Item {
	a := &m.Alarm
	i := Item{
		ID: a.ID, Type: m.Pending, At: m.PendingAt.UTC(), Key: a.Key, Severity: a.Severity, State: a.State, Reason: a.Reason,
		Title: a.Title, Advice: a.Advice, Location: a.Location, Area: a.Area, Device: a.Device, Subsystem: a.Subsystem,
		Contractor: a.Contractor, Count: a.Count, Level: a.Level, Since: a.Since, RaisedAt: a.RaisedAt, ClearedAt: a.ClearedAt,
		Acknowledged: a.Acknowledged, AcknowledgedBy: a.AcknowledgedBy, Assignee: a.Assignee,
	}
	if link != "" {
		i.Link = link + "/desk?alarm=" + url.QueryEscape(a.ID)
	}
	return i
}

// sortItems puts the worst first, of those the oldest.
func sortItems(items []Item) {
	slices.SortStableFunc(items, func(a, b Item) int {
		return cmp.Or(
			cmp.Compare(weight(&b), weight(&a)), a.RaisedAt.Compare(b.RaisedAt), strings.Compare(a.ID, b.ID),
		)
	})
}

func weight(i *Item) int {
	w := i.Level
	if i.Severity == city.SeverityCritical {
		w += 100
	}
	if i.State == city.AlarmCleared {
		w -= 1000
	}
	return w
}

// summary counts alarms by what is alike, most first, and names the worst.
func summary(items []Item) Message {
	m := Message{Type: TypeSummary, Total: len(items)}
	index := make(map[Count]int)
	for i := range items {
		kind := Count{Type: items[i].Type, Severity: items[i].Severity, Reason: items[i].Reason, Area: items[i].Area}
		at, there := index[kind]
		if !there {
			at = len(m.Counts)
			index[kind] = at
			m.Counts = append(m.Counts, kind)
		}
		m.Counts[at].Alarms++
	}
	slices.SortStableFunc(m.Counts, func(a, b Count) int { return b.Alarms - a.Alarms })
	sortItems(items)
	m.Alarms = items[:min(len(items), worst)]
	return m
}

// title is the one line of a message.
func title(m *Message) city.Names {
	t := TypeNames(m.Type)
	switch {
	case m.Type == TypeSummary:
		return city.Names{
			VI: fmt.Sprintf("%s: %d thay đổi cùng lúc", t.VI, m.Total), EN: fmt.Sprintf("%s: %d changes at once", t.EN, m.Total),
		}
	case len(m.Alarms) == 0:
		return t
	case len(m.Alarms) == 1:
		return city.Names{VI: t.VI + ": " + m.Alarms[0].Title.VI, EN: t.EN + ": " + m.Alarms[0].Title.EN}
	}
	first := m.Alarms[0].Title
	return city.Names{
		VI: fmt.Sprintf("%s (%d): %s, …", t.VI, m.Total, first.VI), EN: fmt.Sprintf("%s (%d): %s, …", t.EN, m.Total, first.EN),
	}
}

// TypeNames returns what people call a type of message.
func TypeNames(of string) city.Names {
	switch of {
	case TypeRaised:
		return city.Names{VI: "Cảnh báo", EN: "Alarm"}
	case TypeWorsened:
		return city.Names{VI: "Cảnh báo nghiêm trọng hơn", EN: "Alarm worsened"}
	case TypeEscalated:
		return city.Names{VI: "Cảnh báo chuyển lên cấp trên", EN: "Alarm escalated"}
	case TypeAckExpired:
		return city.Names{VI: "Cảnh báo hết hạn xác nhận", EN: "Acknowledgement expired"}
	case TypeReturned:
		return city.Names{VI: "Cảnh báo trở lại", EN: "Alarm is back"}
	case TypeRepeated:
		return city.Names{VI: "Nhắc lại, chưa ai xác nhận", EN: "Reminder, nobody acknowledged"}
	case TypeCleared:
		return city.Names{VI: "Đã hết cảnh báo", EN: "Alarm over"}
	case TypeSummary:
		return city.Names{VI: "Nhiều cảnh báo", EN: "Many alarms"}
	case TypeTest:
		return city.Names{VI: "Tin thử của trung tâm điều hành", EN: "Test message of the operations center"}
	}
	return city.Names{VI: of, EN: of}
}
