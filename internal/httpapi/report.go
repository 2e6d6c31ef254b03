package httpapi

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"opscenter/internal/city"
)

// Reports accounts for the past. The same query gives the same report.
type Reports interface {
	// Availability accounts for how long devices worked.
	Availability(ctx context.Context, q AvailabilityQuery) (AvailabilityReport, error)

	// Catalogue lists what can be reported on.
	Catalogue() []ReportKind

	// Report makes a report; ErrNotFound if there is none of that id, ErrInvalid if it cannot be made
	// so, ErrUnavailable if the database does not know all of the period yet.
	Report(ctx context.Context, q ReportQuery) (ReportDocument, error)
}

// ReportKind is something that can be reported on.
type ReportKind struct {
	ID         string            `json:"id"`
	Names      city.Names        `json:"names"`
	Doc        city.Names        `json:"doc" doc:"what it tells"`
	LongestS   int64             `json:"longest_s" doc:"that its period may be"`
	Formats    []string          `json:"formats" nullable:"false"`
	Parameters []ReportParameter `json:"parameters" nullable:"false" doc:"beside from, to, format and lang"`
}

// ReportParameter is something that a report can be asked for.
type ReportParameter struct {
	Key     string         `json:"key"`
	Names   city.Names     `json:"names"`
	Type    string         `json:"type" enum:"choice,choices,percent,id,text,time" doc:"of choices several may be given with commas between"`
	Default string         `json:"default,omitempty"`
	Choices []ReportChoice `json:"choices,omitempty"`
}

// ReportChoice is one value of a parameter.
type ReportChoice struct {
	Value string     `json:"value"`
	Names city.Names `json:"names"`
}

// ReportQuery says which report is wanted. From and To are whole seconds.
type ReportQuery struct {
	Report     string
	From, To   time.Time // inclusive, exclusive
	Parameters map[string]string
	Format     string // json, csv, xlsx or html
	Lang       string // vi or en
}

// ReportDocument is a report as a file.
type ReportDocument struct {
	ContentType, Name string
	Body              []byte
}

// ReportLook is in which form a report is wanted.
type ReportLook struct {
	Format string `query:"format" enum:"json,csv,xlsx,html" default:"json" doc:"html is a page to be printed"`
	Lang   string `query:"lang" enum:"vi,en" default:"vi" doc:"of xlsx and html; json and csv speak in codes"`
}

type reportInput struct {
	ID   string `path:"id" maxLength:"64"`
	From string `query:"from" required:"true" example:"2026-11-24" doc:"a civic date, or RFC 3339 to the second"`
	To   string `query:"to" required:"true" example:"2026-11-25" doc:"exclusive; at least a minute ago"`
	ReportLook

	parameters map[string]string
}

// Resolve takes what else is asked for: what it may be is the report's to say.
func (in *reportInput) Resolve(ctx huma.Context) []error {
	in.parameters = make(map[string]string)
	u := ctx.URL()
	for key, values := range u.Query() {
		if slices.Contains([]string{"from", "to", "format", "lang"}, key) {
			continue
		}
		if len(values) != 1 {
			return []error{&huma.ErrorDetail{Message: "expected once", Location: "query." + key, Value: values}}
		}
		in.parameters[key] = values[0]
	}
	return nil
}

type reportsOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         List[ReportKind]
}

// reportRoutes declares the routes of reports.
func (a *api) reportRoutes() {
	if a.Reports == nil {
		return
	}
	huma.Register(a.huma, get("list-reports", "/api/v1/reports", "What can be reported on, and with which parameters"), a.listReports)
	a.availabilityRoute()
	op := get("report", "/api/v1/reports/{id}", "A report; what it can be asked for beside its period says the list of reports")
	op.Responses = reportResponses("The report; the same query gives the same bytes.", &huma.Schema{Type: huma.TypeObject})
	huma.Register(a.huma, op, a.report)
	if a.ReportStyle != nil {
		a.mux.HandleFunc("GET /api/v1/reports/print.css", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/css; charset=utf-8")
			w.Header().Set("Cache-Control", "no-cache")
			_, _ = w.Write(a.ReportStyle)
		})
	}
	a.reportJobRoutes()
}

func reportResponses(description string, schema *huma.Schema) map[string]*huma.Response {
	text := &huma.Schema{Type: huma.TypeString}
	return map[string]*huma.Response{"200": {
		Description: description,
		Content: map[string]*huma.MediaType{
			"application/json": {Schema: schema}, "text/csv": {Schema: text}, "text/html": {Schema: text},
			"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}},
		},
	}}
}

func (a *api) listReports(context.Context, *struct{}) (*reportsOutput, error) {
	out := &reportsOutput{CacheControl: noStore}
	out.Body.Items = a.Reports.Catalogue()
	for i := range out.Body.Items {
		kind := &out.Body.Items[i]
		kind.Formats = []string{"json", "csv", "xlsx", "html"}
		if kind.Parameters == nil {
			kind.Parameters = []ReportParameter{}
		}
	}
	out.Body.Total = len(out.Body.Items)
	return out, nil
}

func (a *api) report(ctx context.Context, in *reportInput) (*exportOutput, error) {
	q := ReportQuery{Report: in.ID, Parameters: in.parameters, Format: in.Format, Lang: in.Lang}
	var err error
	if q.From, q.To, err = a.period(in.From, in.To); err != nil {
		return nil, a.fail(ctx, "report", err)
	}
	return a.reportDocument(ctx, q)
}

func (a *api) reportDocument(ctx context.Context, q ReportQuery) (*exportOutput, error) {
	d, err := a.Reports.Report(ctx, q)
	if err != nil {
		return nil, a.fail(ctx, "report", err)
	}
	return reportFile(&d, q.Format), nil
}

// reportFile is a report as an answer: what browsers show they show.
func reportFile(d *ReportDocument, format string) *exportOutput {
	out := &exportOutput{CacheControl: noStore, ContentType: d.ContentType, Body: d.Body}
	if format == "csv" || format == "xlsx" {
		out.Disposition = fmt.Sprintf("attachment; filename=%q", d.Name)
	}
	return out
}
