package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/inventory"
	"opscenter/internal/store"
)

// inventoryService keeps what is registered: in the database, and in every part that follows it.
type inventoryService struct {
	store *store.Store
	held  atomic.Pointer[city.Inventory]

	mu        sync.Mutex // one change at a time; guards followers
	followers []func(*city.Inventory)
}

// openInventory reads the inventory, and registers the seed if there is nothing.
func (a *App) openInventory(ctx context.Context) error {
	a.inventory = &inventoryService{store: a.store}
	inv, err := a.store.Inventory(ctx)
	if err != nil {
		return err
	}
	if seed := a.config.Seed; seed != nil && len(inv.Devices) == 0 {
		for i := range seed.Devices {
			seed.Devices[i].RegisteredAt = time.Now().UTC().Truncate(time.Microsecond)
		}
		seeded, err := city.NewInventory(inv.Revision, seed.Areas, seed.Locations, seed.Devices)
		if err != nil {
			return err
		}
		if err := a.store.ApplyInventory(ctx, seeded); err != nil {
			return err
		}
		if inv, err = a.store.Inventory(ctx); err != nil {
			return err
		}
	}
	a.inventory.held.Store(inv)
	if a.config.LimitMemory {
		limitMemory(inv)
		a.inventory.follow(limitMemory)
	}
	return nil
}

func (s *inventoryService) current() *city.Inventory { return s.held.Load() }

// follow calls set with every later inventory.
func (s *inventoryService) follow(set func(*city.Inventory)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.followers = append(s.followers, set)
}

// Export writes everything that is registered as CSV.
func (s *inventoryService) Export(_ context.Context, w io.Writer) error {
	return inventory.Write(w, s.current())
}

// Import adds and changes what the CSV file says, in one transaction, or with dryRun only says what
// that would change. Rows that do not fit are an inventory.RowErrors, and then nothing is changed.
func (s *inventoryService) Import(ctx context.Context, r io.Reader, dryRun bool) (inventory.Difference, error) {
	sheet, err := inventory.Read(r)
	if err != nil {
		return inventory.Difference{}, err
	}
	var difference inventory.Difference
	err = s.change(ctx, func(old *city.Inventory) (*city.Inventory, error) {
		wanted, err := sheet.Apply(old, time.Now().UTC().Truncate(time.Microsecond))
		if err != nil {
			return nil, err
		}
		difference = inventory.Diff(old, wanted)
		if dryRun || difference.Empty() {
			return old, nil
		}
		return wanted, nil
	})
	if err != nil {
		return inventory.Difference{}, err
	}
	return difference, nil
}

// change registers what wanted makes of the present inventory, and tells every part that follows. If
// somebody else has changed it in the meantime, wanted is asked again. What wanted returns as it was
// given is left alone.
func (s *inventoryService) change(ctx context.Context, wanted func(old *city.Inventory) (*city.Inventory, error)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		old := s.current()
		updated, err := wanted(old)
		if err != nil || updated == old {
			return err
		}
		err = s.store.ApplyInventory(ctx, updated)
		if err != nil && !errors.Is(err, store.ErrInventoryChanged) {
			return fmt.Errorf("inventory: %w", err)
		}
		stored, readErr := s.store.Inventory(ctx)
		if readErr != nil {
			return readErr
		}
		s.held.Store(stored)
		for _, set := range s.followers {
			set(stored)
		}
		if err == nil {
			return nil
		}
	}
}
