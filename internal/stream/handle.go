package stream

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gorilla/websocket"
)

// handle does what one frame asks for. An error is for a frame that cannot be read at all, and
// closes the connection; what can be read and cannot be done is answered.
func (c *client) handle(kind int, data []byte) error {
	if kind != websocket.TextMessage {
		return errors.New("malformed frame: not text")
	}
	r, err := parseRequest(data)
	if err != nil {
		return err
	}
	switch r.Op {
	case opSubscribe:
		err = c.subscribe(r)
	case opUnsubscribe:
		err = c.unsubscribe(r)
	case opReport:
		err = c.report(r)
	case opAct:
		err = c.act(r)
	default:
		err = c.further(r.Op, data)
	}
	if err != nil {
		code := codeBadRequest
		if errors.Is(err, errTooMany) {
			code = codeTooMany
		}
		c.answer(errorItem(r.ID[:min(len(r.ID), maxIDLength)], code, err.Error(), false))
	}
	return nil
}

// further does an operation that only this hub knows.
func (c *client) further(op string, frame []byte) error {
	do := c.hub.cfg.Ops[op]
	if do == nil {
		known := append([]string{opSubscribe, opUnsubscribe, opReport, opAct}, slices.Sorted(maps.Keys(c.hub.cfg.Ops))...)
		return fmt.Errorf("op: %.40q is none of %s", op, strings.Join(known, ", "))
	}
	if err := do(frame); err != nil {
		return err
	}
	c.answer(item{beat: true})
	return nil
}

func (c *client) subscribe(r *request) error {
	if err := checkID(r.ID); err != nil {
		return err
	}
	f, err := newFilter(r, c.hub.cfg.Interval)
	if err != nil {
		return err
	}
	sub := &subscription{id: r.ID, client: c}
	if err := c.add(sub); err != nil {
		return err
	}
	if err := c.hub.join(sub, f, r.Resume); err != nil {
		c.remove(sub.id)
		return err
	}
	return nil
}

func (c *client) unsubscribe(r *request) error {
	if err := checkID(r.ID); err != nil {
		return err
	}
	sub := c.remove(r.ID)
	if sub == nil {
		return fmt.Errorf("id: there is no subscription %q", r.ID)
	}
	sub.view.leave(sub)
	c.answer(item{text: jsonOf(answer{Op: opUnsubscribed, ID: r.ID}), ends: r.ID})
	return nil
}

func (c *client) report(r *request) error {
	return c.hub.screens.report(c, r, c.hub.cfg.Now(), c.behind(r.Seqs))
}

// behind counts, for each subscription that a wall reports, the frames that it has not yet shown.
func (c *client) behind(seqs map[string]uint64) uint64 {
	views := make(map[string]*view, len(seqs))
	c.mu.Lock()
	for id := range seqs {
		if sub := c.subs[id]; sub != nil {
			views[id] = sub.view
		}
	}
	c.mu.Unlock()
	worst := uint64(0)
	for id, v := range views {
		if at := v.position(); at > seqs[id] {
			worst = max(worst, at-seqs[id])
		}
	}
	return worst
}
