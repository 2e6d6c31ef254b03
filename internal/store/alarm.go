package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/fold"
	"opscenter/internal/store/sqlcgen"
)

// storeAlarms keeps every transition, and every alarm as its last one left it.
func storeAlarms(ctx context.Context, q *sqlcgen.Queries, changes []city.AlarmChange) error {
	if len(changes) == 0 {
		return nil
	}
	var transitions sqlcgen.InsertTransitionsParams
	rows := alarmRows{at: make(map[string]int)}
	for i := range changes {
		c := cleanChange(&changes[i])
		document, err := json.Marshal(&c.Alarm)
		if err != nil {
			return fmt.Errorf("alarm %q: %w", c.Alarm.ID, err)
		}
		addTransition(&transitions, &c, string(document))
		rows.add(&c, string(document))
	}
	if err := q.InsertTransitions(ctx, transitions); err != nil {
		return fmt.Errorf("alarm transitions: %w", err)
	}
	if err := q.UpsertAlarms(ctx, rows.params()); err != nil {
		return fmt.Errorf("alarms: %w", err)
	}
	return nil
}

func addTransition(p *sqlcgen.InsertTransitionsParams, c *city.AlarmChange, document string) {
	p.Alarms = append(p.Alarms, c.Alarm.ID)
	p.Ns = append(p.Ns, int32(c.N)) //nolint:gosec // transitions of one alarm are few
	p.Ats = append(p.Ats, c.At)
	p.Whats = append(p.Whats, string(c.What))
	p.Keys = append(p.Keys, c.Alarm.Key)
	p.Locations = append(p.Locations, c.Alarm.Location)
	p.Severities = append(p.Severities, string(c.Alarm.Severity))
	p.Reasons = append(p.Reasons, string(c.Alarm.Reason))
	p.Actors = append(p.Actors, c.Actor)
	p.Whys = append(p.Whys, c.Reason)
	p.Actions = append(p.Actions, c.Action)
	p.Documents = append(p.Documents, document)
}

// alarmRows are the rows of the alarms that a write changes, one for each alarm.
type alarmRows struct {
	at   map[string]int // index in rows, by id
	rows []alarmRow
}

type alarmRow struct {
	last        city.AlarmChange
	document    string
	firstRaised time.Time
	closed      time.Time
}

func (r *alarmRows) add(c *city.AlarmChange, document string) {
	i, known := r.at[c.Alarm.ID]
	if !known {
		i = len(r.rows)
		r.at[c.Alarm.ID] = i
		r.rows = append(r.rows, alarmRow{firstRaised: firstRaised(c)})
	}
	row := &r.rows[i]
	row.last, row.document = *c, document
	if c.What == city.AlarmClosed {
		row.closed = c.At
	}
}

// firstRaised returns when the alarm of a change came on the list, as far as the change knows.
func firstRaised(c *city.AlarmChange) time.Time {
	if c.N == 1 {
		return c.At
	}
	return c.Alarm.RaisedAt
}

func (r *alarmRows) params() sqlcgen.UpsertAlarmsParams {
	var p sqlcgen.UpsertAlarmsParams
	for i := range r.rows {
		row := &r.rows[i]
		a := &row.last.Alarm
		p.IDs = append(p.IDs, a.ID)
		p.Keys = append(p.Keys, a.Key)
		p.Ns = append(p.Ns, int32(row.last.N)) //nolint:gosec // transitions of one alarm are few
		p.Locations = append(p.Locations, a.Location)
		p.Areas = append(p.Areas, a.Area)
		p.Devices = append(p.Devices, a.Device)
		p.Subsystems = append(p.Subsystems, a.Subsystem)
		p.Contractors = append(p.Contractors, a.Contractor)
		p.Severities = append(p.Severities, string(a.Severity))
		p.States = append(p.States, string(a.State))
		p.Reasons = append(p.Reasons, string(a.Reason))
		p.Acknowledged = append(p.Acknowledged, a.Acknowledged)
		p.Hidden = append(p.Hidden, a.Hidden())
		p.RaisedAts = append(p.RaisedAts, a.RaisedAt)
		p.ClearedAts = append(p.ClearedAts, a.ClearedAt)
		p.FirstRaisedAts = append(p.FirstRaisedAts, row.firstRaised)
		p.ClosedAts = append(p.ClosedAts, row.closed)
		p.ChangedAts = append(p.ChangedAts, row.last.At)
		p.Searches = append(p.Searches, searchText(a))
		p.Documents = append(p.Documents, row.document)
	}
	return p
}

// searchText is what an alarm is found by.
func searchText(a *city.Alarm) string {
	return fold.Text(a.ID + "\n" + a.Key + "\n" + a.Title.VI + "\n" + a.Title.EN)
}

// cleanChange returns a change that PostgreSQL takes, whatever people and devices have said.
func cleanChange(c *city.AlarmChange) city.AlarmChange {
	out := *c
	out.At, out.Actor, out.Reason, out.Action = dated(c.At), clean(c.Actor), clean(c.Reason), clean(c.Action)
	a := &out.Alarm
	for _, text := range []*string{
		&a.ID, &a.Key, &a.Location, &a.Area, &a.Device, &a.Subsystem, &a.Contractor, &a.Title.VI, &a.Title.EN, &a.Advice.VI, &a.Advice.EN,
		&a.AcknowledgedBy, &a.Assignee, &a.Comment, &a.ShelvedBy, &a.ShelvedFor, (*string)(&a.Reason),
	} {
		*text = clean(*text)
	}
	for _, at := range []*time.Time{&a.Since, &a.RaisedAt, &a.ClearedAt, &a.AcknowledgedAt, &a.AcknowledgedUntil, &a.ShelvedUntil} {
		*at = dated(*at)
	}
	return out
}
