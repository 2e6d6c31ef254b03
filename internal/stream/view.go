package stream

import (
	"bytes"
	"crypto/rand"
	"slices"
	"strings"
	"sync"
	"time"

	"opscenter/internal/city"
)

// view is one filter over the picture, and the sequence of frames of everyone who subscribed to it.
//
// It keeps what its clients know: the state after its last frame. A snapshot is that state, so it
// equals the frames up to its position by construction; and as every entity bears the position of
// its last change, a resume needs no log of frames.
type view struct {
	hub    *Hub
	filter *filter
	epoch  string
	kick   chan struct{} // something is pending; holds one
	stop   chan struct{}

	pendingMu sync.Mutex // taken under the source's lock, so nothing else is taken under it
	pending   map[string]struct{}
	spare     map[string]struct{} // empty; takes turns with pending

	mu       sync.Mutex // taken before the locks of the source and of clients
	closed   bool
	seq      uint64
	state    map[string]entity
	removed  []removal // in order of seq
	forgot   uint64    // resumes from before this position are impossible
	flushed  time.Time // when the last flush was
	members  map[*subscription]struct{}
	waiting  []joiner // for the next frame boundary
	snapshot *frame   // of seq; nil until somebody needs it
	resumes  map[uint64]*frame
	left     time.Time // when the last member left
	expiry   *time.Timer
}

// entity is what the clients of a view know of one entity, and since which frame.
type entity struct {
	json []byte
	seq  uint64
}

type removal struct {
	key string
	seq uint64
}

// joiner is a subscription that waits for the next frame boundary.
type joiner struct {
	sub  *subscription
	from *position
}

func newView(hub *Hub, f *filter) *view {
	return &view{
		hub: hub, filter: f, epoch: rand.Text(), seq: 1,
		kick: make(chan struct{}, 1), stop: make(chan struct{}),
		pending: make(map[string]struct{}), spare: make(map[string]struct{}),
		state: make(map[string]entity), members: make(map[*subscription]struct{}),
	}
}

// load reads the view's first state. Changes must already be marked by then: what is marked and
// also loaded changes nothing when it is flushed. The caller holds v.mu.
func (v *view) load() {
	v.hub.source.Cut(func(p city.Picture) {
		v.filter.each(p, func(key string, json []byte) { v.state[key] = entity{json: json, seq: v.seq} })
	})
}

// mark notes changes, all of which may be out of the view. It is cheap and never waits for a flush.
func (v *view) mark(changes []city.Change) {
	marked := false
	v.pendingMu.Lock()
	for i := range changes {
		if c := &changes[i]; v.filter.matches(c.Key, c.Location) {
			v.pending[c.Key] = struct{}{}
			marked = true
		}
	}
	v.pendingMu.Unlock()
	if marked {
		v.wake()
	}
}

// markKey notes one change of an entity at the view's own location.
func (v *view) markKey(key string) {
	if !v.filter.covered(key) && !v.filter.isExact[key] {
		return
	}
	v.pendingMu.Lock()
	v.pending[key] = struct{}{}
	v.pendingMu.Unlock()
	v.wake()
}

func (v *view) wake() {
	select {
	case v.kick <- struct{}{}:
	default:
	}
}

// takePending returns the marked keys; giveBack returns the map for use again.
func (v *view) takePending() map[string]struct{} {
	v.pendingMu.Lock()
	defer v.pendingMu.Unlock()
	taken := v.pending
	v.pending, v.spare = v.spare, nil
	if v.pending == nil {
		v.pending = make(map[string]struct{})
	}
	return taken
}

func (v *view) giveBack(taken map[string]struct{}) {
	clear(taken)
	v.pendingMu.Lock()
	defer v.pendingMu.Unlock()
	v.spare = taken
}

func (v *view) pendingKeys() int {
	v.pendingMu.Lock()
	defer v.pendingMu.Unlock()
	return len(v.pending)
}

// run flushes at once when the last flush is long enough ago, otherwise as soon as it is.
func (v *view) run() {
	defer v.hub.running.Done()
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		select {
		case <-v.stop:
			return
		case <-v.kick:
		}
		v.mu.Lock()
		wait := v.untilTurn()
		v.mu.Unlock()
		if wait > 0 {
			timer.Reset(wait)
			select {
			case <-v.stop:
				return
			case <-timer.C:
			}
		}
		v.flush()
	}
}

// untilTurn is how long the next frame has to wait. The caller holds v.mu.
func (v *view) untilTurn() time.Duration { return v.filter.interval - time.Since(v.flushed) }

// flush makes one frame of everything pending, unless nobody would get it: then it stays pending.
func (v *view) flush() {
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.members)+len(v.waiting) == 0 {
		if v.pendingKeys() > v.hub.cfg.MaxRemoved {
			go v.hub.expire(v, 0) // cheaper to load again than to remember
		}
		return
	}
	v.flushed = time.Now()
	if changes := v.collect(); len(changes) > 0 {
		v.snapshot, v.resumes = nil, nil
		v.broadcast(changesFrame(v.seq, changes))
	}
	for _, j := range v.waiting {
		v.admit(j)
	}
	v.waiting = nil
	v.rest()
}

// collect brings the state up to date in one cut, moves the position on if anything is different
// from what the clients know, and returns that, sorted by key. The caller holds v.mu.
func (v *view) collect() []change {
	var changes []change
	var taken map[string]struct{}
	v.hub.source.Cut(func(p city.Picture) {
		taken = v.takePending() // inside the cut, so that what is read and what was marked agree
		for key := range taken {
			known, was := v.state[key]
			json, is := v.filter.entity(p, key)
			switch {
			case !is && was:
				changes = append(changes, change{key: key})
			case is && !(was && bytes.Equal(json, known.json)):
				changes = append(changes, change{key: key, value: json})
			}
		}
	})
	v.giveBack(taken)
	if len(changes) == 0 {
		return nil
	}
	v.seq++
	for _, c := range changes {
		if c.value == nil {
			delete(v.state, c.key)
			v.removed = append(v.removed, removal{key: c.key, seq: v.seq})
			continue
		}
		v.state[c.key] = entity{json: c.value, seq: v.seq}
	}
	if most := v.hub.cfg.MaxRemoved; len(v.removed) > most {
		cut := len(v.removed) - most/2
		v.forgot = v.removed[cut-1].seq
		v.removed = slices.Clone(v.removed[cut:])
	}
	slices.SortFunc(changes, func(a, b change) int { return strings.Compare(a.key, b.key) })
	return changes
}

// broadcast queues a frame for every member. The caller holds v.mu.
func (v *view) broadcast(f *frame) {
	v.hub.cfg.Metrics.FrameEncoded(f.op, len(f.body))
	queued := 0
	for sub := range v.members {
		if v.send(sub, f) {
			queued++
		} else {
			v.drop(sub)
		}
	}
	v.hub.cfg.Metrics.FramesQueued(queued)
}

// send queues a frame for one subscription, and says whether it is still one. The caller holds v.mu.
func (v *view) send(sub *subscription, f *frame) bool {
	m, size, err := f.message(sub.id)
	if err != nil {
		v.hub.cfg.Log.Error("a frame cannot be sent", "error", err)
		return false
	}
	return sub.client.push(item{prepared: m, size: size, sub: sub, seq: f.seq, op: f.op})
}
