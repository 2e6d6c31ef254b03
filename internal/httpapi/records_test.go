package httpapi_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"opscenter/internal/httpapi"
)

func TestHistoryIsIntervals(t *testing.T) {
	t.Parallel()
	r := setup(t)
	status, body := r.get("/api/v1/devices/cam-1/history")
	diff(t, http.StatusOK, status)
	diff(t, `{"device":"cam-1","from":"2026-11-22T12:00:00Z","to":"2026-11-23T12:00:00Z","items":[`+
		`{"from":"2026-11-23T10:00:00Z","to":"2026-11-23T11:00:00Z","status":"ok"},`+
		`{"from":"2026-11-23T11:00:00Z","status":"critical","reason":"no_signal","facets":{"link":"critical"}}]}`, body)

	status, _ = r.get("/api/v1/devices/cam-1/history?from=2026-01-01T00:00:00%2B07:00&to=2026-01-02T00:00:00Z")
	diff(t, http.StatusOK, status)
	diff(t, true, r.store.from.Equal(time.Date(2025, 12, 31, 17, 0, 0, 0, time.UTC)))
	diff(t, true, r.store.to.Equal(time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)))

	r.city.set("device/new", `{"id":"new"}`) // registered, and nothing has ever been known of it
	status, body = r.get("/api/v1/devices/new/history")
	diff(t, http.StatusOK, status)
	diff(t, true, strings.HasSuffix(body, `"items":[]}`))
}

func TestQuarantineIsListedAndReplayed(t *testing.T) {
	t.Parallel()
	r := setup(t)
	status, body := r.get("/api/v1/quarantine?subsystem=traffic&code=malformed&limit=5&cursor=30")
	diff(t, http.StatusOK, status)
	diff(t, `{"items":[{"id":7,"at":"2026-11-23T12:00:00Z","subsystem":"","topic":"ioc/v1/x","code":"malformed",`+
		`"reason":"ts: missing","payload":"{}","retained":false}],"next":"7","total":12}`, body)
	diff(t, httpapi.QuarantineQuery{Subsystem: "traffic", Code: "malformed", Before: 30, Limit: 5}, r.store.query)

	response := r.do(http.MethodPost, "/api/v1/quarantine/7/replay", "")
	diff(t, http.StatusAccepted, response.StatusCode)
	diff(t, "", bodyOf(t, response))
	diff(t, "quarantine 8: not found", r.problem(r.do(http.MethodPost, "/api/v1/quarantine/8/replay", ""), http.StatusNotFound))
}

func TestInventoryIsExportedAndImported(t *testing.T) {
	t.Parallel()
	r := setup(t)
	response := r.do(http.MethodGet, "/api/v1/inventory", "")
	diff(t, "text/csv; charset=utf-8", response.Header.Get("Content-Type"))
	diff(t, "type,id\nlocation,loc-1", bodyOf(t, response))

	for _, header := range [][]string{{"Content-Type", "text/csv"}, {"Content-Type", "application/x-www-form-urlencoded"}, nil} {
		response = r.do(http.MethodPost, "/api/v1/inventory?dry_run=true", "type,id\n", header...)
		diff(t, `{"dry_run":true,"added":[{"type":"location","id":"loc-1","name":"Ngã Tư"}],"changed":[],"removed":[]}`, bodyOf(t, response))
		diff(t, http.StatusOK, response.StatusCode)
		diff(t, "type,id\n", r.store.imported)
		diff(t, true, r.store.dryRun)
	}
	r.do(http.MethodPost, "/api/v1/inventory", "x")
	diff(t, false, r.store.dryRun)
}

func TestFaultsInAFileAreNamedByRow(t *testing.T) {
	t.Parallel()
	r := setup(t)
	r.store.err = httpapi.RowErrors{{Line: 3, Column: "lat", Reason: "no latitude"}, {Line: 9, Reason: "too few fields"}}
	response := r.do(http.MethodPost, "/api/v1/inventory", "type,id\n")
	diff(t, http.StatusUnprocessableEntity, response.StatusCode)
	var problem struct {
		Detail string
		Errors []struct{ Message, Location string }
	}
	if err := json.Unmarshal([]byte(bodyOf(t, response)), &problem); err != nil {
		t.Fatal(err)
	}
	diff(t, "the file has faults; nothing was changed", problem.Detail)
	diff(t, []struct{ Message, Location string }{{"no latitude", "line 3, column lat"}, {"too few fields", "line 9"}}, problem.Errors)
}

func TestFailuresBecomeTheRightStatusAndKeepTheirSecrets(t *testing.T) {
	t.Parallel()
	r := setup(t)
	for _, test := range []struct {
		err    error
		status int
		detail string
	}{
		{errors.New("password=hunter2 refused"), 500, "export failed; the server's log says why"},
		{fmt.Errorf("dial postgres.internal: %w", httpapi.ErrUnavailable), 503, "export is not possible at the moment"},
		{context.DeadlineExceeded, 504, "export took too long"},
		{fmt.Errorf("%w: nothing to export", httpapi.ErrInvalid), 422, "invalid: nothing to export"},
	} {
		r.store.err = test.err
		diff(t, test.detail, r.problem(r.do(http.MethodGet, "/api/v1/inventory", ""), test.status))
	}
}
