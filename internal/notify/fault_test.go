package notify_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"opscenter/internal/city"
	"opscenter/internal/notify"
	"opscenter/internal/store"
	"opscenter/internal/store/storetest"
)

// errKilled is what everything returns to a process that was killed.
var errKilled = errors.New("killed")

// mortal is a store in a process that is killed before or after one of its calls.
type mortal struct {
	*store.Store

	in    int  // calls that it has left to live
	after bool // whether its last call still reaches the database
	dead  bool
	ends  func() // ends the context of the process, which tries what fails until then
}

// die reports whether the call is the process's last, and whether it still happens.
func (m *mortal) die() (dies, happens bool) {
	if m.dead {
		return true, false
	}
	m.in--
	m.dead = m.in < 0
	return m.dead, !m.dead || m.after
}

func (m *mortal) call(do func() error) error {
	dies, happens := m.die()
	var err error
	if happens {
		err = do()
	}
	if dies {
		m.ends()
		return errKilled
	}
	return err
}

func (m *mortal) Dispatch(ctx context.Context, now time.Time, limit int, decide func(*store.Dispatch) (*store.Dispatched, error)) (worked bool, err error) {
	err = m.call(func() error { worked, err = m.Store.Dispatch(ctx, now, limit, decide); return err })
	return worked, err
}

func (m *mortal) NextDelivery(ctx context.Context, channel string, now time.Time) (d store.Delivery, err error) {
	err = m.call(func() error { d, err = m.Store.NextDelivery(ctx, channel, now); return err })
	return d, err
}

func (m *mortal) BeginAttempt(ctx context.Context, seq int64, now time.Time) (n int, err error) {
	err = m.call(func() error { n, err = m.Store.BeginAttempt(ctx, seq, now); return err })
	return n, err
}

func (m *mortal) EndAttempt(ctx context.Context, a store.Attempt) error {
	return m.call(func() error { return m.Store.EndAttempt(ctx, a) })
}

// receiver counts how often it was sent each message, and which transitions it was told of under
// which ids.
type receiver struct {
	sent  map[string]int      // by id of the message
	under map[string][]string // ids by transition
}

func (r *receiver) Send(_ context.Context, m notify.Message) error {
	r.sent[m.ID]++
	for _, i := range m.Alarms {
		transition := fmt.Sprint(i.ID, " ", i.Type, " ", i.At.UnixMicro())
		if !slices.Contains(r.under[transition], m.ID) {
			r.under[transition] = append(r.under[transition], m.ID)
		}
	}
	return nil
}

// Whatever call a process is killed at, before it or after it, the next one goes on: every transition
// is told of under one id, and only a message whose confirmation was not noted comes a second time.
func TestKilledAtAnyCallNothingIsLostAndNothingComesUnderTwoIDs(t *testing.T) {
	t.Parallel()
	c := newCenter(t)
	run := 0
	rapid.Check(t, func(r *rapid.T) {
		run++
		storetest.Rows(t, c.url, "TRUNCATE outbox, notify_group, notify_member, delivery, notify_channel")
		got := &receiver{sent: map[string]int{}, under: map[string][]string{}}
		configured := configureWith(t, got)
		alarms := make([]city.Alarm, rapid.IntRange(1, 4).Draw(r, "alarms"))
		for i := range alarms {
			alarms[i] = alarm(fmt.Sprintf("run%d-%d", run, i))
		}
		deaths := 0
		live := func(forever bool) {
			m := &mortal{Store: c.store, in: rapid.IntRange(0, 12).Draw(r, "lives for"), after: rapid.Bool().Draw(r, "after")}
			if forever {
				m.in = 1 << 30
			} else {
				deaths++
			}
			var ctx context.Context
			ctx, m.ends = context.WithCancel(t.Context())
			defer m.ends()
			n := notify.New(configured, "", m, c.clock.now, quiet(), discard{})
			sender := n.Sender("duty")
			for worked := true; worked && !m.dead; {
				dispatched, _ := n.DispatchOnce(ctx)
				if m.dead {
					return
				}
				sent, _ := sender.Step(ctx)
				worked = dispatched || sent
			}
		}
		act := func(what city.Transition, change func(city.Alarm) city.Alarm) {
			for i := range alarms {
				c.happens(what, change(alarms[i]))
				if rapid.Bool().Draw(r, "killed") {
					live(false)
				}
				c.clock.advance(time.Duration(rapid.IntRange(0, 15).Draw(r, "s")) * time.Second)
			}
			for range 3 {
				live(rapid.Bool().Draw(r, "lives"))
				c.clock.advance(2 * time.Minute)
			}
			live(true)
			c.clock.advance(2 * time.Minute)
			live(true)
		}
		act(city.AlarmRaised, func(a city.Alarm) city.Alarm { return a })
		act(city.AlarmOver, cleared)
		if len(got.under) != 2*len(alarms) {
			r.Fatalf("%d transitions are told of, not %d: %v", len(got.under), 2*len(alarms), got.under)
		}
		twice := 0
		for transition, ids := range got.under {
			if len(ids) != 1 {
				r.Fatalf("%s is told of as %v", transition, ids)
			}
		}
		for _, times := range got.sent {
			twice += times - 1
		}
		if twice > deaths {
			r.Fatalf("%d deaths, and %d messages came again", deaths, twice)
		}
		page, err := c.store.Deliveries(t.Context(), store.DeliveryQuery{Limit: 1000})
		if err != nil {
			t.Fatal(err)
		}
		for i := range page.Items {
			if d := &page.Items[i]; d.State != store.DeliverySent || got.sent[d.ID] == 0 {
				r.Fatalf("%s is %s and came %d times", d.ID, d.State, got.sent[d.ID])
			}
		}
	})
}
