package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"opscenter/internal/city"
)

// Desk is the alarm desk: what people are to deal with, and how they do.
type Desk interface {
	// Alarms lists alarms: those on the list worst first, others by when they came on it, the latest first.
	Alarms(ctx context.Context, q AlarmQuery) (AlarmPage, error)

	// Alarm returns one alarm, on the list or off it, with what happened to it; ErrNotFound if there is none.
	Alarm(ctx context.Context, id string) (AlarmStory, error)

	// Act does what somebody decided about an alarm, once for each key. It returns ErrNotFound if there is
	// no such alarm, ErrConflict if the action does not fit its state, ErrInvalid if it makes no sense,
	// and ErrUnavailable if it is not known whether it was done: then the same key is asked again.
	Act(ctx context.Context, action city.Action) (Acted, error)

	// Acknowledge acknowledges several alarms at once, each by a key made of action's and its id.
	Acknowledge(ctx context.Context, action city.Action, which AlarmChoice) (AllActed, error)
}

// AlarmQuery selects alarms. An empty field does not narrow it.
type AlarmQuery struct {
	State     string // open, active, cleared, hidden, closed or all
	Severity  string
	Location  string
	Area      string
	Device    string
	Subsystem string
	Reason    string
	Text      string    // part of the id, the key or a title; case and diacritics do not count
	From, To  time.Time // on the list at any time from From to To
	After     string    // Next of the page before
	Limit     int
}

// AlarmPage is one page of alarms. Next is empty on the last. Total counts all pages.
type AlarmPage struct {
	Items []Alarm
	Next  string
	Total int
}

// Alarm is an alarm as it is, or as it was when it went off the list.
type Alarm struct {
	city.Alarm
	ClosedAt time.Time `json:"closed_at,omitzero" doc:"when it went off the list: cleared and acknowledged; absent while it is on it"`
}

// AlarmStory is an alarm and what happened to it.
type AlarmStory struct {
	Alarm
	Transitions int          `json:"transitions" doc:"how many there were; history has the latest thousand"`
	History     []Transition `json:"history" nullable:"false" doc:"oldest first"`
}

// Transition is one thing that happened to an alarm.
type Transition struct {
	N        int             `json:"n" doc:"from 1, without a gap"`
	At       time.Time       `json:"at"`
	What     city.Transition `json:"what" example:"acknowledged"`
	Severity city.Severity   `json:"severity" enum:"warning,critical" doc:"of the alarm, then"`
	Reason   city.Reason     `json:"reason" doc:"of the alarm, then"`
	Count    int             `json:"count" doc:"devices that the alarm stood for, then"`
	Actor    string          `json:"actor,omitempty" doc:"who; absent: the center itself"`
	Why      string          `json:"why,omitempty" doc:"why, or what was said"`
	Assignee string          `json:"assignee,omitempty" doc:"of assigned"`
	Until    time.Time       `json:"until,omitzero" doc:"of acknowledged and shelved: when it expires"`
	Key      string          `json:"key,omitempty" doc:"of the action that caused it"`
}

type alarmsInput struct {
	Limit     int       `query:"limit" minimum:"1" maximum:"1000" default:"100" doc:"items on a page"`
	Cursor    string    `query:"cursor" maxLength:"512" doc:"next of the page before"`
	State     string    `query:"state" enum:"open,active,cleared,hidden,closed,all" default:"open" doc:"open: on the list. Of those are active, cleared and not yet acknowledged, or hidden: shelved, suppressed or out of service. closed: off the list"`
	Severity  string    `query:"severity" enum:"warning,critical"`
	Location  string    `query:"location" maxLength:"64" doc:"id of a location"`
	Area      string    `query:"area" maxLength:"64" doc:"id of an area"`
	Device    string    `query:"device" maxLength:"64" doc:"id of a device"`
	Subsystem string    `query:"subsystem" maxLength:"64" doc:"id of a subsystem"`
	Reason    string    `query:"reason" maxLength:"64" doc:"as a code, such as no_signal"`
	Q         string    `query:"q" maxLength:"100" doc:"part of the id, the key or the title; case and diacritics do not count"`
	From      time.Time `query:"from" doc:"RFC 3339; with to: those that were on the list at any time between"`
	To        time.Time `query:"to" doc:"RFC 3339"`
}

type alarmsOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         List[Alarm]
}

type alarmOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         AlarmStory
}

// alarms declares the routes of the alarm desk.
func (a *api) alarms() {
	if a.Desk == nil {
		return
	}
	huma.Register(a.huma, get("list-alarms", "/api/v1/alarms", "Alarms: those on the list worst first, others by when they came, the latest first"), a.listAlarms)
	huma.Register(a.huma, get("get-alarm", "/api/v1/alarms/{id}", "An alarm, and who did what about it when and why"), a.oneAlarm)
	const one = "/api/v1/alarms/{id}/"
	huma.Register(a.huma, act("acknowledge-alarm", one+"acknowledge", "Say that somebody knows of an alarm"), a.acknowledge)
	huma.Register(a.huma, act("assign-alarm", one+"assign", "Say whose an alarm is"), a.assign)
	huma.Register(a.huma, act("comment-alarm", one+"comment", "Say something about an alarm"), a.comment)
	huma.Register(a.huma, act("shelve-alarm", one+"shelve", "Take an alarm off the active list for a while"), a.shelve)
	huma.Register(a.huma, act("unshelve-alarm", one+"unshelve", "Bring a shelved alarm back"), a.unshelve)
	huma.Register(a.huma, act("acknowledge-alarms", "/api/v1/alarms/acknowledge", "Acknowledge several alarms at once"), a.acknowledgeAll)
}

// act is an operation that something is done with once for each Idempotency-Key.
func act(id, path, summary string) huma.Operation {
	return huma.Operation{
		OperationID: id, Method: http.MethodPost, Path: path, Summary: summary, DefaultStatus: http.StatusOK,
		Errors: []int{http.StatusNotFound, http.StatusConflict, http.StatusServiceUnavailable},
	}
}

func (a *api) listAlarms(ctx context.Context, in *alarmsInput) (*alarmsOutput, error) {
	after, err := decodeCursor(in.Cursor)
	if err != nil {
		return nil, a.fail(ctx, "listing", err)
	}
	found, err := a.Desk.Alarms(ctx, AlarmQuery{
		State: in.State, Severity: in.Severity, Location: in.Location, Area: in.Area, Device: in.Device, Subsystem: in.Subsystem,
		Reason: in.Reason, Text: in.Q, From: in.From, To: in.To, After: after, Limit: in.Limit,
	})
	if err != nil {
		return nil, a.fail(ctx, "listing", err)
	}
	out := &alarmsOutput{CacheControl: noStore, Body: List[Alarm]{Items: found.Items, Total: found.Total}}
	if out.Body.Items == nil {
		out.Body.Items = []Alarm{}
	}
	if found.Next != "" {
		out.Body.Next = encodeCursor(found.Next)
	}
	return out, nil
}

func (a *api) oneAlarm(ctx context.Context, in *oneInput) (*alarmOutput, error) {
	story, err := a.Desk.Alarm(ctx, in.ID)
	if err != nil {
		return nil, a.fail(ctx, "reading", err)
	}
	if story.History == nil {
		story.History = []Transition{}
	}
	return &alarmOutput{CacheControl: noStore, Body: story}, nil
}
