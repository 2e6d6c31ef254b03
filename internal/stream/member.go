package stream

import (
	"slices"
	"strings"
	"time"
)

// join adds a subscription and sends it a snapshot, or what it missed. While something is pending
// it is served at the next frame boundary, so that nobody gets a picture from before they asked;
// only who asked for fewer frames than usual, and so for older values, does not wait for one.
// It returns false if the view has ended meanwhile.
func (v *view) join(sub *subscription, from *position) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.closed {
		return false
	}
	if v.expiry != nil {
		v.expiry.Stop()
	}
	j := joiner{sub: sub, from: from}
	pending := v.pendingKeys() > 0
	if pending && v.untilTurn() <= v.hub.cfg.Interval {
		v.waiting = append(v.waiting, j)
	} else {
		v.admit(j)
		v.rest()
	}
	if pending {
		v.wake()
	}
	return true
}

// admit makes a subscription a member and sends it where it stands. The caller holds v.mu.
func (v *view) admit(j joiner) {
	if v.send(j.sub, v.opening(j.from)) {
		v.members[j.sub] = struct{}{}
	}
}

// opening is the first frame of a subscription. The caller holds v.mu.
func (v *view) opening(from *position) *frame {
	if from == nil || from.Epoch != v.epoch || from.Seq > v.seq || from.Seq < max(v.forgot, 1) {
		if v.snapshot == nil {
			v.snapshot = snapshotFrame(v.epoch, v.seq, v.since(0))
			v.hub.cfg.Metrics.FrameEncoded(opSnapshot, len(v.snapshot.body))
		}
		return v.snapshot
	}
	if f := v.resumes[from.Seq]; f != nil {
		return f
	}
	f := resumedFrame(v.epoch, v.seq, v.seq-from.Seq, v.since(from.Seq))
	v.hub.cfg.Metrics.FrameEncoded(opResumed, len(f.body))
	if v.resumes == nil || len(v.resumes) >= maxPrepared {
		v.resumes = make(map[uint64]*frame)
	}
	v.resumes[from.Seq] = f
	return f
}

// since returns the last value of everything that changed after a position, sorted by key; for
// position 0 that is the whole state. The caller holds v.mu.
func (v *view) since(seq uint64) []change {
	var changes []change
	for key, e := range v.state {
		if e.seq > seq {
			changes = append(changes, change{key: key, value: e.json})
		}
	}
	if seq > 0 {
		for _, r := range v.removed {
			if _, is := v.state[r.key]; r.seq > seq && !is {
				changes = append(changes, change{key: r.key})
			}
		}
	}
	slices.SortFunc(changes, func(a, b change) int { return strings.Compare(a.key, b.key) })
	return slices.CompactFunc(changes, func(a, b change) bool { return a.key == b.key })
}

// leave removes a subscription, if it is here.
func (v *view) leave(sub *subscription) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.waiting = slices.DeleteFunc(v.waiting, func(j joiner) bool { return j.sub == sub })
	v.drop(sub)
}

// drop removes a member; the last one starts the view's rest. The caller holds v.mu.
func (v *view) drop(sub *subscription) {
	delete(v.members, sub)
	v.rest()
}

// rest starts the time after which a view that nobody looks at ends. The caller holds v.mu.
func (v *view) rest() {
	if len(v.members)+len(v.waiting) > 0 || v.closed {
		return
	}
	v.snapshot, v.resumes = nil, nil
	v.left = time.Now()
	if v.expiry != nil {
		v.expiry.Reset(v.hub.cfg.Idle)
		return
	}
	v.expiry = time.AfterFunc(v.hub.cfg.Idle, func() { v.hub.expire(v, v.hub.cfg.Idle) })
}

// end ends the view if nobody looks at it and has not for that long, or in any case if forced. It
// says whether it did.
func (v *view) end(idle time.Duration, forced bool) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.closed || !forced && (len(v.members)+len(v.waiting) > 0 || time.Since(v.left) < idle) {
		return false
	}
	v.closed = true
	if v.expiry != nil {
		v.expiry.Stop()
	}
	close(v.stop)
	return true
}

// idleSince returns when the last member left, or false while there is one.
func (v *view) idleSince() (time.Time, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.left, len(v.members)+len(v.waiting) == 0
}

// position returns the view's place in its frames.
func (v *view) position() uint64 {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.seq
}
