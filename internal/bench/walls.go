package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/harness"
	"opscenter/internal/stream"
	"opscenter/internal/stream/streamclient"
)

// Walls says what the walls benchmark does.
type Walls struct {
	Clients  int
	Changes  int // entities that change between two frames
	Duration time.Duration
	Rounds   int
}

// RunWalls measures how many frames per second the stream writes to many clients of one changing
// board, against a bare loop that writes the same prepared frame to the same number of connections,
// in turn; and the memory of an idle client. The clients are in this process, on the loopback.
func RunWalls(ctx context.Context, p Printer, o Walls) error {
	board := newBoard(o.Changes)
	p.Printf("%d clients, frames of %d bytes with %d changed entities, %v a run\n", o.Clients, len(board.frame()), o.Changes, o.Duration)
	p.Row("run", "frames/s")
	var ratios []float64
	for round := range o.Rounds {
		bare, err := o.bare(ctx, board)
		if err != nil {
			return fmt.Errorf("bare loop: %w", err)
		}
		p.Row(fmt.Sprintf("bare loop %d", round+1), f0(bare))
		hub, err := o.hub(ctx, board)
		if err != nil {
			return fmt.Errorf("stream: %w", err)
		}
		p.Row(fmt.Sprintf("stream %d", round+1), f0(hub))
		ratios = append(ratios, hub/bare)
	}
	p.Printf("the stream writes %s of the bare loop's frames (median of %d pairs; %s to %s)\n",
		percent(median(ratios)), o.Rounds, percent(smallest(ratios)), percent(largest(ratios)))
	idle, err := o.idle(ctx)
	if err != nil {
		return fmt.Errorf("idle clients: %w", err)
	}
	p.Printf("an idle client costs the center %.1f KiB of resident memory (%d clients)\n", idle/1024, o.Clients)
	return nil
}

// board is a picture whose entities all change at once.
type board struct {
	mu       sync.Mutex
	keys     []string
	entities map[string][]byte
	turn     int
	watch    func([]city.Change)
	changes  []city.Change
}

func newBoard(n int) *board {
	b := &board{entities: map[string][]byte{}}
	for i := range n {
		key := "device/" + harness.DeviceID(i)
		b.keys = append(b.keys, key)
		b.changes = append(b.changes, city.Change{Key: key, Location: harness.LocationID(i)})
	}
	b.change()
	return b
}

// change gives every entity a new value and announces it.
func (b *board) change() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.turn++
	for i, key := range b.keys {
		b.entities[key] = fmt.Appendf(nil, `{"id":%q,"status":"ok","since":"2026-11-23T08:00:00+07:00","readings":{"fps":{"value":%d,"unit":"fps","status":"ok"}}}`, harness.DeviceID(i), 20+b.turn%10)
	}
	if b.watch != nil {
		b.watch(b.changes)
	}
}

// frame returns what the stream would write for one change of everything.
func (b *board) frame() []byte {
	type change struct {
		Key   string          `json:"key"`
		Value json.RawMessage `json:"value"`
	}
	var changes []change
	for _, key := range b.keys {
		changes = append(changes, change{key, b.entities[key]})
	}
	text, _ := json.Marshal(map[string]any{"op": "changes", "id": "w1", "seq": 1, "changes": changes}) //nolint:errchkjson // plain data
	return text
}

// Cut implements stream.Source.
func (b *board) Cut(read func(city.Picture)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	read(b)
}

// Watch implements stream.Source.
func (b *board) Watch(fn func([]city.Change)) (cancel func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.watch = fn
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.watch = nil
	}
}

// Entity implements city.Picture.
func (b *board) Entity(key string) ([]byte, bool) { e, ok := b.entities[key]; return e, ok }

// Each implements city.Picture.
func (b *board) Each(prefix string, visit func(key, location string)) {
	for i, key := range b.keys {
		if strings.HasPrefix(key, prefix) {
			visit(key, harness.LocationID(i))
		}
	}
}

// audience is many clients that throw away what they read, and count it.
type audience struct {
	clients []*streamclient.Client
	frames  atomic.Int64
	target  atomic.Int64  // of frames
	reached chan struct{} // told when frames comes to target
	done    sync.WaitGroup
}

func (o Walls) audience(ctx context.Context, url string, subscribe bool) (*audience, error) {
	a := &audience{reached: make(chan struct{}, 1)}
	for range o.Clients {
		client, err := streamclient.Dial(ctx, url, streamclient.Options{})
		if err != nil {
			return nil, errors.Join(err, a.close())
		}
		a.clients = append(a.clients, client)
		if !subscribe {
			continue
		}
		if err := client.Subscribe(streamclient.Subscription{ID: "w1", Keys: []string{"device/*"}}); err != nil {
			return nil, errors.Join(err, a.close())
		}
		if _, err := client.Skip(); err != nil { // the snapshot
			return nil, errors.Join(err, a.close())
		}
	}
	return a, nil
}

// read makes every client read on until its connection ends.
func (a *audience) read() {
	for _, client := range a.clients {
		a.done.Go(func() {
			for {
				if _, err := client.Skip(); err != nil {
					return
				}
				if a.frames.Add(1) == a.target.Load() {
					a.reached <- struct{}{}
				}
			}
		})
	}
}

func (a *audience) close() error {
	var faults []error
	for _, client := range a.clients {
		faults = append(faults, client.Abort())
	}
	a.done.Wait()
	return errors.Join(faults...)
}

// serve serves handler on a free loopback port until the returned function is called.
func serve(ctx context.Context, handler http.Handler) (url string, stop func() error, err error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(l) }() // ends with Close
	return "ws://" + l.Addr().String(), server.Close, nil
}

// bare returns the frames/s of the bare loop.
func (o Walls) bare(ctx context.Context, b *board) (float64, error) {
	loop := streamclient.NewBareLoop()
	defer loop.Close()
	url, stop, err := serve(ctx, loop)
	if err != nil {
		return 0, err
	}
	defer func() { _ = stop() }()
	a, err := o.audience(ctx, url, false)
	if err != nil {
		return 0, err
	}
	a.read()
	defer func() { _ = a.close() }()
	frame := b.frame()
	started := time.Now()
	for time.Since(started) < o.Duration {
		if err := loop.Broadcast(frame); err != nil {
			return 0, err
		}
	}
	return float64(a.frames.Load()) / time.Since(started).Seconds(), nil
}

// hub returns the frames/s of the stream. The board changes again as soon as every client has read
// the frame before.
func (o Walls) hub(ctx context.Context, b *board) (rate float64, err error) {
	hub := stream.New(stream.Config{
		Health:   func() (string, time.Duration) { return "live", 0 },
		Interval: time.Nanosecond, MaxClients: 2 * o.Clients,
	}, b)
	defer func() { err = errors.Join(err, hub.Close(ctx)) }()
	url, stop, err := serve(ctx, hub)
	if err != nil {
		return 0, err
	}
	defer func() { _ = stop() }()
	a, err := o.audience(ctx, url, true)
	if err != nil {
		return 0, err
	}
	a.target.Store(int64(o.Clients))
	a.read()
	defer func() { _ = a.close() }()
	started := time.Now()
	for time.Since(started) < o.Duration {
		b.change()
		select {
		case <-a.reached:
			a.target.Add(int64(o.Clients))
		case <-time.After(10 * time.Second):
			return 0, fmt.Errorf("after %d frames a client got no more", a.frames.Load())
		}
	}
	return float64(a.frames.Load()) / time.Since(started).Seconds(), nil
}

// idle returns the resident memory, in bytes, that an idle client costs a center. The clients are in
// this process and the center is not.
func (o Walls) idle(ctx context.Context) (bytes float64, err error) {
	dir, remove, err := scratch()
	if err != nil {
		return 0, err
	}
	defer remove()
	c, err := startCenter(ctx, dir)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, c.Stop()) }()
	if err := c.WaitReady(ctx, time.Minute); err != nil {
		return 0, err
	}
	before, err := c.Resident()
	if err != nil {
		return 0, err
	}
	a, err := o.audience(ctx, c.Stream(), true)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, a.close()) }()
	after, err := c.Resident()
	return float64(after-before) / float64(o.Clients), err
}
