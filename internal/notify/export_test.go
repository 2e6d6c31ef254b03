package notify

import (
	"context"
	"time"

	"opscenter/internal/store"
)

// DispatchOnce lets tests route what waits without a clock of their own.
func (n *Notifier) DispatchOnce(ctx context.Context) (bool, error) { return n.dispatchOnce(ctx) }

// Sender is a sender that tests step.
type Sender struct{ *sender }

// Sender returns a new sender of a channel, whose pauses are not shortened.
func (n *Notifier) Sender(channel string) Sender {
	s := n.sender(*n.config.channel(channel))
	s.jitter = func() float64 { return 0 }
	return Sender{s}
}

// Step makes the next attempt if one is due.
func (s Sender) Step(ctx context.Context) (bool, error) { return s.step(ctx) }

// Decide is a planner's decision.
func Decide(c *Config, now time.Time, newID func() string, d *store.Dispatch) (*store.Dispatched, error) {
	channels := make(map[string]bool)
	for i := range c.Channels {
		channels[c.Channels[i].Name] = true
	}
	p := planner{routing: &c.Routing, channels: channels, now: now, newID: newID}
	return p.decide(d)
}

// Pause is the pause after so many failures.
func Pause(failures int, jitter float64) time.Duration { return pause(failures, jitter) }
