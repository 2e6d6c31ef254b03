package store_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/store"
)

func day(n int) time.Time { return time.Date(2026, 11, n, 0, 0, 0, 0, time.UTC) }

// figure is a day's figure, told that many minutes after noon.
func figure(n, revision, minutes int, value float64) store.Figure {
	return store.Figure{
		Subsystem: "publicservice", Location: "loc-001", Begins: day(n), ObservedAt: at(60 * minutes), ReceivedAt: at(60 * minutes),
		Indicator: city.Indicator{Code: "on_time", Period: day(n).Format(time.DateOnly), Value: value, Revision: revision},
	}
}

func values(p store.FigurePage) string {
	var b strings.Builder
	for _, f := range p.Items {
		fmt.Fprintf(&b, "%s%s=%v ", f.Period, f.Scope, f.Value)
	}
	return strings.TrimSpace(b.String())
}

func (d *db) figures(q store.FigureQuery) store.FigurePage {
	d.t.Helper()
	q.Subsystem, q.Code = "publicservice", "on_time"
	if q.Limit == 0 {
		q.Limit = 100
	}
	p, err := d.Figures(d.t.Context(), q)
	if err != nil {
		d.t.Fatal(err)
	}
	return p
}

func TestTheLatestOfTheHighestRevisionCountsAndAllAreKept(t *testing.T) {
	t.Parallel()
	d := setup(t)
	ward := figure(2, 0, 1, 70)
	ward.Scope = "ward-1"
	other := figure(2, 0, 1, 1)
	other.Code = "digitised"
	d.commit(&store.Write{Figures: []store.Figure{
		figure(3, 0, 5, 93), figure(2, 1, 3, 96), figure(2, 0, 9, 95), figure(2, 1, 1, 94), figure(1, 0, 0, 90), ward, other,
	}})
	for want, q := range map[string]store.FigureQuery{
		"2026-11-01=90 2026-11-02=96 2026-11-03=93":                             {},
		"2026-11-01=90 2026-11-02=95 2026-11-02=94 2026-11-02=96 2026-11-03=93": {Revisions: true},
		"2026-11-02=96":       {From: day(2), To: day(3)},
		"2026-11-02ward-1=70": {Scope: "ward-1"},
		"2026-11-01=90 2026-11-02=96 2026-11-02ward-1=70 2026-11-03=93": {Scope: store.AnyScope},
	} {
		got := d.figures(q)
		equal(t, fmt.Sprintf("%+v", q), values(got), want)
		equal(t, "total", got.Total, int64(len(strings.Fields(want))))
	}
}

func TestFiguresComeBackAsTheyWereToldAndOnlyOnce(t *testing.T) {
	t.Parallel()
	d := setup(t)
	parts := [2]float64{143, 150}
	f := figure(2, 3, 0, 95.33)
	f.Device, f.Scope, f.Numerator, f.Denominator = "desk-1", "ward-1", &parts[0], &parts[1]
	again := f
	again.Value, again.ReceivedAt = 1, at(99)
	d.commit(&store.Write{Figures: []store.Figure{f, f}})
	d.commit(&store.Write{Figures: []store.Figure{again}})
	equal(t, "figures", d.figures(store.FigureQuery{Scope: store.AnyScope, Revisions: true}).Items, []store.Figure{f})
}

func TestFiguresAreReadPageByPage(t *testing.T) {
	t.Parallel()
	for _, revisions := range []bool{false, true} {
		d := setup(t)
		w := &store.Write{}
		for n := range 10 {
			for r := range 3 {
				w.Figures = append(w.Figures, figure(n+1, r, 0, float64(r)), figure(n+1, r, 1, float64(r)))
			}
		}
		d.commit(w)
		q := store.FigureQuery{Revisions: revisions, Limit: 7}
		var all []string
		for more := true; more; {
			p := d.figures(q)
			all = append(all, strings.Fields(values(p))...)
			more, q.After = p.More, &p.Items[len(p.Items)-1]
		}
		whole := d.figures(store.FigureQuery{Revisions: revisions, Limit: 1000})
		equal(t, "pages", all, strings.Fields(values(whole)))
		equal(t, "total", whole.Total, int64(len(all)))
	}
}

// What others send must never stop a partition.
func TestUnreasonableFiguresAreStored(t *testing.T) {
	t.Parallel()
	d := setup(t)
	f := figure(1, 1<<40, 0, 1)
	f.Scope, f.Period, f.ObservedAt = strings.Repeat("\x00ả", 5000), strings.Repeat("x", 9000), time.Date(-5, 1, 1, 0, 0, 0, 0, time.UTC)
	d.commit(&store.Write{Figures: []store.Figure{f}})
	d.wantNumber(1, "SELECT count(*) FROM indicator WHERE revision > 0")
}
