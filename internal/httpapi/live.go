package httpapi

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"opscenter/internal/city"
	"opscenter/internal/fold"
)

type listOutput[T any] struct {
	CacheControl string `header:"Cache-Control"`
	Body         List[Raw[T]]
}

type oneInput struct {
	ID string `path:"id" maxLength:"64"`
}

type oneOutput[T any] struct {
	CacheControl string `header:"Cache-Control"`
	Body         Raw[T]
}

const noStore = "no-store"

type deviceFilter struct {
	Page
	Location  string   `query:"location" doc:"id of a location"`
	Subsystem string   `query:"subsystem" doc:"id of a subsystem"`
	Status    []string `query:"status" enum:"ok,warning,critical,stale,unknown,maintenance" doc:"any of these, with commas between"`
	Kind      string   `query:"kind" doc:"a kind; camera also finds camera.ptz"`
	Q         string   `query:"q" maxLength:"100" doc:"part of the id or the name; case and diacritics do not count"`
}

func (f *deviceFilter) matches(text string) func(*entry) bool {
	return func(e *entry) bool {
		is := &e.fields
		return (f.Location == "" || f.Location == is.Location) &&
			(f.Subsystem == "" || f.Subsystem == is.Subsystem) &&
			(f.Kind == "" || f.Kind == is.Kind || strings.HasPrefix(is.Kind, f.Kind+".")) &&
			oneOf(f.Status, is.Status) && strings.Contains(e.text, text)
	}
}

type placeFilter struct {
	Page
	Area   string   `query:"area" doc:"id of an area"`
	Status []string `query:"status" enum:"ok,warning,critical,stale,unknown,maintenance" doc:"any of these, with commas between"`
	Q      string   `query:"q" maxLength:"100" doc:"part of the id or the name; case and diacritics do not count"`
}

func (f *placeFilter) matches(text string) func(*entry) bool {
	return func(e *entry) bool {
		return (f.Area == "" || f.Area == e.fields.Area) && oneOf(f.Status, e.fields.Status) && strings.Contains(e.text, text)
	}
}

// live declares the routes of the live picture.
func (a *api) live() {
	if a.Picture == nil {
		return
	}
	huma.Register(a.huma, get("list-devices", "/api/v1/devices", "Devices, live"),
		func(ctx context.Context, in *deviceFilter) (*listOutput[Device], error) {
			return listed[Device](ctx, a, &a.devices, in.Page, in.matches(fold.Text(in.Q)))
		})
	huma.Register(a.huma, get("list-locations", "/api/v1/locations", "Locations, live"),
		func(ctx context.Context, in *placeFilter) (*listOutput[Location], error) {
			return listed[Location](ctx, a, &a.locations, in.Page, in.matches(fold.Text(in.Q)))
		})
	huma.Register(a.huma, get("list-subsystems", "/api/v1/subsystems", "Subsystems, live"),
		func(ctx context.Context, in *Page) (*listOutput[Subsystem], error) {
			return listed[Subsystem](ctx, a, &a.systems, *in, everything)
		})
	huma.Register(a.huma, get("list-areas", "/api/v1/areas", "Areas, live"),
		func(ctx context.Context, in *Page) (*listOutput[Area], error) {
			return listed[Area](ctx, a, &a.areas, *in, everything)
		})
	huma.Register(a.huma, get("get-device", "/api/v1/devices/{id}", "A device, live"), one[Device](a, "device"))
	huma.Register(a.huma, get("get-location", "/api/v1/locations/{id}", "A location, live"), one[Location](a, "location"))
	huma.Register(a.huma, get("get-subsystem", "/api/v1/subsystems/{id}", "A subsystem, live"), one[Subsystem](a, "subsystem"))
	huma.Register(a.huma, get("get-area", "/api/v1/areas/{id}", "An area, live"), one[Area](a, "area"))
}

func everything(*entry) bool { return true }

func get(id, path, summary string) huma.Operation {
	return huma.Operation{OperationID: id, Method: http.MethodGet, Path: path, Summary: summary}
}

func listed[T any](ctx context.Context, a *api, x *index, p Page, matches func(*entry) bool) (*listOutput[T], error) {
	list, err := page[T](x.list(a.Picture), p, matches)
	if err != nil {
		return nil, a.fail(ctx, "listing", err)
	}
	return &listOutput[T]{CacheControl: noStore, Body: list}, nil
}

func one[T any](a *api, kind string) func(context.Context, *oneInput) (*oneOutput[T], error) {
	return func(ctx context.Context, in *oneInput) (*oneOutput[T], error) {
		encoded, ok := a.entity(kind + "/" + in.ID)
		if !ok {
			return nil, a.fail(ctx, "reading", fmt.Errorf("%s %q: %w", kind, in.ID, ErrNotFound))
		}
		return &oneOutput[T]{CacheControl: noStore, Body: Raw[T](encoded)}, nil
	}
}

func (a *api) entity(key string) (encoded []byte, ok bool) {
	a.Picture.Cut(func(p city.Picture) { encoded, ok = p.Entity(key) })
	return encoded, ok
}
