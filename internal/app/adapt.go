package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"opscenter/internal/httpapi"
	"opscenter/internal/ingest"
	"opscenter/internal/inventory"
	"opscenter/internal/seal"
	"opscenter/internal/store"
)

// history is httpapi.History on the store.
type history struct{ store *store.Store }

// DeviceHistory implements httpapi.History.
func (h history) DeviceHistory(ctx context.Context, device string, from, to time.Time) ([]httpapi.Interval, error) {
	intervals, err := h.store.History(ctx, device, from, to)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", httpapi.ErrUnavailable, err)
	}
	out := make([]httpapi.Interval, len(intervals))
	for i, v := range intervals {
		out[i] = httpapi.Interval(v)
	}
	return out, nil
}

// quarantine is httpapi.Quarantine on the store, and on the source of ingest for what is to be read again.
type quarantine struct {
	store  *store.Store
	sealer *seal.Sealer
	source *source
}

// Quarantine implements httpapi.Quarantine.
func (q quarantine) Quarantine(ctx context.Context, query httpapi.QuarantineQuery) (httpapi.QuarantinePage, error) {
	page, err := q.store.Quarantine(ctx, store.QuarantineQuery(query))
	if err != nil {
		return httpapi.QuarantinePage{}, fmt.Errorf("%w: %w", httpapi.ErrUnavailable, err)
	}
	out := httpapi.QuarantinePage{Next: page.Next, Total: page.Total}
	for i := range page.Items {
		m := &page.Items[i]
		out.Items = append(out.Items, httpapi.Quarantined{
			ID: m.ID, At: m.At, Subsystem: m.Subsystem, Topic: m.Topic, Code: m.Code, Reason: m.Reason,
			Payload: m.Shown, Retained: m.Retained, ReplayedAt: m.ReplayedAt,
		})
	}
	return out, nil
}

// Replay implements httpapi.Quarantine: the message is decoded again, with today's inventory, and
// goes the way of any other. If it is still wrong it comes back as a new row.
func (q quarantine) Replay(ctx context.Context, id int64) error {
	m, err := q.store.QuarantinedMessage(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("%w: quarantine %d", httpapi.ErrNotFound, id)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", httpapi.ErrUnavailable, err)
	}
	payload, err := q.sealer.Open(m.Sealed)
	if err != nil {
		return fmt.Errorf("quarantine %d: %w", id, err)
	}
	if err := q.source.replay(ctx, ingest.Message{Topic: m.Topic, Payload: payload, Retained: m.Retained, ReceivedAt: time.Now()}); err != nil {
		return fmt.Errorf("%w: %w", httpapi.ErrUnavailable, err)
	}
	return q.store.MarkReplayed(ctx, id, time.Now())
}

// csvInventory is httpapi.Inventory on the inventory service.
type csvInventory struct{ service *inventoryService }

// Export implements httpapi.Inventory.
func (c csvInventory) Export(ctx context.Context, w io.Writer) error { return c.service.Export(ctx, w) }

// Import implements httpapi.Inventory.
func (c csvInventory) Import(ctx context.Context, r io.Reader, dryRun bool) (httpapi.ImportReport, error) {
	difference, err := c.service.Import(ctx, r, dryRun)
	if rows, wrong := errors.AsType[inventory.RowErrors](err); wrong {
		out := make(httpapi.RowErrors, len(rows))
		for i, row := range rows {
			out[i] = httpapi.RowError(row)
		}
		return httpapi.ImportReport{}, out
	}
	if err != nil {
		return httpapi.ImportReport{}, fmt.Errorf("%w: %w", httpapi.ErrUnavailable, err)
	}
	return httpapi.ImportReport{
		DryRun: dryRun, Added: changes(difference.Added), Changed: changes(difference.Changed), Removed: changes(difference.Removed),
	}, nil
}

func changes(list []inventory.Change) []httpapi.InventoryChange {
	out := make([]httpapi.InventoryChange, len(list))
	for i, c := range list {
		out[i] = httpapi.InventoryChange{Type: c.Type, ID: c.ID, Name: c.Name}
		for _, f := range c.Fields {
			out[i].Fields = append(out[i].Fields, httpapi.InventoryField(f))
		}
	}
	return out
}
