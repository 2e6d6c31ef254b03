package httpapi_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"opscenter/internal/httpapi"
)

func TestFiguresAreListed(t *testing.T) {
	t.Parallel()
	r := setup(t)
	const path = "/api/v1/subsystems/publicservice/indicators/on_time"
	status, body := r.get(path)
	diff(t, http.StatusOK, status)
	items, next, _ := strings.Cut(body, `,"next":"`)
	next, total, _ := strings.Cut(next, `"`)
	diff(t, `{"items":[`+
		`{"period":"2026-W46","begins":"2026-11-09","value":90,"revision":0,"observed_at":"2026-11-23T12:00:00Z","received_at":"2026-11-23T12:00:00Z"},`+
		`{"period":"2026-W47","begins":"2026-11-16","scope":"ward-1","value":95.5,"numerator":143,"denominator":150,"revision":2,`+
		`"observed_at":"2026-11-23T12:00:00Z","received_at":"2026-11-23T12:00:01Z","device":"desk-1","location":"loc-1"}]`, items)
	diff(t, `,"total":12}`, total)
	diff(t, httpapi.FigureQuery{Subsystem: "publicservice", Code: "on_time", Limit: 100}, r.store.figures)

	status, _ = r.get(path + "?scope=ward-1&from=2026-02&to=2026-11-23T00:00:00%2B07:00&revisions=all&limit=5&cursor=" + next)
	diff(t, http.StatusOK, status)
	diff(t, httpapi.FigureQuery{
		Subsystem: "publicservice", Code: "on_time", Scope: "ward-1", Revisions: true, Limit: 5,
		From:  time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC),
		To:    time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC),
		After: &httpapi.Figure{Period: "2026-W47", Begins: "2026-11-16", Scope: "ward-1", Revision: 2, ObservedAt: noon},
	}, r.store.figures)
}

func TestFiguresOfWhatDoesNotExist(t *testing.T) {
	t.Parallel()
	r := setup(t)
	const path = "/api/v1/subsystems/new/indicators/x"
	diff(t, `subsystem "new": not found`, r.problem(r.do(http.MethodGet, path, ""), http.StatusNotFound))
	r.city.set("subsystem/new", `{"id":"new"}`) // known, and nothing was ever told
	status, body := r.get(path)
	diff(t, http.StatusOK, status)
	diff(t, `{"items":[],"total":0}`, body)
	for _, query := range []string{"from=yesterday", "to=2026-W47", "cursor=x", "cursor=e30", "revisions=some", "limit=0"} {
		r.problem(r.do(http.MethodGet, path+"?"+query, ""), http.StatusUnprocessableEntity)
	}
}
