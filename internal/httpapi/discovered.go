package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// Discovery knows devices that spoke, or were spoken of, and that nobody registered.
type Discovery interface {
	// Discovered lists them by external id.
	Discovered(ctx context.Context, q DiscoveredQuery) (DiscoveredPage, error)

	// Adopt registers one; ErrNotFound if there is none, ErrConflict if it or the wanted id is
	// registered already, ErrInvalid with the reason if the adoption does not fit.
	Adopt(ctx context.Context, ref string, a Adoption) (Registered, error)

	// Forget forgets one until it is seen again; ErrNotFound if there is none.
	Forget(ctx context.Context, ref string) error
}

// DiscoveredQuery selects discovered devices.
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

// Discovered is a device that nobody registered, and what was learned of it.
type Discovered struct {
	Ref       string    `json:"ref" doc:"names it in addresses"`
	External  string    `json:"external_id" example:"frigate:front_door"`
	Dialect   string    `json:"dialect" doc:"native for a device that speaks the center's own format"`
	Identity  string    `json:"identity" doc:"what the dialect calls it"`
	Subsystem string    `json:"subsystem"`
	Topic     string    `json:"topic" doc:"of its last message"`
	Sample    string    `json:"sample" doc:"its last message's first 4 KiB, with personal data masked"`
	Name      string    `json:"name"`
	Maker     string    `json:"maker"`
	Model     string    `json:"model"`
	Firmware  string    `json:"firmware"`
	Kind      string    `json:"kind"`
	FirstSeen time.Time `json:"first_seen"`
	LastSeen  time.Time `json:"last_seen"`
	Sightings int64     `json:"sightings" doc:"messages counted; of a talkative device only one in 30 s is"`
}

// Adoption says how a discovered device is registered: with id as a new device, or with device as
// another voice of one that is registered.
type Adoption struct {
	ID          string  `json:"id,omitempty" maxLength:"64" doc:"of the new device, a slug; a native device keeps its own"`
	Device      string  `json:"device,omitempty" maxLength:"64" doc:"id of a registered device that it is too, in the place of id"`
	Location    string  `json:"location,omitempty" maxLength:"64" doc:"required, except of a native device, which says it in its topic"`
	Name        string  `json:"name,omitempty" maxLength:"1000" doc:"as announced, or the id, unless given"`
	Kind        string  `json:"kind,omitempty" maxLength:"64" doc:"as announced, or device, unless given"`
	Parent      string  `json:"parent,omitempty" maxLength:"64" doc:"id of the device that it hangs on"`
	Contractor  string  `json:"contractor,omitempty" maxLength:"1000"`
	Model       string  `json:"model,omitempty" maxLength:"1000" doc:"as announced, unless given"`
	CadenceS    float64 `json:"cadence_s,omitempty" minimum:"0" maximum:"31622400" doc:"seconds between two messages; the subsystem's, unless given"`
	ExpectedFPS float64 `json:"expected_fps,omitempty" minimum:"0" maximum:"1000"`
}

// Registered is a device as it is registered.
type Registered struct {
	ID           string    `json:"id"`
	Name         string    `json:"name"`
	Location     string    `json:"location"`
	Subsystem    string    `json:"subsystem"`
	Kind         string    `json:"kind"`
	ExternalID   string    `json:"external_id" doc:"dialect:identity, several with ; between; empty for a native device"`
	Parent       string    `json:"parent"`
	Contractor   string    `json:"contractor"`
	Model        string    `json:"model"`
	CadenceS     float64   `json:"cadence_s"`
	ExpectedFPS  float64   `json:"expected_fps"`
	RegisteredAt time.Time `json:"registered_at"`
}

type discoveredInput struct {
	Limit     int    `query:"limit" minimum:"1" maximum:"1000" default:"100" doc:"items on a page"`
	Cursor    string `query:"cursor" maxLength:"2048" doc:"next of the page before"`
	Dialect   string `query:"dialect" maxLength:"64"`
	Subsystem string `query:"subsystem" maxLength:"64" doc:"id of a subsystem"`
	Q         string `query:"q" maxLength:"100" doc:"part of the external id, name, maker, model or topic; case does not count"`
}

type discoveredOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         List[Discovered]
}

type forgetInput struct {
	Ref string `path:"ref" maxLength:"64"`
}

type adoptInput struct {
	Ref  string `path:"ref" maxLength:"64"`
	Body Adoption
}

type adoptOutput struct {
	Location string `header:"Location"`
	Body     Registered
}

// discovery declares the routes of devices that nobody registered.
func (a *api) discovery() {
	if a.Discovery == nil {
		return
	}
	const list, one = "/api/v1/inventory/discovered", "/api/v1/inventory/discovered/{ref}"
	huma.Register(a.huma, get("list-discovered", list, "Devices that were seen and that nobody registered"), a.listDiscovered)
	huma.Register(a.huma, huma.Operation{
		OperationID: "adopt-discovered", Method: http.MethodPost, Path: one + "/adopt",
		Summary: "Register a discovered device; its next message counts", DefaultStatus: http.StatusCreated,
	}, a.adopt)
	huma.Register(a.huma, huma.Operation{
		OperationID: "forget-discovered", Method: http.MethodDelete, Path: one,
		Summary: "Forget a discovered device until it is seen again", DefaultStatus: http.StatusNoContent,
	}, a.forget)
}

func (a *api) listDiscovered(ctx context.Context, in *discoveredInput) (*discoveredOutput, error) {
	after, err := decodeCursor(in.Cursor)
	if err != nil {
		return nil, a.fail(ctx, "listing", err)
	}
	found, err := a.Discovery.Discovered(ctx, DiscoveredQuery{
		Dialect: in.Dialect, Subsystem: in.Subsystem, Text: in.Q, After: after, Limit: in.Limit,
	})
	if err != nil {
		return nil, a.fail(ctx, "listing", err)
	}
	out := &discoveredOutput{CacheControl: noStore}
	out.Body = List[Discovered]{Items: found.Items, Total: int(found.Total)}
	if out.Body.Items == nil {
		out.Body.Items = []Discovered{}
	}
	if n := len(found.Items); found.More && n > 0 {
		out.Body.Next = encodeCursor(found.Items[n-1].External)
	}
	return out, nil
}

func (a *api) adopt(ctx context.Context, in *adoptInput) (*adoptOutput, error) {
	d, err := a.Discovery.Adopt(ctx, in.Ref, in.Body)
	if err != nil {
		return nil, a.fail(ctx, "adoption", err)
	}
	return &adoptOutput{Location: "/api/v1/devices/" + d.ID, Body: d}, nil
}

func (a *api) forget(ctx context.Context, in *forgetInput) (*struct{}, error) {
	if err := a.Discovery.Forget(ctx, in.Ref); err != nil {
		return nil, a.fail(ctx, "forgetting", err)
	}
	return &struct{}{}, nil
}
