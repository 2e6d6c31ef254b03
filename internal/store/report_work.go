package store

import (
	"context"
	"fmt"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/store/sqlcgen"
)

// ResumeReportJobs puts back into the queue what was running when the process ended, and returns how
// many that were. Only one process may work on jobs.
func (s *Store) ResumeReportJobs(ctx context.Context) (int64, error) {
	n, err := s.queries.ResumeReportJobs(ctx)
	if err != nil {
		return 0, fmt.Errorf("report jobs: %w", err)
	}
	return n, nil
}

// ClaimReportJob begins the job that has waited longest; ErrNotFound if none is due.
func (s *Store) ClaimReportJob(ctx context.Context, now time.Time) (ReportJob, error) {
	at := dated(now)
	id, err := s.queries.ClaimReportJob(ctx, &at)
	if err != nil {
		return ReportJob{}, fmt.Errorf("claim a report job: %w", found(err))
	}
	return s.ReportJob(ctx, id)
}

// NextReportWork returns when the next queued job or delivery is due, and whether there is any.
func (s *Store) NextReportWork(ctx context.Context) (at time.Time, waits bool, err error) {
	at, err = s.queries.NextReportJob(ctx)
	if err = found(err); err == ErrNotFound { //nolint:errorlint // found returns it itself
		return time.Time{}, false, nil
	}
	if err != nil {
		return time.Time{}, false, fmt.Errorf("report jobs: %w", err)
	}
	return at.UTC(), true, nil
}

// ReportProgress says how far a running job is.
func (s *Store) ReportProgress(ctx context.Context, id string, progress float64, doing city.Names) error {
	_, err := s.queries.ProgressReportJob(ctx, sqlcgen.ProgressReportJobParams{ID: id, Progress: progress, DoingVi: doing.VI, DoingEn: doing.EN})
	if err != nil {
		return fmt.Errorf("report job %q: %w", id, err)
	}
	return nil
}

// FinishReportJob keeps the result of a running job. If it is not running any more, nothing happens.
func (s *Store) FinishReportJob(ctx context.Context, id string, r *ReportResult, now time.Time) error {
	_, err := s.queries.FinishReportJob(ctx, sqlcgen.FinishReportJobParams{
		ID: id, ContentType: r.ContentType, FileName: r.FileName, Result: r.Body, Now: dated(now),
	})
	if err != nil {
		return fmt.Errorf("report job %q: %w", id, err)
	}
	return nil
}

// FailReportJob ends a running job without a result.
func (s *Store) FailReportJob(ctx context.Context, id, reason string, now time.Time) error {
	at := dated(now)
	if _, err := s.queries.FailReportJob(ctx, sqlcgen.FailReportJobParams{ID: id, Error: clean(reason), Now: &at}); err != nil {
		return fmt.Errorf("report job %q: %w", id, err)
	}
	return nil
}

// PostponeReportJob puts a running job back into the queue, not to be run before a time.
func (s *Store) PostponeReportJob(ctx context.Context, id, reason string, due time.Time) error {
	_, err := s.queries.PostponeReportJob(ctx, sqlcgen.PostponeReportJobParams{ID: id, Error: clean(reason), DueAt: dated(due)})
	if err != nil {
		return fmt.Errorf("report job %q: %w", id, err)
	}
	return nil
}

// CancelReportJob ends a job that is queued or running; false if there is no such job, or it is over.
func (s *Store) CancelReportJob(ctx context.Context, id string, now time.Time) (bool, error) {
	at := dated(now)
	n, err := s.queries.CancelReportJob(ctx, sqlcgen.CancelReportJobParams{ID: clean(id), Now: &at})
	if err != nil {
		return false, fmt.Errorf("report job %q: %w", id, err)
	}
	return n > 0, nil
}

// DeleteReportJob removes a job that is over, with its result; false if there is no such job.
func (s *Store) DeleteReportJob(ctx context.Context, id string) (bool, error) {
	n, err := s.queries.DeleteReportJob(ctx, clean(id))
	if err != nil {
		return false, fmt.Errorf("report job %q: %w", id, err)
	}
	return n > 0, nil
}

// ReportDelivery is a result that is to be sent, and how often that was tried.
type ReportDelivery struct {
	Job        string
	Report     string
	From, To   time.Time
	Lang       string
	Schedule   string
	Recipients []string
	Attempts   int
	ReportResult
}

// DueDelivery returns the result that is to be sent next; ErrNotFound if none is due.
func (s *Store) DueDelivery(ctx context.Context, now time.Time) (ReportDelivery, error) {
	r, err := s.queries.DueDelivery(ctx, dated(now))
	if err != nil {
		return ReportDelivery{}, fmt.Errorf("report delivery: %w", found(err))
	}
	return ReportDelivery{
		Job: r.ID, Report: r.Report, From: r.FromAt.UTC(), To: r.ToAt.UTC(), Lang: r.Lang, Schedule: r.Schedule,
		Recipients: r.Recipients, Attempts: int(r.DeliveryAttempts),
		ReportResult: ReportResult{ContentType: r.ContentType, FileName: r.FileName, Body: r.Result},
	}, nil
}

// MarkDelivery says what became of sending a result: how often it was tried, why it failed, and when
// it is tried again or was tried last.
func (s *Store) MarkDelivery(ctx context.Context, job string, d MailState, attempts int, reason string, at time.Time) error {
	err := s.queries.MarkDelivery(ctx, sqlcgen.MarkDeliveryParams{
		ID: job, Delivery: string(d), Attempts: int32(min(max(attempts, 0), 1<<30)), Error: clean(reason), At: dated(at),
	})
	if err != nil {
		return fmt.Errorf("delivery of report job %q: %w", job, err)
	}
	return nil
}
