package httpapi

import (
	"context"
	"fmt"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"opscenter/internal/city"
)

// ReportJobs makes reports apart from the requests that ask for them, and by schedules.
type ReportJobs interface {
	// Submit adds a job. The same key, which may be empty, with the same query is the same job; with
	// another query it is ErrConflict. ErrNotFound if there is no such report, ErrInvalid if it cannot
	// be made so.
	Submit(ctx context.Context, q ReportQuery, key string) (ReportJob, error)

	// List lists jobs, the newest first.
	List(ctx context.Context, q ReportJobQuery) (ReportJobPage, error)

	// Job returns a job as it stands; ErrNotFound if there is none.
	Job(ctx context.Context, id string) (ReportJob, error)

	// Result returns what a job made; ErrNotFound if there is no result.
	Result(ctx context.Context, id string) (ReportDocument, error)

	// Remove cancels a job that waits or runs, and removes one that is over; ErrNotFound if there is
	// none.
	Remove(ctx context.Context, id string) error
}

// ReportJobQuery selects jobs.
type ReportJobQuery struct {
	State, Report string // empty: any
	Before        string // id; empty: from the newest
	Limit         int
}

// ReportJobPage is one page of jobs. More says that there are older ones. Total counts all pages.
type ReportJobPage struct {
	Items []ReportJob
	More  bool
	Total int64
}

// ReportJob is a job as it stands.
type ReportJob struct {
	ID         string             `json:"id"`
	Report     string             `json:"report"`
	From       time.Time          `json:"from"`
	To         time.Time          `json:"to" doc:"exclusive"`
	Parameters map[string]string  `json:"parameters" nullable:"false"`
	Format     string             `json:"format" enum:"json,csv,xlsx,html"`
	Lang       string             `json:"lang" enum:"vi,en"`
	Schedule   string             `json:"schedule,omitempty" doc:"that wanted it"`
	Period     string             `json:"period,omitempty" doc:"of the schedule"`
	State      string             `json:"state" enum:"queued,running,done,failed,cancelled"`
	Progress   float64            `json:"progress" minimum:"0" maximum:"1"`
	Doing      *city.Names        `json:"doing,omitempty" doc:"what it does at the moment"`
	Error      string             `json:"error,omitempty" doc:"why it failed, or why it has to wait"`
	Attempts   int                `json:"attempts" doc:"how often it was begun"`
	CreatedAt  time.Time          `json:"created_at"`
	StartedAt  time.Time          `json:"started_at,omitzero"`
	EndedAt    time.Time          `json:"ended_at,omitzero"`
	Result     *ReportJobResult   `json:"result,omitempty"`
	Delivery   *ReportJobDelivery `json:"delivery,omitempty" doc:"of a job whose result is sent"`
}

// ReportJobResult says what a job made.
type ReportJobResult struct {
	Href        string `json:"href" doc:"where it is"`
	Name        string `json:"name"`
	ContentType string `json:"content_type"`
	Bytes       int64  `json:"bytes"`
}

// ReportJobDelivery says what became of sending a result.
type ReportJobDelivery struct {
	State    string    `json:"state" enum:"none,waiting,sent,failed" doc:"none: there is nothing to send yet; failed: given up"`
	To       []string  `json:"to" nullable:"false"`
	Attempts int       `json:"attempts"`
	Error    string    `json:"error,omitempty" doc:"of the last attempt"`
	At       time.Time `json:"at,omitzero" doc:"of the next attempt; once sent or given up, of the last"`
}

// ReportOrder is what a job is to make.
type ReportOrder struct {
	Report     string            `json:"report" maxLength:"64" example:"availability"`
	From       string            `json:"from" example:"2026-11-01" doc:"a civic date, or RFC 3339 to the second"`
	To         string            `json:"to" example:"2026-12-01" doc:"exclusive; at least a minute ago"`
	Parameters map[string]string `json:"parameters,omitempty" doc:"as the list of reports says"`
	Format     string            `json:"format,omitempty" enum:"json,csv,xlsx,html" default:"json"`
	Lang       string            `json:"lang,omitempty" enum:"vi,en" default:"vi"`
}

type submitJobInput struct {
	Key  string `header:"Idempotency-Key" maxLength:"255" doc:"the same key with the same order again is the same job"`
	Body ReportOrder
}

type submitJobOutput struct {
	Location     string `header:"Location"`
	CacheControl string `header:"Cache-Control"`
	Body         ReportJob
}

type listJobsInput struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"100" doc:"items on a page"`
	Cursor string `query:"cursor" maxLength:"2048" doc:"next of the page before"`
	State  string `query:"state" enum:"queued,running,done,failed,cancelled"`
	Report string `query:"report" maxLength:"64" doc:"id of a report"`
}

type listJobsOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         List[ReportJob]
}

type jobInput struct {
	Job string `path:"job" maxLength:"64"`
}

type jobOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         ReportJob
}

const reportJobsPath = "/api/v1/reports/jobs"

// reportJobRoutes declares the routes of jobs.
func (a *api) reportJobRoutes() {
	if a.ReportJobs == nil {
		return
	}
	huma.Register(a.huma, huma.Operation{
		OperationID: "submit-report-job", Method: http.MethodPost, Path: reportJobsPath,
		Summary: "Have a report made apart from this request", DefaultStatus: http.StatusAccepted,
	}, a.submitJob)
	huma.Register(a.huma, get("list-report-jobs", reportJobsPath, "Reports that are being made, or were, newest first"), a.listJobs)
	huma.Register(a.huma, get("report-job", reportJobsPath+"/{job}", "How far a report is"), a.job)
	result := get("report-job-result", reportJobsPath+"/{job}/result", "The report that a job made; kept for 30 days")
	result.Responses = reportResponses("The report, in the format of the job.", &huma.Schema{Type: huma.TypeObject})
	huma.Register(a.huma, result, a.jobResult)
	huma.Register(a.huma, huma.Operation{
		OperationID: "remove-report-job", Method: http.MethodDelete, Path: reportJobsPath + "/{job}",
		Summary: "Cancel a job that waits or runs; remove one that is over, with its result", DefaultStatus: http.StatusNoContent,
	}, a.removeJob)
}

func (a *api) submitJob(ctx context.Context, in *submitJobInput) (*submitJobOutput, error) {
	o := &in.Body
	q := ReportQuery{Report: o.Report, Parameters: o.Parameters, Format: o.Format, Lang: o.Lang}
	var err error
	if q.From, q.To, err = a.period(o.From, o.To); err != nil {
		return nil, a.fail(ctx, "report", err)
	}
	job, err := a.ReportJobs.Submit(ctx, q, in.Key)
	if err != nil {
		return nil, a.fail(ctx, "report", err)
	}
	a.finishJob(&job)
	return &submitJobOutput{Location: reportJobsPath + "/" + job.ID, CacheControl: noStore, Body: job}, nil
}

func (a *api) listJobs(ctx context.Context, in *listJobsInput) (*listJobsOutput, error) {
	before, err := decodeCursor(in.Cursor)
	if err != nil {
		return nil, a.fail(ctx, "listing", err)
	}
	page, err := a.ReportJobs.List(ctx, ReportJobQuery{State: in.State, Report: in.Report, Before: before, Limit: in.Limit})
	if err != nil {
		return nil, a.fail(ctx, "listing", err)
	}
	out := &listJobsOutput{CacheControl: noStore}
	out.Body = List[ReportJob]{Items: page.Items, Total: int(page.Total)}
	if out.Body.Items == nil {
		out.Body.Items = []ReportJob{}
	}
	for i := range out.Body.Items {
		a.finishJob(&out.Body.Items[i])
	}
	if n := len(page.Items); page.More && n > 0 {
		out.Body.Next = encodeCursor(page.Items[n-1].ID)
	}
	return out, nil
}

// finishJob puts in what the routes know: the civic time zone, and where the result is.
func (a *api) finishJob(j *ReportJob) {
	j.From, j.To = j.From.In(a.Zone), j.To.In(a.Zone)
	if j.Parameters == nil {
		j.Parameters = map[string]string{}
	}
	if j.Result != nil {
		j.Result.Href = reportJobsPath + "/" + j.ID + "/result"
	}
}

func (a *api) job(ctx context.Context, in *jobInput) (*jobOutput, error) {
	job, err := a.ReportJobs.Job(ctx, in.Job)
	if err != nil {
		return nil, a.fail(ctx, "report", err)
	}
	a.finishJob(&job)
	return &jobOutput{CacheControl: noStore, Body: job}, nil
}

func (a *api) jobResult(ctx context.Context, in *jobInput) (*exportOutput, error) {
	d, err := a.ReportJobs.Result(ctx, in.Job)
	if err != nil {
		return nil, a.fail(ctx, "report", err)
	}
	return reportFile(&d, strings.TrimPrefix(path.Ext(d.Name), ".")), nil
}

func (a *api) removeJob(ctx context.Context, in *jobInput) (*struct{}, error) {
	if err := a.ReportJobs.Remove(ctx, in.Job); err != nil {
		return nil, a.fail(ctx, "removing", fmt.Errorf("job %q: %w", in.Job, err))
	}
	return &struct{}{}, nil
}
