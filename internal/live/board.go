package live

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/subsystem"
)

// BoardConfig says what a Board shows.
type BoardConfig struct {
	Specs      []subsystem.Spec
	Zone       *time.Location // the civic zone; nil: UTC
	Partitions int            // of the log; 0: one

	// Manifest and Alarms are those of ProjectionConfig.
	Manifest func(document []byte) (subsystem.Spec, error)
	Alarms   AlarmConfig
}

// Board is the live picture of the whole city: one Projection per partition of the log. Entries of
// different partitions may be applied at the same time, those of one partition may not; everything
// else may be called from any goroutine.
//
// Nothing is encoded before somebody asks for it, and then once until it changes.
type Board struct {
	zone  *time.Location
	order []string // ids of the subsystems
	names map[string]city.Names
	parts []*part

	watchMu  sync.Mutex // taken before watchers is replaced
	watchers atomic.Pointer[[]*watcher]

	// Everything below is written with all parts locked and read with any of them locked.
	inventory *city.Inventory
	devices   []*device // of all parts, sorted by id
	locations []*location
	inArea    map[string]int // locations
	cityJSON  atomic.Pointer[[]byte]
	areaJSON  map[string]*atomic.Pointer[[]byte]
	sumJSON   map[string]*atomic.Pointer[[]byte]

	system atomic.Pointer[[]byte]
	acted  atomic.Pointer[chan struct{}] // closed, and replaced, when an action was taken in
}

// part is one partition of a board.
type part struct {
	mu         sync.RWMutex
	projection *Projection
	seq        uint64
	changes    []city.Change // reused
}

type watcher struct{ fn func([]city.Change) }

// NewBoard returns a board that shows an empty city until SetInventory is called.
func NewBoard(c BoardConfig) *Board {
	b := &Board{zone: c.Zone, areaJSON: map[string]*atomic.Pointer[[]byte]{}}
	if b.zone == nil {
		b.zone = time.UTC
	}
	for i := range max(c.Partitions, 1) {
		p := NewProjection(ProjectionConfig{
			Specs: c.Specs, Zone: b.zone, Partition: i, Partitions: c.Partitions, Manifest: c.Manifest, Alarms: c.Alarms,
		})
		p.changes.on = true
		b.parts = append(b.parts, &part{projection: p})
	}
	b.watchers.Store(new([]*watcher))
	acted := make(chan struct{})
	b.acted.Store(&acted)
	inv, err := city.NewInventory(0, nil, nil, nil)
	if err == nil { // nothing can be wrong with nothing
		b.SetInventory(inv)
	}
	return b
}

// Apply takes in the next entries of a partition, of which seq is the position in the log, and
// tells the watchers, once.
func (b *Board) Apply(partition int, entries []city.Entry, seq uint64) {
	part := b.parts[partition]
	declares := slices.ContainsFunc(entries, func(e city.Entry) bool { return e.Manifest != nil })
	if declares {
		defer b.lockAll()()
	} else {
		part.mu.Lock()
		defer part.mu.Unlock()
	}
	acted := false
	for i := range entries {
		part.projection.Apply(&entries[i])
		acted = acted || entries[i].Action != nil
	}
	if acted {
		b.announceActs()
	}
	part.seq = seq
	if declares {
		b.index()
	}
	b.settle(part)
}

// Restore goes on from what Projection.State returned for a partition, of which seq is the position
// in the log. The inventory must have been set. Watchers are told that everything changed.
func (b *Board) Restore(partition int, state []byte, seq uint64) error {
	defer b.lockAll()()
	part := b.parts[partition]
	before := part.projection.events.known
	listed, causes := part.projection.alarms.listed, part.projection.alarms.causes
	if err := part.projection.Restore(state); err != nil {
		return fmt.Errorf("board: partition %d: %w", partition, err)
	}
	part.seq = seq
	b.index()
	for _, e := range before {
		part.projection.changes.gone(e.key, e.location.info.ID)
	}
	for id, l := range listed {
		part.projection.changes.gone("alarm/"+id, l.point.Location)
	}
	for key := range causes {
		part.projection.changes.gone("alarmgroup/"+key, "")
	}
	part.projection.markAll()
	b.settle(part)
	return nil
}

// SetInventory shows what is registered now. Watchers are told what is new, what moved, for both
// of its locations, and what is gone.
func (b *Board) SetInventory(inv *city.Inventory) {
	defer b.lockAll()()
	old := b.inventory
	b.inventory = inv
	for _, part := range b.parts {
		part.projection.SetInventory(inv)
	}
	if old != nil {
		b.parts[0].projection.changes.others = append(b.parts[0].projection.changes.others, goneAreas(old, inv)...)
	}
	b.index()
	for _, part := range b.parts {
		b.settle(part)
	}
}

func goneAreas(old, inv *city.Inventory) []city.Change {
	var gone []city.Change
	for i := range old.Areas {
		id := old.Areas[i].ID
		if _, still := slices.BinarySearchFunc(inv.Areas, id, byArea); !still {
			gone = append(gone, city.Change{Key: "area/" + id})
		}
	}
	return gone
}

func byArea(a city.Area, id string) int { return strings.Compare(a.ID, id) }

// index lists what the parts hold.
func (b *Board) index() {
	b.devices, b.locations = b.devices[:0:0], b.locations[:0:0]
	for _, part := range b.parts {
		for _, d := range part.projection.devices {
			b.devices = append(b.devices, d)
		}
		for _, l := range part.projection.locations {
			b.locations = append(b.locations, l)
		}
	}
	slices.SortFunc(b.devices, func(x, y *device) int { return strings.Compare(x.key, y.key) })
	slices.SortFunc(b.locations, func(x, y *location) int { return strings.Compare(x.key, y.key) })
	b.indexSubsystems()
	b.inArea = make(map[string]int)
	for _, l := range b.locations {
		b.inArea[l.info.Area]++
	}
	b.areaJSON = make(map[string]*atomic.Pointer[[]byte], len(b.inventory.Areas))
	for i := range b.inventory.Areas {
		b.areaJSON[b.inventory.Areas[i].ID] = new(atomic.Pointer[[]byte])
	}
}

// indexSubsystems lists the subsystems that any part shows. One that is declared at run time comes to
// the parts one after the other.
func (b *Board) indexSubsystems() {
	names, cached := make(map[string]city.Names), make(map[string]*atomic.Pointer[[]byte])
	for _, part := range b.parts {
		for id, sum := range part.projection.sums {
			names[id], cached[id] = sum.names, new(atomic.Pointer[[]byte])
		}
	}
	b.names, b.sumJSON = names, cached
	b.order = slices.Sorted(maps.Keys(names))
}

// lockAll locks every part for writing; what it returns unlocks them.
func (b *Board) lockAll() (unlock func()) {
	for _, part := range b.parts {
		part.mu.Lock()
	}
	return func() {
		for _, part := range b.parts {
			part.mu.Unlock()
		}
	}
}

// settle forgets what was encoded and is no longer so, and tells the watchers. The caller holds
// the part's lock, so that nobody can see the changes before the watchers know of them.
func (b *Board) settle(part *part) {
	c := &part.projection.changes
	if c.city {
		b.cityJSON.Store(nil)
	}
	for _, t := range c.areas {
		if cached := b.areaJSON[t.id]; cached != nil {
			cached.Store(nil)
		}
	}
	for _, t := range c.sums {
		if cached := b.sumJSON[t.id]; cached != nil {
			cached.Store(nil)
		}
	}
	if watchers := *b.watchers.Load(); len(watchers) > 0 {
		part.changes = c.list(part.changes[:0])
		for _, w := range watchers {
			if len(part.changes) > 0 {
				w.fn(part.changes)
			}
		}
	}
	c.taken()
}

// list appends every change once, and what is gone or moved beside it.
func (c *changes) list(to []city.Change) []city.Change {
	to = append(to, c.others...)
	for _, d := range c.devices {
		to = append(to, city.Change{Key: d.key, Location: d.location.info.ID})
	}
	for _, e := range c.events {
		to = append(to, city.Change{Key: e.key, Location: e.location.info.ID})
	}
	for _, l := range c.locations {
		to = append(to, city.Change{Key: l.key, Location: l.info.ID})
	}
	for _, t := range c.areas {
		to = append(to, city.Change{Key: "area/" + t.id})
	}
	for _, t := range c.sums {
		to = append(to, city.Change{Key: "subsystem/" + t.id})
	}
	if c.city {
		to = append(to, city.Change{Key: "city"})
	}
	return to
}

// Watch calls fn with what changes, once for each Apply that changes anything, until cancel is
// called. It is called before a Cut can see the change, possibly from several goroutines at once;
// it must not block, must not call back, and must not keep the slice. After cancel has returned, a
// call may still be under way.
func (b *Board) Watch(fn func(changes []city.Change)) (cancel func()) {
	w := &watcher{fn}
	b.replaceWatchers(func(all []*watcher) []*watcher { return append(slices.Clone(all), w) })
	return func() {
		b.replaceWatchers(func(all []*watcher) []*watcher {
			return slices.DeleteFunc(slices.Clone(all), func(other *watcher) bool { return other == w })
		})
	}
}

func (b *Board) replaceWatchers(change func([]*watcher) []*watcher) {
	b.watchMu.Lock()
	defer b.watchMu.Unlock()
	all := change(*b.watchers.Load())
	b.watchers.Store(&all)
}

// SetSystem makes v, encoded as JSON, the entity `system`, and tells the watchers if that is not
// what it was.
func (b *Board) SetSystem(v any) error {
	encoded, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("board: system: %w", err)
	}
	part := b.parts[0]
	part.mu.Lock()
	defer part.mu.Unlock()
	if was := b.system.Load(); was != nil && bytes.Equal(*was, encoded) {
		return nil
	}
	b.system.Store(&encoded)
	for _, w := range *b.watchers.Load() {
		w.fn([]city.Change{{Key: "system"}})
	}
	return nil
}

// Position returns the sequence of the newest entries applied to a partition.
func (b *Board) Position(partition int) uint64 {
	part := b.parts[partition]
	part.mu.RLock()
	defer part.mu.RUnlock()
	return part.seq
}

// Time returns the time of the newest entry of any partition, or the zero time before the first.
func (b *Board) Time() time.Time {
	var newest time.Time
	for _, part := range b.parts {
		part.mu.RLock()
		if t := part.projection.Time(); t.After(newest) {
			newest = t
		}
		part.mu.RUnlock()
	}
	return newest
}

// Oldest returns the time up to which every partition is known: that of the newest entry of the
// partition that is furthest behind, or the zero time if one of them has none. It is what says
// how old the picture is.
func (b *Board) Oldest() time.Time {
	oldest := forever
	for _, part := range b.parts {
		part.mu.RLock()
		oldest = min(oldest, part.projection.now)
		part.mu.RUnlock()
	}
	return oldest.in(b.zone)
}
