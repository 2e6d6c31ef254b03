package app

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"opscenter/internal/availability"
	"opscenter/internal/city"
	"opscenter/internal/httpapi"
	"opscenter/internal/report"
	"opscenter/internal/reporting"
	"opscenter/internal/store"
)

// reports is httpapi.Reports on a maker of reports.
type reports struct{ maker *reporting.Maker }

// maker returns what makes reports of the center's memory.
func (a *App) maker() *reporting.Maker {
	return &reporting.Maker{
		Past: a.store, Specs: a.specs, Inventory: a.inventory.current, Recorded: a.recorded,
		Policy: a.policy, Now: time.Now, Zone: a.zone,
	}
}

// recorded returns up to when everything is in the database, of every partition.
func (a *App) recorded() time.Time {
	var oldest time.Time
	for i, r := range a.recorders {
		if at := r.Recorded(); i == 0 || at.Before(oldest) {
			oldest = at
		}
	}
	return oldest
}

// Catalogue implements httpapi.Reports.
func (r reports) Catalogue() []httpapi.ReportKind {
	definitions := report.Catalogue()
	kinds := make([]httpapi.ReportKind, len(definitions))
	for i := range definitions {
		d := &definitions[i]
		kinds[i] = httpapi.ReportKind{ID: d.ID, Names: d.Names, Doc: d.Doc, LongestS: int64(d.Longest / time.Second)}
		for _, p := range d.Parameters {
			parameter := httpapi.ReportParameter{Key: p.Key, Names: p.Names, Type: string(p.Type), Default: p.Default}
			for _, c := range p.Choices {
				parameter.Choices = append(parameter.Choices, httpapi.ReportChoice(c))
			}
			kinds[i].Parameters = append(kinds[i].Parameters, parameter)
		}
	}
	return kinds
}

// Report implements httpapi.Reports.
func (r reports) Report(ctx context.Context, q httpapi.ReportQuery) (httpapi.ReportDocument, error) {
	query := queryOf(&q)
	d, err := r.write(ctx, &query, nil)
	if err != nil {
		return httpapi.ReportDocument{}, reportFault(err)
	}
	return httpapi.ReportDocument(d), nil
}

func queryOf(q *httpapi.ReportQuery) reporting.Query {
	return reporting.Query{
		Report: q.Report, From: q.From, To: q.To, Parameters: q.Parameters, Format: report.Format(q.Format), Lang: report.Lang(q.Lang),
	}
}

// write is reporting.Write: what a job makes is what the routes give. The route of availability has had
// JSON and CSV of its own since before there were other reports.
func (r reports) write(ctx context.Context, q *reporting.Query, progress reporting.Progress) (report.Document, error) {
	if q.Report != report.AvailabilityID || q.Format != report.JSON && q.Format != report.CSV {
		return r.maker.Write(ctx, q, progress)
	}
	made, err := r.availability(ctx, q, progress)
	if err != nil {
		return report.Document{}, err
	}
	d, err := made.Document(string(q.Format))
	return report.Document(d), err
}

// reportFault is an error in the words of httpapi.
func reportFault(err error) error {
	switch {
	case errors.Is(err, reporting.ErrNoReport), errors.Is(err, reporting.ErrNoJob), errors.Is(err, reporting.ErrNoResult):
		return fmt.Errorf("%w: %w", httpapi.ErrNotFound, err)
	case errors.Is(err, report.ErrParameter):
		return fmt.Errorf("%w: %w", httpapi.ErrInvalid, err)
	case errors.Is(err, reporting.ErrOtherJob):
		return fmt.Errorf("%w: %w", httpapi.ErrConflict, err)
	case errors.Is(err, reporting.ErrNotYet):
		return fmt.Errorf("%w: %w", httpapi.ErrUnavailable, err)
	}
	return err
}

// Availability implements httpapi.Reports.
func (r reports) Availability(ctx context.Context, q httpapi.AvailabilityQuery) (httpapi.AvailabilityReport, error) {
	query := reporting.Query{
		Report: report.AvailabilityID, From: q.From, To: q.To, Format: report.JSON, Lang: report.Vietnamese,
		Parameters: map[string]string{
			report.GroupBy: q.GroupBy, report.Within: q.Within, report.SLA: strconv.FormatFloat(q.SLA, 'f', -1, 64),
		},
	}
	out, err := r.availability(ctx, &query, nil)
	if err != nil {
		return out, reportFault(err)
	}
	return out, nil
}

func (r reports) availability(ctx context.Context, q *reporting.Query, progress reporting.Progress) (httpapi.AvailabilityReport, error) {
	account, values, err := r.maker.Account(ctx, q, progress)
	if err != nil {
		return httpapi.AvailabilityReport{}, err
	}
	sla, err := strconv.ParseFloat(values[report.SLA], 64)
	if err != nil {
		return httpapi.AvailabilityReport{}, err
	}
	rows, all := account.Rows()
	group := values[report.GroupBy]
	out := httpapi.AvailabilityReport{
		From: q.From, To: q.To, GroupBy: group, Within: values[report.Within], SLA: sla,
		Method: report.AvailabilityMethod(group == string(availability.ByMonth)),
		Items:  make([]httpapi.AvailabilityRow, len(rows)), All: availabilityRow(&all, sla),
	}
	for i := range rows {
		out.Items[i] = availabilityRow(&rows[i], sla)
	}
	return out, nil
}

func availabilityRow(r *availability.Row, sla float64) httpapi.AvailabilityRow {
	row := httpapi.AvailabilityRow{
		Month: r.Month, ID: r.ID, Name: r.Name, Devices: r.Devices, Period: r.Period, Up: r.Up, Down: r.Down, Unknown: r.Unknown,
		Maintenance: r.Maintenance, Outages: r.Outages, Longest: r.Longest,
		MTTR: figure(r.MTTR, 10), MTBF: figure(r.MTBF, 10), Availability: figure(r.Availability, 10_000), Floor: figure(r.Floor, 10_000),
	}
	if percent, known := r.Availability(); known {
		met := percent >= sla
		row.Met = &met
	}
	return row
}

// figure returns a figure rounded to 1/parts, or nil if it is not known.
func figure(of func() (float64, bool), parts float64) *float64 {
	v, known := of()
	if !known {
		return nil
	}
	v = math.Round(v*parts) / parts
	return &v
}

// reportJobs is httpapi.ReportJobs.
type reportJobs struct{ jobs *reporting.Jobs }

// Submit implements httpapi.ReportJobs.
func (r reportJobs) Submit(ctx context.Context, q httpapi.ReportQuery, key string) (httpapi.ReportJob, error) {
	query := queryOf(&q)
	job, _, err := r.jobs.Submit(ctx, &query, key)
	if err != nil {
		return httpapi.ReportJob{}, reportFault(err)
	}
	return jobOf(&job), nil
}

// List implements httpapi.ReportJobs.
func (r reportJobs) List(ctx context.Context, q httpapi.ReportJobQuery) (httpapi.ReportJobPage, error) {
	page, err := r.jobs.List(ctx, store.ReportJobQuery{Before: q.Before, State: store.JobState(q.State), Report: q.Report, Limit: q.Limit})
	if err != nil {
		return httpapi.ReportJobPage{}, reportFault(err)
	}
	out := httpapi.ReportJobPage{More: page.More, Total: page.Total}
	for i := range page.Items {
		out.Items = append(out.Items, jobOf(&page.Items[i]))
	}
	return out, nil
}

// Job implements httpapi.ReportJobs.
func (r reportJobs) Job(ctx context.Context, id string) (httpapi.ReportJob, error) {
	job, err := r.jobs.Job(ctx, id)
	if err != nil {
		return httpapi.ReportJob{}, reportFault(err)
	}
	return jobOf(&job), nil
}

// Result implements httpapi.ReportJobs.
func (r reportJobs) Result(ctx context.Context, id string) (httpapi.ReportDocument, error) {
	result, err := r.jobs.Result(ctx, id)
	if err != nil {
		return httpapi.ReportDocument{}, reportFault(err)
	}
	return httpapi.ReportDocument{ContentType: result.ContentType, Name: result.FileName, Body: result.Body}, nil
}

// Remove implements httpapi.ReportJobs.
func (r reportJobs) Remove(ctx context.Context, id string) error {
	if err := r.jobs.Remove(ctx, id); err != nil {
		return reportFault(err)
	}
	return nil
}

func jobOf(j *store.ReportJob) httpapi.ReportJob {
	out := httpapi.ReportJob{
		ID: j.ID, Report: j.Report, From: j.From, To: j.To, Parameters: j.Parameters, Format: j.Format, Lang: j.Lang,
		Schedule: j.Schedule, Period: j.Period, State: string(j.State), Progress: j.Progress, Error: j.Error, Attempts: j.Attempts,
		CreatedAt: j.CreatedAt, StartedAt: j.StartedAt, EndedAt: j.EndedAt,
	}
	if j.Doing != (city.Names{}) {
		out.Doing = &j.Doing
	}
	if j.Kept {
		out.Result = &httpapi.ReportJobResult{Name: j.FileName, ContentType: j.ContentType, Bytes: j.Size}
	}
	if len(j.Recipients) > 0 {
		out.Delivery = &httpapi.ReportJobDelivery{
			State: string(j.Delivery), To: j.Recipients, Attempts: j.DeliveryAttempts, Error: j.DeliveryError, At: j.DeliveryAt,
		}
	}
	return out
}
