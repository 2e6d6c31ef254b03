package httpapi_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/httpapi"
)

// fakeJobs is jobs of which there is one, j-1.
type fakeJobs struct {
	ordered httpapi.ReportQuery
	key     string
	listed  httpapi.ReportJobQuery
	removed string
}

func (f *fakeJobs) job() httpapi.ReportJob {
	return httpapi.ReportJob{
		ID: "j-1", Report: "faults", From: noon.Add(-time.Hour), To: noon, Format: "csv", Lang: "vi", State: "running", Progress: 0.5,
		Doing: &city.Names{VI: "đang đọc", EN: "reading"}, Attempts: 1, CreatedAt: noon,
		Result:   &httpapi.ReportJobResult{Name: "faults.csv", ContentType: "text/csv", Bytes: 7},
		Delivery: &httpapi.ReportJobDelivery{State: "waiting", To: []string{"ops@example.org"}, Attempts: 1, Error: "no route", At: noon},
	}
}

func (f *fakeJobs) Submit(_ context.Context, q httpapi.ReportQuery, key string) (httpapi.ReportJob, error) {
	f.ordered, f.key = q, key
	if key == "taken" {
		return httpapi.ReportJob{}, fmt.Errorf("%w: the key is another job's", httpapi.ErrConflict)
	}
	return f.job(), nil
}

func (f *fakeJobs) List(_ context.Context, q httpapi.ReportJobQuery) (httpapi.ReportJobPage, error) {
	f.listed = q
	return httpapi.ReportJobPage{Items: []httpapi.ReportJob{f.job()}, More: true, Total: 7}, nil
}

func (f *fakeJobs) Job(_ context.Context, id string) (httpapi.ReportJob, error) {
	if id != "j-1" {
		return httpapi.ReportJob{}, httpapi.ErrNotFound
	}
	return f.job(), nil
}

func (f *fakeJobs) Result(context.Context, string) (httpapi.ReportDocument, error) {
	return httpapi.ReportDocument{ContentType: "text/csv; charset=utf-8", Name: "faults.csv", Body: []byte("a,b")}, nil
}

func (f *fakeJobs) Remove(_ context.Context, id string) error {
	if id != "j-1" {
		return httpapi.ErrNotFound
	}
	f.removed = id
	return nil
}

func TestReportsAreListedWithWhatTheyTake(t *testing.T) {
	t.Parallel()
	r := setup(t)
	status, body := r.get("/api/v1/reports")
	diff(t, http.StatusOK, status)
	diff(t, `{"items":[{"id":"faults","names":{"vi":"Sự cố","en":"Faults"},"doc":{"vi":"","en":""},"longest_s":86400,"formats":["json","csv","xlsx","html"],`+
		`"parameters":[{"key":"status","names":{"vi":"","en":""},"type":"choices","default":"critical","choices":[{"value":"critical","names":{"vi":"","en":""}}]}]},`+
		`{"id":"plain","names":{"vi":"","en":""},"doc":{"vi":"","en":""},"longest_s":0,"formats":["json","csv","xlsx","html"],"parameters":[]}],"total":2}`, body)
}

func TestAReportIsAskedForWithItsOwnParameters(t *testing.T) {
	t.Parallel()
	r := setup(t)
	const period = "?from=2026-11-22&to=2026-11-23"
	response := r.do(http.MethodGet, "/api/v1/reports/faults"+period+"&status=stale&format=xlsx&lang=en", "")
	diff(t, `attachment; filename="faults.xlsx"`, response.Header.Get("Content-Disposition"))
	diff(t, "en", bodyOf(t, response))
	zone := time.FixedZone("", 7*3600)
	want := httpapi.ReportQuery{Report: "faults", From: time.Date(2026, 11, 22, 0, 0, 0, 0, zone), Parameters: map[string]string{"status": "stale"}, Format: "xlsx", Lang: "en"}
	want.To = want.From.AddDate(0, 0, 1)
	diff(t, want.From.Equal(r.memory.wanted.From) && want.To.Equal(r.memory.wanted.To), true)
	diff(t, []any{want.Report, want.Parameters, want.Format, want.Lang},
		[]any{r.memory.wanted.Report, r.memory.wanted.Parameters, r.memory.wanted.Format, r.memory.wanted.Lang})

	page := r.do(http.MethodGet, "/api/v1/reports/faults"+period+"&format=html", "")
	diff(t, []string{"text/html; charset=utf-8", "", "no-store"},
		[]string{page.Header.Get("Content-Type"), page.Header.Get("Content-Disposition"), page.Header.Get("Cache-Control")})
	diff(t, "vi", bodyOf(t, page))

	r.problem(r.do(http.MethodGet, "/api/v1/reports/none"+period, ""), http.StatusNotFound)
	r.problem(r.do(http.MethodGet, "/api/v1/reports/faults"+period+"&status=odd", ""), http.StatusUnprocessableEntity)
	r.problem(r.do(http.MethodGet, "/api/v1/reports/faults"+period+"&status=a&status=b", ""), http.StatusUnprocessableEntity)
	r.problem(r.do(http.MethodGet, "/api/v1/reports/faults?from=2026-11-22&to=2026-11-24", ""), http.StatusUnprocessableEntity)
}

func TestPagesFindTheirStylesheet(t *testing.T) {
	t.Parallel()
	r := setup(t)
	response := r.do(http.MethodGet, "/api/v1/reports/print.css", "")
	diff(t, []string{"text/css; charset=utf-8", "@page {}"}, []string{response.Header.Get("Content-Type"), bodyOf(t, response)})
}

func TestAvailabilityByMonthHasTheMonthLast(t *testing.T) {
	t.Parallel()
	r := setup(t)
	rows, err := csv.NewReader(strings.NewReader(bodyOf(t, r.do(http.MethodGet, november+"&group_by=month&within=location&format=csv", "")))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	diff(t, "location", r.memory.report.Within)
	diff(t, []string{"month", "", "2026-11", ""}, []string{rows[0][15], rows[1][15], rows[2][15], rows[3][15]})
	diff(t, "month", rows[1][0])

	bodyOf(t, r.do(http.MethodGet, november+"&group_by=month&within=location&format=html&sla=99.5", ""))
	diff(t, map[string]string{"group_by": "month", "within": "location", "sla": "99.5"}, r.memory.wanted.Parameters)
}

func TestAReportIsOrderedAndFollowed(t *testing.T) {
	t.Parallel()
	r := setup(t)
	const jobs = "/api/v1/reports/jobs"
	order := `{"report":"faults","from":"2026-11-22","to":"2026-11-23","parameters":{"status":"stale"},"format":"csv"}`
	response := r.do(http.MethodPost, jobs, order, "Content-Type", "application/json", "Idempotency-Key", "once")
	diff(t, []any{http.StatusAccepted, jobs + "/j-1"}, []any{response.StatusCode, response.Header.Get("Location")})
	diff(t, []any{"once", "faults", "csv", "vi", "stale"}, []any{r.jobs.key, r.jobs.ordered.Report, r.jobs.ordered.Format, r.jobs.ordered.Lang, r.jobs.ordered.Parameters["status"]})
	job := `{"id":"j-1","report":"faults","from":"2026-11-23T18:00:00+07:00","to":"2026-11-23T19:00:00+07:00","parameters":{},"format":"csv","lang":"vi",` +
		`"state":"running","progress":0.5,"doing":{"vi":"đang đọc","en":"reading"},"attempts":1,"created_at":"2026-11-23T12:00:00Z",` +
		`"result":{"href":"/api/v1/reports/jobs/j-1/result","name":"faults.csv","content_type":"text/csv","bytes":7},` +
		`"delivery":{"state":"waiting","to":["ops@example.org"],"attempts":1,"error":"no route","at":"2026-11-23T12:00:00Z"}}`
	diff(t, job, bodyOf(t, response))
	_, body := r.get(jobs + "/j-1")
	diff(t, job, body)

	_, body = r.get(jobs + "?state=running&limit=1")
	diff(t, true, strings.HasPrefix(body, `{"items":[`+job+`],"next":"`) && strings.HasSuffix(body, `","total":7}`))
	next := strings.TrimSuffix(strings.SplitAfter(body, `"next":"`)[1], `","total":7}`)
	r.get(jobs + "?cursor=" + next)
	diff(t, "j-1", r.jobs.listed.Before)

	result := r.do(http.MethodGet, jobs+"/j-1/result", "")
	diff(t, []string{`attachment; filename="faults.csv"`, "a,b"}, []string{result.Header.Get("Content-Disposition"), bodyOf(t, result)})
	diff(t, http.StatusNoContent, r.do(http.MethodDelete, jobs+"/j-1", "").StatusCode)
	diff(t, "j-1", r.jobs.removed)

	r.problem(r.do(http.MethodGet, jobs+"/j-2", ""), http.StatusNotFound)
	r.problem(r.do(http.MethodDelete, jobs+"/j-2", ""), http.StatusNotFound)
	r.problem(r.do(http.MethodPost, jobs, order, "Content-Type", "application/json", "Idempotency-Key", "taken"), http.StatusConflict)
	r.problem(r.do(http.MethodPost, jobs, `{"report":"faults","from":"2026-11-22"}`, "Content-Type", "application/json"), http.StatusUnprocessableEntity)
}
