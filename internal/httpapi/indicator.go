package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// Indicators remembers what the indicators of subsystems were.
type Indicators interface {
	// Figures lists the figures of one indicator, oldest period first.
	Figures(ctx context.Context, q FigureQuery) (FigurePage, error)
}

// FigureQuery selects figures of one indicator.
type FigureQuery struct {
	Subsystem, Code string
	Scope           string    // empty: the whole; *: the whole and every part
	From, To        time.Time // first days of periods, inclusive and exclusive; zero: no bound
	Revisions       bool      // every figure, not only the one that counts of each period
	After           *Figure   // the last of the page before, as far as it tells the place; nil: from the oldest
	Limit           int
}

// FigurePage is one page of figures. More says that there are later ones. Total counts all pages.
type FigurePage struct {
	Items []Figure
	More  bool
	Total int64
}

// Figure is one figure of an indicator, as it was told once.
type Figure struct {
	Period      string    `json:"period" example:"2026-11" doc:"a day, an ISO week, a month, a quarter or a year"`
	Begins      string    `json:"begins" format:"date" doc:"the first day of the period"`
	Scope       string    `json:"scope,omitempty" doc:"the part of the whole that it speaks of; absent for the whole"`
	Value       float64   `json:"value" doc:"in the unit of the indicator"`
	Numerator   *float64  `json:"numerator,omitempty" doc:"of a ratio that was told in parts"`
	Denominator *float64  `json:"denominator,omitempty"`
	Revision    int       `json:"revision" doc:"of one period the highest counts, and of this the latest"`
	ObservedAt  time.Time `json:"observed_at"`
	ReceivedAt  time.Time `json:"received_at"`
	Device      string    `json:"device,omitempty" doc:"the registered device that told it"`
	Location    string    `json:"location,omitempty"`
}

type figuresInput struct {
	Page
	ID        string `path:"id" maxLength:"64"`
	Code      string `path:"code" maxLength:"64"`
	Scope     string `query:"scope" maxLength:"64" doc:"a part of the whole, * for the whole and every part; the whole, unless given"`
	From      string `query:"from" example:"2026-01" doc:"periods that begin on this day or later: a day, a month or a year, or an RFC 3339 time"`
	To        string `query:"to" example:"2026-12-01" doc:"periods that begin before this day"`
	Revisions string `query:"revisions" enum:"latest,all" default:"latest" doc:"the figure that counts of each period, or all that were told"`
}

type figuresOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         List[Figure]
}

// indicators declares the route of what indicators were.
func (a *api) indicators() {
	if a.Indicators == nil {
		return
	}
	huma.Register(a.huma, get("list-figures", "/api/v1/subsystems/{id}/indicators/{code}",
		"The figures of an indicator, oldest period first"), a.listFigures)
}

func (a *api) listFigures(ctx context.Context, in *figuresInput) (*figuresOutput, error) {
	q, err := in.query()
	if err != nil {
		return nil, a.fail(ctx, "indicator", err)
	}
	found, err := a.Indicators.Figures(ctx, q)
	if err != nil {
		return nil, a.fail(ctx, "indicator", err)
	}
	if found.Total == 0 && a.Picture != nil { // what a retired subsystem was can still be read
		if _, known := a.entity("subsystem/" + in.ID); !known {
			return nil, a.fail(ctx, "indicator", fmt.Errorf("subsystem %q: %w", in.ID, ErrNotFound))
		}
	}
	out := &figuresOutput{CacheControl: noStore}
	out.Body = List[Figure]{Items: found.Items, Total: int(found.Total)}
	if out.Body.Items == nil {
		out.Body.Items = []Figure{}
	}
	if n := len(found.Items); found.More && n > 0 {
		out.Body.Next, err = found.Items[n-1].cursor()
	}
	return out, err
}

func (in *figuresInput) query() (q FigureQuery, err error) {
	q = FigureQuery{Subsystem: in.ID, Code: in.Code, Scope: in.Scope, Revisions: in.Revisions == "all", Limit: in.Limit}
	if q.From, err = parseDay("from", in.From); err != nil {
		return q, err
	}
	if q.To, err = parseDay("to", in.To); err != nil {
		return q, err
	}
	q.After, err = figureAfter(in.Cursor)
	return q, err
}

// parseDay reads the day that a text begins on: 2026-11-23, 2026-11, 2026, or that of an RFC 3339
// time in its own offset.
func parseDay(name, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.DateOnly, "2006-01", "2006", time.RFC3339} {
		if t, err := time.Parse(layout, text); err == nil {
			return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC), nil
		}
	}
	return time.Time{}, fmt.Errorf("%w: %s: want a day such as 2026-11-23, 2026-11 or 2026, or an RFC 3339 time", ErrInvalid, name)
}

// cursor is the place of a figure in every list that has it.
func (f *Figure) cursor() (string, error) {
	place, err := json.Marshal(Figure{Begins: f.Begins, Period: f.Period, Scope: f.Scope, Revision: f.Revision, ObservedAt: f.ObservedAt})
	return encodeCursor(string(place)), err
}

func figureAfter(cursor string) (*Figure, error) {
	if cursor == "" {
		return nil, nil //nolint:nilnil // there is no figure before the first
	}
	place, err := decodeCursor(cursor)
	if err != nil {
		return nil, err
	}
	var f Figure
	if err := json.Unmarshal([]byte(place), &f); err != nil {
		return nil, fmt.Errorf("%w: cursor: not one that a list gave", ErrInvalid)
	}
	if _, err := time.Parse(time.DateOnly, f.Begins); err != nil {
		return nil, fmt.Errorf("%w: cursor: not one that a list gave", ErrInvalid)
	}
	return &f, nil
}
