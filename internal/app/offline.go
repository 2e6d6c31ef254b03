package app

import (
	"context"
	"errors"

	"opscenter/internal/config"
	"opscenter/internal/store"
)

// withStore calls use with the database of a data directory that no center is using.
func withStore(ctx context.Context, c config.Serve, use func(*store.Store) error) (err error) {
	dir, err := openDataDir(c.Data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, dir.close()) }()
	url, stop, err := databaseURL(ctx, c, dir, discardLog())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop(context.WithoutCancel(ctx))) }()
	s, err := store.Open(ctx, store.Config{URL: url})
	if err != nil {
		return err
	}
	defer s.Close()
	return use(s)
}

// withInventory calls use with the inventory of a data directory that no center is using.
func withInventory(ctx context.Context, c config.Serve, use func(*inventoryService) error) error {
	return withStore(ctx, c, func(s *store.Store) error {
		inv, err := s.Inventory(ctx)
		if err != nil {
			return err
		}
		service := &inventoryService{store: s}
		service.held.Store(inv)
		return use(service)
	})
}
