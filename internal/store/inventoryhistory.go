package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"
	jsonv1 "github.com/go-json-experiment/json/v1"
	"github.com/jackc/pgx/v5"
	"github.com/klauspost/compress/zstd"

	"opscenter/internal/city"
	"opscenter/internal/store/sqlcgen"
)

// keptInventory is an inventory as the history keeps it.
type keptInventory struct {
	Areas     []city.Area     `json:"areas"`
	Locations []city.Location `json:"locations"`
	Devices   []city.Device   `json:"devices"`
}

// keepFirstInventory keeps the present inventory if the history lacks it: as what was ever in force when
// nothing is kept yet, otherwise from now on.
func (s *Store) keepFirstInventory(ctx context.Context, now time.Time) error {
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		q := s.queries.WithTx(tx)
		revision, err := q.LockInventory(ctx)
		if err != nil {
			return err
		}
		kept, err := q.InventoryKept(ctx, revision)
		if err != nil || kept.ThisKept {
			return err
		}
		if !kept.AnyKept {
			now = time.Time{}
		}
		return keepInventory(ctx, q, now)
	})
}

// keepInventory adds the present inventory to the history, in force from now on.
func keepInventory(ctx context.Context, q *sqlcgen.Queries, now time.Time) error {
	inv, err := readInventory(ctx, q)
	if err != nil {
		return err
	}
	data, err := encodeInventory(inv)
	if err != nil {
		return err
	}
	return q.KeepInventory(ctx, sqlcgen.KeepInventoryParams{Revision: inv.Revision, At: dated(now), Data: data})
}

// cadencesAsNumbers writes durations in nanoseconds.
func cadencesAsNumbers() json.Options { return jsonv1.FormatDurationAsNano(true) }

func encodeInventory(inv *city.Inventory) ([]byte, error) {
	text, err := json.Marshal(keptInventory{inv.Areas, inv.Locations, inv.Devices}, cadencesAsNumbers())
	if err != nil {
		return nil, err
	}
	zip, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	return zip.EncodeAll(text, nil), nil
}

func decodeInventory(row sqlcgen.InventoryHistory) (*city.Inventory, error) {
	zip, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	defer zip.Close()
	text, err := zip.DecodeAll(row.Data, nil)
	if err != nil {
		return nil, err
	}
	var kept keptInventory
	if err := json.Unmarshal(text, &kept, cadencesAsNumbers()); err != nil {
		return nil, err
	}
	inv, err := city.NewInventory(row.Revision, kept.Areas, kept.Locations, kept.Devices)
	if err != nil {
		return nil, err
	}
	inv.Since = row.At.UTC()
	return inv, nil
}

// InventoryBefore returns the inventory that was in force just before a time, or the oldest that is kept.
func (s *Store) InventoryBefore(ctx context.Context, at time.Time) (*city.Inventory, error) {
	row, err := s.queries.InventoryBefore(ctx, dated(at))
	if errors.Is(err, pgx.ErrNoRows) {
		row, err = s.queries.OldestInventory(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("inventory before %s: %w", at.Format(time.RFC3339), orNotFound(err))
	}
	inv, err := decodeInventory(row)
	if err != nil {
		return nil, fmt.Errorf("inventory of revision %d: %w", row.Revision, err)
	}
	return inv, nil
}

// InventoriesAfter returns the inventories after a revision that were in force by a time, oldest first.
func (s *Store) InventoriesAfter(ctx context.Context, revision int64, until time.Time) ([]*city.Inventory, error) {
	rows, err := s.queries.InventoriesAfter(ctx, sqlcgen.InventoriesAfterParams{Revision: revision, Until: dated(until)})
	if err != nil {
		return nil, fmt.Errorf("inventories after revision %d: %w", revision, err)
	}
	inventories := make([]*city.Inventory, len(rows))
	for i, row := range rows {
		if inventories[i], err = decodeInventory(row); err != nil {
			return nil, fmt.Errorf("inventory of revision %d: %w", row.Revision, err)
		}
	}
	return inventories, nil
}
