package mqtt

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
)

const (
	readBuffer    = 64 << 10         // bytes
	pendingWrites = 256 << 10        // bytes; a writer waits while more than that is unsent
	writeWithin   = 10 * time.Second // a peer that takes nothing for that long is gone
	flushWithin   = time.Second      // what is unsent at Close may take that long
)

// dial opens the network connection and buffers it.
func dial(ctx context.Context, a access, timeout time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	var raw net.Conn
	var err error
	switch {
	case a.url.Scheme == "ws" || a.url.Scheme == "wss":
		target := *a.url
		target.User = nil // refused in a WebSocket URL
		raw, err = paho.NewWebsocket(target.String(), a.tls, timeout, nil, nil)
	case a.tls != nil:
		raw, err = (&tls.Dialer{Config: a.tls}).DialContext(ctx, "tcp", a.url.Host)
	default:
		raw, err = (&net.Dialer{}).DialContext(ctx, "tcp", a.url.Host)
	}
	if err != nil {
		return nil, fmt.Errorf("dial %s: %w", a.url.Redacted(), err)
	}
	return newConn(raw), nil
}

// conn gathers small reads and writes into large ones. The client library reads a packet in three
// reads and writes each acknowledgement by itself, which costs four system calls per message; behind
// a conn, a busy connection costs a few for many messages. A write returns before it was sent.
type conn struct {
	net.Conn
	reader *bufio.Reader
	wake   chan struct{} // has room for one
	done   chan struct{} // closed when the sender has ended

	mu      sync.Mutex // guards what follows
	room    sync.Cond
	pending []byte
	err     error // why nothing more can be sent
	closed  bool
}

func newConn(raw net.Conn) *conn {
	c := &conn{
		Conn: raw, reader: bufio.NewReaderSize(raw, readBuffer),
		wake: make(chan struct{}, 1), done: make(chan struct{}),
	}
	c.room.L = &c.mu
	go c.send()
	return c
}

// Read reads from the buffer, and fills it with what has arrived. When a failed send has closed the
// connection, it returns the error of the send: the client library takes a closed connection for one
// that it has closed itself, and would not notice the loss.
func (c *conn) Read(p []byte) (int, error) {
	n, err := c.reader.Read(p)
	if err == nil {
		return n, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil && !c.closed {
		return n, c.err
	}
	return n, err
}

// Write queues p. It waits while too much is unsent, and returns the error of an earlier send.
func (c *conn) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(c.pending) > pendingWrites && c.err == nil && !c.closed {
		c.room.Wait()
	}
	if c.closed {
		return 0, net.ErrClosed
	}
	if c.err != nil {
		return 0, c.err
	}
	c.pending = append(c.pending, p...)
	c.signal()
	return len(p), nil
}

func (c *conn) signal() {
	select {
	case c.wake <- struct{}{}:
	default: // the sender will look again anyway
	}
}

// send sends what is pending, all of it at once, until Close or an error.
func (c *conn) send() {
	defer close(c.done)
	var sending []byte
	for range c.wake {
		c.mu.Lock()
		sending, c.pending = c.pending, sending[:0]
		closed := c.closed
		c.room.Broadcast()
		c.mu.Unlock()
		if err := c.sendAll(sending, closed); err != nil {
			c.fail(err)
			return
		}
		if closed {
			return
		}
	}
}

func (c *conn) sendAll(p []byte, closed bool) error {
	if len(p) == 0 {
		return nil
	}
	within := writeWithin
	if closed {
		within = flushWithin
	}
	if err := c.Conn.SetWriteDeadline(time.Now().Add(within)); err != nil {
		return err
	}
	_, err := c.Conn.Write(p)
	return err
}

// fail closes the connection underneath, so that the reader notices too.
func (c *conn) fail(err error) {
	c.mu.Lock()
	c.err, c.pending = err, nil
	c.room.Broadcast()
	c.mu.Unlock()
	_ = c.Conn.Close() // the first error is the one that counts
}

// SetDeadline bounds reads; sends have their own bound.
func (c *conn) SetDeadline(t time.Time) error { return c.SetReadDeadline(t) }

// SetWriteDeadline does nothing: sends have their own bound.
func (c *conn) SetWriteDeadline(time.Time) error { return nil }

// Close sends what is pending, for a second at most, and closes the connection.
func (c *conn) Close() error {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return nil
	}
	c.closed = true
	c.room.Broadcast()
	c.signal()
	c.mu.Unlock()
	timer := time.NewTimer(flushWithin)
	defer timer.Stop()
	select {
	case <-c.done:
		return c.Conn.Close()
	case <-timer.C: // a send is stuck
		err := c.Conn.Close()
		<-c.done
		return err
	}
}

// cut closes the connection at once and sends nothing more: a device that loses its power.
func (c *conn) cut() { c.fail(errCut) }

var errCut = errors.New("connection cut")
