package stream_test

import (
	"testing"
	"testing/synctest"
	"time"

	"opscenter/internal/stream"
	"opscenter/internal/stream/streamclient"
)

// resumeAt subscribes to everything from a position and returns the first frame.
func (r *rig) resumeAt(epoch string, seq uint64) streamclient.Message {
	r.t.Helper()
	return r.subscribe(r.connect(), streamclient.Subscription{
		ID: "w1", Keys: []string{"*"}, Resume: &streamclient.Position{Epoch: epoch, Seq: seq},
	})
}

func TestAResumeBringsTheLastValueOfWhatChangedMeanwhile(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := setup(t, stream.Config{})
		r.city.setAll(map[string]string{"city": `1`, "device/a@l": `1`, "alarm/x@l": `1`, "alarm/y@l": `1`})
		c, first := r.subscribed("*")
		other, _ := r.subscribed("*")
		r.close(c)
		for _, value := range []string{`2`, `3`} {
			r.city.set("device/a@l", value)
			r.next(other)
		}
		r.city.setAll(map[string]string{"alarm/x@l": ``, "alarm/y@l": ``})
		r.next(other)
		r.city.set("alarm/y@l", `4`)
		r.next(other)
		want := streamclient.Message{
			Op: "resumed", ID: "w1", Epoch: first.Epoch, Seq: first.Seq + 4, Missed: 4,
			Changes: changes("alarm/x", `null`, "alarm/y", `4`, "device/a", `3`),
		}
		diff(t, want, r.resumeAt(first.Epoch, first.Seq))
		want.Missed, want.Changes = 0, []streamclient.Change{}
		diff(t, want, r.resumeAt(first.Epoch, first.Seq+4))
	})
}

func TestAViewWaitsForItsClientsToComeBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := setup(t, stream.Config{})
		r.city.set("city", `1`)
		c, first := r.subscribed("*")
		r.close(c)
		time.Sleep(100 * time.Second)
		before := r.city.encodes.Load()
		r.city.set("city", `2`)
		time.Sleep(19 * time.Second)
		diff(t, before, r.city.encodes.Load()) // nobody looks: nothing is encoded
		m := r.resumeAt(first.Epoch, first.Seq)
		diff(t, "resumed", m.Op)
		diff(t, changes("city", `2`), m.Changes)
	})
}

func TestWhatCannotBeResumedStartsWithASnapshot(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		epoch  string // instead of the right one
		ahead  uint64
		away   time.Duration
		remove int // alarms, so many that removals are forgotten
	}{
		"unknown epoch":      {epoch: "other"},
		"position to come":   {ahead: 7},
		"away for too long":  {away: 2*time.Minute + time.Second},
		"removals forgotten": {remove: 9},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := setup(t, stream.Config{MaxRemoved: 8})
				for i := range test.remove {
					r.city.set("alarm/"+string(rune('a'+i)), `1`)
				}
				c, first := r.subscribed("*")
				if test.remove > 0 {
					_, _ = r.subscribed("*") // keeps the view
				}
				r.close(c)
				for i := range test.remove {
					r.city.set("alarm/"+string(rune('a'+i)), ``)
					time.Sleep(time.Second)
				}
				time.Sleep(test.away)
				r.city.set("city", `2`)
				epoch := first.Epoch
				if test.epoch != "" {
					epoch = test.epoch
				}
				m := r.resumeAt(epoch, first.Seq+test.ahead)
				diff(t, "snapshot", m.Op)
				diff(t, entities("city", `2`), m.Entities)
			})
		})
	}
}

func TestAnIdleViewThatWouldRememberTooMuchEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := setup(t, stream.Config{MaxRemoved: 8})
		c, _ := r.subscribed("*")
		r.close(c)
		synctest.Wait()
		diff(t, 1, r.hub.Stats().Views)
		for i := range 9 {
			r.city.set("alarm/"+string(rune('a'+i)), `1`)
		}
		time.Sleep(time.Second)
		diff(t, 0, r.hub.Stats().Views)
	})
}
