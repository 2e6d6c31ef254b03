package stream_test

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"opscenter/internal/stream"
	"opscenter/internal/stream/streamclient"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// pipeListener accepts connections in memory, so that a test in a bubble controls the time.
type pipeListener struct {
	conns  chan net.Conn
	closed chan struct{}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error {
	close(l.closed)
	return nil
}

func (l *pipeListener) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

func (l *pipeListener) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	server, client := net.Pipe()
	select {
	case l.conns <- server:
		return client, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// rig is a hub behind a real HTTP server, reached through memory.
type rig struct {
	t       testing.TB
	hub     *stream.Hub
	city    *fakeCity
	counter *counter
	dial    func(ctx context.Context, network, address string) (net.Conn, error)
	stop    func()
}

// setup starts a rig, which ends with the test.
func setup(t testing.TB, cfg stream.Config) *rig {
	t.Helper()
	r := start(t, cfg)
	t.Cleanup(r.stop)
	return r
}

func start(t testing.TB, cfg stream.Config) *rig {
	t.Helper()
	r := &rig{t: t, city: newFakeCity(), counter: newCounter()}
	cfg.Metrics = r.counter
	if cfg.Health == nil {
		cfg.Health = func() (string, time.Duration) { return "live", 420 * time.Millisecond }
	}
	r.hub = stream.New(cfg, r.city)
	pipe := &pipeListener{conns: make(chan net.Conn), closed: make(chan struct{})}
	r.dial = pipe.dial
	r.serve(pipe)
	return r
}

// overTCP starts a rig on a real loopback address.
func overTCP(t testing.TB, cfg stream.Config) *rig {
	t.Helper()
	r := &rig{t: t, city: newFakeCity(), counter: newCounter()}
	cfg.Metrics = r.counter
	r.hub = stream.New(cfg, r.city)
	r.listenTCP(r.hub)
	t.Cleanup(r.stop)
	return r
}

func (r *rig) listenTCP(handler http.Handler) {
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it listens at once
	if err != nil {
		r.t.Fatal(err)
	}
	r.dial = func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "tcp", listener.Addr().String())
	}
	r.serveHandler(listener, handler)
}

func (r *rig) serve(listener net.Listener) { r.serveHandler(listener, r.hub) }

func (r *rig) serveHandler(listener net.Listener, handler http.Handler) {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: time.Minute}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = server.Serve(listener)
	}()
	r.stop = func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if r.hub != nil {
			_ = r.hub.Close(ctx) // a test may leave clients that do not read
		}
		_ = server.Close()
		<-served
	}
}

func (r *rig) connect() *streamclient.Client {
	r.t.Helper()
	c, err := r.tryConnect(streamclient.Options{})
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { _ = c.Abort() })
	return c
}

func (r *rig) tryConnect(o streamclient.Options) (*streamclient.Client, error) {
	o.Dial = r.dial
	return streamclient.Dial(context.Background(), "ws://wall.test/api/v1/stream", o)
}

// subscribed connects and subscribes to keys as w1, and returns the first frame.
func (r *rig) subscribed(keys ...string) (*streamclient.Client, streamclient.Message) {
	r.t.Helper()
	c := r.connect()
	return c, r.subscribe(c, streamclient.Subscription{ID: "w1", Keys: keys})
}

func (r *rig) subscribe(c *streamclient.Client, s streamclient.Subscription) streamclient.Message {
	r.t.Helper()
	if err := c.Subscribe(s); err != nil {
		r.t.Fatal(err)
	}
	return r.next(c)
}

// next returns the next frame that is no heartbeat.
func (r *rig) next(c *streamclient.Client) streamclient.Message {
	r.t.Helper()
	for range 1000 {
		m, err := c.Next()
		if err != nil {
			r.t.Fatal(err)
		}
		if m.Op != "heartbeat" {
			return m
		}
	}
	r.t.Fatal("nothing came but heartbeats")
	return streamclient.Message{}
}

// silent fails the test if any frame but a heartbeat comes within d.
func (r *rig) silent(c *streamclient.Client, d time.Duration) {
	r.t.Helper()
	got := make(chan streamclient.Message, 1)
	go func() {
		for {
			m, err := c.Next()
			if err != nil {
				close(got)
				return
			}
			if m.Op != "heartbeat" {
				got <- m
				return
			}
		}
	}()
	select {
	case m := <-got:
		r.t.Errorf("an unexpected frame: %+v", m)
	case <-time.After(d):
	}
}

func (r *rig) close(c *streamclient.Client) {
	r.t.Helper()
	if err := c.Close(); err != nil {
		r.t.Fatal(err)
	}
}

func diff(t testing.TB, want, got any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
}

func entities(keysAndValues ...string) map[string]json.RawMessage {
	m := make(map[string]json.RawMessage)
	for i := 0; i < len(keysAndValues); i += 2 {
		m[keysAndValues[i]] = json.RawMessage(keysAndValues[i+1])
	}
	return m
}

func changes(keysAndValues ...string) []streamclient.Change {
	var list []streamclient.Change
	for i := 0; i < len(keysAndValues); i += 2 {
		list = append(list, streamclient.Change{Key: keysAndValues[i], Value: json.RawMessage(keysAndValues[i+1])})
	}
	return list
}
