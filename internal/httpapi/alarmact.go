package httpapi

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"opscenter/internal/city"
)

// Acted is what became of an action that was done.
type Acted struct {
	Outcome  city.Outcome `json:"outcome" enum:"done,repeated" doc:"repeated only if the key was used before and it is not known any more what for"`
	Repeated bool         `json:"repeated" doc:"the key was used before: it was done then, and nothing was done now"`
	Alarm    *Alarm       `json:"alarm,omitempty" doc:"as it is now; absent if that is not known yet"`
}

// AlarmChoice says which alarms: those that are named, or those on the active list that are not
// acknowledged and match every field.
type AlarmChoice struct {
	Alarms []string
	Filter *AlarmFilter
}

// AlarmFilter matches alarms. An empty field does not narrow it.
type AlarmFilter struct {
	Reason    string `json:"reason,omitempty" maxLength:"64" doc:"as a code, such as no_signal"`
	Area      string `json:"area,omitempty" maxLength:"64" doc:"id of an area"`
	Location  string `json:"location,omitempty" maxLength:"64" doc:"id of a location"`
	Device    string `json:"device,omitempty" maxLength:"64" doc:"id of a device"`
	Subsystem string `json:"subsystem,omitempty" maxLength:"64" doc:"id of a subsystem"`
	Severity  string `json:"severity,omitempty" enum:"warning,critical"`
}

// AllActed is what became of an action on several alarms.
type AllActed struct {
	Done      int            `json:"done" doc:"how many were acknowledged, now or by the same key before"`
	Remaining int            `json:"remaining" doc:"how many more the filter matches than are acknowledged at once"`
	Items     []AlarmOutcome `json:"items" nullable:"false"`
}

// AlarmOutcome is what became of an action on one of several alarms.
type AlarmOutcome struct {
	Alarm   string       `json:"alarm"`
	Outcome city.Outcome `json:"outcome" enum:"done,repeated,no_such,refused"`
}

// Who is what every action says.
type Who struct {
	Actor string `json:"actor" minLength:"1" maxLength:"128" doc:"who does it, by the name that others know"`
}

// Named is what an action is about.
type Named struct {
	ID string `path:"id" maxLength:"64"`
}

// Keyed is what makes an action happen once.
type Keyed struct {
	Key string `header:"Idempotency-Key" maxLength:"128" pattern:"^[!-~]*$" doc:"chosen by the client; the same again does nothing and has the same outcome. The server makes one if it is absent"`
}

// Expiry is when something ends by itself.
type Expiry struct {
	Until   *time.Time `json:"until,omitempty" doc:"when it expires"`
	Minutes int        `json:"minutes,omitempty" minimum:"0" maximum:"44640" doc:"in the place of until"`
}

func (e *Expiry) at(now time.Time) (time.Time, error) {
	switch {
	case e.Until != nil && e.Minutes > 0:
		return time.Time{}, fmt.Errorf("%w: until and minutes say the same; give one", ErrInvalid)
	case e.Until != nil:
		return *e.Until, nil
	case e.Minutes > 0:
		return now.Add(time.Duration(e.Minutes) * time.Minute), nil
	}
	return time.Time{}, nil
}

// AcknowledgeBody says who acknowledges, and until when.
type AcknowledgeBody struct {
	Who
	Expiry
	Reason string `json:"reason,omitempty" maxLength:"2000" doc:"why, or what is being done"`
}

type acknowledgeInput struct {
	Named
	Keyed
	Body AcknowledgeBody
}

type assignInput struct {
	Named
	Keyed
	Body struct {
		Who
		Assignee string `json:"assignee" maxLength:"128" doc:"whose it is; empty: nobody's any more"`
		Reason   string `json:"reason,omitempty" maxLength:"2000"`
	}
}

type commentInput struct {
	Named
	Keyed
	Body struct {
		Who
		Reason string `json:"reason" minLength:"1" maxLength:"2000" doc:"what is said"`
	}
}

type shelveInput struct {
	Named
	Keyed
	Body struct {
		Who
		Expiry
		Reason string `json:"reason" minLength:"1" maxLength:"2000" doc:"why; a shelved alarm needs a reason and an expiry, in at most 24 hours"`
	}
}

type unshelveInput struct {
	Named
	Keyed
	Body struct {
		Who
		Reason string `json:"reason,omitempty" maxLength:"2000"`
	}
}

type acknowledgeAllInput struct {
	Keyed
	Body struct {
		AcknowledgeBody
		Alarms []string     `json:"alarms,omitempty" maxItems:"1000" doc:"ids"`
		Filter *AlarmFilter `json:"filter,omitempty" doc:"in the place of alarms: those on the active list that nobody acknowledged, worst first, a thousand at most"`
	}
}

type actedOutput struct {
	Key  string `header:"Idempotency-Key"`
	Body Acted
}

type allActedOutput struct {
	Key  string `header:"Idempotency-Key"`
	Body AllActed
}

func (a *api) acknowledge(ctx context.Context, in *acknowledgeInput) (*actedOutput, error) {
	until, err := in.Body.at(a.Now())
	return a.act(ctx, err, city.Action{
		Key: in.Key, Verb: city.Acknowledge, Alarm: in.ID, Actor: in.Body.Actor, Reason: in.Body.Reason, Until: until,
	})
}

func (a *api) assign(ctx context.Context, in *assignInput) (*actedOutput, error) {
	return a.act(ctx, nil, city.Action{
		Key: in.Key, Verb: city.Assign, Alarm: in.ID, Actor: in.Body.Actor, Reason: in.Body.Reason, Assignee: in.Body.Assignee,
	})
}

func (a *api) comment(ctx context.Context, in *commentInput) (*actedOutput, error) {
	return a.act(ctx, nil, city.Action{Key: in.Key, Verb: city.Comment, Alarm: in.ID, Actor: in.Body.Actor, Reason: in.Body.Reason})
}

func (a *api) shelve(ctx context.Context, in *shelveInput) (*actedOutput, error) {
	until, err := in.Body.at(a.Now())
	return a.act(ctx, err, city.Action{
		Key: in.Key, Verb: city.Shelve, Alarm: in.ID, Actor: in.Body.Actor, Reason: in.Body.Reason, Until: until,
	})
}

func (a *api) unshelve(ctx context.Context, in *unshelveInput) (*actedOutput, error) {
	return a.act(ctx, nil, city.Action{Key: in.Key, Verb: city.Unshelve, Alarm: in.ID, Actor: in.Body.Actor, Reason: in.Body.Reason})
}

// act does one action, unless there is an error already.
func (a *api) act(ctx context.Context, err error, action city.Action) (*actedOutput, error) {
	action.Key = keyOr(action.Key)
	var acted Acted
	if err == nil {
		acted, err = a.Desk.Act(ctx, action)
	}
	if err != nil {
		return nil, a.failed(ctx, action.Key, err)
	}
	return &actedOutput{Key: action.Key, Body: acted}, nil
}

func (a *api) acknowledgeAll(ctx context.Context, in *acknowledgeAllInput) (*allActedOutput, error) {
	action := city.Action{Key: keyOr(in.Key), Verb: city.Acknowledge, Actor: in.Body.Actor, Reason: in.Body.Reason}
	var err error
	var all AllActed
	if (len(in.Body.Alarms) == 0) == (in.Body.Filter == nil) {
		err = fmt.Errorf("%w: which alarms is said by alarms or by filter, and by one of them", ErrInvalid)
	}
	if err == nil {
		action.Until, err = in.Body.at(a.Now())
	}
	if err == nil {
		all, err = a.Desk.Acknowledge(ctx, action, AlarmChoice{Alarms: in.Body.Alarms, Filter: in.Body.Filter})
	}
	if err != nil {
		return nil, a.failed(ctx, action.Key, err)
	}
	if all.Items == nil {
		all.Items = []AlarmOutcome{}
	}
	return &allActedOutput{Key: action.Key, Body: all}, nil
}

// keyOr returns the client's key, or one that nobody had before.
func keyOr(key string) string {
	if key != "" {
		return key
	}
	return rand.Text()
}

// failed is fail with the key, so that a client that named none can ask again whether it was done.
func (a *api) failed(ctx context.Context, key string, err error) error {
	return huma.ErrorWithHeaders(a.fail(ctx, "this action", err), http.Header{"Idempotency-Key": {key}})
}
