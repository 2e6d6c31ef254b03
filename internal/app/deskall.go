package app

import (
	"context"
	"fmt"

	"opscenter/internal/city"
	"opscenter/internal/httpapi"
)

// mostAtOnce is how many alarms are acknowledged at once.
const mostAtOnce = 1000

// Acknowledge implements httpapi.Desk: a flood is acknowledged in one go. The actions are one batch of
// the log, each with a key of its own, so that whoever asks again with the same key and choice finishes
// what was begun.
func (d *desk) Acknowledge(ctx context.Context, a city.Action, which httpapi.AlarmChoice) (httpapi.AllActed, error) {
	ids, remaining := d.chosen(&which)
	if len(ids) == 0 {
		return httpapi.AllActed{}, nil
	}
	a.Alarm = ids[0] // what is wrong with the action of one is wrong with all
	if err := checkAction(&a, d.now()); err != nil {
		return httpapi.AllActed{}, fmt.Errorf("%w: %w", httpapi.ErrInvalid, err)
	}
	if len(ids) > mostAtOnce {
		return httpapi.AllActed{}, fmt.Errorf("%w: alarms: %d are more than %d", httpapi.ErrInvalid, len(ids), mostAtOnce)
	}
	all := httpapi.AllActed{Remaining: remaining}
	actions := make([]city.Action, len(ids))
	keys := make([]string, len(ids))
	for i, id := range ids {
		keys[i] = a.Key + "/" + id
		actions[i] = a
		actions[i].Key, actions[i].Alarm = keys[i], id
	}
	if !d.ready() {
		return all, fmt.Errorf("%w: the log is still being read", httpapi.ErrUnavailable)
	}
	before := d.recallAll(ctx, actions, keys)
	var todo []city.Action
	for i := range actions {
		if before[keys[i]] == "" {
			todo = append(todo, actions[i])
		}
	}
	if len(todo) > 0 {
		if err := d.write(ctx, todo); err != nil {
			return httpapi.AllActed{}, err
		}
	}
	for i, id := range ids {
		outcome := before[keys[i]]
		if outcome == "" {
			var err error
			if outcome, err = d.await(ctx, keys[i]); err != nil {
				return httpapi.AllActed{}, err
			}
		}
		if outcome == city.Done || outcome == city.Repeated {
			all.Done++
		}
		all.Items = append(all.Items, httpapi.AlarmOutcome{Alarm: id, Outcome: outcome})
	}
	return all, nil
}

// chosen returns the ids of a choice, each once, and how many more its filter matches.
func (d *desk) chosen(which *httpapi.AlarmChoice) (ids []string, remaining int) {
	if which.Filter == nil {
		seen := make(map[string]bool)
		for _, id := range which.Alarms {
			if !seen[id] {
				seen[id], ids = true, append(ids, id)
			}
		}
		return ids, 0
	}
	f := which.Filter
	q := httpapi.AlarmQuery{
		Reason: f.Reason, Area: f.Area, Location: f.Location, Device: f.Device, Subsystem: f.Subsystem, Severity: f.Severity,
	}
	list := d.ranked(func(a *city.Alarm) bool { return !a.Acknowledged && !a.Hidden() && matches(a, &q, "") })
	for i := range list[:min(len(list), mostAtOnce)] {
		ids = append(ids, list[i].ID)
	}
	return ids, len(list) - len(ids)
}

// recallAll returns the outcomes of those actions that need not be written: their keys were used
// before, or their alarm is not on the list. While the database does not
// answer, that is left to the live picture.
func (d *desk) recallAll(ctx context.Context, actions []city.Action, keys []string) map[string]city.Outcome {
	limited, cancel := context.WithTimeout(ctx, recallWait)
	defer cancel()
	rows, err := d.memory.ActionsByKey(limited, keys...)
	if err != nil {
		d.log.WarnContext(ctx, "the audit does not say whether actions were done before", "error", err)
	}
	outcomes := make(map[string]city.Outcome, len(rows))
	for i := range rows {
		outcomes[rows[i].Action] = city.Outcome(rows[i].Outcome)
	}
	for i, key := range keys {
		if outcome, known := d.peek(ctx, key); known {
			outcomes[key] = outcome
		} else if _, on := d.board.Alarm(actions[i].Alarm); !on && outcomes[key] == "" {
			outcomes[key] = city.NoSuch
		}
	}
	return outcomes
}
