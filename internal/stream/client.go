package stream

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

const maxAnswers = 256 // answers waiting for a client that asks and does not read

// Why a connection ended, for Metrics.Closed.
const (
	closedGone      = "gone"
	closedSlow      = "slow"
	closedMalformed = "malformed"
	closedShutdown  = "shutdown"
)

// client is one connection: a goroutine that reads and one that writes, and between them and the
// views a bounded queue.
type client struct {
	hub    *Hub
	conn   *websocket.Conn
	remote string
	wake   chan struct{} // there is something for the writer; holds one
	done   chan struct{} // closed when the reader has ended

	mu      sync.Mutex // taken after the locks of hub and views
	queue   []item
	frames  int // change frames in queue
	bytes   int // their size
	subs    map[string]*subscription
	dropped []*subscription // overflowed; the writer takes them out of their views
	leaving bool
	acting  int    // actions under way
	reason  string // why the connection ended; the first reason counts
}

// subscription is one subscription of one client. It is alive while client.subs holds it.
type subscription struct {
	id     string
	client *client
	view   *view // guarded by client.mu
}

// item is one frame for one client.
type item struct {
	op       string
	sub      *subscription              // nil for answers
	prepared *websocket.PreparedMessage // a frame that others get too
	text     []byte                     // or an answer
	size     int                        // bytes
	seq      uint64                     // where the subscription stands after it
	ends     string                     // id of the subscription that is over after it
	beat     bool                       // a heartbeat, made when it is written
}

func newClient(h *Hub, conn *websocket.Conn, remote string) *client {
	return &client{
		hub: h, conn: conn, remote: remote,
		wake: make(chan struct{}, 1), done: make(chan struct{}),
		subs: make(map[string]*subscription),
	}
}

// push queues a frame of a subscription, and says whether the subscription is still alive. It never
// blocks: a client whose queue is full loses all its subscriptions and is told so.
func (c *client) push(it item) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.subs[it.sub.id] != it.sub || c.leaving {
		return false
	}
	if it.op == opChanges {
		full := c.frames >= c.hub.cfg.QueueFrames || c.frames > 0 && c.bytes+it.size > c.hub.cfg.QueueBytes
		if full {
			c.overflow()
			return false
		}
		c.frames++
		c.bytes += it.size
	}
	c.queue = append(c.queue, it)
	c.signal()
	return true
}

// overflow ends every subscription of the client. The caller holds c.mu.
func (c *client) overflow() {
	c.queue = slices.DeleteFunc(c.queue, func(it item) bool { return it.sub != nil })
	c.frames, c.bytes = 0, 0
	for id, sub := range c.subs {
		c.dropped = append(c.dropped, sub)
		c.queue = append(c.queue, errorItem(id, codeResync, "frames were lost because they were not read in time; subscribe again", true))
		c.hub.cfg.Metrics.Resync()
	}
	clear(c.subs)
	c.signal()
}

// answer queues a frame for this client alone. Who asks without end and never reads is cut off.
func (c *client) answer(it item) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.queue)-c.frames > maxAnswers {
		c.endedBy(closedSlow)
		c.abort()
		return
	}
	c.queue = append(c.queue, it)
	c.signal()
}

func errorItem(id, code, message string, ends bool) item {
	it := item{text: jsonOf(answer{Op: opError, ID: id, Code: code, Message: message})}
	if ends {
		it.ends = id
	}
	return it
}

// next takes the first frame off the queue, and the subscriptions that overflowed.
func (c *client) next() (it item, ok bool, dropped []*subscription) {
	c.mu.Lock()
	defer c.mu.Unlock()
	dropped, c.dropped = c.dropped, nil
	if len(c.queue) == 0 || c.leaving {
		return item{}, false, dropped
	}
	it = c.queue[0]
	c.queue[0] = item{}
	c.queue = c.queue[1:]
	if it.op == opChanges {
		c.frames--
		c.bytes -= it.size
	}
	if len(c.queue) == 0 {
		c.queue = nil // an idle client holds no queue
	}
	return it, true, dropped
}

// add makes a subscription alive; one with the same id ends. It fails at the limit.
func (c *client) add(sub *subscription) error {
	old, err := c.replace(sub)
	if old != nil && old.view != nil {
		old.view.leave(old)
	}
	return err
}

func (c *client) replace(sub *subscription) (old *subscription, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	old = c.subs[sub.id]
	if old == nil && len(c.subs) >= c.hub.cfg.MaxSubscriptions {
		return nil, fmt.Errorf("%w subscriptions on one connection: %d", errTooMany, c.hub.cfg.MaxSubscriptions)
	}
	c.forget(old)
	c.subs[sub.id] = sub
	return old, nil
}

// remove ends a subscription; it returns nil if there is none with that id.
func (c *client) remove(id string) *subscription {
	c.mu.Lock()
	defer c.mu.Unlock()
	sub := c.subs[id]
	delete(c.subs, id)
	c.forget(sub)
	return sub
}

// forget takes a subscription's frames off the queue. The caller holds c.mu.
func (c *client) forget(sub *subscription) {
	if sub == nil {
		return
	}
	c.queue = slices.DeleteFunc(c.queue, func(it item) bool {
		if it.sub == sub && it.op == opChanges {
			c.frames--
			c.bytes -= it.size
		}
		return it.sub == sub
	})
}

// assign notes the view of a subscription, if that is alive.
func (c *client) assign(sub *subscription, v *view) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	sub.view = v
	return c.subs[sub.id] == sub
}

// load returns how many subscriptions the client has and how many frames wait for it.
func (c *client) load() (subscriptions, queued int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.subs), len(c.queue)
}

func (c *client) signal() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// sendAway asks the writer to close the connection in an orderly way.
func (c *client) sendAway() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.leaving = true
	c.endedBy(closedShutdown)
	c.signal()
}

func (c *client) isLeaving() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.leaving
}

// endedBy notes why the connection ends. The caller holds c.mu.
func (c *client) endedBy(reason string) {
	if c.reason == "" {
		c.reason = reason
	}
}

func (c *client) endedWith(reason string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.endedBy(reason)
}

// abort ends the connection at once.
func (c *client) abort() { _ = c.conn.NetConn().Close() }

// closeWith sends a close frame, after which the other side has a second to answer it.
func (c *client) closeWith(code int, reason string) {
	deadline := time.Now().Add(time.Second)
	const longest = 123 // bytes of a control frame's payload, less the code
	if len(reason) > longest {
		reason = strings.ToValidUTF8(reason[:longest], "")
	}
	err := c.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, reason), deadline)
	if errors.Is(err, websocket.ErrCloseSent) {
		return
	}
	if err != nil {
		c.abort()
		return
	}
	if err := c.conn.SetReadDeadline(deadline); err != nil {
		c.abort()
	}
}
