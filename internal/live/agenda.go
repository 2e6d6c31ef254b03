package live

import "strings"

// timer is when something of its owner falls due. It is in an agenda at most once.
type timer[T any] struct {
	due   micros
	slot  int // in the agenda, from 1; 0: not in it
	id    string
	owner T
}

// agenda is a heap of timers: the first is the one due first, by id where several are due at once,
// so that what happens at one moment always happens in the same order.
type agenda[T any] []*timer[T]

// next returns when the first timer falls due.
func (a agenda[T]) next() micros {
	if len(a) == 0 {
		return forever
	}
	return a[0].due
}

// set puts the timer where it belongs; forever takes it out.
func (a *agenda[T]) set(t *timer[T], due micros) {
	if due == forever {
		a.remove(t)
		return
	}
	t.due = due
	if t.slot == 0 {
		*a = append(*a, t)
		t.slot = len(*a)
	}
	a.down(a.up(t.slot - 1))
}

func (a *agenda[T]) remove(t *timer[T]) {
	if t.slot == 0 {
		return
	}
	at, last := t.slot-1, len(*a)-1
	a.swap(at, last)
	(*a)[last] = nil
	*a = (*a)[:last]
	t.slot = 0
	if at < last {
		a.down(a.up(at))
	}
}

func (a agenda[T]) before(i, j int) bool {
	if a[i].due != a[j].due {
		return a[i].due < a[j].due
	}
	return strings.Compare(a[i].id, a[j].id) < 0
}

func (a agenda[T]) swap(i, j int) {
	a[i], a[j] = a[j], a[i]
	a[i].slot, a[j].slot = i+1, j+1
}

func (a agenda[T]) up(i int) int {
	for i > 0 {
		parent := (i - 1) / 2
		if !a.before(i, parent) {
			break
		}
		a.swap(i, parent)
		i = parent
	}
	return i
}

func (a agenda[T]) down(i int) {
	for {
		least := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(a); child++ {
			if a.before(child, least) {
				least = child
			}
		}
		if least == i {
			return
		}
		a.swap(i, least)
		i = least
	}
}
