package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"opscenter/internal/store"
)

// queue is what waits to be sent, in the database.
type queue interface {
	NextDelivery(ctx context.Context, channel string, now time.Time) (store.Delivery, error)
	BeginAttempt(ctx context.Context, seq int64, now time.Time) (attempts int, err error)
	EndAttempt(ctx context.Context, a store.Attempt) error
	GiveUp(ctx context.Context, channel string, now, before time.Time, why string) (int64, error)
}

// How a sender paces itself.
const (
	lookAgain  = time.Second     // between two looks at an empty queue, or one that waits
	markWithin = 5 * time.Second // how long a stopping sender tries to note what the receiver confirmed
)

// sender sends what waits for one channel, one after the other in the order in which it was made.
type sender struct {
	Opened
	queue   queue
	now     func() time.Time
	jitter  func() float64 // from 0 to 1
	log     *slog.Logger
	metrics Metrics

	tried     bool      // it sent something since it began: at first it does not wait for what was due when
	failures  int       // in a row, of attempts that nobody answered
	notBefore time.Time // the channel is left alone until then
}

// run sends until ctx ends.
func (s *sender) run(ctx context.Context) error {
	failing := false
	for ctx.Err() == nil {
		sent, err := s.step(ctx)
		if err != nil && ctx.Err() == nil && !failing {
			s.log.WarnContext(ctx, "the queue of a channel does not answer", "channel", s.Name, "error", err)
		}
		if failing = err != nil; sent {
			continue
		}
		select {
		case <-time.After(lookAgain):
		case <-ctx.Done():
		}
	}
	return nil
}

// step makes the next attempt if one is due. It returns whether it made one.
func (s *sender) step(ctx context.Context) (attempted bool, err error) {
	now := s.now()
	if now.Before(s.notBefore) {
		return false, nil
	}
	d, err := s.queue.NextDelivery(ctx, s.Name, now)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return false, nil
	case err != nil:
		return false, err
	case d.DueAt.After(now) && s.tried:
		return false, nil
	}
	s.tried = true
	if d.Attempts, err = s.queue.BeginAttempt(ctx, d.Seq, now); err != nil {
		return false, err
	}
	failure := s.send(ctx, d.Document)
	if failure != nil && ctx.Err() != nil {
		return true, nil //nolint:nilerr // cut short by ourselves: it is sent again, with the same id
	}
	return true, s.end(ctx, &d, failure)
}

// send makes one attempt.
func (s *sender) send(ctx context.Context, document []byte) error {
	var m Message
	if err := json.Unmarshal(document, &m); err != nil {
		return Permanent(fmt.Errorf("the stored message cannot be read: %w", err))
	}
	limited, cancel := context.WithTimeout(ctx, s.Timeout)
	defer cancel()
	return s.Channel.Send(limited, m)
}

// end notes how an attempt ended. What the receiver confirmed must not be sent again, so nothing else
// happens on this channel until that is noted.
func (s *sender) end(ctx context.Context, d *store.Delivery, failure error) error {
	a := s.outcome(d, failure)
	if err := s.mark(ctx, a); err != nil {
		return err
	}
	switch {
	case failure == nil:
		s.metrics.NotificationSent(s.Name)
		return nil
	case a.State == store.DeliveryFailed:
		s.metrics.NotificationsFailed(s.Name, 1)
		s.log.ErrorContext(ctx, "a notification was given up", "channel", s.Name, "id", d.ID, "attempts", d.Attempts, "error", failure)
	case d.Attempts == 1:
		s.log.WarnContext(ctx, "a notification was not confirmed and is sent again", "channel", s.Name, "id", d.ID, "error", failure)
	}
	s.metrics.NotificationAttemptFailed(s.Name)
	return s.giveUp(ctx, a)
}

// giveUp fails what has waited too long behind a delivery that failed just now.
func (s *sender) giveUp(ctx context.Context, a store.Attempt) error {
	why := fmt.Sprintf("given up after %v in the queue: %s", s.GiveUpAfter, a.Error)
	n, err := s.queue.GiveUp(ctx, s.Name, a.At, a.At.Add(-s.GiveUpAfter), why)
	if n > 0 {
		s.metrics.NotificationsFailed(s.Name, int(n))
		s.log.ErrorContext(ctx, "notifications were given up", "channel", s.Name, "count", n, "error", a.Error)
	}
	return err
}

// outcome decides what becomes of a delivery after an attempt.
func (s *sender) outcome(d *store.Delivery, failure error) store.Attempt {
	a := store.Attempt{Seq: d.Seq, Channel: s.Name, At: s.now(), State: store.DeliverySent, Aside: d.Aside}
	if failure == nil {
		s.failures, s.notBefore = 0, time.Time{}
		return a
	}
	f := failureOf(failure)
	a.Error = failure.Error()
	wait := max(pause(d.Attempts, s.jitter()), min(f.after, longestAsked))
	if f.answered {
		s.failures = 0
	} else {
		s.failures++
		wait = max(wait, pause(s.failures, s.jitter()))
		s.notBefore = a.At.Add(wait)
	}
	switch {
	case f.permanent:
		a.State = store.DeliveryFailed
	case !a.At.Before(d.MadeAt.Add(s.GiveUpAfter)):
		a.State = store.DeliveryFailed
		a.Error = fmt.Sprintf("given up after %v: %s", s.GiveUpAfter, a.Error)
	default:
		a.State, a.DueAt = store.DeliveryWaiting, a.At.Add(wait)
		a.Aside = d.Aside || (f.answered && d.Attempts >= stepAside)
	}
	return a
}

// mark notes an outcome, again and again until it is noted. When ctx ends it still tries for a moment.
func (s *sender) mark(ctx context.Context, a store.Attempt) error {
	unstopped := context.WithoutCancel(ctx)
	warned := false
	for {
		limited, cancel := context.WithTimeout(unstopped, markWithin)
		err := s.queue.EndAttempt(limited, a)
		cancel()
		if err == nil {
			return nil
		}
		if !warned {
			s.log.WarnContext(ctx, "the outcome of a notification is not noted yet", "channel", s.Name, "state", a.State, "error", err)
			warned = true
		}
		select {
		case <-time.After(lookAgain):
		case <-ctx.Done():
			return err
		}
	}
}
