// Package eventlog is the durable log of everything that the center has accepted: appended by batch,
// read in order by partition, on NATS JetStream, whether that runs in this process or elsewhere.
package eventlog

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"opscenter/internal/city"
)

// ErrFull is wrapped by the error of an append that the log has no room for: its own limit or the
// disk's. Nothing is lost and nothing is written; appending again succeeds once there is room.
var ErrFull = errors.New("the event log is full")

const (
	streamName    = "OPSCENTER"
	subjectPrefix = "log."
	partitionsKey = "opscenter.partitions" // in the stream's metadata

	maxPartitions = 256
)

// Config says where the log is and how large it may grow.
type Config struct {
	// URL of an external NATS server or cluster. Empty: Conn must be set.
	URL string

	// Credentials is a NATS credentials file for URL; empty for none.
	Credentials string

	// Conn is the embedded broker.
	Conn nats.InProcessConnProvider

	// Health, if set, says why the broker cannot write, or nil. It is asked while an append goes
	// unanswered.
	Health func() error

	// Partitions is decided when the log is made and never changes; 0 means what it was made with, or 1.
	Partitions int

	// MaxBytes bounds the log; 0 means 8 GiB. A full log refuses to grow rather than forget.
	MaxBytes int64

	// MaxAge is how long entries are kept after Trim has released them; 0 lets go of them at once.
	MaxAge time.Duration

	// Replicas is how many servers of a cluster keep the log; 0 means 1.
	Replicas int

	// AppendTimeout bounds the wait for an append's acknowledgement; 0 means 5 s.
	AppendTimeout time.Duration

	// Now is the clock that MaxAge goes by; nil means the system's.
	Now func() time.Time

	// Log receives changes of the connection; nil discards them.
	Log *slog.Logger
}

// Log is an open event log. Its methods may be called from any goroutine.
type Log struct {
	config     Config
	nc         *nats.Conn
	js         jetstream.JetStream
	stream     jetstream.Stream
	partitions int
	encoders   sync.Pool
}

// Open connects and finds the log, or makes it. A log that was made with another number of
// partitions than a Config asks for is an error: which partition a location is in must not change.
func Open(ctx context.Context, c Config) (*Log, error) {
	c = c.defaults()
	if c.Partitions < 0 || c.Partitions > maxPartitions {
		return nil, fmt.Errorf("eventlog: %d partitions; at most %d", c.Partitions, maxPartitions)
	}
	nc, err := connect(c)
	if err != nil {
		return nil, err
	}
	l := &Log{config: c, nc: nc, encoders: sync.Pool{New: func() any { return newEncoder() }}}
	if err := l.openStream(ctx); err != nil {
		nc.Close()
		return nil, err
	}
	return l, nil
}

// defaults returns c with what it leaves out and cannot be without.
func (c Config) defaults() Config {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}

func connect(c Config) (*nats.Conn, error) {
	options := []nats.Option{
		nats.Name("opscenter event log"), nats.MaxReconnects(-1),
		nats.ReconnectWait(100 * time.Millisecond), nats.ReconnectJitter(50*time.Millisecond, 200*time.Millisecond),
		nats.ReconnectBufSize(-1), // an append during an outage fails at once; the caller repeats it in order
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil {
				c.Log.Warn("eventlog: disconnected", "error", err)
			}
		}),
		nats.ReconnectHandler(func(*nats.Conn) { c.Log.Info("eventlog: connected again") }),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			c.Log.Debug("eventlog: connection", "error", err)
		}),
	}
	if c.URL == "" {
		if c.Conn == nil {
			return nil, errors.New("eventlog: neither a url nor an embedded broker")
		}
		options = append(options, nats.InProcessServer(c.Conn))
	}
	if c.Credentials != "" {
		options = append(options, nats.UserCredentials(c.Credentials))
	}
	nc, err := nats.Connect(c.URL, options...)
	if err != nil {
		return nil, fmt.Errorf("eventlog: connect: %w", err)
	}
	return nc, nil
}

// openStream finds or makes the stream, and brings its limits up to date.
func (l *Log) openStream(ctx context.Context) error {
	js, err := jetstream.New(l.nc, jetstream.WithPublishAsyncMaxPending(1<<14))
	if err != nil {
		return fmt.Errorf("eventlog: %w", err)
	}
	l.js = js
	stored, err := l.storedPartitions(ctx)
	if err != nil {
		return err
	}
	wanted := l.config.Partitions
	if stored != 0 && wanted != 0 && stored != wanted {
		return fmt.Errorf("eventlog: made with %d partitions, configured with %d; it cannot change", stored, wanted)
	}
	l.partitions = cmp.Or(stored, wanted, 1)
	l.stream, err = js.CreateOrUpdateStream(ctx, l.streamConfig())
	if err != nil {
		return fmt.Errorf("eventlog: open the stream: %w", err)
	}
	return nil
}

func (l *Log) streamConfig() jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name: streamName, Description: "everything that the center has accepted, in order",
		Subjects:  []string{subjectPrefix + "*"},
		Retention: jetstream.LimitsPolicy, Discard: jetstream.DiscardNew, Storage: jetstream.FileStorage,
		MaxBytes: cmp.Or(l.config.MaxBytes, 8<<30), Replicas: cmp.Or(l.config.Replicas, 1),
		Metadata: map[string]string{partitionsKey: strconv.Itoa(l.partitions)},
	}
}

// storedPartitions returns what the log was made with, or 0 if there is none yet.
func (l *Log) storedPartitions(ctx context.Context) (int, error) {
	stream, err := l.js.Stream(ctx, streamName)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("eventlog: find the stream: %w", err)
	}
	text := stream.CachedInfo().Config.Metadata[partitionsKey]
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > maxPartitions {
		return 0, fmt.Errorf("eventlog: the stream %s says it has %q partitions; it is not ours", streamName, text)
	}
	return n, nil
}

// Close ends the connection. Reads and appends under way fail.
func (l *Log) Close() { l.nc.Close() }

// Partitions returns the number of partitions.
func (l *Log) Partitions() int { return l.partitions }

// Partition returns the partition of a location, from 0 on: FNV-1a of its id, modulo Partitions.
func (l *Log) Partition(location string) int { return city.PartitionOf(location, l.partitions) }

func subject(partition int) string { return subjectPrefix + strconv.Itoa(partition) }
