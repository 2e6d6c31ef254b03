package store

import (
	"context"
	"fmt"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/store/sqlcgen"
)

// maxKey is how many bytes of foreign text a key of a row has: what PostgreSQL indexes is bounded.
const maxKey = 256

// Figure is one figure of an indicator as it was told once. Of one period and scope the one that
// counts is that of the highest revision, and of this the one observed last; all are kept.
type Figure struct {
	Subsystem  string
	Device     string // empty when no registered device told it
	Location   string
	Begins     time.Time // the first day of the period, at midnight UTC
	ObservedAt time.Time // a second figure of one revision, period, scope and time is dropped
	ReceivedAt time.Time
	city.Indicator
}

func storeFigures(ctx context.Context, q *sqlcgen.Queries, figures []Figure) error {
	if len(figures) == 0 {
		return nil
	}
	rows := make([]sqlcgen.InsertIndicatorParams, len(figures))
	for i := range figures {
		f := &figures[i]
		rows[i] = sqlcgen.InsertIndicatorParams{
			Subsystem: clean(f.Subsystem), Code: clipped(f.Code, maxKey), Scope: clipped(f.Scope, maxKey), Period: clipped(f.Period, maxKey),
			Begins: dated(f.Begins), Revision: int32(min(max(f.Revision, 0), 1<<31-1)), ObservedAt: dated(f.ObservedAt),
			Value: f.Value, Numerator: f.Numerator, Denominator: f.Denominator,
			Device: clean(f.Device), Location: clean(f.Location), ReceivedAt: dated(f.ReceivedAt),
		}
	}
	if err := finish(q.InsertIndicator(ctx, rows)); err != nil {
		return fmt.Errorf("indicators: %w", err)
	}
	return nil
}

// AnyScope as the Scope of a FigureQuery selects the whole and every part.
const AnyScope = "*"

// FigureQuery selects figures of one indicator, oldest period first.
type FigureQuery struct {
	Subsystem, Code string
	Scope           string    // empty: the whole
	From, To        time.Time // first days of periods, inclusive and exclusive; zero: no bound
	Revisions       bool      // every figure, not only the one that counts of each period
	After           *Figure   // the last of the page before; nil: from the oldest
	Limit           int
}

// FigurePage is one page of figures. More says that there are later ones. Total counts all pages.
type FigurePage struct {
	Items []Figure
	More  bool
	Total int64
}

// Figures lists what an indicator was.
func (s *Store) Figures(ctx context.Context, query FigureQuery) (FigurePage, error) {
	p := query.parameters()
	read := s.latestFigures
	if query.Revisions {
		read = s.everyFigure
	}
	rows, total, err := read(ctx, p)
	if err != nil {
		return FigurePage{}, fmt.Errorf("indicator %q of %q: %w", query.Code, query.Subsystem, err)
	}
	page := FigurePage{Total: total}
	if limit := int(p.MaxRows) - 1; len(rows) > limit {
		rows, page.More = rows[:limit], true
	}
	for i := range rows {
		page.Items = append(page.Items, figureOf(&rows[i]))
	}
	return page, nil
}

// parameters asks for one row more than the limit, to know whether there is one.
func (query *FigureQuery) parameters() sqlcgen.FiguresParams {
	p := sqlcgen.FiguresParams{
		Subsystem: clean(query.Subsystem), Code: clean(query.Code), Scope: clean(query.Scope),
		FromDay: dated(query.From), ToDay: dated(query.To), MaxRows: page(query.Limit) + 1,
	}
	if query.To.IsZero() {
		p.ToDay = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)
	}
	if after := query.After; after != nil {
		p.AfterBegins, p.AfterPeriod, p.AfterScope = dated(after.Begins), clean(after.Period), clean(after.Scope)
		p.AfterRevision, p.AfterObserved = int32(after.Revision), dated(after.ObservedAt) //nolint:gosec // it comes from a row
	}
	return p
}

func (s *Store) everyFigure(ctx context.Context, p sqlcgen.FiguresParams) (rows []sqlcgen.Indicator, total int64, err error) {
	if rows, err = s.queries.Figures(ctx, p); err != nil {
		return nil, 0, err
	}
	total, err = s.queries.CountFigures(ctx, sqlcgen.CountFiguresParams{
		Subsystem: p.Subsystem, Code: p.Code, Scope: p.Scope, FromDay: p.FromDay, ToDay: p.ToDay,
	})
	return rows, total, err
}

func (s *Store) latestFigures(ctx context.Context, p sqlcgen.FiguresParams) (rows []sqlcgen.Indicator, total int64, err error) {
	rows, err = s.queries.LatestFigures(ctx, sqlcgen.LatestFiguresParams{
		Subsystem: p.Subsystem, Code: p.Code, Scope: p.Scope, FromDay: p.FromDay, ToDay: p.ToDay,
		AfterBegins: p.AfterBegins, AfterPeriod: p.AfterPeriod, AfterScope: p.AfterScope, MaxRows: p.MaxRows,
	})
	if err != nil {
		return nil, 0, err
	}
	total, err = s.queries.CountPeriods(ctx, sqlcgen.CountPeriodsParams{
		Subsystem: p.Subsystem, Code: p.Code, Scope: p.Scope, FromDay: p.FromDay, ToDay: p.ToDay,
	})
	return rows, total, err
}

func figureOf(r *sqlcgen.Indicator) Figure {
	return Figure{
		Subsystem: r.Subsystem, Device: r.Device, Location: r.Location,
		Begins: r.Begins.UTC(), ObservedAt: r.ObservedAt.UTC(), ReceivedAt: r.ReceivedAt.UTC(),
		Indicator: city.Indicator{
			Code: r.Code, Period: r.Period, Value: r.Value, Scope: r.Scope,
			Numerator: r.Numerator, Denominator: r.Denominator, Revision: int(r.Revision),
		},
	}
}

// FiguresAsOf returns the figure that counted of each period at a time, oldest period first: only what
// was received by then. Limit, After and Revisions of the query are not looked at.
func (s *Store) FiguresAsOf(ctx context.Context, query FigureQuery, at time.Time) ([]Figure, error) {
	p := query.parameters()
	rows, err := s.queries.FiguresAsOf(ctx, sqlcgen.FiguresAsOfParams{
		Subsystem: p.Subsystem, Code: p.Code, Scope: p.Scope, FromDay: p.FromDay, ToDay: p.ToDay, AsOf: dated(at),
	})
	if err != nil {
		return nil, fmt.Errorf("indicator %q of %q: %w", query.Code, query.Subsystem, err)
	}
	figures := make([]Figure, len(rows))
	for i := range rows {
		figures[i] = figureOf(&rows[i])
	}
	return figures, nil
}
