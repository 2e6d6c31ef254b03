package httpapi

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"opscenter/internal/city"
)

// Maintenance plans maintenance.
type Maintenance interface {
	// Windows lists windows: those of the present and the future by when they are next, those of the past
	// by when they were planned, the latest first.
	Windows(ctx context.Context, q WindowQuery) (WindowPage, error)

	// Maintain plans action's window, once for each key; its id is the center's to make. It returns
	// ErrInvalid with what is wrong, and ErrUnavailable as Desk.Act does.
	Maintain(ctx context.Context, action city.Action) (Window, error)

	// Resume cancels a window, or ends it early. It returns ErrNotFound if there is none that can still come.
	Resume(ctx context.Context, action city.Action) (Window, error)
}

// WindowQuery selects windows.
type WindowQuery struct {
	State string // current: active and upcoming; active, upcoming, past or all
	After string // Next of the page before
	Limit int
}

// WindowPage is one page of windows. Next is empty on the last. Total counts all pages of the present
// and the future, and of the past those of this page.
type WindowPage struct {
	Items []Window
	Next  string
	Total int
}

// Window is planned maintenance.
type Window struct {
	ID          string       `json:"id"`
	State       string       `json:"state" enum:"active,upcoming,past,cancelled"`
	Device      string       `json:"device,omitempty"`
	Location    string       `json:"location,omitempty"`
	Area        string       `json:"area,omitempty"`
	Subsystem   string       `json:"subsystem,omitempty"`
	Contractor  string       `json:"contractor,omitempty"`
	Start       time.Time    `json:"start" doc:"of the first, or only, time"`
	Minutes     float64      `json:"minutes" doc:"that one time lasts"`
	Rule        string       `json:"rule,omitempty" doc:"RFC 5545, in the civic time zone; absent: once"`
	Mute        bool         `json:"mute,omitempty" doc:"set for one device by a technician in the field"`
	Title       string       `json:"title,omitempty"`
	Times       []WindowTime `json:"times" nullable:"false" doc:"the present one and the next, five at most"`
	PlannedAt   time.Time    `json:"planned_at,omitzero" doc:"absent if it is not recorded yet, as are the next two"`
	PlannedBy   string       `json:"planned_by,omitempty"`
	Reason      string       `json:"reason,omitempty"`
	CancelledAt time.Time    `json:"cancelled_at,omitzero"`
	CancelledBy string       `json:"cancelled_by,omitempty"`
	CancelledIn string       `json:"cancel_reason,omitempty"`
}

// WindowTime is one time of maintenance.
type WindowTime struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to" doc:"exclusive"`
}

type windowsInput struct {
	State  string `query:"state" enum:"current,active,upcoming,past,all" default:"current" doc:"current: active and upcoming"`
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"100" doc:"items on a page"`
	Cursor string `query:"cursor" maxLength:"512" doc:"next of the page before"`
}

type windowsOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         List[Window]
}

type maintainInput struct {
	Keyed
	Body struct {
		Who
		Reason     string     `json:"reason" minLength:"1" maxLength:"2000"`
		Device     string     `json:"device,omitempty" maxLength:"64" doc:"id; of this and the next four at least one, and together they narrow"`
		Location   string     `json:"location,omitempty" maxLength:"64" doc:"id"`
		Area       string     `json:"area,omitempty" maxLength:"64" doc:"id"`
		Subsystem  string     `json:"subsystem,omitempty" maxLength:"64" doc:"id"`
		Contractor string     `json:"contractor,omitempty" maxLength:"1000" doc:"as the inventory has it"`
		Start      *time.Time `json:"start,omitempty" doc:"now, unless given"`
		End        *time.Time `json:"end,omitempty" doc:"of the first, or only, time"`
		Minutes    int        `json:"minutes,omitempty" minimum:"0" maximum:"44640" doc:"in the place of end"`
		Rule       string     `json:"rule,omitempty" maxLength:"500" example:"FREQ=WEEKLY;BYDAY=TU" doc:"RFC 5545, in the civic time zone; absent: once"`
		Title      string     `json:"title,omitempty" maxLength:"200"`
	}
}

type muteInput struct {
	Named
	Keyed
	Body struct {
		Who
		Reason  string `json:"reason" minLength:"1" maxLength:"2000"`
		Minutes int    `json:"minutes" minimum:"1" maximum:"480" doc:"it ends by itself"`
	}
}

type resumeInput struct {
	Named
	Keyed
	Actor  string      `query:"actor" maxLength:"128" doc:"who, unless the body says it"`
	Reason string      `query:"reason" maxLength:"2000" doc:"why, unless the body says it"`
	Body   *resumeBody `required:"false"`
}

type resumeBody struct {
	Actor  string `json:"actor" minLength:"1" maxLength:"128"`
	Reason string `json:"reason,omitempty" maxLength:"2000"`
}

type windowOutput struct {
	Key  string `header:"Idempotency-Key"`
	Body Window
}

// maintenance declares the routes of planned maintenance.
func (a *api) maintenance() {
	if a.Maintenance == nil {
		return
	}
	huma.Register(a.huma, get("list-maintenance", "/api/v1/maintenance", "Planned maintenance"), a.listWindows)
	plan := act("plan-maintenance", "/api/v1/maintenance", "Plan maintenance: no alarms, and availability shows it apart")
	plan.DefaultStatus = http.StatusCreated
	huma.Register(a.huma, plan, a.maintain)
	mute := act("mute-device", "/api/v1/devices/{id}/mute", "Plan maintenance of one device from now on; it ends by itself")
	mute.DefaultStatus = http.StatusCreated
	huma.Register(a.huma, mute, a.mute)
	cancel := act("cancel-maintenance", "/api/v1/maintenance/{id}", "Cancel maintenance, or end it early")
	cancel.Method = http.MethodDelete
	huma.Register(a.huma, cancel, a.resume)
}

func (a *api) listWindows(ctx context.Context, in *windowsInput) (*windowsOutput, error) {
	after, err := decodeCursor(in.Cursor)
	if err != nil {
		return nil, a.fail(ctx, "listing", err)
	}
	found, err := a.Maintenance.Windows(ctx, WindowQuery{State: in.State, After: after, Limit: in.Limit})
	if err != nil {
		return nil, a.fail(ctx, "listing", err)
	}
	out := &windowsOutput{CacheControl: noStore, Body: List[Window]{Items: found.Items, Total: found.Total}}
	if out.Body.Items == nil {
		out.Body.Items = []Window{}
	}
	if found.Next != "" {
		out.Body.Next = encodeCursor(found.Next)
	}
	return out, nil
}

func (a *api) maintain(ctx context.Context, in *maintainInput) (*windowOutput, error) {
	b := &in.Body
	w := city.Window{
		Device: b.Device, Location: b.Location, Area: b.Area, Subsystem: b.Subsystem, Contractor: b.Contractor,
		Start: a.Now().Truncate(time.Second), Rule: b.Rule, Title: b.Title,
	}
	if b.Start != nil {
		w.Start = *b.Start
	}
	var err error
	switch {
	case (b.End == nil) == (b.Minutes == 0):
		err = fmt.Errorf("%w: how long is said by end or by minutes, and by one of them", ErrInvalid)
	case b.End != nil:
		w.Duration = b.End.Sub(w.Start)
	default:
		w.Duration = time.Duration(b.Minutes) * time.Minute
	}
	return a.plan(ctx, err, city.Action{Key: in.Key, Actor: b.Actor, Reason: b.Reason, Window: &w})
}

func (a *api) mute(ctx context.Context, in *muteInput) (*windowOutput, error) {
	w := city.Window{
		Device: in.ID, Start: a.Now().Truncate(time.Second), Duration: time.Duration(in.Body.Minutes) * time.Minute, Mute: true,
	}
	return a.plan(ctx, nil, city.Action{Key: in.Key, Actor: in.Body.Actor, Reason: in.Body.Reason, Window: &w})
}

func (a *api) plan(ctx context.Context, err error, action city.Action) (*windowOutput, error) {
	action.Key, action.Verb = keyOr(action.Key), city.Maintain
	var w Window
	if err == nil {
		w, err = a.Maintenance.Maintain(ctx, action)
	}
	if err != nil {
		return nil, a.failed(ctx, action.Key, err)
	}
	return &windowOutput{Key: action.Key, Body: w}, nil
}

func (a *api) resume(ctx context.Context, in *resumeInput) (*windowOutput, error) {
	action := city.Action{Key: keyOr(in.Key), Verb: city.Resume, WindowID: in.ID, Actor: in.Actor, Reason: in.Reason}
	if in.Body != nil {
		action.Actor, action.Reason = in.Body.Actor, in.Body.Reason
	}
	w, err := a.Maintenance.Resume(ctx, action)
	if err != nil {
		return nil, a.failed(ctx, action.Key, err)
	}
	return &windowOutput{Key: action.Key, Body: w}, nil
}
