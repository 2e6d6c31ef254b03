package alarm

import (
	"opscenter/internal/city"
)

// Act does what somebody decided about an alarm.
func (d *Desk) Act(now Micros, a *city.Action) city.Outcome {
	p := d.byID[a.Alarm]
	if p == nil {
		return city.NoSuch
	}
	who := by{actor: a.Actor, why: a.Reason, action: a.Key}
	until := MicrosOf(a.Until)
	if until != 0 && until <= now {
		return city.Refused
	}
	switch a.Verb {
	case city.Acknowledge:
		p.acknowledge(a, now)
		d.emit(p, now, city.AlarmAcknowledged, who)
	case city.Assign:
		p.Alarm.Assignee = a.Assignee
		d.emit(p, now, city.AlarmAssigned, who)
	case city.Comment:
		p.Alarm.Comment = a.Reason
		d.emit(p, now, city.AlarmCommented, who)
	case city.Shelve:
		if until == 0 {
			return city.Refused // it would be forgotten
		}
		p.Alarm.ShelvedUntil, p.Alarm.ShelvedBy, p.Alarm.ShelvedFor = until.Time(), a.Actor, a.Reason
		d.emit(p, now, city.AlarmShelved, who)
	case city.Unshelve:
		if !p.shelved() {
			return city.Refused
		}
		d.unshelve(p, now, who)
	case city.Maintain, city.Resume:
		return city.Refused // it is about no alarm
	default:
		return city.Refused
	}
	d.settle(p, now)
	return city.Done
}

func (p *Point) acknowledge(a *city.Action, now Micros) {
	p.Alarm.Acknowledged, p.Alarm.AcknowledgedBy = true, a.Actor
	p.Alarm.AcknowledgedAt, p.Alarm.AcknowledgedUntil = now.Time(), MicrosOf(a.Until).Time()
}

func (d *Desk) unshelve(p *Point, now Micros, by by) {
	p.Alarm.ShelvedUntil, p.Alarm.ShelvedBy, p.Alarm.ShelvedFor = Micros(0).Time(), "", ""
	d.emit(p, now, city.AlarmUnshelved, by)
}
