package httpapi_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/httpapi"
)

// fakeMemory is series and reports.
type fakeMemory struct {
	asked  httpapi.SeriesQuery
	report httpapi.AvailabilityQuery
	wanted httpapi.ReportQuery
}

func (f *fakeMemory) Catalogue() []httpapi.ReportKind {
	return []httpapi.ReportKind{{
		ID: "faults", Names: city.Names{VI: "Sự cố", EN: "Faults"}, LongestS: 86400,
		Parameters: []httpapi.ReportParameter{{Key: "status", Type: "choices", Default: "critical", Choices: []httpapi.ReportChoice{{Value: "critical"}}}},
	}, {ID: "plain"}}
}

func (f *fakeMemory) Report(_ context.Context, q httpapi.ReportQuery) (httpapi.ReportDocument, error) {
	f.wanted = q
	if q.Report == "none" {
		return httpapi.ReportDocument{}, fmt.Errorf("%w: no report %q", httpapi.ErrNotFound, q.Report)
	}
	if q.Parameters["status"] == "odd" {
		return httpapi.ReportDocument{}, fmt.Errorf("%w: parameter status", httpapi.ErrInvalid)
	}
	types := map[string]string{"json": "application/json", "csv": "text/csv; charset=utf-8", "html": "text/html; charset=utf-8", "xlsx": "application/x"}
	return httpapi.ReportDocument{ContentType: types[q.Format], Name: q.Report + "." + q.Format, Body: []byte(q.Lang)}, nil
}

func (f *fakeMemory) Series(_ context.Context, q httpapi.SeriesQuery) (httpapi.SeriesAnswer, error) {
	f.asked = q
	if q.Metric == "colour" {
		return httpapi.SeriesAnswer{}, fmt.Errorf("%w: no metric %q", httpapi.ErrInvalid, q.Metric)
	}
	a := httpapi.SeriesAnswer{Metric: q.Metric, From: q.From, To: q.To}
	switch q.Kind {
	case "device":
		a.Device, a.Unit, a.Source, a.StepS = q.ID, "fps", "minute", 60
		if q.ID == "cam-1" {
			a.Items = []httpapi.SeriesPoint{{From: noon.Add(-time.Hour), Mean: 24.5, Min: 24, Max: 25, N: 2}}
		}
	case "location":
		a.Location, a.Unit, a.Source, a.StepS, a.Approximate = q.ID, "veh/h", "hour", 3600, true
	}
	return a, nil
}

// month is that of a row of the report.
func (f *fakeMemory) month() string {
	if f.report.GroupBy == "month" {
		return "2026-11"
	}
	return ""
}

func (f *fakeMemory) Availability(_ context.Context, q httpapi.AvailabilityQuery) (httpapi.AvailabilityReport, error) {
	f.report = q
	mttr, pct, floor, met := 30.0, 97.5, 90.25, false
	return httpapi.AvailabilityReport{
		From: q.From, To: q.To, GroupBy: q.GroupBy, SLA: q.SLA,
		Method: []city.Names{{VI: "Thời gian, theo giây.", EN: "Time, \"by the second\"."}},
		Items: []httpapi.AvailabilityRow{
			{ID: "", Devices: 1, Period: 10, Unknown: 10},
			{Month: f.month(), ID: "loc-1", Name: "Ngã tư, Tỉnh ủy", Devices: 2, Period: 100, Up: 60, Down: 30, Unknown: 7, Maintenance: 3, Outages: 1, MTTR: &mttr, Availability: &pct, Floor: &floor, Met: &met},
		},
		All: httpapi.AvailabilityRow{Devices: 3, Period: 110, Up: 60, Down: 30, Unknown: 17, Maintenance: 3, Outages: 1},
	}, nil
}

func TestSeriesSayHowTheyWereMade(t *testing.T) {
	t.Parallel()
	r := setup(t)
	r.city.set("location/loc-1", `{"id":"loc-1"}`)
	status, body := r.get("/api/v1/devices/cam-1/series?metric=fps&step=1m")
	diff(t, http.StatusOK, status)
	diff(t, `{"device":"cam-1","metric":"fps","unit":"fps","from":"2026-11-22T12:00:00Z","to":"2026-11-23T12:00:00Z","source":"minute","step_s":60,`+
		`"items":[{"from":"2026-11-23T11:00:00Z","mean":24.5,"min":24,"max":25,"n":2}]}`, body)
	diff(t, time.Minute, r.memory.asked.Step)

	status, body = r.get("/api/v1/locations/loc-1/history?metric=speed&from=2026-11-01T00:00:00Z&to=2026-11-02T00:00:00Z&step=3600")
	diff(t, http.StatusOK, status)
	diff(t, `{"location":"loc-1","metric":"speed","unit":"veh/h","from":"2026-11-01T00:00:00Z","to":"2026-11-02T00:00:00Z","source":"hour","step_s":3600,`+
		`"approximate":true,"items":[]}`, body)
	diff(t, time.Hour, r.memory.asked.Step)

	for kind, path := range map[string]string{"area": "areas", "subsystem": "subsystems"} {
		r.city.set(kind+"/x-1", `{}`)
		status, _ = r.get("/api/v1/" + path + "/x-1/history?metric=speed")
		diff(t, http.StatusOK, status)
		diff(t, kind, r.memory.asked.Kind)
		diff(t, "x-1", r.memory.asked.ID)
	}
}

func TestSeriesThatCannotBeAreRefused(t *testing.T) {
	t.Parallel()
	r := setup(t)
	for target, want := range map[string]struct {
		status int
		detail string
	}{
		"/api/v1/devices/cam-1/series?metric=colour":      {422, `invalid: no metric "colour"`},
		"/api/v1/devices/cam-9/series?metric=fps":         {404, `device "cam-9": not found`},
		"/api/v1/areas/nowhere/history?metric=speed":      {404, `area "nowhere": not found`},
		"/api/v1/subsystems/none/history?metric=speed":    {404, `subsystem "none": not found`},
		"/api/v1/locations/nowhere/history?metric=speed":  {404, `location "nowhere": not found`},
		"/api/v1/devices/cam-1/series":                    {422, "validation failed"},
		"/api/v1/devices/cam-1/series?metric=fps&step=x":  {422, "invalid: step must be a number of seconds above 0, or such as 30s, 5m, 1h or 1d"},
		"/api/v1/devices/cam-1/series?metric=fps&step=0":  {422, "invalid: step must be a number of seconds above 0, or such as 30s, 5m, 1h or 1d"},
		"/api/v1/devices/cam-1/series?metric=fps&step=-d": {422, "invalid: step must be a number of seconds above 0, or such as 30s, 5m, 1h or 1d"},
		"/api/v1/devices/cam-1/series?metric=fps&from=2020-01-01T00:00:00Z": {
			422, "invalid: from must be before to, by at most 400 days",
		},
	} {
		diff(t, want.detail, r.problem(r.do(http.MethodGet, target, ""), want.status))
	}
}

const november = "/api/v1/reports/availability?from=2026-11-01&to=2026-11-23T18:59:00%2B07:00"

func TestTheAvailabilityReportPrintsItsMethod(t *testing.T) {
	t.Parallel()
	r := setup(t)
	response := r.do(http.MethodGet, november+"&group_by=location&sla=99.5", "")
	diff(t, "application/json", response.Header.Get("Content-Type"))
	diff(t, `{"from":"2026-11-01T00:00:00+07:00","to":"2026-11-23T18:59:00+07:00","group_by":"location","sla_pct":99.5,`+
		`"method":[{"vi":"Thời gian, theo giây.","en":"Time, \"by the second\"."}],"items":[`+
		`{"id":"","name":"","devices":1,"period_s":10,"up_s":0,"down_s":0,"unknown_s":10,"maintenance_s":0,"outages":0},`+
		`{"id":"loc-1","name":"Ngã tư, Tỉnh ủy","devices":2,"period_s":100,"up_s":60,"down_s":30,"unknown_s":7,"maintenance_s":3,"outages":1,`+
		`"mttr_s":30,"availability_pct":97.5,"floor_pct":90.25,"sla_met":false}],`+
		`"all":{"id":"","name":"","devices":3,"period_s":110,"up_s":60,"down_s":30,"unknown_s":17,"maintenance_s":3,"outages":1}}`, bodyOf(t, response))
	diff(t, true, r.memory.report.From.Equal(time.Date(2026, 10, 31, 17, 0, 0, 0, time.UTC)))

	diff(t, http.StatusOK, r.do(http.MethodGet, november, "").StatusCode)
	diff(t, "device", r.memory.report.GroupBy)
	diff(t, 98.0, r.memory.report.SLA)
}

func TestTheAvailabilityReportIsWellFormedCSV(t *testing.T) {
	t.Parallel()
	r := setup(t)
	response := r.do(http.MethodGet, november+"&group_by=location&format=csv", "")
	diff(t, "text/csv; charset=utf-8", response.Header.Get("Content-Type"))
	diff(t, `attachment; filename="availability-20261101-20261123.csv"`, response.Header.Get("Content-Disposition"))
	rows, err := csv.NewReader(strings.NewReader(bodyOf(t, response))).ReadAll() // which wants as many cells in each row
	if err != nil {
		t.Fatal(err)
	}
	pad := func(cells ...string) []string { return append(cells, make([]string, 15-len(cells))...) }
	diff(t, [][]string{
		strings.Split("type,id,name,devices,period_s,up_s,down_s,unknown_s,maintenance_s,outages,mttr_s,mtbf_s,availability_pct,floor_pct,sla_met", ","),
		{"location", "", "", "1", "10", "0", "0", "10", "0", "0", "", "", "", "", ""},
		{"location", "loc-1", "Ngã tư, Tỉnh ủy", "2", "100", "60", "30", "7", "3", "1", "30", "", "97.5", "90.25", "false"},
		{"all", "", "", "3", "110", "60", "30", "17", "3", "1", "", "", "", "", ""},
		pad("report", "from", "2026-11-01T00:00:00+07:00"),
		pad("report", "to", "2026-11-23T18:59:00+07:00"),
		pad("report", "sla_pct", "98"),
		pad("method", "vi", "Thời gian, theo giây."),
		pad("method", "en", `Time, "by the second".`),
	}, rows)
}

func TestReportsThatWouldChangeAreRefused(t *testing.T) {
	t.Parallel()
	r := setup(t)
	for query, want := range map[string]string{
		"from=2026-11-01&to=2026-11-24":                              "invalid: to must be at least a minute ago, by 2026-11-23T18:59:00+07:00 at the latest, so that the report stays the same",
		"from=2026-11-02&to=2026-11-01":                              "invalid: from must be before to, by at most 400 days",
		"from=November&to=2026-11-01":                                "invalid: from must be a date such as 2026-11-01 or a time in RFC 3339",
		"from=2026-11-01T00:00:00.5Z&to=2026-11-02":                  "invalid: from must be a whole second",
		"from=2026-11-01":                                            "validation failed",
		"from=2026-11-01&to=2026-11-02&group_by=colour":              "validation failed",
		"from=2026-11-01&to=2026-11-02&group_by=device&format=pdf":   "validation failed",
		"from=2026-11-01&to=2026-11-02&within=device":                "invalid: within divides months: group_by must be month",
		"from=2026-11-01&to=2026-11-02&group_by=contractor&sla=10.1": "",
	} {
		response := r.do(http.MethodGet, "/api/v1/reports/availability?"+query, "")
		if want == "" {
			diff(t, http.StatusOK, response.StatusCode)
			continue
		}
		diff(t, want, r.problem(response, http.StatusUnprocessableEntity))
	}
}

func TestReportsAndSeriesAreDescribed(t *testing.T) {
	t.Parallel()
	r := setup(t)
	_, body := r.get("/openapi.json")
	var described struct {
		Paths map[string]struct {
			Get struct {
				Responses map[string]struct{ Content map[string]any }
			}
		}
	}
	if err := json.Unmarshal([]byte(body), &described); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]int{
		"/api/v1/reports/availability": 4, "/api/v1/reports/{id}": 4, "/api/v1/devices/{id}/series": 1, "/api/v1/locations/{id}/history": 1,
	} {
		diff(t, want, len(described.Paths[path].Get.Responses["200"].Content))
	}
}
