package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"opscenter/internal/archive"
	"opscenter/internal/city"
	"opscenter/internal/eventlog"
	"opscenter/internal/httpapi"
	"opscenter/internal/live"
	"opscenter/internal/replay"
	"opscenter/internal/store"
	"opscenter/internal/stream"
)

// past is httpapi.Past on the archive and the log.
type past struct {
	replay  *replay.Past
	zone    *time.Location
	origins []string
	metrics stream.Metrics
	log     *slog.Logger

	running sync.WaitGroup // replays
	mu      sync.Mutex
	stopped bool
	next    int
	stops   map[int]context.CancelFunc
}

func (a *App) newPast() *past {
	return &past{
		replay: replay.New(replay.Config{
			Board: a.shows, Store: a.store, Codec: func() archive.Codec { return eventlog.NewCodec() },
			Tail: func(ctx context.Context, partition int, after uint64, handle func(uint64, []city.Entry) error) error {
				return a.read(ctx, partition, after, handle)
			},
		}),
		zone: a.zone, origins: a.config.AllowOrigin, metrics: a.metrics, log: a.log.With("part", "replay"), stops: map[int]context.CancelFunc{},
	}
}

// Board implements httpapi.Past.
func (p *past) Board(ctx context.Context, at time.Time) (httpapi.Source, error) {
	board, err := p.replay.Board(ctx, at)
	if err != nil {
		return nil, pastError(err)
	}
	return board, nil
}

// Span implements httpapi.Past.
func (p *past) Span(ctx context.Context) (from, to time.Time, err error) {
	from, err = p.replay.Begins(ctx)
	if err != nil {
		return from, to, pastError(err)
	}
	return from, time.Now().Truncate(time.Second), nil
}

// Replay implements httpapi.Past: the client has a hub of its own, which streams a player.
func (p *past) Replay(w http.ResponseWriter, r *http.Request, q httpapi.ReplayQuery) error {
	if !stream.Acceptable(w, r, p.origins) {
		return nil // it has been answered
	}
	player, err := p.replay.Play(r.Context(), replay.Wish{From: q.From, To: q.To, Speed: q.Speed})
	if err != nil {
		return pastError(err)
	}
	ctx, stop := p.begin()
	hub := stream.New(stream.Config{
		Health: player.Health, Now: func() time.Time { return player.Now().In(p.zone) }, Ops: player.Ops(),
		Origins: p.origins, Heartbeat: time.Second, MaxClients: 1, Log: p.log, Metrics: lonely{p.metrics, stop},
	}, player)
	p.running.Go(func() {
		defer stop()
		if err := player.Run(ctx, hub.Beat); err != nil {
			p.log.Warn("a replay ended early", "error", err)
		}
		limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		if err := hub.Close(limited); err != nil {
			p.log.Debug("a replay's client did not take leave", "error", err)
		}
	})
	hub.ServeHTTP(w, r)
	if hub.Stats().Clients == 0 {
		stop() // it was refused, or is gone already
	}
	return nil
}

// lonely is the Metrics of a hub with one client, with whom it ends.
type lonely struct {
	stream.Metrics
	stop func()
}

// Closed ends the replay.
func (l lonely) Closed(reason string) {
	l.Metrics.Closed(reason)
	l.stop()
}

// begin returns the context of a replay, and what ends it.
func (p *past) begin() (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stopped {
		cancel()
	}
	id := p.next
	p.next++
	p.stops[id] = cancel
	return ctx, func() {
		cancel()
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.stops, id)
	}
}

// close ends every replay, and those that still begin, and waits for them until ctx ends.
func (p *past) close(ctx context.Context) error {
	p.mu.Lock()
	p.stopped = true
	for _, stop := range p.stops {
		stop()
	}
	p.mu.Unlock()
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.running.Wait()
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func pastError(err error) error {
	switch {
	case errors.Is(err, replay.ErrNotKept):
		return fmt.Errorf("%w: %w", httpapi.ErrNotFound, err)
	case errors.Is(err, replay.ErrNotYet), errors.Is(err, replay.ErrWish):
		return fmt.Errorf("%w: %w", httpapi.ErrInvalid, err)
	case errors.Is(err, replay.ErrBusy):
		return fmt.Errorf("%w: %w", httpapi.ErrUnavailable, err)
	}
	return err
}

// inventories returns the inventory that was in force at the time of a checkpoint's state, and those that
// came into force since.
func (a *App) inventories(ctx context.Context, c store.Checkpoint) (then *city.Inventory, later []*city.Inventory, err error) {
	if c.State == nil {
		return a.inventory.current(), nil, nil
	}
	at, err := live.StateTime(c.State)
	if err != nil {
		return nil, nil, err
	}
	if then, err = a.store.InventoryBefore(ctx, at); err != nil {
		return nil, nil, err
	}
	later, err = a.store.InventoriesAfter(ctx, then.Revision, a.inventory.current().Since)
	return then, later, err
}
