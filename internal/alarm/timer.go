package alarm

import (
	"cmp"
	"container/heap"
)

// timer is when something falls due: of a point, or of a place.
type timer struct {
	due   Micros
	key   string
	slot  int // in timers, from 1; 0: not in it
	point *Point
	place *place
}

// timers is a heap: the first is the one due first, by key where several are due at once, so that what
// happens at one moment always happens in the same order.
type timers []*timer

func (t timers) Len() int { return len(t) }

func (t timers) Less(i, j int) bool {
	return cmp.Or(cmp.Compare(t[i].due, t[j].due), cmp.Compare(t[i].key, t[j].key)) < 0
}

func (t timers) Swap(i, j int) {
	t[i], t[j] = t[j], t[i]
	t[i].slot, t[j].slot = i+1, j+1
}

// Push implements heap.Interface.
func (t *timers) Push(x any) {
	added := x.(*timer) //nolint:errcheck,forcetypeassert // nothing else is pushed
	*t = append(*t, added)
	added.slot = len(*t)
}

// Pop implements heap.Interface.
func (t *timers) Pop() any {
	last := len(*t) - 1
	popped := (*t)[last]
	(*t)[last] = nil
	*t = (*t)[:last]
	popped.slot = 0
	return popped
}

// set puts a timer where it belongs; 0 and forever take it out.
func (t *timers) set(x *timer, due Micros) {
	switch {
	case due == 0 || due == forever:
		if x.slot > 0 {
			heap.Remove(t, x.slot-1)
		}
	case x.slot == 0:
		x.due = due
		heap.Push(t, x)
	case x.due != due:
		x.due = due
		heap.Fix(t, x.slot-1)
	}
}

// earliest returns the earlier of two times, where 0 is never.
func earliest(a, b Micros) Micros {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}
