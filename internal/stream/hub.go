package stream

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"opscenter/internal/city"
)

// errTooMany is wrapped by errors about limits that a client can run into.
var errTooMany = errors.New("too many")

// Hub serves the stream: it is an http.Handler, and owns every view and every client. Its methods
// may be called from any goroutine.
type Hub struct {
	cfg      Config
	source   Source
	upgrader websocket.Upgrader
	unwatch  func()
	running  sync.WaitGroup // the views' goroutines
	serving  sync.WaitGroup // the clients' goroutines
	index    atomic.Pointer[index]
	screens  *screens

	mu      sync.Mutex // taken before the locks of views and of clients
	closed  bool
	views   map[string]*view
	clients map[*client]struct{}
	opening int // handshakes under way
}

// index is which views to ask about a change. It is replaced, never changed.
type index struct {
	broad  []*view            // of any location
	narrow map[string][]*view // by the location that they are narrowed to
}

// New returns a Hub that streams source. Close must be called.
func New(cfg Config, source Source) *Hub {
	h := &Hub{
		cfg: cfg.withDefaults(), source: source,
		views: make(map[string]*view), clients: make(map[*client]struct{}),
	}
	h.screens = newScreens(h.cfg.MaxScreens)
	h.index.Store(&index{})
	h.upgrader = websocket.Upgrader{
		HandshakeTimeout: h.cfg.WriteWait,
		ReadBufferSize:   512, // clients say little
		WriteBufferSize:  1024,
		WriteBufferPool:  new(sync.Pool), // prepared frames go around it; only answers need one
		Subprotocols:     []string{Protocol},
		CheckOrigin:      func(*http.Request) bool { return true }, // Acceptable has looked
		Error:            refuse,
	}
	h.unwatch = source.Watch(h.mark)
	return h
}

// mark tells every view that shows one of the changes. It is called under the source's lock.
func (h *Hub) mark(changes []city.Change) {
	ix := h.index.Load()
	for _, v := range ix.broad {
		v.mark(changes)
	}
	if len(ix.narrow) == 0 {
		return
	}
	for i := range changes {
		for _, v := range ix.narrow[locationOf(changes[i].Key, changes[i].Location)] {
			v.markKey(changes[i].Key)
		}
	}
}

// join adds a subscription to the view for its filter, which it makes if there is none.
func (h *Hub) join(sub *subscription, f *filter, from *position) error {
	for {
		v, err := h.view(f)
		if err != nil {
			return err
		}
		if !sub.client.assign(sub, v) {
			return nil // dropped meanwhile
		}
		if v.join(sub, from) {
			return nil
		}
	}
}

func (h *Hub) view(f *filter) (*view, error) {
	h.mu.Lock()
	name := f.name()
	if v := h.views[name]; v != nil {
		h.mu.Unlock()
		return v, nil
	}
	if h.closed {
		h.mu.Unlock()
		return nil, fmt.Errorf("%w views: the server is stopping", errTooMany)
	}
	if len(h.views) >= h.cfg.MaxViews && !h.evictIdle() {
		h.mu.Unlock()
		return nil, fmt.Errorf("%w different subscriptions on this server: %d", errTooMany, h.cfg.MaxViews)
	}
	v := newView(h, f)
	v.mu.Lock() // until it is loaded
	defer v.mu.Unlock()
	h.views[name] = v
	h.reindex()
	h.running.Add(1)
	h.mu.Unlock()
	v.load()
	v.rest()
	go v.run()
	return v, nil
}

// evictIdle ends the view that nobody has looked at for longest. The caller holds h.mu.
func (h *Hub) evictIdle() bool {
	var oldest *view
	var since time.Time
	for _, v := range h.views {
		if left, idle := v.idleSince(); idle && (oldest == nil || left.Before(since)) {
			oldest, since = v, left
		}
	}
	if oldest == nil || !oldest.end(0, false) {
		return false
	}
	delete(h.views, oldest.filter.name())
	return true
}

// expire ends a view that nobody has looked at for a while.
func (h *Hub) expire(v *view, idle time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if v.end(idle, false) {
		delete(h.views, v.filter.name())
		h.reindex()
	}
}

// reindex makes the index anew. The caller holds h.mu.
func (h *Hub) reindex() {
	ix := &index{narrow: make(map[string][]*view)}
	for _, v := range h.views {
		if at := v.filter.location; at != "" {
			ix.narrow[at] = append(ix.narrow[at], v)
		} else {
			ix.broad = append(ix.broad, v)
		}
	}
	h.index.Store(ix)
}

// Close tells every client that the server goes away, waits for them to go until ctx ends, then
// cuts off those left. It returns when nothing of the Hub runs any more.
func (h *Hub) Close(ctx context.Context) error {
	h.mu.Lock()
	already := h.closed
	h.closed = true
	for c := range h.clients {
		c.sendAway()
	}
	h.mu.Unlock()
	if !already {
		h.unwatch()
	}
	left := make(chan struct{})
	go func() {
		defer close(left)
		h.serving.Wait()
		h.endViews()
		h.running.Wait()
	}()
	select {
	case <-left:
		return nil
	case <-ctx.Done():
	}
	h.mu.Lock()
	cut := len(h.clients)
	for c := range h.clients {
		c.abort()
	}
	h.mu.Unlock()
	<-left
	if cut > 0 {
		return fmt.Errorf("close the stream: %d clients were cut off: %w", cut, ctx.Err())
	}
	return nil
}

// Beat sends every client a heartbeat now, besides those that come by themselves.
func (h *Hub) Beat() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for c := range h.clients {
		c.answer(item{beat: true})
	}
}

// forget takes a client that has ended off the list.
func (h *Hub) forget(c *client) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.clients, c)
}

// endViews ends every view.
func (h *Hub) endViews() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for name, v := range h.views {
		v.end(0, true)
		delete(h.views, name)
	}
	h.reindex()
}

// Stats is how much a Hub has to do at the moment.
type Stats struct {
	Clients       int
	Views         int
	Subscriptions int
	Queued        int // frames waiting in all clients' queues
	Deepest       int // frames waiting in the fullest queue
}

// Stats counts. It looks at every client, so it is for a scrape, not for a hot path.
func (h *Hub) Stats() Stats {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := Stats{Clients: len(h.clients), Views: len(h.views)}
	for c := range h.clients {
		subs, queued := c.load()
		s.Subscriptions += subs
		s.Queued += queued
		s.Deepest = max(s.Deepest, queued)
	}
	return s
}
