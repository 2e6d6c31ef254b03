package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"opscenter/internal/store/sqlcgen"
)

// Discovered is a device that nobody registered, and what was learned of it. Text that was never
// told is empty.
type Discovered struct {
	External  string // dialect:identity
	Ref       string // names it in addresses
	Subsystem string
	Dialect   string
	Topic     string // of the last message
	Sample    string // the last message's payload, with personal data masked
	Name      string
	Maker     string
	Model     string
	Firmware  string
	Kind      string
	Spoke     bool // it was heard itself, not only announced
	FirstSeen time.Time
	LastSeen  time.Time
	Sightings int64
}

// DiscoveredQuery selects discovered devices that are not registered, by external id.
type DiscoveredQuery struct {
	Dialect   string // empty: any
	Subsystem string // empty: any
	Text      string // part of the external id, name, maker, model or topic; case does not count
	After     string // external id; empty: from the first
	Limit     int
}

// DiscoveredPage is one page of discovered devices. More says that others follow. Total counts all
// pages.
type DiscoveredPage struct {
	Items []Discovered
	More  bool
	Total int64
}

// ListDiscovered lists devices that were seen and that nobody registered.
func (s *Store) ListDiscovered(ctx context.Context, query DiscoveredQuery) (DiscoveredPage, error) {
	limit := page(query.Limit)
	p := sqlcgen.ListDiscoveredParams{
		After: clean(query.After), Dialect: clean(query.Dialect), Subsystem: clean(query.Subsystem), Q: clean(query.Text), MaxRows: limit + 1,
	}
	rows, err := s.queries.ListDiscovered(ctx, p)
	if err != nil {
		return DiscoveredPage{}, fmt.Errorf("discovered: %w", err)
	}
	var found DiscoveredPage
	found.Total, err = s.queries.CountDiscovered(ctx, sqlcgen.CountDiscoveredParams{Dialect: p.Dialect, Subsystem: p.Subsystem, Q: p.Q})
	if err != nil {
		return DiscoveredPage{}, fmt.Errorf("discovered: %w", err)
	}
	if len(rows) > int(limit) {
		rows, found.More = rows[:limit], true
	}
	for i := range rows {
		found.Items = append(found.Items, discoveredOf(rows[i]))
	}
	return found, nil
}

// Discovered returns one discovered device, registered by now or not, or ErrNotFound.
func (s *Store) Discovered(ctx context.Context, ref string) (Discovered, error) {
	r, err := s.queries.GetDiscovered(ctx, clean(ref))
	if errors.Is(err, pgx.ErrNoRows) {
		return Discovered{}, fmt.Errorf("discovered %q: %w", ref, ErrNotFound)
	}
	if err != nil {
		return Discovered{}, fmt.Errorf("discovered %q: %w", ref, err)
	}
	return discoveredOf(r), nil
}

// ForgetDiscovered forgets one discovered device until it is seen again; ErrNotFound if there is none.
func (s *Store) ForgetDiscovered(ctx context.Context, ref string) error {
	n, err := s.queries.DeleteDiscovered(ctx, clean(ref))
	if err != nil {
		return fmt.Errorf("discovered %q: %w", ref, err)
	}
	if n == 0 {
		return fmt.Errorf("discovered %q: %w", ref, ErrNotFound)
	}
	return nil
}

func discoveredOf(r sqlcgen.Discovered) Discovered {
	return Discovered{
		External: r.External, Ref: r.Ref, Subsystem: r.Subsystem, Dialect: r.Dialect, Topic: r.Topic, Sample: r.Sample,
		Name: r.Name, Maker: r.Maker, Model: r.Model, Firmware: r.Firmware, Kind: r.Kind, Spoke: r.Spoke,
		FirstSeen: r.FirstSeen.UTC(), LastSeen: r.LastSeen.UTC(), Sightings: r.Sightings,
	}
}
