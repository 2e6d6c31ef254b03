package httpapi

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// Notifications tells people of alarms, and remembers whom it told.
type Notifications interface {
	// Channels returns how the channels do, in the order of the configuration.
	Channels(ctx context.Context) (ChannelList, error)

	// Test sends a test message at once; ErrNotFound if there is no such channel. That the receiver
	// did not confirm it is no error but in the outcome.
	Test(ctx context.Context, channel string) (TestOutcome, error)

	// Deliveries lists messages, the latest first.
	Deliveries(ctx context.Context, q DeliveryQuery) (DeliveryPage, error)
}

// ChannelList is every channel, and what none of them was told.
type ChannelList struct {
	Items       []Channel `json:"items"`
	Unrouted24h int64     `json:"unrouted_24h" doc:"transitions of alarms in the last 24 hours that nobody was told of because no route took them"`
}

// Channel is a way to tell people of alarms.
type Channel struct {
	Name     string    `json:"name"`
	Kind     string    `json:"kind" example:"webhook"`
	State    string    `json:"state" enum:"ok,failing"`
	Since    time.Time `json:"since,omitzero" doc:"when it began to fail"`
	Error    string    `json:"error,omitempty" doc:"why its last attempt failed"`
	Queued   int       `json:"queued" doc:"messages that wait"`
	LastSent time.Time `json:"last_sent,omitzero" doc:"the last confirmation"`
}

// TestOutcome is what became of a test message.
type TestOutcome struct {
	ID        string `json:"id"`
	Confirmed bool   `json:"confirmed" doc:"whether the receiver took it"`
	Error     string `json:"error,omitempty"`
}

// DeliveryQuery selects deliveries.
type DeliveryQuery struct {
	Channel string // empty: any
	State   string // empty: any
	Alarm   string // id; empty: any
	Before  int64  // Next of the page before; 0: from the latest
	Limit   int
}

// DeliveryPage is one page of deliveries. Next is 0 on the last. Total counts all pages.
type DeliveryPage struct {
	Items []Delivery
	Next  int64
	Total int64
}

// Delivery is one message to one channel: who was told when of what.
type Delivery struct {
	ID          string          `json:"id" doc:"the message's, as the receiver sees it"`
	Channel     string          `json:"channel"`
	Type        string          `json:"type" example:"alarm.raised"`
	State       string          `json:"state" enum:"waiting,sent,failed"`
	MadeAt      time.Time       `json:"made_at"`
	Attempts    int             `json:"attempts"`
	AttemptedAt time.Time       `json:"attempted_at,omitzero" doc:"when the last attempt began"`
	DueAt       time.Time       `json:"due_at,omitzero" doc:"of the next attempt, while it waits"`
	EndedAt     time.Time       `json:"ended_at,omitzero" doc:"when it was confirmed, refused or given up"`
	Error       string          `json:"error,omitempty" doc:"of the last attempt"`
	Alarms      []string        `json:"alarms" doc:"ids of all alarms that it tells of"`
	Message     json.RawMessage `json:"message" doc:"what is sent"`
}

type channelsOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         ChannelList
}

type testInput struct {
	Name string `path:"name" maxLength:"64"`
}

type testOutput struct{ Body TestOutcome }

type deliveriesInput struct {
	Channel string `query:"channel" maxLength:"64"`
	State   string `query:"state" enum:"waiting,sent,failed"`
	Alarm   string `query:"alarm" maxLength:"64" doc:"id of an alarm"`
	Limit   int    `query:"limit" minimum:"1" maximum:"1000" default:"100" doc:"items on a page"`
	Cursor  string `query:"cursor" pattern:"^[0-9]{1,18}$" doc:"next of the page before"`
}

type deliveriesOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         List[Delivery]
}

// notifications declares the routes of channels and of what was sent on them.
func (a *api) notifications() {
	if a.Notifications == nil {
		return
	}
	huma.Register(a.huma, get("list-channels", "/api/v1/channels", "Ways to tell people of alarms, and how they do"), a.listChannels)
	huma.Register(a.huma, huma.Operation{
		OperationID: "test-channel", Method: http.MethodPost, Path: "/api/v1/channels/{name}/test",
		Summary: "Send a test message at once",
	}, a.testChannel)
	huma.Register(a.huma, get("list-deliveries", "/api/v1/deliveries", "Who was told when of what"), a.listDeliveries)
}

func (a *api) listChannels(ctx context.Context, _ *struct{}) (*channelsOutput, error) {
	list, err := a.Notifications.Channels(ctx)
	if err != nil {
		return nil, a.fail(ctx, "listing", err)
	}
	if list.Items == nil {
		list.Items = []Channel{}
	}
	return &channelsOutput{CacheControl: noStore, Body: list}, nil
}

func (a *api) testChannel(ctx context.Context, in *testInput) (*testOutput, error) {
	outcome, err := a.Notifications.Test(ctx, in.Name)
	if err != nil {
		return nil, a.fail(ctx, "the test", err)
	}
	return &testOutput{Body: outcome}, nil
}

func (a *api) listDeliveries(ctx context.Context, in *deliveriesInput) (*deliveriesOutput, error) {
	q := DeliveryQuery{Channel: in.Channel, State: in.State, Alarm: in.Alarm, Limit: in.Limit}
	if in.Cursor != "" {
		before, err := strconv.ParseInt(in.Cursor, 10, 64)
		if err != nil {
			return nil, a.fail(ctx, "listing", err) // unreachable: the pattern allows only numbers
		}
		q.Before = before
	}
	found, err := a.Notifications.Deliveries(ctx, q)
	if err != nil {
		return nil, a.fail(ctx, "listing", err)
	}
	out := &deliveriesOutput{CacheControl: noStore}
	out.Body = List[Delivery]{Items: found.Items, Total: int(found.Total)}
	if out.Body.Items == nil {
		out.Body.Items = []Delivery{}
	}
	if found.Next > 0 {
		out.Body.Next = strconv.FormatInt(found.Next, 10)
	}
	return out, nil
}
