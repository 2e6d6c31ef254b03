package stream

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"opscenter/internal/city"
)

// ErrUnavailable is wrapped by an error of Config.Act when it is not known whether the action was done:
// the client asks again with the same key.
var ErrUnavailable = errors.New("not possible at the moment")

// maxActing is how many actions of one client may be under way at a time.
const maxActing = 16

// actionRequest is what somebody wants to do about an alarm.
type actionRequest struct {
	Verb     string `json:"verb"`
	Alarm    string `json:"alarm"`
	Actor    string `json:"actor"`
	Reason   string `json:"reason"`
	Assignee string `json:"assignee"`
	Until    string `json:"until"`   // RFC 3339
	Minutes  int    `json:"minutes"` // in the place of until
}

// acted says what became of an action.
type acted struct {
	Op      string       `json:"op"`
	ID      string       `json:"id"`
	Key     string       `json:"key"`
	Outcome city.Outcome `json:"outcome"`
}

// act begins to do what a client asks for, and answers when it is done. Other frames go on meanwhile.
func (c *client) act(r *request) error {
	if err := checkID(r.ID); err != nil {
		return err
	}
	if c.hub.cfg.Act == nil {
		return errors.New("op: no actions are taken here")
	}
	action, err := r.toAction(c.hub.cfg.Now())
	if err != nil {
		return err
	}
	if !c.beginActing() {
		return fmt.Errorf("%w actions under way on one connection: %d", errTooMany, maxActing)
	}
	c.hub.serving.Go(func() { // the reader, on which this runs, is one of those that are waited for
		defer c.endActing()
		c.answer(c.do(r.ID, action))
	})
	return nil
}

// do does an action, and returns the answer. Once the connection has ended nobody waits for it.
func (c *client) do(id string, action city.Action) item {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		select {
		case <-c.done:
			cancel()
		case <-ctx.Done():
		}
	}()
	outcome, err := c.hub.cfg.Act(ctx, action)
	switch {
	case errors.Is(err, ErrUnavailable):
		return errorItem(id, codeUnavailable, err.Error(), false)
	case err != nil:
		return errorItem(id, codeBadRequest, err.Error(), false)
	}
	return item{text: jsonOf(acted{Op: opActed, ID: id, Key: action.Key, Outcome: outcome})}
}

// toAction reads what can be read without knowing what actions mean.
func (r *request) toAction(now time.Time) (city.Action, error) {
	if r.Action == nil {
		return city.Action{}, errors.New("action: missing")
	}
	w := r.Action
	a := city.Action{
		Key: r.Key, Verb: city.Verb(w.Verb), Alarm: w.Alarm, Actor: w.Actor, Reason: w.Reason, Assignee: w.Assignee,
	}
	if a.Key == "" {
		a.Key = rand.Text()
	}
	switch {
	case w.Until != "" && w.Minutes != 0:
		return a, errors.New("action: until and minutes say the same; give one")
	case w.Until != "":
		until, err := time.Parse(time.RFC3339, w.Until)
		if err != nil {
			return a, errors.New("action: until is not a time in RFC 3339")
		}
		a.Until = until
	case w.Minutes < 0 || w.Minutes > 31*24*60:
		return a, errors.New("action: minutes is not between 1 and 44640")
	case w.Minutes > 0:
		a.Until = now.Add(time.Duration(w.Minutes) * time.Minute)
	}
	return a, nil
}

func (c *client) beginActing() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.acting >= maxActing {
		return false
	}
	c.acting++
	return true
}

func (c *client) endActing() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.acting--
}
