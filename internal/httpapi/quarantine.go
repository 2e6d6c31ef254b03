package httpapi

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// QuarantineQuery selects from the quarantine, the latest first.
type QuarantineQuery struct {
	Subsystem string // empty: any
	Code      string // empty: any
	Before    int64  // ids below this one: Next of the page before; 0: from the latest
	Limit     int
}

// QuarantinePage is one page of the quarantine. Next is 0 on the last. Total counts all pages.
type QuarantinePage struct {
	Items []Quarantined
	Next  int64
	Total int64
}

// Quarantined is a message that could not be read or placed.
type Quarantined struct {
	ID         int64     `json:"id"`
	At         time.Time `json:"at"`
	Subsystem  string    `json:"subsystem" doc:"empty if none owns the topic"`
	Topic      string    `json:"topic"`
	Code       string    `json:"code" doc:"unroutable, malformed, unregistered, …"`
	Reason     string    `json:"reason" doc:"what is wrong, and where"`
	Payload    string    `json:"payload" doc:"the first 4 KiB, with personal data masked"`
	Retained   bool      `json:"retained"`
	ReplayedAt time.Time `json:"replayed_at,omitzero" doc:"when it was last given to ingest again; absent if never"`
}

type quarantineInput struct {
	Subsystem string `query:"subsystem" maxLength:"64"`
	Code      string `query:"code" maxLength:"64"`
	Limit     int    `query:"limit" minimum:"1" maximum:"1000" default:"100" doc:"items on a page"`
	Cursor    string `query:"cursor" pattern:"^[0-9]{1,18}$" doc:"next of the page before"`
}

type quarantineOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         List[Quarantined]
}

type replayInput struct {
	ID int64 `path:"id" minimum:"1"`
}

// quarantine declares the routes of what could not be read.
func (a *api) quarantine() {
	if a.Quarantine == nil {
		return
	}
	huma.Register(a.huma, get("list-quarantine", "/api/v1/quarantine", "What could not be read, and why"), a.listQuarantine)
	huma.Register(a.huma, huma.Operation{
		OperationID: "replay-quarantined", Method: http.MethodPost, Path: "/api/v1/quarantine/{id}/replay",
		Summary: "Give a message to ingest again", DefaultStatus: http.StatusAccepted,
	}, a.replay)
}

func (a *api) listQuarantine(ctx context.Context, in *quarantineInput) (*quarantineOutput, error) {
	q := QuarantineQuery{Subsystem: in.Subsystem, Code: in.Code, Limit: in.Limit}
	if in.Cursor != "" {
		before, err := strconv.ParseInt(in.Cursor, 10, 64)
		if err != nil {
			return nil, a.fail(ctx, "quarantine", err) // unreachable: the pattern allows only numbers
		}
		q.Before = before
	}
	found, err := a.Quarantine.Quarantine(ctx, q)
	if err != nil {
		return nil, a.fail(ctx, "quarantine", err)
	}
	out := &quarantineOutput{CacheControl: noStore}
	out.Body = List[Quarantined]{Items: found.Items, Total: int(found.Total)}
	if out.Body.Items == nil {
		out.Body.Items = []Quarantined{}
	}
	if found.Next > 0 {
		out.Body.Next = strconv.FormatInt(found.Next, 10)
	}
	return out, nil
}

func (a *api) replay(ctx context.Context, in *replayInput) (*struct{}, error) {
	if err := a.Quarantine.Replay(ctx, in.ID); err != nil {
		return nil, a.fail(ctx, "replay", err)
	}
	return &struct{}{}, nil
}
