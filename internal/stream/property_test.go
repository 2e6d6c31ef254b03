package stream_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/google/go-cmp/cmp"

	"opscenter/internal/stream"
	"opscenter/internal/stream/streamclient"
)

// chronicle remembers what the picture was at every version. Every mutation writes its version into
// these entities, so that whoever holds a picture also says of which version it is.
type chronicle struct {
	city *fakeCity

	mu       sync.Mutex
	versions []map[string]fakeEntity
	seen     map[streamclient.Position]map[string]json.RawMessage
	faults   []string
}

var versioned = []string{"system", "location/a@a", "location/b@b"} //nolint:gochecknoglobals // never written

func (c *chronicle) mutate(values map[string]string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, key := range versioned {
		values[key] = fmt.Sprintf(`{"version":%d}`, len(c.versions))
	}
	c.city.setAll(values)
	c.versions = append(c.versions, c.city.copied())
}

func (c *chronicle) fault(format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.faults = append(c.faults, fmt.Sprintf(format, args...))
}

// compare checks a client's picture against the truth of its version, and against everyone else who
// stood at the same position.
func (c *chronicle) compare(who *follower) {
	c.mu.Lock()
	defer c.mu.Unlock()
	claimed := who.picture.Entities["system"]
	if who.ask.Location != "" {
		claimed = who.picture.Entities["location/"+who.ask.Location]
	}
	var is struct{ Version int }
	if err := json.Unmarshal(claimed, &is); err != nil || is.Version >= len(c.versions) {
		c.faults = append(c.faults, fmt.Sprintf("%s: no version in %s", who.name, claimed))
		return
	}
	who.version = is.Version
	who.checked++
	want := make(map[string]json.RawMessage)
	for key, e := range c.versions[is.Version] {
		if who.shows(key, e.location) {
			want[key] = json.RawMessage(e.json)
		}
	}
	if d := cmp.Diff(want, who.picture.Entities); d != "" {
		c.faults = append(c.faults, fmt.Sprintf("%s at %d is not version %d:\n%s", who.name, who.picture.Seq, is.Version, d))
	}
	if other, ok := c.seen[who.picture.Position]; ok {
		if d := cmp.Diff(other, who.picture.Entities); d != "" {
			c.faults = append(c.faults, fmt.Sprintf("%s and another differ at %d:\n%s", who.name, who.picture.Seq, d))
		}
	}
	c.seen[who.picture.Position] = maps.Clone(who.picture.Entities)
}

// follower is one wall: it subscribes, resumes after a loss, and checks every frame.
type follower struct {
	name      string
	rig       *rig
	chronicle *chronicle
	ask       streamclient.Subscription
	hold      atomic.Pointer[chan struct{}] // until it is closed nothing is read
	conn      *streamclient.Client
	picture   streamclient.Picture
	met       map[string]int // frames by op
	version   int            // of its picture; guarded by chronicle.mu
	checked   int            // frames; guarded by chronicle.mu
	ended     chan struct{}
}

func (f *follower) shows(key, location string) bool {
	if f.ask.Location != "" && location != f.ask.Location {
		return false
	}
	for _, k := range f.ask.Keys {
		if prefix, wild := strings.CutSuffix(k, "*"); k == key || wild && strings.HasPrefix(key, prefix) {
			return true
		}
	}
	return false
}

// connect starts following, from where it stood if it stood anywhere.
func (f *follower) connect() {
	c, err := f.rig.tryConnect(streamclient.Options{})
	if err != nil {
		f.chronicle.fault("%s: %v", f.name, err)
		return
	}
	f.conn, f.ended = c, make(chan struct{})
	f.subscribe()
	go f.read(c, f.ended)
}

func (f *follower) subscribe() {
	ask := f.ask
	if f.picture.Epoch != "" {
		ask.Resume = &streamclient.Position{Epoch: f.picture.Epoch, Seq: f.picture.Seq}
	}
	_ = f.conn.Subscribe(ask) // a connection that has failed shows it to the reader
}

func (f *follower) read(c *streamclient.Client, ended chan struct{}) {
	defer close(ended)
	for {
		if held := f.hold.Load(); held != nil {
			<-*held
		}
		m, err := c.Next()
		if err != nil {
			return
		}
		f.met[m.Op]++
		if m.Op == "error" {
			if m.Code != "resync" {
				f.chronicle.fault("%s: %+v", f.name, m)
				return
			}
			f.subscribe()
			continue
		}
		if err := f.picture.Apply(m); err != nil {
			f.chronicle.fault("%s: %v", f.name, err)
			return
		}
		if m.Op != "heartbeat" {
			f.chronicle.compare(f)
		}
	}
}

func (f *follower) disconnect() {
	_ = f.conn.Abort()
	<-f.ended
}

func TestEveryPictureIsTheTruthOfItsPosition(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		met := make(map[string]int) // how often each kind of frame came, over all runs
		rapid.Check(timeless{t}, func(rt *rapid.T) { follow(t, rt, met) })
		t.Log(met)
		for _, op := range []string{"snapshot", "resumed", "changes", "error"} {
			if met[op] == 0 {
				t.Errorf("no %s frame was met, which tests little: %v", op, met)
			}
		}
	})
}

// timeless hides the test's deadline, which is not known inside a bubble.
type timeless struct{ testing.TB }

func follow(t *testing.T, rt *rapid.T, met map[string]int) {
	t.Helper()
	r := start(t, stream.Config{QueueFrames: 3, MaxRemoved: 6, Idle: 3 * time.Second, WriteWait: time.Hour, PongWait: time.Hour})
	defer r.stop()
	ch := &chronicle{city: r.city, seen: make(map[streamclient.Position]map[string]json.RawMessage)}
	ch.mutate(map[string]string{"device/1@a": `1`, "device/2@b": `1`, "city": `1`})
	var all []*follower
	defer func() {
		for _, f := range all {
			f.disconnect()
		}
	}()
	asks := []streamclient.Subscription{
		{Keys: []string{"*"}},
		{Keys: []string{"system", "device/*"}},
		{Keys: []string{"system", "device/*"}, MaxRate: 4},
		{Keys: []string{"location/*", "alarm/*", "device/1"}, Location: "a"},
	}
	for i := range 6 {
		f := &follower{
			name: fmt.Sprintf("client %d", i), rig: r, chronicle: ch, ask: asks[i%len(asks)], met: make(map[string]int),
		}
		f.ask.ID = rapid.SampledFrom([]string{"w1", "w2"}).Draw(rt, "id")
		f.connect()
		all = append(all, f)
	}
	paused := make(map[*follower]chan struct{})
	anyone := rapid.SampledFrom(all)
	rt.Repeat(map[string]func(*rapid.T){
		"change": func(rt *rapid.T) {
			key := rapid.SampledFrom([]string{"device/1@a", "device/2@b", "device/3@a", "alarm/1@a", "alarm/2@b", "alarm/3@a", "city", "area/1"})
			value := rapid.SampledFrom([]string{``, `1`, `2`, `{"long":"` + strings.Repeat("x", 100) + `"}`})
			ch.mutate(rapid.MapOfN(key, value, 1, 4).Draw(rt, "values"))
		},
		"time": func(rt *rapid.T) {
			time.Sleep(time.Duration(rapid.SampledFrom([]int{1, 30, 99, 100, 260, 4000}).Draw(rt, "ms")) * time.Millisecond)
		},
		"pause": func(rt *rapid.T) {
			if f := anyone.Draw(rt, "who"); paused[f] == nil {
				paused[f] = make(chan struct{})
				held := paused[f]
				f.hold.Store(&held)
			}
		},
		"read on": func(rt *rapid.T) {
			if f := anyone.Draw(rt, "who"); paused[f] != nil {
				f.hold.Store(nil)
				close(paused[f])
				delete(paused, f)
			}
		},
		"reconnect": func(rt *rapid.T) {
			if f := anyone.Draw(rt, "who"); paused[f] == nil {
				f.disconnect()
				time.Sleep(time.Duration(rapid.IntRange(0, 500).Draw(rt, "ms")) * time.Millisecond)
				f.connect()
			}
		},
		"": func(rt *rapid.T) { synctest.Wait() },
	})
	for f, held := range paused {
		f.hold.Store(nil)
		close(held)
	}
	time.Sleep(5 * time.Second)
	synctest.Wait()
	last := len(ch.versions) - 1
	for _, f := range all {
		for op, n := range f.met {
			met[op] += n
		}
		if f.ask.Location == "" {
			diffVersion(ch, f, f.picture.Entities["system"], last)
		} else {
			diffVersion(ch, f, f.picture.Entities["location/a"], last)
		}
	}
	if len(ch.faults) > 0 {
		rt.Fatalf("%s", strings.Join(ch.faults, "\n"))
	}
}

func diffVersion(ch *chronicle, f *follower, got json.RawMessage, want int) {
	if string(got) != fmt.Sprintf(`{"version":%d}`, want) {
		ch.fault("%s ended at %s, not at version %d", f.name, got, want)
	}
}
