package mqtt

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
)

// ErrRefused is wrapped by the error of a Status when the broker refused a subscription or granted
// it less than QoS 1.
var ErrRefused = errors.New("subscription refused")

// Message is one message as the broker delivered it. Its Payload is nobody else's.
type Message struct {
	Topic      string
	Payload    []byte
	Retained   bool // the broker's flag: it may be a replay of an old message
	Duplicate  bool // the broker's flag: it may have been delivered before
	QoS        byte
	ReceivedAt time.Time

	origin paho.Message
}

// Ack tells the broker that the message is kept. Messages should be acknowledged in the order in
// which they came. It may be called from any goroutine, waits at most while the connection is full,
// and does nothing when the connection that brought the message is gone: the broker will send it
// again.
func (m Message) Ack() {
	if m.origin != nil && m.QoS > 0 {
		m.origin.Ack()
	}
}

// Status is how a Client stands with its broker.
type Status struct {
	Connected  bool
	Subscribed bool      // every topic was granted QoS 1; implies Connected
	Since      time.Time // when Connected or Subscribed last changed
	Err        error     // why it is not subscribed; nil when it is
	Queued     int       // messages waiting in Messages
	Received   uint64    // messages since the start
	Dropped    uint64    // messages that found the queue full; those of QoS 1 will come again
	Connects   uint64    // connections since the start
}

// Client receives what was published to its topics. It connects, subscribes and reconnects by
// itself until it is closed. Its methods may be called from any goroutine.
type Client struct {
	config Config
	now    func() time.Time
	log    *slog.Logger
	queue  chan Message

	received, dropped, connects atomic.Uint64
	owed                        atomic.Bool // a QoS 1 message was dropped on this connection

	mu     sync.Mutex // guards status
	status Status

	stop context.CancelFunc
	done chan struct{}
}

// Connect checks the configuration, files included, and returns a Client that connects in the
// background. The Client lives until Close, or until ctx ends.
func Connect(ctx context.Context, c Config, now func() time.Time, log *slog.Logger) (*Client, error) {
	e := c.endpoint()
	if _, err := e.read(); err != nil {
		return nil, err
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(ctx)
	client := &Client{
		config: c, now: now, log: log, stop: stop, done: make(chan struct{}),
		queue:  make(chan Message, cmp.Or(c.Queue, 65_536)),
		status: Status{Since: now(), Err: errors.New("not connected yet")},
	}
	go client.run(ctx)
	return client, nil
}

// Messages returns the queue of received messages, in the order of the broker. It is never closed.
func (c *Client) Messages() <-chan Message { return c.queue }

// Status returns how things stand now.
func (c *Client) Status() Status {
	c.mu.Lock()
	s := c.status
	c.mu.Unlock()
	s.Queued, s.Received = len(c.queue), c.received.Load()
	s.Dropped, s.Connects = c.dropped.Load(), c.connects.Load()
	return s
}

// Close disconnects and keeps the session at the broker, so that what is not acknowledged by then
// is sent to the next Client of the same id. It returns the error of ctx if that ends first.
func (c *Client) Close(ctx context.Context) error {
	c.stop()
	select {
	case <-c.done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("mqtt: close: %w", ctx.Err())
	}
}

// enqueue is the library's callback. It must not block, since it holds up pings too.
func (c *Client) enqueue(_ paho.Client, m paho.Message) {
	message := Message{
		Topic: m.Topic(), Payload: m.Payload(), Retained: m.Retained(), Duplicate: m.Duplicate(),
		QoS: m.Qos(), ReceivedAt: c.now(), origin: m,
	}
	select {
	case c.queue <- message:
		c.received.Add(1)
	default:
		c.dropped.Add(1)
		if message.QoS > 0 {
			c.owed.Store(true)
		}
	}
}

// set records a change of standing, and logs it once.
func (c *Client) set(connected, subscribed bool, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	changed := c.status.Connected != connected || c.status.Subscribed != subscribed
	c.status.Connected, c.status.Subscribed, c.status.Err = connected, subscribed, err
	if !changed {
		return
	}
	c.status.Since = c.now()
	if subscribed {
		c.log.Info("mqtt: subscribed", "broker", c.config.URL, "topics", len(c.config.Topics))
		return
	}
	if err != nil && !errors.Is(err, context.Canceled) {
		c.log.Warn("mqtt: not receiving", "broker", c.config.URL, "connected", connected, "error", err)
	}
}
