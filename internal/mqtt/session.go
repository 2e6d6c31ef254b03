package mqtt

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/url"
	"sync/atomic"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
	"github.com/eclipse/paho.mqtt.golang/packets"
)

// link is one connection to the broker, from CONNECT to its loss. Every connection gets a client of
// its own, so that nothing stale survives from one to the next.
type link struct {
	paho paho.Client
	lost chan error    // receives one error
	gone chan struct{} // closed by close
	conn atomic.Pointer[conn]
}

// open connects and returns once the broker has accepted. adapt completes the options. All that it
// starts has ended, or will end by itself, once the link is closed.
func open(ctx context.Context, e endpoint, adapt func(*paho.ClientOptions)) (*link, error) {
	a, err := e.read()
	if err != nil {
		return nil, err
	}
	l := &link{lost: make(chan error, 1), gone: make(chan struct{})}
	o := paho.NewClientOptions().
		AddBroker(e.url).SetClientID(e.clientID).SetProtocolVersion(4).
		SetAutoReconnect(false).SetConnectRetry(false).SetConnectTimeout(e.timeout()).
		SetKeepAlive(cmp.Or(e.keepAlive, 20*time.Second)).SetPingTimeout(cmp.Or(e.pingIn, 10*time.Second)).
		SetStore(noStore{}).SetWriteTimeout(publishWithin).
		SetConnectionLostHandler(func(_ paho.Client, err error) { l.lost <- err }).
		SetCustomOpenConnectionFn(func(*url.URL, paho.ClientOptions) (net.Conn, error) {
			raw, err := dial(ctx, a, e.timeout())
			if err != nil {
				return nil, err
			}
			if buffered, ok := raw.(*conn); ok {
				l.conn.Store(buffered)
			}
			return raw, nil
		})
	user := a.url.User
	if e.username != "" || user == nil {
		o.SetUsername(e.username).SetPassword(a.password)
	}
	adapt(o)
	l.paho = paho.NewClient(o)
	token := l.paho.Connect()
	select {
	case <-token.Done():
	case <-ctx.Done():
		l.cut() // ends the handshake
		<-token.Done()
		l.close()
		return nil, fmt.Errorf("mqtt: connect: %w", ctx.Err())
	}
	if err := token.Error(); err != nil {
		return nil, fmt.Errorf("mqtt: connect to %s: %w", a.url.Redacted(), err)
	}
	return l, nil
}

// publishWithin bounds how long handing over one message may take; a connection that is being lost
// would otherwise hold its publisher for half a minute.
const publishWithin = 5 * time.Second

// close says goodbye and ends the connection.
func (l *link) close() {
	l.paho.Disconnect(250)
	close(l.gone)
}

// cut ends the connection without a goodbye, so that the broker publishes the last will.
func (l *link) cut() {
	if c := l.conn.Load(); c != nil {
		c.cut()
	}
}

// await waits for an operation of the link, as long as a broker may reasonably take.
func (l *link) await(ctx context.Context, token paho.Token, within time.Duration) error {
	timer := time.NewTimer(within)
	defer timer.Stop()
	select {
	case <-token.Done():
		return token.Error()
	case err := <-l.lost:
		l.lost <- err // for whoever watches the link
		return err
	case <-timer.C:
		return fmt.Errorf("no answer within %s", within)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// backoff is a pause that doubles from one failure to the next.
type backoff struct {
	first, most time.Duration
	failures    int
}

// pause waits, and returns the error of ctx if that ends first.
func (b *backoff) pause(ctx context.Context) error {
	first, most := cmp.Or(b.first, 200*time.Millisecond), cmp.Or(b.most, 10*time.Second)
	wait := min(first<<min(b.failures, 16), most)
	b.failures++
	wait -= time.Duration(rand.Int64N(int64(wait)/2 + 1)) //nolint:gosec // so that a fleet does not return as one
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

var errLost = errors.New("connection lost")

// noStore keeps no packets: what is unacknowledged is the broker's to send again, and the
// publisher's caller is told.
type noStore struct{}

func (noStore) Open()                             {}
func (noStore) Put(string, packets.ControlPacket) {}
func (noStore) Get(string) packets.ControlPacket  { return nil }
func (noStore) All() []string                     { return nil }
func (noStore) Del(string)                        {}
func (noStore) Close()                            {}
func (noStore) Reset()                            {}
