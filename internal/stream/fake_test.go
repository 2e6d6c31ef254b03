package stream_test

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"opscenter/internal/city"
)

// fakeCity is a source that is exact: a change is marked under the lock that Cut takes.
type fakeCity struct {
	encodes   atomic.Int64 // calls of Entity, each of which would encode
	beforeCut atomic.Pointer[func()]

	mu       sync.Mutex
	entities map[string]fakeEntity
	watchers map[int]func([]city.Change)
	next     int
}

type fakeEntity struct{ json, location string }

func newFakeCity() *fakeCity {
	return &fakeCity{entities: make(map[string]fakeEntity), watchers: make(map[int]func([]city.Change))}
}

func (f *fakeCity) Cut(read func(city.Picture)) {
	if fn := f.beforeCut.Swap(nil); fn != nil {
		(*fn)()
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	read((*fakePicture)(f))
}

func (f *fakeCity) Watch(fn func([]city.Change)) (cancel func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	id := f.next
	f.next++
	f.watchers[id] = fn
	return func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		delete(f.watchers, id)
	}
}

// set puts an entity, or removes it if json is empty. The location is what follows an @ in the key.
func (f *fakeCity) set(keyAt, json string) { f.setAll(map[string]string{keyAt: json}) }

func (f *fakeCity) setAll(values map[string]string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var changes []city.Change
	for keyAt, json := range values {
		key, location, _ := strings.Cut(keyAt, "@")
		old, was := f.entities[key]
		if was && old.location != location && json != "" {
			changes = append(changes, city.Change{Key: key, Location: old.location})
		}
		if json == "" {
			location = old.location
			delete(f.entities, key)
		} else {
			f.entities[key] = fakeEntity{json: json, location: location}
		}
		changes = append(changes, city.Change{Key: key, Location: location})
	}
	for _, fn := range f.watchers {
		fn(changes)
	}
}

// copied returns what there is, by key@location.
func (f *fakeCity) copied() map[string]fakeEntity {
	f.mu.Lock()
	defer f.mu.Unlock()
	return maps.Clone(f.entities)
}

func (f *fakeCity) watching() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.watchers)
}

type fakePicture fakeCity

func (p *fakePicture) Entity(key string) ([]byte, bool) {
	p.encodes.Add(1)
	e, ok := p.entities[key]
	return []byte(e.json), ok
}

func (p *fakePicture) Each(prefix string, visit func(key, location string)) {
	for _, key := range slices.Sorted(maps.Keys(p.entities)) {
		if strings.HasPrefix(key, prefix) {
			visit(key, p.entities[key].location)
		}
	}
}

// counter is a Metrics that counts.
type counter struct {
	mu      sync.Mutex
	encoded map[string]int
	queued  int
	resyncs int
	closed  map[string]int
}

func newCounter() *counter {
	return &counter{encoded: make(map[string]int), closed: make(map[string]int)}
}

func (c *counter) FrameEncoded(op string, _ int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.encoded[op]++
}

func (c *counter) FramesQueued(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.queued += n
}

func (c *counter) Resync() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.resyncs++
}

func (c *counter) Closed(reason string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed[reason]++
}

func (c *counter) encodedFrames(op string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.encoded[op]
}

func (c *counter) closedFor(reason string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closed[reason]
}

func (c *counter) resynced() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.resyncs
}
