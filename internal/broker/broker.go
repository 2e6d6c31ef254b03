// Package broker is the embedded message broker: an MQTT 3.1.1 listener for devices and a durable
// log (JetStream) for the center, in this process and on one store directory. Devices and the log
// live in two accounts, so that no device can read or write the log.
package broker

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	server "github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nuid"
)

// Config says where the broker listens and where it keeps its messages.
type Config struct {
	// StoreDir holds sessions, retained messages, undelivered messages and the log. Required.
	StoreDir string

	// MQTTListen is host:port of the MQTT listener; empty means 127.0.0.1:0, and port 0 means any
	// free port, which stays the same for the life of the Server.
	MQTTListen string

	// Username and Password are what devices must present; with an empty Username nobody is asked.
	Username string
	Password string

	// AckWait is how long a subscriber may take to acknowledge before it is sent the message again;
	// 0 means 3 s. It applies to subscriptions made from then on.
	AckWait time.Duration

	// MaxAckPending is how many messages one subscription may leave unacknowledged; 0 means 1024.
	// All subscriptions of one session together may have 65,535, and one that ends in # counts
	// twice, so the default allows 31 of these. It applies to subscriptions made from then on.
	MaxAckPending uint16

	// MaxStore bounds the bytes of everything in StoreDir; 0 means the disk. At the bound, publishers
	// are disconnected without an acknowledgement, and the log refuses to grow.
	MaxStore int64

	// Unsynced leaves writing to the disk to the operating system, which loses up to SyncInterval (2
	// minutes) of acknowledged messages with the power. It is for measuring what the promise costs.
	Unsynced bool

	// CheckEvery is how often the store's health is checked, and delivered messages are removed; 0
	// means 1 s.
	CheckEvery time.Duration

	// Log receives what the broker has to say: its warnings and errors as such, its chatter at debug
	// level. nil discards it.
	Log *slog.Logger
}

// maxPayload is the largest message in bytes, by MQTT or into the log.
const maxPayload = 8 << 20

var errNotRunning = errors.New("broker: not running")

// readyWithin bounds the wait for the listener, after the store has been recovered.
const readyWithin = 10 * time.Second

// Server is a running broker. When a write to its store has failed, for want of disk space above
// all, it acknowledges nothing more, waits until the store can be written again, and restarts
// itself on the same address. Its methods may be called from any goroutine.
type Server struct {
	config Config
	log    *slog.Logger
	host   string
	port   int // never 0 once started
	admin  admin
	trims  atomic.Uint64 // how often delivered messages were removed

	mu      sync.Mutex // guards what follows
	current *server.Server
	failure error
	stopped bool

	stop context.CancelFunc
	done chan struct{} // closed when the watch has ended
}

// Start opens the store, or makes it, and returns once MQTT clients can connect.
func Start(c Config) (*Server, error) {
	if c.StoreDir == "" {
		return nil, errors.New("broker: no store directory")
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	host, port, err := split(cmp.Or(c.MQTTListen, "127.0.0.1:0"))
	if err != nil {
		return nil, err
	}
	s := &Server{config: c, log: c.Log, host: host, port: port, done: make(chan struct{})}
	s.admin = admin{dial: s.InProcessConn, password: nuid.Next()}
	if err := s.start(context.Background()); err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(context.Background())
	s.stop = stop
	go s.watch(ctx)
	return s, nil
}

func split(listen string) (host string, port int, err error) {
	host, text, err := net.SplitHostPort(listen)
	if err != nil {
		return "", 0, fmt.Errorf("broker: listen address %q: %w", listen, err)
	}
	number, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return "", 0, fmt.Errorf("broker: port of listen address %q: %w", listen, err)
	}
	return cmp.Or(host, "0.0.0.0"), int(number), nil
}

// start runs a nats-server on the store and makes it the current one.
func (s *Server) start(ctx context.Context) error {
	options, err := s.options()
	if err != nil {
		return err
	}
	ns, err := server.NewServer(options)
	if err != nil {
		return fmt.Errorf("broker: %w", err)
	}
	logger := &bridge{log: s.log}
	ns.SetLoggerV2(logger, false, false, false)
	ns.Start()
	fatal := logger.lastFatal() // without a NATS listener, Start returns when all is up or has failed
	if fatal != nil || !ns.ReadyForConnections(readyWithin) || !ns.JetStreamEnabled() {
		ns.Shutdown()
		ns.WaitForShutdown()
		return fmt.Errorf("broker: start on %s with store %s: %w", s.hostport(), s.config.StoreDir,
			cmp.Or(fatal, errors.New("not ready in time")))
	}
	s.mu.Lock()
	s.current, s.port = ns, options.MQTT.Port
	s.mu.Unlock()
	if err := s.admin.prepareMessages(ctx); err != nil {
		s.halt()
		return err
	}
	return nil
}

func (s *Server) hostport() string { return net.JoinHostPort(s.host, strconv.Itoa(s.port)) }

// MQTTAddr returns host:port of the MQTT listener, with the port that was chosen.
func (s *Server) MQTTAddr() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.hostport()
}

// InProcessConn opens a connection to the log's account, for nats.InProcessServer. It fails while
// the broker is restarting.
func (s *Server) InProcessConn() (net.Conn, error) {
	s.mu.Lock()
	ns, stopped := s.current, s.stopped
	s.mu.Unlock()
	if ns == nil || stopped {
		return nil, errNotRunning
	}
	conn, err := ns.InProcessConn()
	if err != nil {
		return nil, fmt.Errorf("broker: %w", err)
	}
	return conn, nil
}

// Err returns why nothing is being acknowledged at present, or nil if all is well.
func (s *Server) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.failure
}

// Shutdown disconnects everyone, writes everything to the disk and returns once that is done, or
// with the error of ctx if that comes first. Sessions and messages are there at the next Start.
func (s *Server) Shutdown(ctx context.Context) error {
	s.mu.Lock()
	s.stopped = true
	s.mu.Unlock()
	s.stop()
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		<-s.done
		s.halt()
	}()
	select {
	case <-finished:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("broker: shutdown: %w", ctx.Err())
	}
}

// halt stops the current nats-server, if there is one.
func (s *Server) halt() {
	s.mu.Lock()
	ns := s.current
	s.current = nil
	s.mu.Unlock()
	if ns != nil {
		ns.Shutdown()
		ns.WaitForShutdown()
	}
}
