package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"opscenter/internal/store/sqlcgen"
)

// The states of a delivery.
const (
	DeliveryWaiting = "waiting"
	DeliverySent    = "sent"   // the receiver confirmed it
	DeliveryFailed  = "failed" // it was refused for good, or given up
)

// Delivery is one message to one channel.
type Delivery struct {
	Seq         int64  // a channel's deliveries are sent in this order
	ID          string // the receiver sees it, at every attempt the same
	Channel     string
	Group       string
	Round       int
	Type        string
	MadeAt      time.Time
	State       string
	Attempts    int
	AttemptedAt time.Time // when the last attempt began; zero: never
	DueAt       time.Time // of the next attempt
	Aside       bool      // others may overtake it
	EndedAt     time.Time // when it was sent or given up
	Error       string    // of the last attempt
	Alarms      []string  // ids
	Document    []byte    // the message, in JSON
}

// Attempt is how an attempt to send a delivery ended.
type Attempt struct {
	Seq     int64
	Channel string
	At      time.Time
	State   string    // of the delivery from now on
	DueAt   time.Time // if it still waits
	Aside   bool
	Error   string // why it failed; empty: it did not
}

func deliveryOf(r *sqlcgen.Delivery) Delivery {
	return Delivery{
		Seq: r.Seq, ID: r.ID, Channel: r.Channel, Group: r.GroupID, Round: int(r.Round), Type: r.Type, MadeAt: r.MadeAt.UTC(),
		State: r.State, Attempts: int(r.Attempts), AttemptedAt: timeOrZero(r.AttemptedAt), DueAt: r.DueAt.UTC(), Aside: r.Aside,
		EndedAt: timeOrZero(r.EndedAt), Error: r.Error, Alarms: r.Alarms, Document: r.Document,
	}
}

func insertDeliveries(ctx context.Context, q *sqlcgen.Queries, all []Delivery) (err error) {
	if len(all) == 0 {
		return nil
	}
	rows := make([]sqlcgen.InsertDeliveryParams, len(all))
	for i := range all {
		d := &all[i]
		rows[i] = sqlcgen.InsertDeliveryParams{
			ID: d.ID, Channel: d.Channel, GroupID: d.Group, Round: int32(d.Round), Type: d.Type, MadeAt: dated(d.MadeAt), //nolint:gosec // as in storeGroups
			State: d.State, DueAt: dated(d.DueAt), EndedAt: timeOrNil(d.EndedAt), Error: clean(d.Error),
			Attempts: int32(d.Attempts), AttemptedAt: timeOrNil(d.AttemptedAt), Alarms: d.Alarms, Document: d.Document, //nolint:gosec // few
		}
		if rows[i].Alarms == nil {
			rows[i].Alarms = []string{}
		}
	}
	q.InsertDelivery(ctx, rows).Exec(func(i int, failed error) {
		if failed != nil && err == nil {
			err = fmt.Errorf("delivery %s to %q: %w", rows[i].ID, rows[i].Channel, failed)
		}
	})
	return err
}

func timeOrNil(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = dated(t)
	return &t
}

// InsertDelivery remembers a delivery that did not come from the outbox, such as a test.
func (s *Store) InsertDelivery(ctx context.Context, d Delivery) error {
	return insertDeliveries(ctx, s.queries, []Delivery{d})
}

// NextDelivery returns what a channel has to send next; ErrNotFound if there is nothing. It may not
// be due yet: what comes after it waits for it.
func (s *Store) NextDelivery(ctx context.Context, channel string, now time.Time) (Delivery, error) {
	row, err := s.queries.NextDelivery(ctx, sqlcgen.NextDeliveryParams{Channel: channel, Now: now})
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return Delivery{}, fmt.Errorf("delivery to %q: %w", channel, ErrNotFound)
	case err != nil:
		return Delivery{}, fmt.Errorf("delivery to %q: %w", channel, err)
	}
	return deliveryOf(&row), nil
}

// BeginAttempt notes that a delivery is about to be sent and returns how many attempts that makes;
// ErrNotFound if it no longer waits.
func (s *Store) BeginAttempt(ctx context.Context, seq int64, now time.Time) (attempts int, err error) {
	n, err := s.queries.BeginAttempt(ctx, sqlcgen.BeginAttemptParams{Seq: seq, Now: dated(now)})
	if errors.Is(err, pgx.ErrNoRows) {
		err = ErrNotFound
	}
	if err != nil {
		return 0, fmt.Errorf("delivery %d: %w", seq, err)
	}
	return int(n), nil
}

// EndAttempt notes how an attempt ended, and with it how the channel does. To repeat it is harmless.
func (s *Store) EndAttempt(ctx context.Context, a Attempt) error {
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		q := s.queries.WithTx(tx)
		p := sqlcgen.EndAttemptParams{Seq: a.Seq, State: a.State, DueAt: dated(a.DueAt), Aside: a.Aside, Error: clean(a.Error)}
		if a.State != DeliveryWaiting {
			p.EndedAt = timeOrNil(a.At)
			p.DueAt = dated(a.At)
		}
		if _, err := q.EndAttempt(ctx, p); err != nil {
			return err
		}
		if a.State == DeliverySent {
			return q.NoteSent(ctx, sqlcgen.NoteSentParams{Name: a.Channel, At: dated(a.At)})
		}
		return q.NoteFailure(ctx, sqlcgen.NoteFailureParams{Name: a.Channel, At: dated(a.At), Error: clean(a.Error)})
	})
	if err != nil {
		return fmt.Errorf("delivery %d: %w", a.Seq, err)
	}
	return nil
}

// NoteChannel notes how a channel does without a delivery: why it failed, or empty if it did not.
func (s *Store) NoteChannel(ctx context.Context, channel string, at time.Time, failure string) error {
	var err error
	if failure == "" {
		err = s.queries.NoteSent(ctx, sqlcgen.NoteSentParams{Name: channel, At: dated(at)})
	} else {
		err = s.queries.NoteFailure(ctx, sqlcgen.NoteFailureParams{Name: channel, At: dated(at), Error: clean(failure)})
	}
	if err != nil {
		return fmt.Errorf("channel %q: %w", channel, err)
	}
	return nil
}

// GiveUp fails what waits for a channel since before a time, and returns how many that were.
func (s *Store) GiveUp(ctx context.Context, channel string, now, before time.Time, why string) (int64, error) {
	n, err := s.queries.GiveUp(ctx, sqlcgen.GiveUpParams{Channel: channel, Now: dated(now), Before: before, Error: clean(why)})
	if err != nil {
		return 0, fmt.Errorf("deliveries to %q: %w", channel, err)
	}
	return n, nil
}

// Abandon fails what waits for any channel but those, and returns how many that were.
func (s *Store) Abandon(ctx context.Context, now time.Time, channels []string, why string) (int64, error) {
	if channels == nil {
		channels = []string{}
	}
	n, err := s.queries.Abandon(ctx, sqlcgen.AbandonParams{Channels: channels, Now: dated(now), Error: why})
	if err != nil {
		return 0, fmt.Errorf("deliveries: %w", err)
	}
	return n, nil
}
