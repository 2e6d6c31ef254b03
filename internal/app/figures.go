package app

import (
	"context"
	"fmt"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/httpapi"
	"opscenter/internal/store"
)

// figures is httpapi.Indicators on the store.
type figures struct{ store *store.Store }

// Figures implements httpapi.Indicators.
func (f figures) Figures(ctx context.Context, q httpapi.FigureQuery) (httpapi.FigurePage, error) {
	after, err := placeOf(q.After)
	if err != nil {
		return httpapi.FigurePage{}, fmt.Errorf("%w: %w", httpapi.ErrInvalid, err)
	}
	page, err := f.store.Figures(ctx, store.FigureQuery{
		Subsystem: q.Subsystem, Code: q.Code, Scope: q.Scope, From: q.From, To: q.To, Revisions: q.Revisions, After: after, Limit: q.Limit,
	})
	if err != nil {
		return httpapi.FigurePage{}, fmt.Errorf("%w: %w", httpapi.ErrUnavailable, err)
	}
	out := httpapi.FigurePage{More: page.More, Total: page.Total}
	for i := range page.Items {
		v := &page.Items[i]
		out.Items = append(out.Items, httpapi.Figure{
			Period: v.Period, Begins: v.Begins.Format(time.DateOnly), Scope: v.Scope, Value: v.Value,
			Numerator: v.Numerator, Denominator: v.Denominator, Revision: v.Revision,
			ObservedAt: v.ObservedAt, ReceivedAt: v.ReceivedAt, Device: v.Device, Location: v.Location,
		})
	}
	return out, nil
}

// placeOf returns as much of a figure as says where it is in the order of figures.
func placeOf(f *httpapi.Figure) (*store.Figure, error) {
	if f == nil {
		return nil, nil //nolint:nilnil // there is no figure before the first
	}
	begins, err := time.Parse(time.DateOnly, f.Begins)
	if err != nil {
		return nil, fmt.Errorf("cursor: %w", err)
	}
	return &store.Figure{
		Begins: begins, ObservedAt: f.ObservedAt,
		Indicator: city.Indicator{Period: f.Period, Scope: f.Scope, Revision: f.Revision},
	}, nil
}
