package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"opscenter/internal/city"
	"opscenter/internal/store/sqlcgen"
)

// EachTransition calls visit with the transitions from a time inclusive to another exclusive, in the
// order of time, until visit fails.
func (s *Store) EachTransition(ctx context.Context, from, to time.Time, visit func(city.AlarmChange) error) error {
	const query = `SELECT n, at, what, actor, why, action, document FROM alarm_transition
		WHERE at >= $1 AND at < $2 ORDER BY at, alarm, n`
	rows, err := s.pool.Query(ctx, query, dated(from), dated(to)) //nolint:rowserrcheck // pgx.ForEachRow checks it
	if err != nil {
		return fmt.Errorf("transitions: %w", err)
	}
	var r sqlcgen.AlarmsAtRow
	_, err = pgx.ForEachRow(rows, []any{&r.N, &r.At, &r.What, &r.Actor, &r.Why, &r.Action, &r.Document}, func() error {
		c, err := changeOf(r)
		if err != nil {
			return err
		}
		return visit(c)
	})
	if err != nil {
		return fmt.Errorf("transitions: %w", err)
	}
	return nil
}

// Step is as much of a transition as figures are made of.
type Step struct {
	Alarm    string
	N        int
	At       time.Time
	What     city.Transition
	Key      string
	Severity city.Severity
	Title    city.Names
}

// EachStep calls visit, in the order of time and until it fails, with the steps raised, worsened, cleared,
// acknowledged, ack_expired and closed before to of every alarm that was on the list at any time from
// from to to, also those before from: what is known of such an alarm is all that ever was.
func (s *Store) EachStep(ctx context.Context, from, to time.Time, visit func(Step) error) error {
	const query = `SELECT alarm, n, at, what, key, severity, document->'title'->>'vi', document->'title'->>'en'
		FROM (
			SELECT * FROM alarm_transition WHERE at >= $1 AND at < $2
			UNION ALL
			SELECT t.* FROM alarm a
			JOIN alarm_transition t ON t.alarm = a.id AND t.at >= a.first_raised_at AND t.at < $1
			WHERE a.first_raised_at < $1 AND (a.closed_at IS NULL OR a.closed_at >= $1)
		) AS story
		WHERE what IN ('raised', 'worsened', 'cleared', 'acknowledged', 'ack_expired', 'closed')
		ORDER BY at, alarm, n`
	rows, err := s.pool.Query(ctx, query, dated(from), dated(to)) //nolint:rowserrcheck // pgx.ForEachRow checks it
	if err != nil {
		return fmt.Errorf("alarm figures: %w", err)
	}
	var r Step
	var n int32
	var vi, en *string
	fields := []any{&r.Alarm, &n, &r.At, (*string)(&r.What), &r.Key, (*string)(&r.Severity), &vi, &en}
	_, err = pgx.ForEachRow(rows, fields, func() error {
		r.N, r.At, r.Title = int(n), r.At.UTC(), city.Names{}
		if vi != nil && en != nil {
			r.Title = city.Names{VI: *vi, EN: *en}
		}
		return visit(r)
	})
	if err != nil {
		return fmt.Errorf("alarm figures: %w", err)
	}
	return nil
}
