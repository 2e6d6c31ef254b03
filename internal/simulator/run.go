package simulator

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"opscenter/internal/city"
)

// Config says what a Simulator simulates.
type Config struct {
	Root      string // of the topics; empty: ioc/v1
	Seed      uint64
	Zone      *time.Location // of the times in payloads, and of the daily rhythm; nil: UTC+7
	Locations []city.Location
	Devices   []city.Device // of every subsystem

	// Manifests declare subsystems at run time; see LinesConfig. They have no meaning together with Rate.
	Manifests map[string][]byte

	// Faults says what fails; see WorldConfig. It has no meaning together with Rate.
	Faults string

	// Rate, if positive, makes a Load of that many messages per second instead of a World.
	Rate float64

	Duration time.Duration // until Run ends by itself; 0: it does not
	Progress time.Duration // between two lines in the log; 0: 30 s
}

// Counts tells what became of the messages. Published = Acknowledged + Failed + those in flight.
type Counts struct {
	Published    int64         // handed to the Publisher
	Acknowledged int64         // by the broker
	Failed       int64         // not acknowledged as far as is known; some were published again
	Skipped      int64         // not published, because they were too old when their turn came
	Behind       time.Duration // how late the last message was handed over
}

// Simulator publishes a simulation in real time.
type Simulator struct {
	config    Config
	publisher Publisher
	now       func() time.Time
	log       *slog.Logger

	published, acknowledged, failed, skipped, behind atomic.Int64

	newest map[string]time.Time // of each retained topic, when its newest message was sent; Run's alone

	mu      sync.Mutex // guards what follows
	again   []Publication
	lastErr error

	flying sync.WaitGroup
}

// New checks the configuration and makes a Simulator. An error about the list of faults wraps
// ErrFaults and says at which character of the list.
func New(c Config, p Publisher, now func() time.Time, log *slog.Logger) (*Simulator, error) {
	c.Progress = cmp.Or(c.Progress, 30*time.Second)
	s := &Simulator{config: c, publisher: p, now: now, log: log, newest: make(map[string]time.Time)}
	if _, err := s.source(now()); err != nil {
		return nil, err
	}
	return s, nil
}

// Run makes a Simulator and runs it.
func Run(ctx context.Context, c Config, p Publisher, now func() time.Time, log *slog.Logger) error {
	s, err := New(c, p, now, log)
	if err != nil {
		return err
	}
	return s.Run(ctx)
}

func (s *Simulator) source(start time.Time) (Source, error) {
	c := s.config
	if c.Rate != 0 {
		if c.Faults != "" {
			return nil, fmt.Errorf("%w: a load of a given rate has none", ErrFaults)
		}
		return NewLoad(LoadConfig{Root: c.Root, Start: start, Zone: c.Zone, Devices: c.Devices, Rate: c.Rate})
	}
	world, err := NewWorld(WorldConfig{
		Root: c.Root, Seed: c.Seed, Start: start, Zone: c.Zone, Locations: c.Locations, Devices: c.Devices, Faults: c.Faults,
	})
	if err != nil {
		return nil, err
	}
	lines, err := NewLines(LinesConfig{
		Root: c.Root, Seed: c.Seed, Start: start, Zone: c.Zone, Devices: c.Devices, Manifests: c.Manifests,
	})
	if err != nil {
		return nil, err
	}
	return Together(world, lines), nil
}

// Counts returns the counts so far. It may be called from any goroutine.
func (s *Simulator) Counts() Counts {
	return Counts{
		Published: s.published.Load(), Acknowledged: s.acknowledged.Load(), Failed: s.failed.Load(),
		Skipped: s.skipped.Load(), Behind: time.Duration(s.behind.Load()),
	}
}

const (
	beat     = 20 * time.Millisecond // between two looks at what is due
	stride   = time.Minute           // of simulated time at once, when far behind
	tooOld   = 30 * time.Second      // for a measurement that is still to be published
	farewell = 5 * time.Second       // to wait for acknowledgements at the end
)

// Run publishes until ctx ends or the duration is over, which is no error, then waits up to five
// seconds for acknowledgements. It fails when the Publisher does. Call it once.
func (s *Simulator) Run(ctx context.Context) error {
	start := s.now()
	source, err := s.source(start)
	if err != nil {
		return err
	}
	s.log.Info("simulator starts", "devices", len(s.config.Devices), "rate", s.config.Rate, "seed", s.config.Seed)
	err = s.loop(ctx, source, start)
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		err = nil
	}
	s.land(ctx)
	s.log.Info("simulator ended", s.tally(start)...)
	if err != nil {
		return fmt.Errorf("simulator: %w", err)
	}
	return nil
}

func (s *Simulator) loop(ctx context.Context, source Source, start time.Time) error {
	beats := time.NewTicker(beat)
	defer beats.Stop()
	progress := time.NewTicker(s.config.Progress)
	defer progress.Stop()
	reached := start
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-progress.C:
			s.log.Info("simulator progress", s.tally(start)...)
			continue
		case <-beats.C:
		}
		now, over := s.now(), false
		if end := start.Add(s.config.Duration); s.config.Duration > 0 && !now.Before(end) {
			now, over = end, true
		}
		if err := s.retry(ctx); err != nil {
			return err
		}
		for reached.Before(now) {
			reached = earlier(now, reached.Add(stride))
			if err := s.advance(ctx, source, reached); err != nil {
				return err
			}
		}
		if over {
			return nil
		}
	}
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// advance publishes what is due by then.
func (s *Simulator) advance(ctx context.Context, source Source, then time.Time) error {
	for {
		due := source.Step(then)
		for i := range due {
			if err := s.publish(ctx, &due[i]); err != nil {
				return err
			}
		}
		if len(due) < burst || s.config.Rate == 0 {
			return nil
		}
	}
}

// publish hands a message over. A world that could not publish for a while drops measurements
// that are old by now, as cameras do; what happened and who is there is told however late.
func (s *Simulator) publish(ctx context.Context, p *Publication) error {
	late := s.now().Sub(p.At)
	measured := p.Kind == KindHealth || p.Kind == KindFlow
	if measured && late > tooOld && s.config.Rate == 0 {
		s.skipped.Add(1)
		return nil
	}
	s.behind.Store(int64(max(0, late)))
	done := s.acknowledge
	if !measured {
		done = s.insist(*p)
	}
	s.flying.Add(1)
	s.published.Add(1)
	if err := s.publisher.Publish(ctx, p.Topic, p.Retained, p.Payload, done); err != nil {
		s.flying.Done()
		s.published.Add(-1)
		return fmt.Errorf("publish on %q: %w", p.Topic, err)
	}
	return nil
}

// acknowledge is told what became of a message.
func (s *Simulator) acknowledge(err error) {
	defer s.flying.Done()
	if err == nil {
		s.acknowledged.Add(1)
		return
	}
	s.failed.Add(1)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lastErr = err
}

// insist acknowledges a message, and has it published again if that failed, unless a newer one
// took its place.
func (s *Simulator) insist(p Publication) func(error) {
	if p.Retained {
		s.newest[p.Topic] = p.At
	}
	return func(err error) {
		if err != nil {
			s.mu.Lock()
			s.again = append(s.again, p)
			s.mu.Unlock()
		}
		s.acknowledge(err)
	}
}

// retry publishes again what failed and must not be lost.
func (s *Simulator) retry(ctx context.Context) error {
	s.mu.Lock()
	again := s.again
	s.again = nil
	s.mu.Unlock()
	for i := range again {
		p := &again[i]
		if p.Retained && p.At.Before(s.newest[p.Topic]) {
			continue
		}
		if err := s.publish(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

// land waits a while for what is in flight.
func (s *Simulator) land(ctx context.Context) {
	landed := make(chan struct{})
	go func() {
		s.flying.Wait()
		close(landed)
	}()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), farewell)
	defer cancel()
	select {
	case <-landed:
	case <-ctx.Done():
	}
}

// tally is what the log says of a run so far. An error is in it once.
func (s *Simulator) tally(start time.Time) []any {
	c := s.Counts()
	seconds := max(s.now().Sub(start).Seconds(), 1e-3)
	args := []any{
		"published", c.Published, "acknowledged", c.Acknowledged, "failed", c.Failed, "skipped", c.Skipped,
		"per_second", float64(c.Acknowledged) / seconds, "behind", c.Behind,
	}
	s.mu.Lock()
	err := s.lastErr
	s.lastErr = nil
	s.mu.Unlock()
	if err != nil {
		args = append(args, "last_error", err)
	}
	return args
}
