package stream_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"opscenter/internal/stream"
	"opscenter/internal/stream/streamclient"
)

func TestASlowClientIsResyncedAndSlowsNobody(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		cfg  stream.Config
		sets int
	}{
		"by frames":   {stream.Config{QueueFrames: 5, WriteWait: time.Hour}, 30},
		"by bytes":    {stream.Config{QueueBytes: 5 * 1000, WriteWait: time.Hour}, 30},
		"only just":   {stream.Config{QueueFrames: 5, WriteWait: time.Hour}, 4},
		"a bit later": {stream.Config{QueueFrames: 5, WriteWait: time.Hour}, 5},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := setup(t, test.cfg)
				slow, _ := r.subscribed("*")
				r.subscribe(slow, streamclient.Subscription{ID: "w2", Keys: []string{"city"}})
				fast, first := r.subscribed("*")
				for i := range test.sets { // slow reads none of them
					at := time.Now()
					r.city.set("city", fmt.Sprintf(`"%d%s"`, i, strings.Repeat("x", 900)))
					diff(t, first.Seq+uint64(i)+1, r.next(fast).Seq)
					diff(t, true, time.Since(at) <= 100*time.Millisecond)
					synctest.Wait() // for the frame of the other view too
				}
				diff(t, 2, r.counter.resynced())

				frames, resyncs := 0, make(map[string]int)
				for len(resyncs) < 2 {
					m := r.next(slow)
					if m.Op == "changes" {
						frames++
						continue
					}
					diff(t, "resync", m.Code)
					resyncs[m.ID]++
				}
				diff(t, map[string]int{"w1": 1, "w2": 1}, resyncs)
				if frames > 2 { // those already in the writer's hands
					t.Errorf("%d frames came after the loss and before the news of it", frames)
				}
				diff(t, 1, r.hub.Stats().Subscriptions) // that of fast
				again := r.subscribe(slow, streamclient.Subscription{ID: "w1", Keys: []string{"*"}})
				diff(t, "snapshot", again.Op) // and no frame of a lost subscription before it
				diff(t, first.Seq+uint64(test.sets), again.Seq)
				r.city.set("city", `31`)
				diff(t, first.Seq+uint64(test.sets)+1, r.next(slow).Seq)
			})
		})
	}
}

func TestAClientThatTakesNothingIsCutOff(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := setup(t, stream.Config{})
		_, _ = r.subscribed("*")
		r.city.set("city", `1`) // never read
		time.Sleep(10*time.Second + time.Millisecond)
		synctest.Wait()
		diff(t, 1, r.counter.closedFor("slow"))
		diff(t, 0, r.hub.Stats().Clients)
	})
}

func TestAClientThatAsksAndNeverReadsIsCutOff(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := setup(t, stream.Config{WriteWait: time.Hour})
		c := r.connect()
		sent := 0
		for ; sent < 1000; sent++ {
			if err := c.Unsubscribe("none"); err != nil {
				break
			}
		}
		if sent < 250 || sent > 300 {
			t.Errorf("cut off after %d questions", sent)
		}
		synctest.Wait()
		diff(t, 1, r.counter.closedFor("slow"))
	})
}

func TestEveryChangeIsEncodedOnceForAllClients(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := setup(t, stream.Config{})
		for i := range 10 {
			r.city.set(fmt.Sprintf("device/cam-%d@loc-1", i), `1`)
		}
		var clients []*streamclient.Client
		for range 50 {
			c, _ := r.subscribed("device/*")
			clients = append(clients, c)
		}
		diff(t, int64(10), r.city.encodes.Load()) // the first picture, once for all
		diff(t, 1, r.counter.encodedFrames("snapshot"))

		for i := range 7 {
			r.city.set("device/cam-3@loc-1", fmt.Sprint(i+2))
			for _, c := range clients {
				diff(t, 1, len(r.next(c).Changes))
			}
		}
		diff(t, int64(10+7), r.city.encodes.Load())
		diff(t, 7, r.counter.encodedFrames("changes"))

		r.city.set("device/cam-3@loc-1", `100`) // the next snapshots wait for the frame boundary
		got := make(chan streamclient.Message, 20)
		for range cap(got) {
			c := r.connect()
			go func() {
				_ = c.Subscribe(streamclient.Subscription{ID: "w1", Keys: []string{"device/*"}})
				m, _ := c.Next()
				got <- m
			}()
		}
		for range cap(got) {
			diff(t, "snapshot", (<-got).Op)
		}
		diff(t, 2, r.counter.encodedFrames("snapshot"))
		diff(t, int64(10+8), r.city.encodes.Load())
	})
}
