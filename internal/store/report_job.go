package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"opscenter/internal/city"
	"opscenter/internal/store/sqlcgen"
)

// JobState says where a job stands.
type JobState string

// The states of a job.
const (
	JobQueued    JobState = "queued"
	JobRunning   JobState = "running"
	JobDone      JobState = "done"
	JobFailed    JobState = "failed"
	JobCancelled JobState = "cancelled"
)

// MailState says what became of sending a result.
type MailState string

// The states of a delivery.
const (
	MailNone    MailState = "none" // nobody wants it sent, or it is not there yet
	MailWaiting MailState = "waiting"
	MailSent    MailState = "sent"
	MailFailed  MailState = "failed" // given up
)

// ReportOrder is what a job is to make. Times are kept to the microsecond, in UTC.
type ReportOrder struct {
	Report     string
	From, To   time.Time // inclusive, exclusive
	Parameters map[string]string
	Format     string
	Lang       string
	Schedule   string   // that wanted it; empty: somebody asked
	Period     string   // of the schedule
	Recipients []string // to whom the result is sent
}

// ReportJob is a job as it stands.
type ReportJob struct {
	ID string
	ReportOrder
	State                         JobState
	Progress                      float64    // from 0 to 1
	Doing                         city.Names // what it does at the moment
	Error                         string     // why it failed, or why it has to wait
	Attempts                      int
	CreatedAt, StartedAt, EndedAt time.Time // zero: not yet
	ContentType, FileName         string    // of the result
	Size                          int64     // of the result, in bytes
	Kept                          bool      // the result is there
	Delivery                      MailState
	DeliveryAttempts              int
	DeliveryError                 string
	DeliveryAt                    time.Time // of the next attempt; once sent or given up, of the last
}

// ReportResult is what a job made.
type ReportResult struct {
	ContentType, FileName string
	Body                  []byte
}

// AddReportJob adds a job. The same key, which may be empty, again adds nothing. It returns the id of
// the job that has the key, and whether it is a new one.
func (s *Store) AddReportJob(ctx context.Context, id, key string, order *ReportOrder, now time.Time) (job string, added bool, err error) {
	p, err := jobRow(id, key, order, now)
	if err != nil {
		return "", false, err
	}
	n, err := s.queries.InsertReportJob(ctx, p)
	if err != nil {
		return "", false, fmt.Errorf("add a report job: %w", err)
	}
	if n > 0 {
		return id, true, nil
	}
	if job, err = s.queries.ReportJobByKey(ctx, *p.ClientKey); err != nil {
		return "", false, fmt.Errorf("report job of key %q: %w", key, found(err))
	}
	return job, false, nil
}

// BeginReportRun adds the job of a schedule's period, and remembers the period; if it is remembered
// already, nothing is added. Without an order the period is only remembered.
func (s *Store) BeginReportRun(ctx context.Context, schedule, period, id string, order *ReportOrder, now time.Time) (added bool, err error) {
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		q := s.queries.WithTx(tx)
		run := sqlcgen.InsertReportRunParams{Schedule: schedule, Period: period, MadeAt: dated(now)}
		if order != nil {
			run.Job = id
		}
		n, err := q.InsertReportRun(ctx, run)
		if added = n > 0; err != nil || !added || order == nil {
			return err
		}
		p, err := jobRow(id, "", order, now)
		if err != nil {
			return err
		}
		_, err = q.InsertReportJob(ctx, p)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("report schedule %q: %w", schedule, err)
	}
	return added, nil
}

// ReportRuns counts the periods that are remembered of a schedule.
func (s *Store) ReportRuns(ctx context.Context, schedule string) (int64, error) {
	n, err := s.queries.CountReportRuns(ctx, schedule)
	if err != nil {
		return 0, fmt.Errorf("report schedule %q: %w", schedule, err)
	}
	return n, nil
}

func jobRow(id, key string, o *ReportOrder, now time.Time) (sqlcgen.InsertReportJobParams, error) {
	parameters, err := json.Marshal(o.Parameters)
	if err != nil {
		return sqlcgen.InsertReportJobParams{}, fmt.Errorf("parameters: %w", err)
	}
	p := sqlcgen.InsertReportJobParams{
		ID: id, Report: o.Report, FromAt: dated(o.From), ToAt: dated(o.To), Parameters: parameters, Format: o.Format, Lang: o.Lang,
		Schedule: o.Schedule, Period: o.Period, CreatedAt: dated(now), Recipients: append([]string{}, o.Recipients...),
	}
	if key != "" {
		key = clean(key)
		p.ClientKey = &key
	}
	return p, nil
}

// ReportJob returns a job; ErrNotFound if there is none.
func (s *Store) ReportJob(ctx context.Context, id string) (ReportJob, error) {
	row, err := s.queries.ReportJob(ctx, clean(id))
	if err != nil {
		return ReportJob{}, fmt.Errorf("report job %q: %w", id, found(err))
	}
	return jobOf(sqlcgen.ReportJobsRow(row))
}

// ReportJobQuery selects jobs, the newest first.
type ReportJobQuery struct {
	Before string // id; empty: from the newest
	State  JobState
	Report string
	Limit  int
}

// ReportJobPage is one page of jobs. More says that there are older ones. Total counts all pages.
type ReportJobPage struct {
	Items []ReportJob
	More  bool
	Total int64
}

// ReportJobs lists jobs.
func (s *Store) ReportJobs(ctx context.Context, q ReportJobQuery) (ReportJobPage, error) {
	rows, err := s.queries.ReportJobs(ctx, sqlcgen.ReportJobsParams{
		Before: clean(q.Before), State: clean(string(q.State)), Report: clean(q.Report), MaxRows: page(q.Limit) + 1,
	})
	if err != nil {
		return ReportJobPage{}, fmt.Errorf("report jobs: %w", err)
	}
	total, err := s.queries.CountReportJobs(ctx, sqlcgen.CountReportJobsParams{State: clean(string(q.State)), Report: clean(q.Report)})
	if err != nil {
		return ReportJobPage{}, fmt.Errorf("report jobs: %w", err)
	}
	out := ReportJobPage{Total: total}
	if limit := int(page(q.Limit)); len(rows) > limit {
		rows, out.More = rows[:limit], true
	}
	for _, row := range rows {
		job, err := jobOf(row)
		if err != nil {
			return ReportJobPage{}, err
		}
		out.Items = append(out.Items, job)
	}
	return out, nil
}

func jobOf(r sqlcgen.ReportJobsRow) (ReportJob, error) {
	j := ReportJob{
		ID: r.ID, ReportOrder: ReportOrder{
			Report: r.Report, From: r.FromAt.UTC(), To: r.ToAt.UTC(), Format: r.Format, Lang: r.Lang,
			Schedule: r.Schedule, Period: r.Period, Recipients: r.Recipients,
		},
		State: JobState(r.State), Progress: r.Progress, Doing: city.Names{VI: r.DoingVi, EN: r.DoingEn}, Error: r.Error, Attempts: int(r.Attempts),
		CreatedAt: r.CreatedAt.UTC(), StartedAt: timeOrZero(r.StartedAt), EndedAt: timeOrZero(r.FinishedAt),
		ContentType: r.ContentType, FileName: r.FileName, Size: r.Size, Kept: r.Kept, Delivery: MailState(r.Delivery),
		DeliveryAttempts: int(r.DeliveryAttempts), DeliveryError: r.DeliveryError, DeliveryAt: timeOrZero(r.DeliveryAt),
	}
	if err := json.Unmarshal(r.Parameters, &j.Parameters); err != nil {
		return j, fmt.Errorf("report job %q: parameters: %w", r.ID, err)
	}
	return j, nil
}

// ReportJobResult returns what a job made; ErrNotFound if there is no such job or no result.
func (s *Store) ReportJobResult(ctx context.Context, id string) (ReportResult, error) {
	row, err := s.queries.ReportJobResult(ctx, clean(id))
	if err != nil {
		return ReportResult{}, fmt.Errorf("result of report job %q: %w", id, found(err))
	}
	return ReportResult{ContentType: row.ContentType, FileName: row.FileName, Body: row.Result}, nil
}

// found makes ErrNotFound of an answer without rows.
func found(err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return ErrNotFound
	}
	return err
}
