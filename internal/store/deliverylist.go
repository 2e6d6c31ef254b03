package store

import (
	"context"
	"fmt"
	"time"

	"opscenter/internal/store/sqlcgen"
)

// ChannelState is how a channel does.
type ChannelState struct {
	Name         string
	FailingSince time.Time // zero: its last attempt did not fail
	Error        string
	SentAt       time.Time // the last confirmation; zero: never
	Queued       int64
}

// ChannelStates returns how those channels do, in an order of its own.
func (s *Store) ChannelStates(ctx context.Context, names []string) ([]ChannelState, error) {
	rows, err := s.queries.NotifyChannels(ctx, names)
	if err != nil {
		return nil, fmt.Errorf("channels: %w", err)
	}
	states := make([]ChannelState, len(rows))
	for i, r := range rows {
		states[i] = ChannelState{
			Name: r.Name, FailingSince: timeOrZero(r.FailingSince), Error: r.Error, SentAt: timeOrZero(r.SentAt), Queued: r.Queued,
		}
	}
	return states, nil
}

// DeliveryQuery selects deliveries, the latest first.
type DeliveryQuery struct {
	Channel string // empty: any
	State   string // empty: any
	Alarm   string // id; empty: any
	Before  int64  // Seq of the last of the page before; 0: from the latest
	Limit   int
}

// DeliveryPage is one page of deliveries. Next is 0 on the last. Total counts all pages.
type DeliveryPage struct {
	Items []Delivery
	Next  int64
	Total int64
}

// Deliveries lists who was told when of what.
func (s *Store) Deliveries(ctx context.Context, query DeliveryQuery) (DeliveryPage, error) {
	const last = 1<<63 - 1
	p := sqlcgen.ListDeliveriesParams{
		Before: query.Before, Channel: query.Channel, State: query.State, Alarm: query.Alarm,
		MaxRows: int32(min(query.Limit, 1<<20)) + 1, //nolint:gosec // bounded
	}
	if p.Before <= 0 {
		p.Before = last
	}
	var page DeliveryPage
	rows, err := s.queries.ListDeliveries(ctx, p)
	if err == nil {
		page.Total, err = s.queries.CountDeliveries(ctx, sqlcgen.CountDeliveriesParams{
			Channel: query.Channel, State: query.State, Alarm: query.Alarm,
		})
	}
	if err != nil {
		return page, fmt.Errorf("deliveries: %w", err)
	}
	more := len(rows) > query.Limit
	rows = rows[:min(len(rows), query.Limit)]
	for i := range rows {
		page.Items = append(page.Items, deliveryOf(&rows[i]))
	}
	if more {
		page.Next = rows[len(rows)-1].Seq
	}
	return page, nil
}
