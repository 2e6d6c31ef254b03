package reporting

import (
	"context"
	"time"

	"opscenter/internal/report"
	"opscenter/internal/store"
)

func (w *work) indicators(ctx context.Context) (report.Report, error) {
	out := report.NewIndicators(w.values, w.from, w.to)
	asOf := w.Now()
	if at, err := time.Parse(time.RFC3339, w.values[report.AsOf]); err == nil {
		asOf = at
	}
	specs := w.Specs()
	for i := range specs {
		s := &specs[i]
		w.progress(0.9*float64(i)/float64(len(specs)), say("đang đọc chỉ tiêu của "+s.Names.VI, "reading the indicators of "+s.Names.EN))
		for k := range s.Indicators {
			in := &s.Indicators[k]
			if !w.values.Wants(s, in) {
				continue
			}
			figures, err := w.Past.FiguresAsOf(ctx, store.FigureQuery{
				Subsystem: s.ID, Code: in.Code, Scope: w.values[report.Scope], From: firstDay(w.from), To: firstDay(w.to),
			}, asOf)
			if err != nil {
				return report.Report{}, err
			}
			told := make([]report.Told, len(figures))
			for n := range figures {
				told[n] = report.Told{Indicator: figures[n].Indicator, ObservedAt: figures[n].ObservedAt, ReceivedAt: figures[n].ReceivedAt}
			}
			out.Indicator(s, in, told)
		}
	}
	return out.Report(), nil
}

// firstDay is the first civic day that begins at a time or later, as midnight UTC: so the first days of
// periods are kept.
func firstDay(t time.Time) time.Time {
	year, month, day := t.Date()
	if time.Date(year, month, day, 0, 0, 0, 0, t.Location()).Before(t) {
		day++
	}
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}
