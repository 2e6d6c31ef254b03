package replay

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"opscenter/internal/city"
)

// The bounds of a replay's speed, in seconds of the past per second.
const (
	Slowest = 0.1
	Fastest = 3600.0
)

const (
	step    = 50 * time.Millisecond // between two moves
	longest = 4 * step              // of the present that one move makes up for: who is slow falls behind
	usual   = time.Hour             // of the past, unless told
)

// The states of a replay, in the place of those of ingest.
const (
	Playing = "replay"
	Ended   = "replay_ended"
)

// Wish says what to play.
type Wish struct {
	From  time.Time
	To    time.Time // zero: an hour after From, or now if that is earlier
	Speed float64   // Slowest to Fastest
}

// Player plays the past: it is a picture that changes as the live one did, at any speed. It is a
// stream.Source. Run must be called once; the other methods may be called from any goroutine.
type Player struct {
	past     *Past
	to       time.Time
	commands chan command
	done     chan struct{} // closed when Run has ended

	watchers watchers

	mu      sync.RWMutex // held for writing while another tape is put in
	tape    *tape        // its board is for everybody, the rest for Run
	unwatch func()

	status sync.Mutex // guards what follows
	at     time.Time
	speed  float64
	paused bool
}

// command is something that a client asks of a running replay.
type command struct {
	do   func(ctx context.Context) error
	done chan<- error
}

// Play opens a replay at its beginning. An error wraps ErrNotKept, ErrNotYet or ErrBusy, or says what is
// wrong with the wish.
func (p *Past) Play(ctx context.Context, w Wish) (*Player, error) {
	now := p.config.Now()
	if w.To.IsZero() {
		w.To = w.From.Add(usual)
	}
	if w.To.After(now) {
		w.To = now // further nobody can look
	}
	if !w.From.Before(w.To) {
		return nil, fmt.Errorf("%w: from must be before to, and over", ErrWish)
	}
	if err := checkSpeed(w.Speed); err != nil {
		return nil, err
	}
	select {
	case p.places <- struct{}{}:
	default:
		return nil, fmt.Errorf("%w: %d are under way", ErrBusy, cap(p.places))
	}
	t, err := p.open(ctx, w.From)
	if err != nil {
		<-p.places
		return nil, err
	}
	player := &Player{
		past: p, to: w.To, commands: make(chan command), done: make(chan struct{}),
		tape: t, at: w.From, speed: w.Speed,
	}
	player.unwatch = t.board.Watch(player.watchers.tell)
	return player, nil
}

func checkSpeed(speed float64) error {
	if !(speed >= Slowest && speed <= Fastest) {
		return fmt.Errorf("%w: speed: %v is not between %v and %v", ErrWish, speed, Slowest, Fastest)
	}
	return nil
}

// Run plays until ctx ends, and then lets go of everything. ended is called when the end is reached. It
// returns early only with an error of the archive.
func (p *Player) Run(ctx context.Context, ended func()) error {
	defer close(p.done)
	defer func() {
		p.unwatch()
		p.tape.close()
		<-p.past.places
	}()
	ticker := time.NewTicker(step)
	defer ticker.Stop()
	for last := time.Now(); ; {
		select {
		case <-ctx.Done():
			return nil
		case c := <-p.commands:
			c.done <- c.do(ctx)
			last = time.Now()
		case <-ticker.C:
			now := time.Now()
			over, err := p.move(ctx, min(now.Sub(last), longest))
			last = now
			switch {
			case ctx.Err() != nil:
				return nil
			case errors.Is(err, ErrNotYet): // the log does not go on for the moment
			case err != nil:
				return fmt.Errorf("replay: %w", err)
			case over:
				ended()
			}
		}
	}
}

// move goes on by some time of the present, and says whether that has come to the end.
func (p *Player) move(ctx context.Context, passed time.Duration) (over bool, err error) {
	p.status.Lock()
	at, speed, rests := p.at, p.speed, p.paused || !p.at.Before(p.to)
	p.status.Unlock()
	if rests {
		return false, nil
	}
	next := at.Add(time.Duration(float64(passed) * speed))
	if next.After(p.to) {
		next = p.to
	}
	if err := p.tape.forward(ctx, next); err != nil {
		return false, err
	}
	p.set(func() { p.at = next })
	return next.Equal(p.to), nil
}

func (p *Player) set(change func()) {
	p.status.Lock()
	defer p.status.Unlock()
	change()
}

// Health returns whether the replay goes on or has ended, and how old the newest entry is, by its clock.
func (p *Player) Health() (state string, dataAge time.Duration) {
	p.mu.RLock()
	newest := p.tape.board.Time()
	p.mu.RUnlock()
	p.status.Lock()
	defer p.status.Unlock()
	if state = Playing; !p.at.Before(p.to) {
		state = Ended
	}
	return state, max(0, p.at.Sub(newest))
}

// Now returns the replay's clock.
func (p *Player) Now() time.Time {
	p.status.Lock()
	defer p.status.Unlock()
	return p.at
}

// Cut is that of stream.Source.
func (p *Player) Cut(read func(city.Picture)) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	p.tape.board.Cut(read)
}

// Watch is that of stream.Source.
func (p *Player) Watch(fn func(changes []city.Change)) (cancel func()) { return p.watchers.add(fn) }

// replace puts another tape in: watchers are told of everything that either shows, before anybody can see it.
func (p *Player) replace(t *tape) {
	unwatch := t.board.Watch(p.watchers.tell)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.unwatch()
	p.tape.close()
	var changes []city.Change
	for _, board := range []interface{ Cut(func(city.Picture)) }{p.tape.board, t.board} {
		board.Cut(func(picture city.Picture) {
			picture.Each("", func(key, location string) { changes = append(changes, city.Change{Key: key, Location: location}) })
		})
	}
	p.watchers.tell(changes)
	p.tape, p.unwatch = t, unwatch
}

// watchers are told of changes.
type watchers struct {
	mu   sync.RWMutex
	next int
	all  map[int]func([]city.Change)
}

func (w *watchers) add(fn func([]city.Change)) (cancel func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.all == nil {
		w.all = make(map[int]func([]city.Change))
	}
	id := w.next
	w.next++
	w.all[id] = fn
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.all, id)
	}
}

func (w *watchers) tell(changes []city.Change) {
	w.mu.RLock()
	defer w.mu.RUnlock()
	for _, fn := range w.all {
		fn(changes)
	}
}
