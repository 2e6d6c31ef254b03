package httpapi

import (
	"context"
	"fmt"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// Series remembers what was measured.
type Series interface {
	// Series returns a metric of a device, or what the devices of a location, an area or a subsystem
	// measured together. A metric or aggregate that it cannot have is ErrInvalid.
	Series(ctx context.Context, q SeriesQuery) (SeriesAnswer, error)
}

// SeriesQuery selects a series. Step is the wanted width of a point; 0 leaves it to the range.
type SeriesQuery struct {
	Kind       string // device, location, area or subsystem
	ID, Metric string
	From, To   time.Time // inclusive, exclusive
	Step       time.Duration
}

// SeriesAnswer is a series, and how it was made.
type SeriesAnswer struct {
	Device      string        `json:"device,omitempty"`
	Location    string        `json:"location,omitempty"`
	Area        string        `json:"area,omitempty"`
	Subsystem   string        `json:"subsystem,omitempty"`
	Metric      string        `json:"metric"`
	Unit        string        `json:"unit"`
	From        time.Time     `json:"from" doc:"what was asked for, moved outwards to whole steps"`
	To          time.Time     `json:"to"`
	Source      string        `json:"source" enum:"raw,minute,hour" doc:"what the points were made from"`
	StepS       int64         `json:"step_s" doc:"width of a point; a day is a civic one, however long"`
	Approximate bool          `json:"approximate,omitempty" doc:"some roll-ups lack what an exact weighted mean needs; it was estimated"`
	Items       []SeriesPoint `json:"items" nullable:"false" doc:"oldest first; a step without readings has no point"`
}

// SeriesPoint is one step of a series. For an aggregate, min and max are the least and the greatest
// that its formula gives for the buckets of the source within the step; for a metric, those of any
// reading.
type SeriesPoint struct {
	From time.Time `json:"from"`
	Mean float64   `json:"mean"`
	Min  float64   `json:"min"`
	Max  float64   `json:"max"`
	N    int       `json:"n" doc:"readings that it is made from"`
}

type seriesInput struct {
	ID     string    `path:"id" maxLength:"64"`
	Metric string    `query:"metric" required:"true" minLength:"1" maxLength:"64"`
	From   time.Time `query:"from" doc:"RFC 3339; 24 hours before to, unless given"`
	To     time.Time `query:"to" doc:"RFC 3339; now, unless given"`
	Step   string    `query:"step" doc:"seconds, or such as 5m, 1h, 1d; rounded up so that at most about 2,000 points come back and to what is kept; chosen by the range, unless given"`
}

type seriesOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         SeriesAnswer
}

// series declares the routes of what was measured.
func (a *api) series() {
	if a.Series == nil || a.Picture == nil {
		return
	}
	for _, route := range []struct{ id, path, kind, doc string }{
		{"get-device-series", "/api/v1/devices/{id}/series", "device", "What a device measured"},
		{"get-location-history", "/api/v1/locations/{id}/history", "location", "What the devices of a location measured together"},
		{"get-area-history", "/api/v1/areas/{id}/history", "area", "What the devices that were in an area measured together"},
		{"get-subsystem-history", "/api/v1/subsystems/{id}/history", "subsystem", "What the devices of a subsystem measured together"},
	} {
		huma.Register(a.huma, get(route.id, route.path, route.doc), func(ctx context.Context, in *seriesInput) (*seriesOutput, error) {
			return a.oneSeries(ctx, in, route.kind)
		})
	}
}

func (a *api) oneSeries(ctx context.Context, in *seriesInput, kind string) (*seriesOutput, error) {
	q := SeriesQuery{Kind: kind, ID: in.ID, Metric: in.Metric}
	var err error
	if q.From, q.To, err = a.span(in.From, in.To); err != nil {
		return nil, a.fail(ctx, "series", err)
	}
	if q.Step, err = parseStep(in.Step); err != nil {
		return nil, a.fail(ctx, "series", err)
	}
	answer, err := a.Series.Series(ctx, q)
	if err != nil {
		return nil, a.fail(ctx, "series", err)
	}
	if _, registered := a.entity(kind + "/" + in.ID); !registered && len(answer.Items) == 0 {
		return nil, a.fail(ctx, "series", fmt.Errorf("%s %q: %w", kind, in.ID, ErrNotFound))
	}
	if answer.Items == nil {
		answer.Items = []SeriesPoint{}
	}
	return &seriesOutput{CacheControl: noStore, Body: answer}, nil
}
