package store

import (
	"context"
	"encoding/json"
	"fmt"

	"opscenter/internal/city"
	"opscenter/internal/store/sqlcgen"
)

// outboxed reports whether a transition goes to the outbox: whether people may be told of it, or it
// changes whether they still have to be. Who talks about an alarm, and how it flickers, does not.
func outboxed(what city.Transition) bool {
	switch what {
	case city.AlarmAssigned, city.AlarmCommented, city.AlarmFlapping, city.AlarmSettled:
		return false
	default:
		return true
	}
}

// storeOutbox writes the outbox in the transaction that stores the transitions. A transition that is
// there already stays as it is.
func storeOutbox(ctx context.Context, q *sqlcgen.Queries, changes []city.AlarmChange) error {
	var p sqlcgen.InsertOutboxParams
	for i := range changes {
		c := &changes[i]
		if !outboxed(c.What) {
			continue
		}
		document, err := alarmDocument(&c.Alarm)
		if err != nil {
			return err
		}
		p.Alarms = append(p.Alarms, clean(c.Alarm.ID))
		p.Ns = append(p.Ns, int32(c.N)) //nolint:gosec // transitions of one alarm are few
		p.Ats = append(p.Ats, dated(c.At))
		p.Whats = append(p.Whats, string(c.What))
		p.Documents = append(p.Documents, document)
	}
	if len(p.Alarms) == 0 {
		return nil
	}
	if err := q.InsertOutbox(ctx, p); err != nil {
		return fmt.Errorf("outbox: %w", err)
	}
	return nil
}

// alarmDocument is an alarm in JSON that PostgreSQL takes: without U+0000, which encoding/json writes
// as an escape.
func alarmDocument(a *city.Alarm) (string, error) {
	safe := *a
	for _, text := range []*string{
		&safe.ID, &safe.Key, &safe.Location, &safe.Area, &safe.Device, &safe.Subsystem, &safe.Contractor,
		&safe.Title.VI, &safe.Title.EN, &safe.Advice.VI, &safe.Advice.EN,
		&safe.AcknowledgedBy, &safe.Assignee, &safe.Comment, &safe.ShelvedBy, &safe.ShelvedFor,
	} {
		*text = clean(*text)
	}
	safe.Reason = city.Reason(clean(string(safe.Reason)))
	document, err := json.Marshal(&safe)
	if err != nil {
		return "", fmt.Errorf("alarm %q: %w", a.ID, err)
	}
	return string(document), nil
}
