package notify

import (
	"slices"

	"opscenter/internal/city"
	"opscenter/internal/store"
)

// silent is how many routes take a transition that nobody is to be told of.
const silent = -1

// typeOf returns the type of message of a transition that people are told of, or "".
func typeOf(what city.Transition) string {
	switch what {
	case city.AlarmRaised:
		return TypeRaised
	case city.AlarmWorsened:
		return TypeWorsened
	case city.AlarmEscalated:
		return TypeEscalated
	case city.AlarmAckExpired:
		return TypeAckExpired
	case city.AlarmReturned:
		return TypeReturned
	default:
		return ""
	}
}

// toldOf are the transitions that lead to messages by routes.
func toldOf() []string {
	return []string{
		string(city.AlarmRaised), string(city.AlarmWorsened), string(city.AlarmEscalated), string(city.AlarmAckExpired),
		string(city.AlarmReturned), string(city.AlarmUnshelved),
	}
}

// take takes in one transition, and returns how many routes lead it to somebody; silent if nobody is
// to be told.
func (p *planner) take(row *store.OutboxRow) int {
	members := p.of(row.Alarm.ID)
	for _, m := range members {
		// That it is over is told of the alarm as it was then, even if it is back by now and hidden.
		if row.N > m.N && (m.Pending != TypeCleared || row.Alarm.State == city.AlarmCleared) {
			m.Alarm, m.N, m.dirty = row.Alarm, row.N, true
		}
	}
	if what := typeOf(row.What); what != "" {
		if row.Alarm.State == city.AlarmCleared || row.Alarm.Hidden() {
			return silent
		}
		return p.enrol(&row.Alarm, row.N, row.At, what)
	}
	for _, m := range members {
		m.observe(row, p)
	}
	if row.What == city.AlarmUnshelved && repeatable(&row.Alarm) && !slices.ContainsFunc(members, (*member).knows) {
		return p.enrol(&row.Alarm, row.N, row.At, TypeRaised)
	}
	return silent
}

// knows reports whether somebody was told of the alarm, and not only has yet to hear that it is over.
func (m *member) knows() bool { return len(m.Told) > 0 && m.Pending != TypeCleared }

// observe takes in a transition that at most those are told of who know of the alarm.
func (m *member) observe(row *store.OutboxRow, p *planner) {
	switch row.What {
	case city.AlarmOver:
		m.over(row, p)
	case city.AlarmAcknowledged:
		m.remind(p.now) // which it is not any more
		switch m.Pending {
		case TypeRepeated, TypeAckExpired, TypeEscalated:
			m.drop()
		}
	case city.AlarmShelved, city.AlarmSuppressed, city.AlarmOutOfService:
		m.remind(p.now)
		if m.Pending != TypeCleared {
			m.settle()
		}
	case city.AlarmUnshelved:
		m.remind(p.now)
	default: // what was told of still holds
	}
}

// over tells those who were told of the alarm that it is over. If nobody was yet, there is nothing to
// tell, unless the route wants to hear of brief alarms.
func (m *member) over(row *store.OutboxRow, p *planner) {
	if len(m.Told) == 0 {
		if m.Pending == "" || !m.in.route.TellBrief {
			m.gone = true
			return
		}
		m.Told = m.Channels
	}
	m.await(TypeCleared, row.At, p.now)
	m.remind(p.now)
}

// drop takes back what is pending, and with it a member that was never told of anything.
func (m *member) drop() {
	m.settle()
	m.gone = len(m.Told) == 0
}
