package notify

import (
	"context"
	"time"

	"opscenter/internal/store"
)

const (
	dispatchRows  = 1000             // that one transaction routes
	dispatchAgain = time.Second      // between two looks at the outbox
	groupsKept    = 24 * time.Hour   // that say nothing and have no alarms
	trimAgain     = 10 * time.Minute // between two times that such groups are forgotten
)

// dispatch routes what comes into the outbox until ctx ends.
func (n *Notifier) dispatch(ctx context.Context) error {
	failing := false
	var trimmed time.Time
	for ctx.Err() == nil {
		worked, err := n.dispatchOnce(ctx)
		if err != nil && ctx.Err() == nil && !failing {
			n.log.WarnContext(ctx, "the outbox does not answer", "error", err)
		}
		if failing = err != nil; worked {
			continue
		}
		if now := n.now(); !failing && now.Sub(trimmed) > trimAgain {
			trimmed = now
			if err := n.store.TrimNotifyGroups(ctx, now.Add(-groupsKept)); err != nil && ctx.Err() == nil {
				n.log.WarnContext(ctx, "groups are not forgotten", "error", err)
			}
		}
		select {
		case <-time.After(dispatchAgain):
		case <-ctx.Done():
		}
	}
	return nil
}

// dispatchOnce routes some of what waits, and returns whether there was anything.
func (n *Notifier) dispatchOnce(ctx context.Context) (worked bool, err error) {
	now, unrouted := n.now(), 0
	channels := make(map[string]bool, len(n.config.Channels))
	for _, name := range n.names() {
		channels[name] = true
	}
	worked, err = n.store.Dispatch(ctx, now, dispatchRows, func(d *store.Dispatch) (*store.Dispatched, error) {
		p := planner{routing: &n.config.Routing, channels: channels, link: n.link, now: now, newID: n.newID}
		decided, err := p.decide(d)
		unrouted = 0
		if err == nil {
			for _, routes := range decided.Routes {
				if routes == 0 {
					unrouted++
				}
			}
		}
		return decided, err
	})
	if err == nil && unrouted > 0 {
		n.metrics.NotificationsUnrouted(unrouted)
	}
	return worked, err
}
