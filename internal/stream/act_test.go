package stream_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/stream"
	"opscenter/internal/stream/streamclient"
)

// act sends an action and returns the answer.
func (r *rig) act(c *streamclient.Client, frame string) streamclient.Message {
	r.t.Helper()
	if err := c.SendText([]byte(frame)); err != nil {
		r.t.Fatal(err)
	}
	return r.next(c)
}

func TestAnActionOverTheStreamIsDoneAndAnswered(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var got city.Action
		r := setup(t, stream.Config{Act: func(_ context.Context, a city.Action) (city.Outcome, error) {
			got = a
			return city.Refused, nil
		}})
		c := r.connect()
		m := r.act(c, `{"op":"act","id":"a1","key":"k1","action":{"verb":"shelve","alarm":"cam-1","actor":"Lan","reason":"thợ đang sửa","until":"2026-11-25T10:00:00+07:00"}}`)
		diff(t, streamclient.Message{Op: "acted", ID: "a1", Key: "k1", Outcome: "refused"}, m)
		want := city.Action{Key: "k1", Verb: city.Shelve, Alarm: "cam-1", Actor: "Lan", Reason: "thợ đang sửa", Until: time.Date(2026, 11, 25, 3, 0, 0, 0, time.UTC)}
		if !got.Until.Equal(want.Until) {
			t.Errorf("until %v", got.Until)
		}
		got.Until = want.Until
		diff(t, want, got)

		m = r.act(c, `{"op":"act","id":"a2","action":{"verb":"assign","alarm":"cam-1","actor":"Lan","assignee":"Minh","minutes":30}}`)
		if m.Key == "" || m.Key != got.Key || m.ID != "a2" {
			t.Errorf("a key that nobody chose is %q of %q", m.Key, got.Key)
		}
		diff(t, []any{"Minh", 30 * time.Minute}, []any{got.Assignee, time.Until(got.Until)})
		r.close(c)
	})
}

func TestAnActionThatIsNotDoneIsAnErrorFrame(t *testing.T) {
	t.Parallel()
	for _, c := range [][2]string{
		{`{"op":"act","action":{}}`, "bad_request id: 1 to 64 bytes are needed, not 0"},
		{`{"op":"act","id":"a1"}`, "bad_request action: missing"},
		{`{"op":"act","id":"a1","action":{"until":"tomorrow"}}`, "bad_request action: until is not a time in RFC 3339"},
		{`{"op":"act","id":"a1","action":{"until":"2026-11-25T10:00:00Z","minutes":1}}`, "bad_request action: until and minutes say the same; give one"},
		{`{"op":"act","id":"a1","action":{"minutes":-1}}`, "bad_request action: minutes is not between 1 and 44640"},
		{`{"op":"act","id":"a1","action":{"verb":"wrong"}}`, "bad_request verb: wrong"},
		{`{"op":"act","id":"a1","action":{"verb":"down"}}`, "unavailable not possible at the moment: the log stands still"},
	} {
		frame, want := c[0], c[1]
		t.Run(frame, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := setup(t, stream.Config{Act: func(_ context.Context, a city.Action) (city.Outcome, error) {
					if a.Verb == "down" {
						return "", fmt.Errorf("%w: the log stands still", stream.ErrUnavailable)
					}
					return "", errors.New("verb: " + string(a.Verb))
				}})
				c := r.connect()
				m := r.act(c, frame)
				diff(t, "error", m.Op)
				diff(t, want, m.Code+" "+m.Message)
				r.close(c)
			})
		})
	}
	synctest.Test(t, func(t *testing.T) {
		r := setup(t, stream.Config{})
		c := r.connect()
		diff(t, "op: no actions are taken here", r.act(c, `{"op":"act","id":"a1","action":{"verb":"comment"}}`).Message)
		r.close(c)
	})
}

// Somebody who clicks without end holds up neither the picture nor the center; and what is under way
// ends with the connection.
func TestActionsUnderWayAreBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var given, ended atomic.Int32
		r := setup(t, stream.Config{Act: func(ctx context.Context, _ city.Action) (city.Outcome, error) {
			given.Add(1)
			<-ctx.Done()
			ended.Add(1)
			return "", ctx.Err()
		}})
		c := r.connect()
		for i := range 16 {
			if err := c.SendText(fmt.Appendf(nil, `{"op":"act","id":"a%d","action":{"verb":"comment"}}`, i)); err != nil {
				t.Fatal(err)
			}
		}
		m := r.act(c, `{"op":"act","id":"b","action":{"verb":"comment"}}`)
		diff(t, []string{"error", "b", "too_many"}, []string{m.Op, m.ID, m.Code})
		diff(t, "snapshot", r.subscribe(c, streamclient.Subscription{ID: "w1", Keys: []string{"city"}}).Op)
		r.close(c)
		synctest.Wait()
		diff(t, []int32{16, 16}, []int32{given.Load(), ended.Load()})
	})
}
