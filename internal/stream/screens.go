package stream

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"sync"
	"time"

	"opscenter/internal/city"
)

// Screen is what a wall last said of itself.
type Screen struct {
	Screen      string            `json:"screen"`
	Build       string            `json:"build"`
	Remote      string            `json:"remote"` // address that it connects from
	Connected   bool              `json:"connected"`
	Seqs        map[string]uint64 `json:"seqs"`            // the last frame that it has shown, by subscription
	Behind      uint64            `json:"behind"`          // frames that it had not yet shown when it reported
	ClockOffset float64           `json:"clock_offset_ms"` // its clock less the server's
	LastSeen    time.Time         `json:"last_seen"`       // when it last reported
}

const maxBuildLength = 64 // bytes

// screens remembers the walls that reported, also those that no longer do: a wall that went dark is
// the one to look for.
type screens struct {
	most int

	mu   sync.Mutex
	byID map[string]*seen
}

type seen struct {
	Screen
	client *client
}

func newScreens(most int) *screens { return &screens{most: most, byID: make(map[string]*seen)} }

// report notes a wall's proof of life.
func (s *screens) report(c *client, r *request, now time.Time, behind uint64) error {
	if err := city.CheckID(r.Screen); err != nil {
		return fmt.Errorf("screen: %w", err)
	}
	if len(r.Build) > maxBuildLength {
		return fmt.Errorf("build: over %d bytes", maxBuildLength)
	}
	if len(r.Seqs) > maxKeys {
		return errors.New("seqs: more than there can be subscriptions")
	}
	if math.IsInf(r.ClockOffset, 0) || math.IsNaN(r.ClockOffset) {
		return errors.New("clock_offset_ms: not a finite number")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.byID[r.Screen] == nil && len(s.byID) >= s.most && !s.evict() {
		return fmt.Errorf("%w screens: %d", errTooMany, s.most)
	}
	s.byID[r.Screen] = &seen{client: c, Screen: Screen{
		Screen: r.Screen, Build: r.Build, Remote: c.remote, Connected: true,
		Seqs: maps.Clone(r.Seqs), Behind: behind, ClockOffset: r.ClockOffset, LastSeen: now,
	}}
	return nil
}

// evict forgets the wall that has been away for longest. The caller holds s.mu.
func (s *screens) evict() bool {
	var oldest *seen
	for _, e := range s.byID {
		if !e.Connected && (oldest == nil || e.LastSeen.Before(oldest.LastSeen)) {
			oldest = e
		}
	}
	if oldest == nil {
		return false
	}
	delete(s.byID, oldest.Screen.Screen)
	return true
}

func (s *screens) disconnected(c *client) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.byID {
		if e.client == c {
			e.Connected, e.client = false, nil
		}
	}
}

// Screens returns every wall that reported, sorted by name, also those that no longer do.
func (h *Hub) Screens() []Screen {
	h.screens.mu.Lock()
	defer h.screens.mu.Unlock()
	list := make([]Screen, 0, len(h.screens.byID))
	for _, e := range h.screens.byID {
		screen := e.Screen
		screen.Seqs = maps.Clone(screen.Seqs)
		list = append(list, screen)
	}
	slices.SortFunc(list, func(a, b Screen) int { return cmp.Compare(a.Screen, b.Screen) })
	return list
}
