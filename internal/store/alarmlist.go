package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"opscenter/internal/city"
	"opscenter/internal/fold"
	"opscenter/internal/store/sqlcgen"
)

// AlarmRow is an alarm as its last transition left it, with what the alarm itself does not say.
type AlarmRow struct {
	city.Alarm
	Transitions   int       // so far
	FirstRaisedAt time.Time // when it came on the list
	ClosedAt      time.Time // when it went off the list; zero while it is on it
	ChangedAt     time.Time // when the last transition was
}

// AlarmQuery selects alarms, by when they came on the list, the latest first. An empty field does not
// narrow it.
type AlarmQuery struct {
	State     string // open: on the list; of those active, cleared or, either way, hidden; closed: off the list; empty: all
	Severity  string
	Location  string
	Area      string
	Device    string
	Subsystem string
	Reason    string
	Text      string    // part of the id, the key or a title; case and diacritics do not count
	From, To  time.Time // on the list at any time from From to To; zero: from the first, to the last
	Before    AlarmPlace
	Limit     int
}

// AlarmPlace is where an alarm is in the order of AlarmQuery. The zero place is before the first.
type AlarmPlace struct {
	FirstRaisedAt time.Time
	ID            string
}

// AlarmPage is one page of alarms. More says that others follow. Total counts all pages.
type AlarmPage struct {
	Items []AlarmRow
	More  bool
	Total int64
}

// lastMoment is after everything that is stored.
func lastMoment() time.Time { return time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC) }

// momentOr returns a time that PostgreSQL takes, or another in the place of the zero time.
func momentOr(t, otherwise time.Time) time.Time {
	if t.IsZero() {
		return otherwise
	}
	return dated(t)
}

// Alarms lists alarms.
func (s *Store) Alarms(ctx context.Context, q AlarmQuery) (AlarmPage, error) {
	limit := page(q.Limit)
	p := sqlcgen.ListAlarmsParams{
		BeforeAt: momentOr(q.Before.FirstRaisedAt, lastMoment()), BeforeID: clean(q.Before.ID),
		FromAt: dated(q.From), ToAt: momentOr(q.To, lastMoment()), List: clean(q.State), Severity: clean(q.Severity), Location: clean(q.Location), Area: clean(q.Area),
		Device: clean(q.Device), Subsystem: clean(q.Subsystem), Reason: clean(q.Reason), Q: clean(fold.Text(q.Text)), MaxRows: limit + 1,
	}
	rows, err := s.queries.ListAlarms(ctx, p)
	if err != nil {
		return AlarmPage{}, fmt.Errorf("alarms: %w", err)
	}
	var found AlarmPage
	if found.Total, err = s.queries.CountAlarms(ctx, sqlcgen.CountAlarmsParams{
		FromAt: p.FromAt, ToAt: p.ToAt, List: p.List, Severity: p.Severity, Location: p.Location, Area: p.Area,
		Device: p.Device, Subsystem: p.Subsystem, Reason: p.Reason, Q: p.Q,
	}); err != nil {
		return AlarmPage{}, fmt.Errorf("alarms: %w", err)
	}
	if found.More = len(rows) > int(limit); found.More {
		rows = rows[:limit]
	}
	for i := range rows {
		row, err := alarmRowOf(sqlcgen.GetAlarmRow(rows[i]))
		if err != nil {
			return AlarmPage{}, err
		}
		found.Items = append(found.Items, row)
	}
	return found, nil
}

// Alarm returns one alarm, on the list or off it, or ErrNotFound.
func (s *Store) Alarm(ctx context.Context, id string) (AlarmRow, error) {
	row, err := s.queries.GetAlarm(ctx, clean(id))
	if errors.Is(err, pgx.ErrNoRows) {
		return AlarmRow{}, fmt.Errorf("alarm %q: %w", id, ErrNotFound)
	}
	if err != nil {
		return AlarmRow{}, fmt.Errorf("alarm %q: %w", id, err)
	}
	return alarmRowOf(row)
}

func alarmRowOf(r sqlcgen.GetAlarmRow) (AlarmRow, error) {
	row := AlarmRow{
		Transitions: int(r.N), FirstRaisedAt: r.FirstRaisedAt.UTC(), ClosedAt: timeOrZero(r.ClosedAt), ChangedAt: r.ChangedAt.UTC(),
	}
	if err := json.Unmarshal(r.Document, &row.Alarm); err != nil {
		return AlarmRow{}, fmt.Errorf("alarm %q: %w", r.ID, err)
	}
	return row, nil
}

// TransitionsOf returns the transitions of an alarm, oldest first, and no more than limit of the latest.
func (s *Store) TransitionsOf(ctx context.Context, alarm string, limit int) ([]city.AlarmChange, error) {
	rows, err := s.queries.TransitionsOf(ctx, sqlcgen.TransitionsOfParams{Alarm: clean(alarm), MaxRows: page(limit)})
	if err != nil {
		return nil, fmt.Errorf("transitions of %q: %w", alarm, err)
	}
	changes := make([]city.AlarmChange, 0, len(rows))
	for i := range slices.Backward(rows) {
		c, err := changeOf(sqlcgen.AlarmsAtRow(rows[i]))
		if err != nil {
			return nil, fmt.Errorf("transitions of %q: %w", alarm, err)
		}
		changes = append(changes, c)
	}
	return changes, nil
}

// AlarmsAt returns, of every alarm that was on the list at a moment, its last transition until then, by
// when the alarms came on the list.
func (s *Store) AlarmsAt(ctx context.Context, at time.Time) ([]city.AlarmChange, error) {
	rows, err := s.queries.AlarmsAt(ctx, dated(at))
	if err != nil {
		return nil, fmt.Errorf("alarms at %s: %w", at.Format(time.RFC3339), err)
	}
	changes := make([]city.AlarmChange, 0, len(rows))
	for i := range rows {
		c, err := changeOf(rows[i])
		if err != nil {
			return nil, fmt.Errorf("alarms at %s: %w", at.Format(time.RFC3339), err)
		}
		changes = append(changes, c)
	}
	return changes, nil
}

func changeOf(r sqlcgen.AlarmsAtRow) (city.AlarmChange, error) {
	c := city.AlarmChange{
		N: int(r.N), At: r.At.UTC(), What: city.Transition(r.What), Actor: r.Actor, Reason: r.Why, Action: r.Action,
	}
	if err := json.Unmarshal(r.Document, &c.Alarm); err != nil {
		return city.AlarmChange{}, fmt.Errorf("transition %d: %w", r.N, err)
	}
	return c, nil
}
