package httpapi

import (
	"context"
	"fmt"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"opscenter/internal/city"
)

// Interval is a stretch of time in which a device's status did not change.
type Interval struct {
	From   time.Time // inclusive
	To     time.Time // exclusive; zero while it lasts
	Status city.Status
	Reason city.Reason
	Facets map[city.Facet]city.Status
}

// interval is an Interval as clients get it.
type interval struct {
	From   time.Time         `json:"from" doc:"inclusive"`
	To     *time.Time        `json:"to,omitempty" doc:"exclusive; absent while it lasts"`
	Status string            `json:"status" enum:"ok,warning,critical,stale,unknown,maintenance"`
	Reason string            `json:"reason,omitempty"`
	Facets map[string]string `json:"facets,omitempty"`
}

type historyInput struct {
	ID   string    `path:"id" maxLength:"64"`
	From time.Time `query:"from" doc:"RFC 3339; 24 hours before to, unless given"`
	To   time.Time `query:"to" doc:"RFC 3339; now, unless given"`
}

type historyOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Device string     `json:"device"`
		From   time.Time  `json:"from"`
		To     time.Time  `json:"to"`
		Items  []interval `json:"items" nullable:"false" doc:"oldest first; the first may begin before from, the last end after to"`
	}
}

// history declares the routes of what devices were like.
func (a *api) history() {
	if a.History == nil || a.Picture == nil {
		return
	}
	huma.Register(a.huma, get("get-device-history", "/api/v1/devices/{id}/history", "How well a device was"), a.deviceHistory)
}

func (a *api) deviceHistory(ctx context.Context, in *historyInput) (*historyOutput, error) {
	from, to, err := a.span(in.From, in.To)
	if err != nil {
		return nil, a.fail(ctx, "history", err)
	}
	intervals, err := a.History.DeviceHistory(ctx, in.ID, from, to)
	if err != nil {
		return nil, a.fail(ctx, "history", err)
	}
	if _, registered := a.entity("device/" + in.ID); !registered && len(intervals) == 0 {
		return nil, a.fail(ctx, "history", fmt.Errorf("device %q: %w", in.ID, ErrNotFound))
	}
	out := &historyOutput{CacheControl: noStore}
	out.Body.Device, out.Body.From, out.Body.To = in.ID, from, to
	out.Body.Items = make([]interval, len(intervals))
	for i := range intervals {
		out.Body.Items[i] = intervals[i].described()
	}
	return out, nil
}

func (i *Interval) described() interval {
	d := interval{From: i.From, Status: i.Status.String(), Reason: string(i.Reason)}
	if !i.To.IsZero() {
		d.To = &i.To
	}
	if len(i.Facets) > 0 {
		d.Facets = make(map[string]string, len(i.Facets))
		for facet, status := range i.Facets {
			d.Facets[string(facet)] = status.String()
		}
	}
	return d
}
