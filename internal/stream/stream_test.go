package stream_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"opscenter/internal/stream"
	"opscenter/internal/stream/streamclient"
)

func TestASnapshotIsFollowedByChanges(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := setup(t, stream.Config{})
		r.city.set("city", `{"status":"ok"}`)
		r.city.set("device/cam-1@loc-1", `{"status":"ok"}`)
		r.city.set("alarm/a1@loc-1", `{"severity":"critical"}`)
		c, first := r.subscribed("city", "device/*")
		diff(t, "snapshot", first.Op)
		diff(t, "w1", first.ID)
		diff(t, entities("city", `{"status":"ok"}`, "device/cam-1", `{"status":"ok"}`), first.Entities)

		r.city.setAll(map[string]string{
			"device/cam-1@loc-1": "", "device/cam-2@loc-1": `{"status":"stale"}`, "alarm/a1@loc-1": `{"severity":"warning"}`,
		})
		want := streamclient.Message{
			Op: "changes", ID: "w1", Seq: first.Seq + 1,
			Changes: changes("device/cam-1", `null`, "device/cam-2", `{"status":"stale"}`),
		}
		diff(t, want, r.next(c))
	})
}

func TestAChangeIsSentAtOnceAndThenAtMostTenTimesASecond(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		maxRate float64
		least   time.Duration // between two frames
		frames  int           // in two seconds
	}{
		{0, 100 * time.Millisecond, 20},
		{1000, 100 * time.Millisecond, 20}, // max_rate only lowers
		{2, 500 * time.Millisecond, 4},
	} {
		t.Run(fmt.Sprint(test.maxRate), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := setup(t, stream.Config{})
				c := r.connect()
				r.subscribe(c, streamclient.Subscription{ID: "w1", Keys: []string{"*"}, MaxRate: test.maxRate})
				time.Sleep(time.Second)
				began := time.Now()
				go func() {
					for i := range 2000 {
						r.city.set("city", fmt.Sprintf(`{"n":%d}`, i))
						time.Sleep(time.Millisecond)
					}
				}()
				var last time.Time
				for i := range test.frames {
					m := r.next(c)
					if i == 0 && time.Since(began) != 0 {
						t.Errorf("the first change came after %v", time.Since(began))
					}
					if d := time.Since(last); d < test.least {
						t.Errorf("frame %d came %v after the one before", m.Seq, d)
					}
					last = time.Now()
				}
				if d := time.Since(began); d > 2*time.Second {
					t.Errorf("%d frames took %v", test.frames, d)
				}
				time.Sleep(3 * time.Second)
			})
		})
	}
}

func TestChangesAreCombinedAndTheLastValueWins(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := setup(t, stream.Config{})
		r.city.set("city", `0`)
		c, _ := r.subscribed("*")
		r.city.set("city", `1`)
		r.next(c) // at once
		r.city.set("city", `2`)
		r.city.set("city", `3`)
		r.city.set("alarm/gone", `1`)
		r.city.set("alarm/gone", ``)
		diff(t, changes("city", `3`), r.next(c).Changes)

		r.city.set("city", `4`)
		r.next(c)
		r.city.set("city", `5`)
		r.city.set("city", `4`)
		r.silent(c, time.Second) // nothing is different from what the client knows
	})
}

func TestASubscriptionBetweenTwoFramesStartsAtTheFrameBoundary(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := setup(t, stream.Config{})
		old, _ := r.subscribed("*")
		r.city.set("city", `1`)
		boundary := r.next(old).Seq
		r.city.set("city", `2`)
		asked := time.Now()
		_, first := r.subscribed("*")
		diff(t, entities("city", `2`), first.Entities)
		diff(t, boundary+1, first.Seq)
		diff(t, 100*time.Millisecond, time.Since(asked))
		diff(t, boundary+1, r.next(old).Seq)

		asked = time.Now()
		_, first = r.subscribed("*")
		diff(t, boundary+1, first.Seq)
		diff(t, time.Duration(0), time.Since(asked)) // nothing is pending: at once
	})
}

func TestOneLocationIsNarrowedToItselfAndItsOwn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := setup(t, stream.Config{})
		r.city.setAll(map[string]string{
			"city": `1`, "location/loc-1": `1`, "location/loc-2@loc-2": `1`,
			"device/a@loc-1": `1`, "device/ab@loc-1": `1`, "device/b@loc-2": `1`,
		})
		c := r.connect()
		first := r.subscribe(c, streamclient.Subscription{
			ID: "w1", Keys: []string{"city", "location/*", "device/a", "device/b"}, Location: "loc-1",
		})
		diff(t, entities("location/loc-1", `1`, "device/a", `1`), first.Entities)

		r.city.setAll(map[string]string{"device/ab@loc-1": `2`, "device/b@loc-2": `2`, "city": `2`, "location/loc-2": `2`})
		r.city.set("device/a@loc-1", `2`)
		diff(t, changes("device/a", `2`), r.next(c).Changes)
		r.city.set("location/loc-1", `2`)
		diff(t, changes("location/loc-1", `2`), r.next(c).Changes)
		r.city.set("device/a@loc-2", `3`) // moved away
		diff(t, changes("device/a", `null`), r.next(c).Changes)
		r.city.set("device/b@loc-1", `3`) // moved here
		diff(t, changes("device/b", `3`), r.next(c).Changes)
	})
}

func TestKeysThatCoverEachOtherAreSentOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := setup(t, stream.Config{})
		c, _ := r.subscribed("device/cam-1", "device/*", "device/cam-*", "device/cam-1", "device/*")
		r.city.set("device/cam-1@loc-1", `1`)
		diff(t, changes("device/cam-1", `1`), r.next(c).Changes)
		_, _ = r.subscribed("device/*")
		diff(t, 1, r.hub.Stats().Views) // the same filter, however it is written
	})
}

func TestNothingComesAfterUnsubscribed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := setup(t, stream.Config{})
		c, _ := r.subscribed("*")
		if err := c.Unsubscribe("w1"); err != nil {
			t.Fatal(err)
		}
		diff(t, streamclient.Message{Op: "unsubscribed", ID: "w1"}, r.next(c))
		if err := c.Unsubscribe("w1"); err != nil {
			t.Fatal(err)
		}
		diff(t, "bad_request", r.next(c).Code)
		began := time.Now()
		r.city.set("city", `1`)
		for {
			m, err := c.Next()
			if err != nil || m.Op != "heartbeat" {
				t.Fatalf("after the end of the subscription: %+v, %v", m, err)
			}
			diff(t, map[string]uint64{}, m.Seqs)
			if time.Since(began) > 30*time.Second {
				break
			}
		}
	})
}

func TestSubscribingAgainReplacesTheSubscription(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := setup(t, stream.Config{})
		c, _ := r.subscribed("city")
		diff(t, "snapshot", r.subscribe(c, streamclient.Subscription{ID: "w1", Keys: []string{"system"}}).Op)
		r.city.set("city", `1`)
		r.city.set("system", `1`)
		diff(t, changes("system", `1`), r.next(c).Changes)
		diff(t, 1, r.hub.Stats().Subscriptions)

		for i := range 5 { // frames that c does not read yet
			r.city.set("system", fmt.Sprint(i+2))
			time.Sleep(100 * time.Millisecond)
		}
		if err := c.Subscribe(streamclient.Subscription{ID: "w1", Keys: []string{"city"}}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		first := r.next(c)
		if first.Op == "changes" { // that in the writer's hands, if there was one
			first = r.next(c)
		}
		diff(t, "snapshot", first.Op)
		r.silent(c, time.Second)
	})
}
