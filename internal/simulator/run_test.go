package simulator_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/simulator"
)

// counter stands for a Publisher and its broker, and can be told to misbehave, which a real one
// cannot be at the right moment.
type counter struct {
	mu       sync.Mutex
	messages []string // topic and payload of those acknowledged
	refuse   func(topic string) error
	closed   error
	stall    func(topic string) // before it takes a message
}

func (b *counter) Publish(ctx context.Context, topic string, _ bool, payload []byte, done func(error)) error {
	if b.stall != nil {
		b.stall(topic)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if b.closed != nil {
		return b.closed
	}
	var err error
	if b.refuse != nil {
		err = b.refuse(topic)
	}
	if err == nil {
		b.mu.Lock()
		b.messages = append(b.messages, topic+" "+string(payload))
		b.mu.Unlock()
	}
	go done(err)
	return nil
}

// with counts the messages whose topic or payload holds the fragment.
func (b *counter) with(fragment string) (n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, m := range b.messages {
		if strings.Contains(m, fragment) {
			n++
		}
	}
	return n
}

func demo() simulator.Config {
	locations, devices := natives()
	return simulator.Config{Locations: locations, Devices: devices, Faults: "none", Duration: time.Minute}
}

func newSimulator(t *testing.T, c simulator.Config, b *counter, log *slog.Logger) *simulator.Simulator {
	t.Helper()
	s, err := simulator.New(c, b, time.Now, log)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestRunPublishesACityForAsLongAsTold(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b, log := &counter{}, &bytes.Buffer{}
		s := newSimulator(t, demo(), b, slog.New(slog.NewTextHandler(log, nil)))
		began := time.Now()
		if err := s.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took < time.Minute || took > time.Minute+time.Second {
			t.Errorf("it ran for %v", took)
		}
		c := s.Counts()
		if c.Published < 1000 || c.Acknowledged != c.Published || c.Failed != 0 || c.Skipped != 0 || c.Behind > time.Second {
			t.Errorf("counts %+v", c)
		}
		if n := b.with("/availability online"); n != 200 {
			t.Errorf("%d cameras said that they are online", n)
		}
		for _, line := range []string{"simulator starts", "simulator progress", "simulator ended", "devices=200"} {
			if !strings.Contains(log.String(), line) {
				t.Errorf("the log lacks %q:\n%s", line, log)
			}
		}
	})
}

func TestRunKeepsTheRateOfALoadExactly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b, c := &counter{}, demo()
		c.Faults, c.Rate, c.Duration = "", 3000, 10*time.Second
		s := newSimulator(t, c, b, slog.New(slog.DiscardHandler))
		if err := s.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := s.Counts().Acknowledged; got != 30_000 {
			t.Errorf("%d messages in ten seconds at 3000/s", got)
		}
	})
}

func TestRunEndsWithItsContextWithoutAnError(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		c := demo()
		c.Duration = 0
		if err := simulator.Run(ctx, c, &counter{}, time.Now, slog.New(slog.DiscardHandler)); err != nil {
			t.Error(err)
		}
	})
}

func TestRunFailsWithItsPublisher(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		gone := errors.New("closed")
		err := newSimulator(t, demo(), &counter{closed: gone}, slog.New(slog.DiscardHandler)).Run(t.Context())
		if !errors.Is(err, gone) {
			t.Errorf("got error %v", err)
		}
	})
}

func TestWhatMustNotBeLostIsPublishedAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began, log := time.Now(), &bytes.Buffer{}
		b := &counter{refuse: func(string) error {
			if time.Since(began) < 20*time.Second {
				return errors.New("connection lost")
			}
			return nil
		}}
		c := demo()
		c.Faults = "none,cam-019:offline@10s"
		s := newSimulator(t, c, b, slog.New(slog.NewTextHandler(log, nil)))
		if err := s.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := b.with("/availability online"); n != 199 {
			t.Errorf("%d cameras are known to be online, want all but cam-019", n)
		}
		if b.with("/cam-019/availability offline") != 1 || b.with("/cam-019/availability online") != 0 {
			t.Error("the newest word of cam-019 is not the one that was kept")
		}
		if counts := s.Counts(); counts.Failed < 199 || counts.Published != counts.Acknowledged+counts.Failed {
			t.Errorf("counts %+v", counts)
		}
		if !strings.Contains(log.String(), "connection lost") {
			t.Error("the log does not say why messages failed")
		}
	})
}

func TestAfterAStallOldMeasurementsAreSkippedAndEventsAreNot(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var once sync.Once
		b := &counter{stall: func(topic string) {
			if strings.HasSuffix(topic, "/flow") {
				once.Do(func() { time.Sleep(5 * time.Minute) })
			}
		}}
		c := demo()
		c.Faults, c.Duration = "none,cam-019:offline@2m", 6*time.Minute
		s := newSimulator(t, c, b, slog.New(slog.DiscardHandler))
		if err := s.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		if counts := s.Counts(); counts.Skipped < 1000 || counts.Acknowledged < 1000 {
			t.Errorf("counts %+v", counts)
		}
		if b.with("/cam-019/availability offline") != 1 {
			t.Error("a last will from the time of the stall was lost")
		}
	})
}

func TestWhatCannotRunIsAnErrorAtOnce(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*simulator.Config){
		"faults: at character 1":  func(c *simulator.Config) { c.Faults = "cam-999:power" },
		"rate -1":                 func(c *simulator.Config) { c.Faults, c.Rate = "", -1 },
		"a load of a given rate":  func(c *simulator.Config) { c.Rate = 10 },
		"no device of subsystem ": func(c *simulator.Config) { c.Devices = nil },
	} {
		c := demo()
		change(&c)
		if _, err := simulator.New(c, &counter{}, time.Now, slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("got error %v, want one about %q", err, name)
		}
	}
}

func TestSpreadKeepsALocationOnOnePublisher(t *testing.T) {
	t.Parallel()
	parts := []*counter{{}, {}, {}}
	all := simulator.Spread(parts[0], parts[1], parts[2])
	_, devices := natives()
	for _, d := range devices {
		topic := "ioc/v1/trafficsafety/" + d.Location + "/" + d.ID + "/availability"
		if err := all.Publish(t.Context(), topic, true, []byte(city.Online), func(error) {}); err != nil {
			t.Fatal(err)
		}
	}
	owner := make(map[string]int)
	for i, b := range parts {
		if len(b.messages) < 30 {
			t.Errorf("publisher %d got %d of 200 messages", i, len(b.messages))
		}
		for _, m := range b.messages {
			location := strings.Split(m, "/")[3]
			if o, known := owner[location]; known && o != i {
				t.Errorf("%s is spread over publishers %d and %d", location, o, i)
			}
			owner[location] = i
		}
	}
}
