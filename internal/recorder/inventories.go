package recorder

import (
	"sync"
	"time"

	"opscenter/internal/city"
)

// inventories are those that are not in force yet. An inventory takes effect with the first entry after
// its Since, so that a recorder which is behind comes to the same history as one that is not. It may be
// used from any goroutine.
type inventories struct {
	mu      sync.Mutex
	waiting []*city.Inventory
}

func (v *inventories) add(inv *city.Inventory) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.waiting = append(v.waiting, inv)
}

// take returns the last that comes into force with an entry of that time, or nil if none does.
func (v *inventories) take(at time.Time) (inv *city.Inventory) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for len(v.waiting) > 0 && v.waiting[0].Since.Before(at) {
		inv, v.waiting = v.waiting[0], v.waiting[1:]
	}
	return inv
}
