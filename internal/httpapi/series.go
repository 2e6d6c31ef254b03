package httpapi

import (
	"context"
	"fmt"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// Series remembers what devices and locations measured.
type Series interface {
	// DeviceSeries returns a metric of a device. A metric that it cannot have is ErrInvalid.
	DeviceSeries(ctx context.Context, q SeriesQuery) (SeriesAnswer, error)

	// LocationSeries returns a reading of a location that is made from its devices' reports. A name
	// that no subsystem declares is ErrInvalid.
	LocationSeries(ctx context.Context, q SeriesQuery) (SeriesAnswer, error)
}

// SeriesQuery selects a series. Step is the wanted width of a point; 0 leaves it to the range.
type SeriesQuery struct {
	ID, Metric string
	From, To   time.Time // inclusive, exclusive
	Step       time.Duration
}

// SeriesAnswer is a series, and how it was made.
type SeriesAnswer struct {
	Device      string        `json:"device,omitempty"`
	Location    string        `json:"location,omitempty"`
	Metric      string        `json:"metric"`
	Unit        string        `json:"unit"`
	From        time.Time     `json:"from" doc:"what was asked for, moved outwards to whole steps"`
	To          time.Time     `json:"to"`
	Source      string        `json:"source" enum:"raw,minute,hour" doc:"what the points were made from"`
	StepS       int64         `json:"step_s" doc:"width of a point; a day is a civic one, however long"`
	Approximate bool          `json:"approximate,omitempty" doc:"some roll-ups lack what an exact weighted mean needs; it was estimated"`
	Items       []SeriesPoint `json:"items" nullable:"false" doc:"oldest first; a step without readings has no point"`
}

// SeriesPoint is one step of a series. For a reading of a location, min and max are the least and the
// greatest that its formula gives for the buckets of the source within the step.
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

// series declares the routes of what devices and locations measured.
func (a *api) series() {
	if a.Series == nil || a.Picture == nil {
		return
	}
	huma.Register(a.huma, get("get-device-series", "/api/v1/devices/{id}/series", "What a device measured"),
		func(ctx context.Context, in *seriesInput) (*seriesOutput, error) {
			return a.oneSeries(ctx, in, "device", a.Series.DeviceSeries)
		})
	huma.Register(a.huma, get("get-location-history", "/api/v1/locations/{id}/history", "What a location's devices measured together"),
		func(ctx context.Context, in *seriesInput) (*seriesOutput, error) {
			return a.oneSeries(ctx, in, "location", a.Series.LocationSeries)
		})
}

func (a *api) oneSeries(ctx context.Context, in *seriesInput, kind string, read func(context.Context, SeriesQuery) (SeriesAnswer, error)) (*seriesOutput, error) {
	q := SeriesQuery{ID: in.ID, Metric: in.Metric}
	var err error
	if q.From, q.To, err = a.span(in.From, in.To); err != nil {
		return nil, a.fail(ctx, "series", err)
	}
	if q.Step, err = parseStep(in.Step); err != nil {
		return nil, a.fail(ctx, "series", err)
	}
	answer, err := read(ctx, q)
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
