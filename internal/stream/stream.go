// Package stream serves the live picture of the city over WebSocket: an atomic snapshot, then
// deltas by sequence. Clients that subscribe to the same thing share one view, which encodes a
// change once for all of them; a client that reads too slowly loses its place and never slows
// another. This package and streamclient are the only importers of gorilla/websocket.
package stream

import (
	"context"
	"log/slog"
	"time"

	"opscenter/internal/city"
)

// Protocol is the WebSocket subprotocol that clients must offer.
const Protocol = "opscenter.v1"

// Source is the live picture that a Hub streams.
type Source interface {
	// Cut calls read with the picture; nothing changes until read returns. The picture must not be
	// used after that.
	Cut(read func(city.Picture))

	// Watch calls fn with every change until cancel is called. For frames to be exact cuts, fn is
	// called before a Cut can see the change, that is, under the lock that Cut takes; where it is
	// called later, a frame may hold half of a change and the next frame the rest. fn does not
	// block and does not call back. An entity that moves to another location is announced for both.
	Watch(fn func(changes []city.Change)) (cancel func())
}

// Metrics counts what a Hub does. Its methods are called from many goroutines and must not block.
type Metrics interface {
	FrameEncoded(op string, bytes int) // one frame was encoded, for any number of clients; op is changes, snapshot or resumed
	FramesQueued(frames int)           // one frame was put into the queues of that many clients
	Resync()                           // one subscription was dropped because its client was too slow
	Closed(reason string)              // one connection ended: gone, slow, malformed, shutdown
}

// Config says how a Hub works. Every field but Health may be left zero for its default.
type Config struct {
	// Health returns the state of ingest (live, catching_up or blind) and how old the newest data is.
	Health func() (state string, dataAge time.Duration)

	// Act does what somebody decided about an alarm, once for each key, and returns what became of it. Its
	// errors are told to the client. It is called from many goroutines. Nil: no actions are taken.
	Act func(ctx context.Context, action city.Action) (city.Outcome, error)

	Origins []string // allowed besides the server's own host, such as http://localhost:5173

	Interval  time.Duration // least time between two frames of a subscription; 100 ms
	Heartbeat time.Duration // 5 s
	Ping      time.Duration // 20 s
	PongWait  time.Duration // a connection without a pong for so long is closed; 40 s
	WriteWait time.Duration // longest time for one frame up to 64 KiB, and as much again for every further MiB; 10 s
	Idle      time.Duration // how long a view outlives its last client, for resumes; 2 min

	MaxClients       int // 5,000
	MaxViews         int // different filters at a time; 512
	MaxSubscriptions int // of one client; 32
	MaxScreens       int // whose reports are kept; 256
	QueueFrames      int // change frames waiting for one client; 128
	QueueBytes       int // change frames waiting for one client, in bytes; 8 MiB
	MaxRemoved       int // removals that a view remembers for resumes; 65,536

	// Ops are further operations that clients may ask for, by their op; each gets the whole frame. An
	// error is answered as bad_request, success with a heartbeat. They may take a moment, in which the
	// client's other requests wait.
	Ops map[string]func(frame []byte) error

	Now     func() time.Time // the time that clients are told; time.Now
	Log     *slog.Logger
	Metrics Metrics
}

func (c Config) withDefaults() Config {
	defaultTo(&c.Interval, 100*time.Millisecond)
	defaultTo(&c.Heartbeat, 5*time.Second)
	defaultTo(&c.Ping, 20*time.Second)
	defaultTo(&c.PongWait, 40*time.Second)
	defaultTo(&c.WriteWait, 10*time.Second)
	defaultTo(&c.Idle, 2*time.Minute)
	defaultTo(&c.MaxClients, 5000)
	defaultTo(&c.MaxViews, 512)
	defaultTo(&c.MaxSubscriptions, 32)
	defaultTo(&c.MaxScreens, 256)
	defaultTo(&c.QueueFrames, 128)
	defaultTo(&c.QueueBytes, 8<<20)
	defaultTo(&c.MaxRemoved, 65536)
	if c.Health == nil {
		c.Health = func() (string, time.Duration) { return "blind", 0 }
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Metrics == nil {
		c.Metrics = noMetrics{}
	}
	return c
}

func defaultTo[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

type noMetrics struct{}

func (noMetrics) FrameEncoded(string, int) {}
func (noMetrics) FramesQueued(int)         {}
func (noMetrics) Resync()                  {}
func (noMetrics) Closed(string)            {}
