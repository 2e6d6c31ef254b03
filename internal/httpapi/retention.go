package httpapi

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"opscenter/internal/city"
)

// Retention knows what is kept for how long, and what must not be forgotten.
type Retention interface {
	// Retention lists the classes of data.
	Retention(ctx context.Context) ([]KeptClass, error)

	// Holds lists every hold that was ever placed, oldest first.
	Holds(ctx context.Context) ([]Hold, error)

	// PlaceHold places a hold; the same request with the same key again returns the first. ErrConflict if
	// the key was used for another request, ErrInvalid if there is no such class.
	PlaceHold(ctx context.Context, key string, h NewHold) (Hold, error)

	// LiftHold ends a hold; ErrNotFound if there is none, ErrConflict if another request has lifted it.
	LiftHold(ctx context.Context, key string, id int64, l Lift) (Hold, error)
}

// KeptClass is what there is of one class of data.
type KeptClass struct {
	Class      string     `json:"class" example:"readings"`
	Names      city.Names `json:"names"`
	KeepS      int64      `json:"keep_s" doc:"seconds for which it is kept; 0: for ever"`
	Oldest     time.Time  `json:"oldest,omitzero" doc:"when the oldest data is of; of a class in partitions, the start of the oldest with data"`
	Bytes      int64      `json:"bytes" doc:"on disk, indexes included"`
	Rows       int64      `json:"rows" doc:"as the database estimates"`
	Partitions int        `json:"partitions" doc:"that are dropped whole; 0: rows are deleted one by one"`
	Held       Held       `json:"held" doc:"what is older than it is kept for and stays because it is held"`
	Due        Due        `json:"due" doc:"what the next run would remove"`
}

// Held is what holds keep.
type Held struct {
	Holds      []int64 `json:"holds" nullable:"false" doc:"ids of the holds that stand and name the class"`
	Partitions int     `json:"partitions"`
	Rows       int64   `json:"rows" doc:"outside partitions; counted to 100,000 at most"`
}

// Due is what is about to be forgotten.
type Due struct {
	Partitions int   `json:"partitions"`
	Rows       int64 `json:"rows" doc:"outside partitions; counted to 100,000 at most"`
}

// NewHold says what must not be forgotten. A hold on one device or location keeps whole partitions of the
// classes that are in partitions, whatever the device.
type NewHold struct {
	Classes  []string  `json:"classes" minItems:"1" maxItems:"64" nullable:"false" doc:"ids of classes, or all" example:"[\"violations\"]"`
	From     time.Time `json:"from" doc:"begin of the time that the data is about"`
	To       time.Time `json:"to,omitzero" doc:"its end; absent: without an end"`
	Device   string    `json:"device,omitempty" maxLength:"64" doc:"only what is of this device"`
	Location string    `json:"location,omitempty" maxLength:"64" doc:"only what is of this location"`
	Reason   string    `json:"reason" minLength:"1" maxLength:"2000"`
	Actor    string    `json:"actor" minLength:"1" maxLength:"200" doc:"who places it"`
}

// Lift says why a hold ends.
type Lift struct {
	Reason string `json:"reason" minLength:"1" maxLength:"2000"`
	Actor  string `json:"actor" minLength:"1" maxLength:"200" doc:"who lifts it"`
}

// Hold is a hold as it was placed, and lifted.
type Hold struct {
	ID         int64     `json:"id"`
	Classes    []string  `json:"classes" nullable:"false"`
	From       time.Time `json:"from"`
	To         time.Time `json:"to,omitzero" doc:"absent: without an end"`
	Device     string    `json:"device,omitempty"`
	Location   string    `json:"location,omitempty"`
	Reason     string    `json:"reason"`
	PlacedBy   string    `json:"placed_by"`
	PlacedAt   time.Time `json:"placed_at"`
	Standing   bool      `json:"standing" doc:"it is not lifted"`
	LiftReason string    `json:"lift_reason,omitempty"`
	LiftedBy   string    `json:"lifted_by,omitempty"`
	LiftedAt   time.Time `json:"lifted_at,omitzero"`
}

type retentionOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         List[KeptClass]
}

type holdsOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         List[Hold]
}

type placeHoldInput struct {
	Key  string `header:"Idempotency-Key" required:"true" minLength:"1" maxLength:"200" doc:"of the client's choosing; the same request with the same key again is done once"`
	Body NewHold
}

type liftHoldInput struct {
	Key  string `header:"Idempotency-Key" required:"true" minLength:"1" maxLength:"200" doc:"of the client's choosing; the same request with the same key again is done once"`
	ID   string `path:"id" pattern:"^[1-9][0-9]{0,17}$"`
	Body Lift
}

type holdOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         Hold
}

// retention declares the routes of what is kept for how long.
func (a *api) retention() {
	if a.Retention == nil {
		return
	}
	const holds = "/api/v1/retention/holds"
	huma.Register(a.huma, get("list-retention", "/api/v1/retention", "What is kept of each class of data, and for how long"), a.listRetention)
	huma.Register(a.huma, get("list-holds", holds, "What must not be forgotten, and what was lifted since"), a.listHolds)
	huma.Register(a.huma, huma.Operation{
		OperationID: "place-hold", Method: http.MethodPost, Path: holds,
		Summary: "Hold data: nothing of it is forgotten while the hold stands", DefaultStatus: http.StatusCreated,
	}, a.placeHold)
	huma.Register(a.huma, huma.Operation{
		OperationID: "lift-hold", Method: http.MethodPost, Path: holds + "/{id}/lift",
		Summary: "Lift a hold; it stays in the list",
	}, a.liftHold)
}

func (a *api) listRetention(ctx context.Context, _ *struct{}) (*retentionOutput, error) {
	classes, err := a.Retention.Retention(ctx)
	if err != nil {
		return nil, a.fail(ctx, "retention", err)
	}
	for i := range classes {
		if classes[i].Held.Holds == nil {
			classes[i].Held.Holds = []int64{}
		}
	}
	return &retentionOutput{CacheControl: noStore, Body: List[KeptClass]{Items: classes, Total: len(classes)}}, nil
}

func (a *api) listHolds(ctx context.Context, _ *struct{}) (*holdsOutput, error) {
	holds, err := a.Retention.Holds(ctx)
	if err != nil {
		return nil, a.fail(ctx, "retention", err)
	}
	if holds == nil {
		holds = []Hold{}
	}
	return &holdsOutput{CacheControl: noStore, Body: List[Hold]{Items: holds, Total: len(holds)}}, nil
}

func (a *api) placeHold(ctx context.Context, in *placeHoldInput) (*holdOutput, error) {
	if err := in.Body.check(); err != nil {
		return nil, a.fail(ctx, "holding", err)
	}
	h, err := a.Retention.PlaceHold(ctx, in.Key, in.Body)
	if err != nil {
		return nil, a.fail(ctx, "holding", err)
	}
	return &holdOutput{CacheControl: noStore, Body: h}, nil
}

func (h *NewHold) check() error {
	if !h.To.IsZero() && !h.From.Before(h.To) {
		return fmt.Errorf("%w: from must be before to", ErrInvalid)
	}
	return said(h.Actor, h.Reason)
}

// said refuses an actor or a reason of blanks alone.
func said(actor, reason string) error {
	if strings.TrimSpace(actor) == "" || strings.TrimSpace(reason) == "" {
		return fmt.Errorf("%w: actor and reason must say something", ErrInvalid)
	}
	return nil
}

func (a *api) liftHold(ctx context.Context, in *liftHoldInput) (*holdOutput, error) {
	if err := said(in.Body.Actor, in.Body.Reason); err != nil {
		return nil, a.fail(ctx, "lifting", err)
	}
	id, err := strconv.ParseInt(in.ID, 10, 64)
	if err != nil {
		return nil, a.fail(ctx, "lifting", err) // unreachable: the pattern allows only numbers
	}
	h, err := a.Retention.LiftHold(ctx, in.Key, id, in.Body)
	if err != nil {
		return nil, a.fail(ctx, "lifting", err)
	}
	return &holdOutput{CacheControl: noStore, Body: h}, nil
}
