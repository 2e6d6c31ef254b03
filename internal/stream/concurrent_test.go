package stream_test

import (
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"opscenter/internal/stream"
	"opscenter/internal/stream/streamclient"
)

// Changes that come while a frame is being made are in that frame as a whole, or not at all.
func TestFramesAreWholeWhileThePictureChanges(t *testing.T) {
	t.Parallel()
	r := overTCP(t, stream.Config{Interval: 200 * time.Microsecond, QueueFrames: 10000})
	ch := &chronicle{city: r.city, seen: make(map[streamclient.Position]map[string]json.RawMessage)}
	ch.mutate(map[string]string{"city": `1`})
	var all []*follower
	for i := range 4 {
		f := &follower{
			name: fmt.Sprintf("client %d", i), rig: r, chronicle: ch, met: make(map[string]int),
			ask: streamclient.Subscription{ID: "w1", Keys: []string{"*"}},
		}
		if i == 3 {
			f.ask.Keys, f.ask.Location = []string{"location/*", "device/*"}, "a"
		}
		f.connect()
		all = append(all, f)
	}
	var changing sync.WaitGroup
	for worker := range 3 {
		changing.Go(func() {
			for i := 0; i < 10000 && !ch.metEnough(all); i++ {
				value := fmt.Sprint(i)
				if i%3 == 0 {
					value = ""
				}
				ch.mutate(map[string]string{fmt.Sprintf("device/%d@a", (i+worker)%7): value, "city": fmt.Sprint(i)})
				runtime.Gosched()
			}
		})
	}
	changing.Wait()
	ch.mutate(map[string]string{"city": `"last"`})
	deadline := time.Now().Add(20 * time.Second)
	for _, f := range all {
		for !ch.sawLast(f) && time.Now().Before(deadline) {
			time.Sleep(time.Millisecond)
		}
		f.disconnect()
	}
	if !ch.metEnough(all) {
		t.Error("too few frames were met to test anything")
	}
	if len(ch.faults) > 0 {
		t.Errorf("%s", strings.Join(ch.faults[:min(len(ch.faults), 3)], "\n"))
	}
}

// sawLast says whether a follower holds the last version.
func (c *chronicle) sawLast(f *follower) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return f.version == len(c.versions)-1
}

// What changes after a frame is due and before it is cut is in that frame, as a whole.
func TestAChangeJustBeforeTheCutIsInTheFrame(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := setup(t, stream.Config{})
		c, _ := r.subscribed("*")
		change := func() { r.city.setAll(map[string]string{"system": `2`, "device/b@l": `2`}) }
		r.city.beforeCut.Store(&change)
		r.city.setAll(map[string]string{"system": `1`, "device/a@l": `1`})
		diff(t, changes("device/a", `1`, "device/b", `2`, "system", `2`), r.next(c).Changes)
	})
}

// metEnough says whether every follower has checked a fair number of frames.
func (c *chronicle) metEnough(all []*follower) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, f := range all {
		if f.checked < 60 {
			return false
		}
	}
	return true
}
