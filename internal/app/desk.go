package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/httpapi"
	"opscenter/internal/store"
)

// How long a person waits for an action.
const (
	actWait    = 5 * time.Second // until the live picture has taken it in
	recallWait = time.Second     // for the database to say whether its key was used before
	settleWait = 2 * time.Second // for the database to say what the live picture no longer knows
	settlePoll = 50 * time.Millisecond
)

// alarmBoard is what the desk asks of the live picture.
type alarmBoard interface {
	// Alarms returns every alarm that is on the list.
	Alarms() []city.Alarm
	// Alarm returns one of them.
	Alarm(id string) (city.Alarm, bool)
	// Await returns what became of the action with a key, once it was taken in. It fails when ctx ends,
	// but not if that is known already.
	Await(ctx context.Context, key string) (city.Outcome, error)
}

// alarmMemory is what the desk asks of the database.
type alarmMemory interface {
	Alarms(ctx context.Context, q store.AlarmQuery) (store.AlarmPage, error)
	Alarm(ctx context.Context, id string) (store.AlarmRow, error)
	TransitionsOf(ctx context.Context, alarm string, limit int) ([]city.AlarmChange, error)
	ActionsByKey(ctx context.Context, keys ...string) ([]store.AuditRow, error)
}

// deed is the one way of an action: it becomes an entry of the log, and is done when the live picture
// has taken that in. A key that was used before does nothing.
type deed struct {
	board  alarmBoard
	memory alarmMemory
	append func(ctx context.Context, entries []city.Entry) error
	ready  func() bool // the live picture has caught up with the log
	now    func() time.Time
	log    *slog.Logger
}

// do does an action that was checked, and returns its outcome: of a key that was used before that of
// then, with repeated set.
func (d *deed) do(ctx context.Context, a *city.Action) (outcome city.Outcome, repeated bool, err error) {
	if outcome, found, err := d.recall(ctx, a); found || err != nil {
		return outcome, true, err
	}
	if !d.ready() {
		return "", false, fmt.Errorf("%w: the log is still being read", httpapi.ErrUnavailable)
	}
	if outcome, known := d.peek(ctx, a.Key); known {
		return outcome, true, nil
	}
	if _, on := d.board.Alarm(a.Alarm); a.Alarm != "" && !on {
		return city.NoSuch, false, nil
	}
	if err := d.write(ctx, []city.Action{*a}); err != nil {
		return "", false, err
	}
	outcome, err = d.await(ctx, a.Key)
	return outcome, outcome == city.Repeated, err
}

// peek returns the outcome of an action that the live picture has taken in already.
func (d *deed) peek(ctx context.Context, key string) (outcome city.Outcome, known bool) {
	over, cancel := context.WithCancel(ctx)
	cancel()
	outcome, err := d.board.Await(over, key)
	return outcome, err == nil
}

// write puts actions into the log.
func (d *deed) write(ctx context.Context, actions []city.Action) error {
	now := d.now().UTC().Truncate(time.Microsecond)
	entries := make([]city.Entry, len(actions))
	for i := range actions {
		entries[i] = city.Entry{At: now, Action: &actions[i]}
	}
	if err := d.append(ctx, entries); err != nil {
		return fmt.Errorf("%w: %w", httpapi.ErrUnavailable, err)
	}
	return nil
}

// await waits until an action that is in the log has been taken in.
func (d *deed) await(ctx context.Context, key string) (city.Outcome, error) {
	limited, cancel := context.WithTimeout(ctx, actWait)
	defer cancel()
	outcome, err := d.board.Await(limited, key)
	if err != nil {
		return "", fmt.Errorf("%w: action %q is in the log and not yet taken in: %w", httpapi.ErrUnavailable, key, err)
	}
	return outcome, nil
}

// recall looks whether a key was used before. While the database does not answer, that is left to the
// live picture, whose memory is shorter.
func (d *deed) recall(ctx context.Context, a *city.Action) (outcome city.Outcome, found bool, err error) {
	limited, cancel := context.WithTimeout(ctx, recallWait)
	defer cancel()
	rows, err := d.memory.ActionsByKey(limited, a.Key)
	if err != nil {
		d.log.WarnContext(ctx, "the audit does not say whether an action was done before", "error", err)
		return "", false, nil
	}
	if len(rows) == 0 {
		return "", false, nil
	}
	then := &rows[len(rows)-1]
	if object := objectOf(a); then.Verb != string(a.Verb) || then.Object != object {
		return "", false, fmt.Errorf("%w: the key %q was used before, to %s %s", httpapi.ErrInvalid, a.Key, then.Verb, then.Object)
	}
	return city.Outcome(then.Outcome), true, nil
}

// wait calls done again and again until it returns true, or settleWait is over.
func wait(ctx context.Context, done func(context.Context) bool) {
	ctx, cancel := context.WithTimeout(ctx, settleWait)
	defer cancel()
	ticker := time.NewTicker(settlePoll)
	defer ticker.Stop()
	for !done(ctx) {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

// objectOf names what an action is about, as the audit does.
func objectOf(a *city.Action) string {
	switch {
	case a.Window != nil:
		return "maintenance/" + a.Window.ID
	case a.WindowID != "":
		return "maintenance/" + a.WindowID
	}
	return "alarm/" + a.Alarm
}

// desk is httpapi.Desk on the live picture, the log and the store.
type desk struct {
	deed
	zone *time.Location
}

// Act implements httpapi.Desk.
func (d *desk) Act(ctx context.Context, a city.Action) (httpapi.Acted, error) {
	outcome, repeated, err := d.outcome(ctx, &a)
	if err != nil {
		return httpapi.Acted{}, err
	}
	if err := d.refusal(ctx, &a, outcome); err != nil {
		return httpapi.Acted{}, err
	}
	return httpapi.Acted{Outcome: outcome, Repeated: repeated, Alarm: d.after(ctx, a.Alarm)}, nil
}

// outcome checks an action and does it. Those who act over the stream come here too.
func (d *desk) outcome(ctx context.Context, a *city.Action) (outcome city.Outcome, repeated bool, err error) {
	if err := checkAction(a, d.now()); err != nil {
		return "", false, fmt.Errorf("%w: %w", httpapi.ErrInvalid, err)
	}
	return d.do(ctx, a)
}

// refusal returns why an action was not done, or nil if it was.
func (d *desk) refusal(ctx context.Context, a *city.Action, outcome city.Outcome) error {
	switch outcome {
	case city.NoSuch:
		row, err := d.memory.Alarm(ctx, a.Alarm)
		if err == nil && !row.ClosedAt.IsZero() {
			return fmt.Errorf("%w: alarm %q is closed since %s", httpapi.ErrConflict, a.Alarm, row.ClosedAt.In(d.zone).Format(time.RFC3339))
		}
		return fmt.Errorf("%w: there is no alarm %q", httpapi.ErrNotFound, a.Alarm)
	case city.Refused:
		if a.Verb == city.Unshelve {
			return fmt.Errorf("%w: alarm %q is not shelved", httpapi.ErrConflict, a.Alarm)
		}
		return fmt.Errorf("%w: %s does not fit the state that alarm %q is in", httpapi.ErrConflict, a.Verb, a.Alarm)
	case city.Done, city.Repeated:
	}
	return nil
}

// after returns an alarm as it is after an action, or nil if that is not known yet. One that went off
// the list with the action is on its way to the database.
func (d *desk) after(ctx context.Context, id string) *httpapi.Alarm {
	if a, on := d.board.Alarm(id); on {
		return d.alarm(a, time.Time{})
	}
	var found *httpapi.Alarm
	wait(ctx, func(ctx context.Context) bool {
		row, err := d.memory.Alarm(ctx, id)
		if err != nil {
			return !errors.Is(err, store.ErrNotFound)
		}
		if row.ClosedAt.IsZero() {
			return false
		}
		found = d.alarm(row.Alarm, row.ClosedAt)
		return true
	})
	return found
}
