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
		if !outboxed(changes[i].What) {
			continue
		}
		c := cleanChange(&changes[i])
		document, err := alarmDocument(&c.Alarm)
		if err != nil {
			return err
		}
		p.Alarms = append(p.Alarms, c.Alarm.ID)
		p.Ns = append(p.Ns, int32(c.N)) //nolint:gosec // transitions of one alarm are few
		p.Ats = append(p.Ats, c.At)
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

// alarmDocument is an alarm in JSON. What it says is clean.
func alarmDocument(a *city.Alarm) (string, error) {
	document, err := json.Marshal(a)
	if err != nil {
		return "", fmt.Errorf("alarm %q: %w", a.ID, err)
	}
	return string(document), nil
}
