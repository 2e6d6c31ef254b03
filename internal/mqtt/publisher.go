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

// Will is what the broker publishes on behalf of a publisher that vanishes without a goodbye.
type Will struct {
	Topic    string
	Payload  []byte
	QoS      byte
	Retained bool
}

// PublisherConfig says where a Publisher publishes, and as whom; see Config for its first fields.
type PublisherConfig struct {
	URL          string
	ClientID     string // empty: the broker picks one
	Username     string
	PasswordFile string
	CAFile       string
	CertFile     string
	KeyFile      string

	Will *Will // nil for none

	// InFlight is how many messages may be unacknowledged; 0 means 1024.
	InFlight int

	// OnConnect, if set, is called at each connection, before Publish can use it, with a function
	// that publishes first, for example "online". It must not call the Publisher's own methods.
	OnConnect func(publish func(Outgoing))

	Backoff    time.Duration // as in Config
	MaxBackoff time.Duration
}

func (c *PublisherConfig) endpoint() endpoint {
	return endpoint{
		url: c.URL, clientID: c.ClientID, username: c.Username, passwordFile: c.PasswordFile,
		caFile: c.CAFile, certFile: c.CertFile, keyFile: c.KeyFile,
	}
}

// Outgoing is one message to publish. Its Payload must not change until it is acknowledged.
type Outgoing struct {
	Topic    string
	Payload  []byte
	QoS      byte // 0 or 1
	Retained bool
}

// Counts tells what became of what was published. Published = Acked + Failed + those in flight.
type Counts struct {
	Published uint64 // handed to the connection
	Acked     uint64 // acknowledged by the broker; at QoS 0, sent
	Failed    uint64 // lost with the connection, as far as is known
	Connects  uint64 // connections so far
}

// Publisher publishes over one connection, which it makes again when it is lost. Its methods may be
// called from any goroutine.
type Publisher struct {
	config PublisherConfig
	log    *slog.Logger
	slots  chan struct{} // one per message in flight
	flying chan flight

	published, acked, failed, connects atomic.Uint64

	mu      sync.Mutex // guards what follows
	link    *link      // nil while disconnected
	ready   chan struct{}
	standby bool           // Drop was called, Resume was not
	sending sync.WaitGroup // those between taking a link and handing over
	closed  bool           // no more may begin sending

	stop context.CancelFunc
	done chan struct{}
}

// flight is a message on its way.
type flight struct {
	link  *link
	token paho.Token
	done  func(error)
}

// NewPublisher checks the configuration and returns a Publisher that connects in the background. It
// lives until Close, or until ctx ends.
func NewPublisher(ctx context.Context, c PublisherConfig, log *slog.Logger) (*Publisher, error) {
	e := c.endpoint()
	if _, err := e.read(); err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(ctx)
	inFlight := cmp.Or(c.InFlight, 1024)
	p := &Publisher{
		config: c, log: log, stop: stop, done: make(chan struct{}),
		slots: make(chan struct{}, inFlight), flying: make(chan flight, inFlight),
		ready: make(chan struct{}),
	}
	go p.run(ctx)
	return p, nil
}

// Publish hands a message to the connection. It waits while there is no connection or too much is
// in flight, and returns an error only if ctx ends meanwhile or the Publisher is closed. done, which
// may be nil, is called once: with nil when the broker has acknowledged the message, or with why
// that is not known. It must not block for long.
func (p *Publisher) Publish(ctx context.Context, m Outgoing, done func(error)) error {
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	case <-p.done:
		return errClosed
	}
	l, err := p.connected(ctx)
	if err != nil {
		<-p.slots
		return err
	}
	defer p.sending.Done()
	token := l.paho.Publish(m.Topic, m.QoS, m.Retained, m.Payload)
	p.published.Add(1)
	p.flying <- flight{link: l, token: token, done: done} // has room for every slot
	return nil
}

var errClosed = errors.New("mqtt: publisher is closed")

// connected waits for a link and counts the caller as sending.
func (p *Publisher) connected(ctx context.Context) (*link, error) {
	for {
		p.mu.Lock()
		l, ready, closed := p.link, p.ready, p.closed
		if l != nil && !closed {
			p.sending.Add(1)
		}
		p.mu.Unlock()
		if closed {
			return nil, errClosed
		}
		if l != nil {
			return l, nil
		}
		select {
		case <-ready:
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-p.done:
			return nil, errClosed
		}
	}
}

// Connected reports whether there is a connection now.
func (p *Publisher) Connected() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.link != nil
}

// Counts returns the counts so far.
func (p *Publisher) Counts() Counts {
	return Counts{
		Published: p.published.Load(), Acked: p.acked.Load(), Failed: p.failed.Load(), Connects: p.connects.Load(),
	}
}

// Flush waits until nothing is in flight.
func (p *Publisher) Flush(ctx context.Context) error {
	taken := 0
	defer func() {
		for range taken {
			<-p.slots
		}
	}()
	for range cap(p.slots) {
		select {
		case p.slots <- struct{}{}:
			taken++
		case <-ctx.Done():
			return ctx.Err()
		case <-p.done:
			return nil
		}
	}
	return nil
}

// Drop cuts the connection without a goodbye, as a power cut would, so that the broker publishes
// the Will. The Publisher stays away until Resume.
func (p *Publisher) Drop() {
	p.mu.Lock()
	p.standby = true
	l := p.unuse()
	p.mu.Unlock()
	if l != nil {
		l.cut()
	}
}

// Resume lets a dropped Publisher connect again.
func (p *Publisher) Resume() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.standby = false
}

// Close waits for what is in flight, says goodbye and ends the connection. It returns the error of
// ctx if that ends first; the connection ends all the same.
func (p *Publisher) Close(ctx context.Context) error {
	err := p.Flush(ctx)
	p.stop()
	select {
	case <-p.done:
	case <-ctx.Done():
		err = ctx.Err()
	}
	if err != nil {
		return fmt.Errorf("mqtt: close: %w", err)
	}
	return nil
}
