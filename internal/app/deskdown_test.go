package app_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"opscenter/internal/app"
	"opscenter/internal/city"
	"opscenter/internal/httpapi"
	"opscenter/internal/store"
	hub "opscenter/internal/stream"
)

// fakeBoard has one alarm, and takes in what the fake log is given unless it is stuck.
type fakeBoard struct {
	taken map[string]city.Outcome
	stuck bool
}

func (*fakeBoard) Alarms() []city.Alarm { return []city.Alarm{{ID: "a-1"}} }

func (*fakeBoard) Alarm(id string) (city.Alarm, bool) { return city.Alarm{ID: id}, id == "a-1" }

func (b *fakeBoard) Await(ctx context.Context, key string) (city.Outcome, error) {
	if outcome, ok := b.taken[key]; ok {
		return outcome, nil
	}
	<-ctx.Done()
	return "", ctx.Err()
}

func (b *fakeBoard) append(_ context.Context, entries []city.Entry) error {
	for _, e := range entries {
		if !b.stuck {
			b.taken[e.Action.Key] = city.Done
		}
	}
	return nil
}

// downMemory is a database that does not answer.
type downMemory struct{}

var errDown = errors.New("down")

func (downMemory) Alarms(context.Context, store.AlarmQuery) (store.AlarmPage, error) {
	return store.AlarmPage{}, errDown
}

func (downMemory) Alarm(context.Context, string) (store.AlarmRow, error) {
	return store.AlarmRow{}, errDown
}

func (downMemory) TransitionsOf(context.Context, string, int) ([]city.AlarmChange, error) {
	return nil, errDown
}

func (downMemory) ActionsByKey(ctx context.Context, _ ...string) ([]store.AuditRow, error) {
	<-ctx.Done() // it hangs
	return nil, ctx.Err()
}

func comment(key string) city.Action {
	return city.Action{Key: key, Verb: city.Comment, Actor: "Lan", Reason: "x", Alarm: "a-1"}
}

func (b *fakeBoard) parts() app.DeskParts {
	return app.DeskParts{Board: b, Memory: downMemory{}, Append: b.append, Ready: func() bool { return true }}
}

// People go on working while the database is down, and are told the same of the same key.
func TestTheDeskWorksWithoutTheDatabase(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		board := &fakeBoard{taken: map[string]city.Outcome{}}
		desk, _ := app.NewDesk(board.parts())
		for _, repeated := range []bool{false, true} {
			acted, err := desk.Act(t.Context(), comment("k1"))
			if err != nil || acted.Outcome != city.Done || acted.Repeated != repeated || acted.Alarm == nil {
				t.Errorf("%+v, %v", acted, err)
			}
		}
		page, err := desk.Alarms(t.Context(), httpapi.AlarmQuery{State: "open", Limit: 10})
		if err != nil || page.Total != 1 {
			t.Errorf("%+v, %v", page, err)
		}
	})
}

// Where it is not known whether something was done, nobody is told that it was, nor that it was not.
func TestWhatIsNotKnownToBeDoneIsUnavailable(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*fakeBoard, *app.DeskParts){
		"the log takes nothing": func(_ *fakeBoard, p *app.DeskParts) {
			p.Append = func(context.Context, []city.Entry) error { return errDown }
		},
		"the picture stands still":  func(b *fakeBoard, _ *app.DeskParts) { b.stuck = true },
		"the log is being read yet": func(_ *fakeBoard, p *app.DeskParts) { p.Ready = func() bool { return false } },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				board := &fakeBoard{taken: map[string]city.Outcome{}}
				parts := board.parts()
				change(board, &parts)
				desk, act := app.NewDesk(parts)
				began := time.Now()
				if _, err := desk.Act(t.Context(), comment("k1")); !errors.Is(err, httpapi.ErrUnavailable) {
					t.Errorf("one: %v", err)
				}
				if took := time.Since(began); took > 10*time.Second {
					t.Errorf("it took %v to say so", took)
				}
				if _, err := desk.Acknowledge(t.Context(), comment("k2"), httpapi.AlarmChoice{Alarms: []string{"a-1"}}); !errors.Is(err, httpapi.ErrUnavailable) {
					t.Errorf("several: %v", err)
				}
				if _, err := act(t.Context(), comment("k3")); !errors.Is(err, hub.ErrUnavailable) || errors.Is(err, errDown) {
					t.Errorf("over the stream: %v", err)
				}
			})
		})
	}
}
