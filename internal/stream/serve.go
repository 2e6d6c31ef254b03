package stream

import (
	"errors"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

const readLimit = 64 << 10 // bytes of one frame from a client

// ServeHTTP upgrades a request and serves the client on goroutines of its own: it returns at once,
// so that the request and its buffers can go. A refusal is an RFC 9457 problem document.
func (h *Hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !Acceptable(w, r, h.cfg.Origins) {
		return
	}
	if !h.reserve() {
		w.Header().Set("Retry-After", "5")
		refuse(w, r, http.StatusServiceUnavailable, errors.New("the server has as many clients as it can take"))
		return
	}
	conn, err := h.upgrader.Upgrade(w, r, nil)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.opening--
	if err != nil {
		return // refuse has answered
	}
	if h.closed {
		_ = conn.Close()
		return
	}
	c := newClient(h, conn, r.RemoteAddr)
	h.clients[c] = struct{}{}
	h.serving.Add(2)
	go c.read() //nolint:contextcheck // the connection outlives the request
	go c.write()
}

// Acceptable reports whether a request asks for a stream and may: it offers the subprotocol, and no page of
// another site sent it. If not it has been answered.
func Acceptable(w http.ResponseWriter, r *http.Request, origins []string) bool {
	switch {
	case !slices.Contains(websocket.Subprotocols(r), Protocol):
		refuse(w, r, http.StatusBadRequest, errors.New("a WebSocket that offers the subprotocol "+Protocol+" is needed"))
	case !originAllowed(r, origins):
		refuse(w, r, http.StatusForbidden, errors.New("a page of another site may not read the stream"))
	default:
		return true
	}
	return false
}

// reserve takes a place for one more client, if there is one.
func (h *Hub) reserve() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed || len(h.clients)+h.opening >= h.cfg.MaxClients {
		return false
	}
	h.opening++
	return true
}

// originAllowed keeps pages of other sites from reading the stream in a visitor's browser. What is
// not a browser sends no Origin.
func originAllowed(r *http.Request, origins []string) bool {
	origin := r.Header.Get("Origin")
	if origin == "" || slices.Contains(origins, origin) {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && strings.EqualFold(u.Host, r.Host)
}

func refuse(w http.ResponseWriter, _ *http.Request, status int, reason error) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_, _ = w.Write(jsonOf(map[string]any{
		"title": http.StatusText(status), "status": status, "detail": strings.TrimPrefix(reason.Error(), "websocket: "),
	}))
}

// read handles what the client says until the connection ends, and then takes the client apart.
func (c *client) read() {
	defer c.hub.serving.Done()
	defer c.end()
	c.conn.SetReadLimit(readLimit)
	if err := c.extend(); err != nil {
		return
	}
	c.conn.SetPongHandler(func(string) error { return c.extend() })
	for {
		kind, data, err := c.conn.ReadMessage()
		if err != nil {
			return
		}
		if err := c.handle(kind, data); err != nil {
			c.endedWith(closedMalformed)
			c.closeWith(websocket.ClosePolicyViolation, err.Error())
			c.drain()
			return
		}
	}
}

// extend gives the client until PongWait from now to answer a ping.
func (c *client) extend() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.leaving {
		return nil
	}
	return c.conn.SetReadDeadline(time.Now().Add(c.hub.cfg.PongWait))
}

// drain reads the answer to a close frame; closing with unread data would throw the frame away.
func (c *client) drain() {
	c.mu.Lock()
	c.leaving = true
	c.mu.Unlock()
	for {
		if _, _, err := c.conn.NextReader(); err != nil {
			return
		}
	}
}

func (c *client) end() {
	close(c.done)
	_ = c.conn.Close()
	c.mu.Lock()
	subs := c.dropped
	for _, sub := range c.subs {
		subs = append(subs, sub)
	}
	clear(c.subs)
	c.queue, c.dropped = nil, nil
	c.endedBy(closedGone)
	reason := c.reason
	c.mu.Unlock()
	for _, sub := range subs {
		if sub.view != nil {
			sub.view.leave(sub)
		}
	}
	c.hub.screens.disconnected(c)
	c.hub.forget(c)
	c.hub.cfg.Metrics.Closed(reason)
}

// write sends what is queued, heartbeats and pings, until the connection ends.
func (c *client) write() {
	defer c.hub.serving.Done()
	beat := time.NewTicker(c.hub.cfg.Heartbeat)
	defer beat.Stop()
	ping := time.NewTicker(c.hub.cfg.Ping)
	defer ping.Stop()
	seqs := make(map[string]uint64) // where each subscription stands on the wire
	greeted := false                // a first heartbeat follows the first answer: a wall needs its clock
	for {
		var err error
		select {
		case <-c.done:
			return
		case <-c.wake:
			if err = c.writeQueue(seqs); err == nil && !greeted && len(seqs) > 0 {
				greeted = true
				err = c.writeHeartbeat(seqs)
			}
		case <-beat.C:
			err = c.writeHeartbeat(seqs)
		case <-ping.C:
			err = c.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(c.hub.cfg.WriteWait))
		}
		if errors.Is(err, websocket.ErrCloseSent) {
			return // the reader is taking leave
		}
		if err != nil {
			c.failed(err)
			return
		}
		if c.isLeaving() {
			c.closeWith(websocket.CloseGoingAway, "the server is stopping")
			return
		}
	}
}

// failed ends a connection that could not be written to.
func (c *client) failed(err error) {
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		c.endedWith(closedSlow)
	}
	c.abort()
}

func (c *client) writeQueue(seqs map[string]uint64) error {
	for {
		it, ok, dropped := c.next()
		for _, sub := range dropped {
			if sub.view != nil {
				sub.view.leave(sub)
			}
		}
		if !ok {
			return nil
		}
		if it.beat {
			if err := c.writeHeartbeat(seqs); err != nil {
				return err
			}
			continue
		}
		if err := c.writeItem(it); err != nil {
			return err
		}
		if it.sub != nil {
			seqs[it.sub.id] = it.seq
		}
		delete(seqs, it.ends)
	}
}

func (c *client) writeItem(it item) error {
	wait := c.hub.cfg.WriteWait * time.Duration(1+it.size>>20)
	if err := c.conn.SetWriteDeadline(time.Now().Add(wait)); err != nil {
		return err
	}
	if it.prepared != nil {
		return c.conn.WritePreparedMessage(it.prepared)
	}
	return c.conn.WriteMessage(websocket.TextMessage, it.text)
}

func (c *client) writeHeartbeat(seqs map[string]uint64) error {
	state, age := c.hub.cfg.Health()
	return c.writeItem(item{text: jsonOf(heartbeat{
		Op: opHeartbeat, Time: c.hub.cfg.Now(), Ingest: state, DataAge: age.Milliseconds(), Seqs: seqs,
	})})
}
