package live

import (
	"context"
	"fmt"

	"opscenter/internal/city"
)

// maxKeys is how many keys of actions are remembered, to know a repetition. The audit knows all.
const maxKeys = 4096

// acts are the actions that were taken in last, by key, and what became of them.
type acts struct {
	outcomes map[string]city.Outcome
	order    []string // oldest first
}

func (a *acts) remember(key string, outcome city.Outcome) {
	if a.outcomes == nil {
		a.outcomes = make(map[string]city.Outcome)
	}
	if len(a.order) == maxKeys {
		delete(a.outcomes, a.order[0])
		a.order = a.order[1:]
	}
	a.outcomes[key] = outcome
	a.order = append(a.order, key)
}

type savedAct struct {
	Key     string       `json:"key"`
	Outcome city.Outcome `json:"outcome"`
}

func (a *acts) save() []savedAct {
	var saved []savedAct
	for _, key := range a.order {
		saved = append(saved, savedAct{key, a.outcomes[key]})
	}
	return saved
}

// act takes in what somebody did. In a log of several partitions an alarm's action concerns the one
// that has the alarm, and maintenance all of them, of which the first tells.
func (p *Projection) act(a *city.Action) {
	if _, again := p.acts.outcomes[a.Key]; again || a.Key == "" {
		return
	}
	var outcome city.Outcome
	mine := p.partition == 0
	switch a.Verb {
	case city.Maintain:
		outcome = p.planUpkeep(a.Window)
	case city.Resume:
		outcome = p.cancelUpkeep(a.WindowID)
	case city.Acknowledge, city.Assign, city.Comment, city.Shelve, city.Unshelve:
		outcome = p.alarms.desk.Act(p.now.alarm(), a)
		mine = outcome != city.NoSuch || p.partitions == 1
	default:
		outcome = city.Refused
	}
	p.acts.remember(a.Key, outcome)
	if mine && p.effects != nil {
		p.effects.Action(p.now.utc(), a, outcome)
	}
}

// Await waits until the board has taken in the action with a key, and returns what became of it. It
// returns an error only when ctx ends.
func (b *Board) Await(ctx context.Context, key string) (city.Outcome, error) {
	for {
		changed := b.acted.Load() // before looking
		if outcome, ok := b.outcome(key); ok {
			return outcome, nil
		}
		select {
		case <-*changed:
		case <-ctx.Done():
			return "", fmt.Errorf("action %q: %w", key, ctx.Err())
		}
	}
}

// outcome returns what became of an action: what the part says that it concerned, or, when all have taken
// it in, that it concerned none.
func (b *Board) outcome(key string) (city.Outcome, bool) {
	known := 0
	for _, part := range b.parts {
		part.mu.RLock()
		outcome, ok := part.projection.acts.outcomes[key]
		part.mu.RUnlock()
		if ok && outcome != city.NoSuch {
			return outcome, true
		}
		if ok {
			known++
		}
	}
	return city.NoSuch, known == len(b.parts)
}

// announceActs wakes those who wait for an action.
func (b *Board) announceActs() {
	next := make(chan struct{})
	close(*b.acted.Swap(&next))
}
