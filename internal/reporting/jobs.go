package reporting

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"

	"opscenter/internal/city"
	"opscenter/internal/report"
	"opscenter/internal/store"
)

// The errors of jobs that callers tell apart.
var (
	ErrNoJob    = errors.New("there is no such job")
	ErrNoResult = errors.New("there is no result")
	ErrOtherJob = errors.New("the key belongs to a job that is to make something else")
)

// Memory keeps jobs and their results.
type Memory interface {
	AddReportJob(ctx context.Context, id, key string, order *store.ReportOrder, now time.Time) (job string, added bool, err error)
	BeginReportRun(ctx context.Context, schedule, period, id string, order *store.ReportOrder, now time.Time) (added bool, err error)
	ReportRuns(ctx context.Context, schedule string) (int64, error)
	ReportJob(ctx context.Context, id string) (store.ReportJob, error)
	ReportJobs(ctx context.Context, q store.ReportJobQuery) (store.ReportJobPage, error)
	ReportJobResult(ctx context.Context, id string) (store.ReportResult, error)
	CancelReportJob(ctx context.Context, id string, now time.Time) (bool, error)
	DeleteReportJob(ctx context.Context, id string) (bool, error)

	ResumeReportJobs(ctx context.Context) (int64, error)
	ClaimReportJob(ctx context.Context, now time.Time) (store.ReportJob, error)
	NextReportWork(ctx context.Context) (at time.Time, waits bool, err error)
	ReportProgress(ctx context.Context, id string, progress float64, doing city.Names) error
	FinishReportJob(ctx context.Context, id string, r *store.ReportResult, now time.Time) error
	FailReportJob(ctx context.Context, id, reason string, now time.Time) error
	PostponeReportJob(ctx context.Context, id, reason string, due time.Time) error
	DueDelivery(ctx context.Context, now time.Time) (store.ReportDelivery, error)
	MarkDelivery(ctx context.Context, job string, d store.MailState, attempts int, reason string, at time.Time) error
}

// Write makes and writes a report, as Maker.Write does.
type Write func(ctx context.Context, q *Query, progress Progress) (report.Document, error)

// JobsConfig is what jobs need.
type JobsConfig struct {
	Memory    Memory
	Write     Write
	Mailer    Mailer // nil: nothing can be sent
	Schedules []Schedule
	Now       func() time.Time
	Zone      *time.Location // in which days, weeks, months and shifts are counted
	Log       *slog.Logger
}

// Jobs makes reports apart from the requests that ask for them. It is safe for concurrent use.
type Jobs struct {
	JobsConfig
	wake    chan struct{} // somebody added a job
	deliver chan struct{} // a result is to be sent

	mu      sync.Mutex
	running map[string]*run
}

// run is a job that runs.
type run struct {
	cancel context.CancelCauseFunc
	done   float64
	doing  city.Names
	saved  time.Time // when the progress was stored last
}

// errCancelled is why a run ends that somebody cancelled.
var errCancelled = errors.New("cancelled")

// NewJobs returns jobs that do not run yet. It returns every fault of the schedules, joined.
func NewJobs(c JobsConfig) (*Jobs, error) {
	if err := CheckSchedules(c.Schedules, c.Zone, c.Mailer != nil); err != nil {
		return nil, err
	}
	return &Jobs{
		JobsConfig: c, wake: make(chan struct{}, 1), deliver: make(chan struct{}, 1), running: make(map[string]*run),
	}, nil
}

// Submit adds a job. The same key, which may be empty, and the same query again is the same job, and
// added is false; the same key with another query is ErrOtherJob.
func (j *Jobs) Submit(ctx context.Context, q *Query, key string) (job store.ReportJob, added bool, err error) {
	if _, err := q.Check(); err != nil {
		return job, false, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return job, false, err
	}
	order := orderOf(q)
	name, added, err := j.Memory.AddReportJob(ctx, id.String(), key, &order, j.Now())
	if err != nil {
		return job, false, fmt.Errorf("%w: %w", ErrNotYet, err)
	}
	if job, err = j.Job(ctx, name); err != nil {
		return job, false, err
	}
	if !added && !sameOrder(&job.ReportOrder, &order) {
		return job, false, fmt.Errorf("%w: %s", ErrOtherJob, job.ID)
	}
	nudge(j.wake)
	return job, added, nil
}

func orderOf(q *Query) store.ReportOrder {
	return store.ReportOrder{
		Report: q.Report, From: q.From, To: q.To, Parameters: q.Parameters, Format: string(q.Format), Lang: string(q.Lang),
	}
}

func sameOrder(a, b *store.ReportOrder) bool {
	if a.Report != b.Report || !a.From.Equal(b.From) || !a.To.Equal(b.To) || a.Format != b.Format || a.Lang != b.Lang || len(a.Parameters) != len(b.Parameters) {
		return false
	}
	for key, value := range a.Parameters {
		if other, has := b.Parameters[key]; !has || other != value {
			return false
		}
	}
	return true
}

// Job returns a job as it stands; ErrNoJob if there is none.
func (j *Jobs) Job(ctx context.Context, id string) (store.ReportJob, error) {
	job, err := j.Memory.ReportJob(ctx, id)
	if err != nil {
		return job, missing(err, ErrNoJob)
	}
	j.now(&job)
	return job, nil
}

// List lists jobs, the newest first.
func (j *Jobs) List(ctx context.Context, q store.ReportJobQuery) (store.ReportJobPage, error) {
	page, err := j.Memory.ReportJobs(ctx, q)
	if err != nil {
		return page, fmt.Errorf("%w: %w", ErrNotYet, err)
	}
	for i := range page.Items {
		j.now(&page.Items[i])
	}
	return page, nil
}

// now puts the progress into a running job that is ahead of what is stored.
func (j *Jobs) now(job *store.ReportJob) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if r := j.running[job.ID]; r != nil && job.State == store.JobRunning {
		job.Progress, job.Doing = r.done, r.doing
	}
}

// Result returns what a job made; ErrNoResult if there is no such job, or none was made.
func (j *Jobs) Result(ctx context.Context, id string) (store.ReportResult, error) {
	r, err := j.Memory.ReportJobResult(ctx, id)
	if err != nil {
		return r, missing(err, ErrNoResult)
	}
	return r, nil
}

// Remove cancels a job that is queued or running, and removes one that is over, with its result.
// ErrNoJob if there is none.
func (j *Jobs) Remove(ctx context.Context, id string) error {
	cancelled, err := j.Memory.CancelReportJob(ctx, id, j.Now())
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNotYet, err)
	}
	if cancelled {
		j.mu.Lock()
		defer j.mu.Unlock()
		if r := j.running[id]; r != nil {
			r.cancel(errCancelled)
		}
		return nil
	}
	removed, err := j.Memory.DeleteReportJob(ctx, id)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNotYet, err)
	}
	if !removed {
		return ErrNoJob
	}
	return nil
}

func missing(err, none error) error {
	if errors.Is(err, store.ErrNotFound) {
		return none
	}
	return fmt.Errorf("%w: %w", ErrNotYet, err)
}

// nudge wakes whoever waits, now or next.
func nudge(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
