package store

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Policy says how long each class of data is kept, by the class's id. Zero, or a class that is not
// there, is kept for ever.
type Policy map[string]time.Duration

// shortest is the least time for which something can be kept: retention runs each hour.
const shortest = time.Hour

// DefaultPolicy keeps readings, quarantine, discovered devices, reports and the archive for 30 days, violations for 90,
// roll-ups per minute for 180, events for a year, hours, statuses and alarms for five years, and
// indicators for ten. A class whose rows are never old is not in it.
func DefaultPolicy() Policy {
	p := Policy{}
	for _, c := range classes() {
		if c.old != "" {
			p[c.id] = c.keep
		}
	}
	return p
}

// NewPolicy returns the default policy with changes. A class that does not exist, or a time that is
// too short, is an error that names it; all faults are joined.
func NewPolicy(changes map[string]time.Duration) (Policy, error) {
	p := DefaultPolicy()
	var faults []error
	for _, id := range slices.Sorted(maps.Keys(changes)) {
		keep := changes[id]
		switch _, known := p[id]; {
		case !known && slices.Contains(classIDs(), id):
			faults = append(faults, fmt.Errorf("retention: %s is kept for ever", id))
		case !known:
			faults = append(faults, fmt.Errorf("retention: unknown class %q; there are %s", id, strings.Join(slices.Sorted(maps.Keys(p)), ", ")))
		case keep != 0 && keep < shortest:
			faults = append(faults, fmt.Errorf("retention: %s: %v is less than %v; 0 keeps for ever", id, keep, shortest))
		default:
			p[id] = keep
		}
	}
	return p, errors.Join(faults...)
}

// Since returns the oldest time of a class that is still kept at a time; the zero time if all is.
func (p Policy) Since(id string, now time.Time) time.Time {
	if keep := p[id]; keep > 0 {
		return now.Add(-keep)
	}
	return time.Time{}
}

func classIDs() []string {
	var ids []string
	for _, c := range classes() {
		ids = append(ids, c.id)
	}
	return ids
}
