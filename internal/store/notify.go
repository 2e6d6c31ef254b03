package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"opscenter/internal/city"
	"opscenter/internal/store/sqlcgen"
)

// OutboxRow is one transition of an alarm that is to be routed.
type OutboxRow struct {
	ID    int64
	Alarm city.Alarm // after it
	N     int
	At    time.Time
	What  city.Transition
}

// NotifyGroup is alarms that are told of together. Times may be zero.
type NotifyGroup struct {
	ID        string
	Route     string
	Label     string
	DueAt     time.Time // when what is pending is told of; zero: nothing is
	FlushedAt time.Time // when that was done last
	Rounds    int
}

// NotifyMember is an alarm in a group.
type NotifyMember struct {
	Group     string
	Alarm     city.Alarm
	N         int
	Pending   string // what is to be told of; empty: nothing
	PendingAt time.Time
	Channels  []string
	Told      []string
	RepeatAt  time.Time // zero: never
}

// Dispatch is what a dispatcher has to decide about: the oldest rows that nobody routed, every group,
// the members of the alarms that are in the rows or to be told of again, and what is pending in the
// groups that are due.
type Dispatch struct {
	Rows    []OutboxRow
	Repeats []string // alarms
	Groups  []NotifyGroup
	Members []NotifyMember
}

// Dispatched is what a dispatcher decided.
type Dispatched struct {
	Groups     []NotifyGroup  // new or changed
	Members    []NotifyMember // new or changed
	Gone       []NotifyMember // to be forgotten; only Group and Alarm.ID count
	Deliveries []Delivery
	Routes     []int // how many routes took each row, in the order of the rows
}

// Dispatch lets decide route up to limit rows, and stores what it decides with the rows marked, in one
// transaction. Only one dispatcher at a time does so, of all processes; another, and one that has
// nothing to do, returns false, and decide is not called.
func (s *Store) Dispatch(ctx context.Context, now time.Time, limit int, decide func(*Dispatch) (*Dispatched, error)) (worked bool, err error) {
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		q := s.queries.WithTx(tx)
		if alone, err := q.TryDispatch(ctx); err != nil || !alone {
			return err
		}
		d, err := undecided(ctx, q, now, limit)
		if err != nil || d == nil {
			return err
		}
		decided, err := decide(d)
		if err != nil {
			return err
		}
		worked = true
		return storeDispatched(ctx, q, now, d, decided)
	})
	if err != nil {
		return false, fmt.Errorf("dispatch: %w", err)
	}
	return worked, nil
}

// undecided returns nil if there is nothing to decide.
func undecided(ctx context.Context, q *sqlcgen.Queries, now time.Time, limit int) (*Dispatch, error) {
	most := int32(min(limit, 1<<20)) //nolint:gosec // bounded
	rows, err := q.WaitingOutbox(ctx, most)
	if err != nil {
		return nil, err
	}
	repeats, err := q.DueRepeats(ctx, sqlcgen.DueRepeatsParams{Now: now, MaxRows: most})
	if err != nil {
		return nil, err
	}
	groups, err := q.NotifyGroups(ctx)
	if err != nil {
		return nil, err
	}
	d := &Dispatch{Repeats: repeats}
	var due []string
	for i := range groups {
		g := NotifyGroup{
			ID: groups[i].ID, Route: groups[i].Route, Label: groups[i].Label, Rounds: int(groups[i].Rounds),
			DueAt: timeOrZero(groups[i].DueAt), FlushedAt: timeOrZero(groups[i].FlushedAt),
		}
		if !g.DueAt.IsZero() && !g.DueAt.After(now) {
			due = append(due, g.ID)
		}
		d.Groups = append(d.Groups, g)
	}
	if len(rows) == 0 && len(repeats) == 0 && len(due) == 0 {
		return nil, nil //nolint:nilnil // nothing is a usual answer here
	}
	alarms := append([]string(nil), repeats...)
	for i := range rows {
		r := OutboxRow{ID: rows[i].ID, N: int(rows[i].N), At: rows[i].At.UTC(), What: city.Transition(rows[i].What)}
		if err := json.Unmarshal(rows[i].Document, &r.Alarm); err != nil {
			return nil, fmt.Errorf("outbox row %d: %w", r.ID, err)
		}
		d.Rows = append(d.Rows, r)
		alarms = append(alarms, rows[i].Alarm)
	}
	d.Members, err = members(ctx, q, alarms, due)
	return d, err
}

func members(ctx context.Context, q *sqlcgen.Queries, alarms, groups []string) ([]NotifyMember, error) {
	rows, err := q.NotifyMembers(ctx, sqlcgen.NotifyMembersParams{Alarms: alarms, Groups: groups})
	if err != nil {
		return nil, err
	}
	all := make([]NotifyMember, len(rows))
	for i := range rows {
		r := &rows[i]
		all[i] = NotifyMember{
			Group: r.GroupID, N: int(r.N), Pending: r.Pending, PendingAt: r.PendingAt.UTC(),
			Channels: r.Channels, Told: r.Told, RepeatAt: timeOrZero(r.RepeatAt),
		}
		if err := json.Unmarshal(r.Document, &all[i].Alarm); err != nil {
			return nil, fmt.Errorf("member %q of group %q: %w", r.Alarm, r.GroupID, err)
		}
	}
	return all, nil
}

// TrimNotifyGroups forgets the groups that have no alarms and said nothing since a time.
func (s *Store) TrimNotifyGroups(ctx context.Context, before time.Time) error {
	if err := s.queries.TrimNotifyGroups(ctx, before); err != nil {
		return fmt.Errorf("notification groups: %w", err)
	}
	return nil
}

// CountUnrouted returns how many transitions of those kinds no route took since a time, so that
// nobody was told.
func (s *Store) CountUnrouted(ctx context.Context, since time.Time, whats []string) (int64, error) {
	n, err := s.queries.CountUnrouted(ctx, sqlcgen.CountUnroutedParams{Since: since, Whats: whats})
	if err != nil {
		return 0, fmt.Errorf("outbox: %w", err)
	}
	return n, nil
}
