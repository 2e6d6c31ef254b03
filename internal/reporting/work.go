package reporting

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/report"
	"opscenter/internal/store"
)

const (
	// atOnce is how many jobs run at the same time: each reads the database as fast as it can.
	atOnce = 2
	// maxAttempts is how often a job is begun. A job that takes the process down with it must not do
	// so for ever.
	maxAttempts = 20
	// saveEvery is how often the progress of a job is stored; who asks is told the latest anyway.
	saveEvery = time.Second
	// look is how often the database is asked for work at the least.
	look = time.Minute
	// patience is how long storing the end of a job may take once everything is stopping.
	patience = 5 * time.Second
)

// Run works on jobs, sends results and begins what schedules want, until ctx ends. What is running
// then is begun again at the next start. Only one process may run jobs on a database.
func (j *Jobs) Run(ctx context.Context) error {
	if !j.resume(ctx) {
		return nil
	}
	var loops sync.WaitGroup
	defer loops.Wait()
	loops.Go(func() { j.plan(ctx) })
	loops.Go(func() { j.deliveries(ctx) })
	j.dispatch(ctx)
	return nil
}

// resume puts back what was running, once the database answers. It returns false if ctx ended before.
func (j *Jobs) resume(ctx context.Context) bool {
	for {
		n, err := j.Memory.ResumeReportJobs(ctx)
		if err == nil {
			if n > 0 {
				j.Log.Info("reports that were being made are begun again", "jobs", n)
			}
			return true
		}
		if !j.pause(ctx, err, 5*time.Second, nil) {
			return false
		}
	}
}

// pause waits for a time, or to be woken, after an error that is told unless it is nil. It returns
// false if ctx ended.
func (j *Jobs) pause(ctx context.Context, err error, d time.Duration, wake <-chan struct{}) bool {
	if err != nil && ctx.Err() == nil {
		j.Log.Warn("report jobs", "error", err)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-wake:
	case <-ctx.Done():
	}
	return ctx.Err() == nil
}

// dispatch begins jobs as they become due, and ends when those that run have ended.
func (j *Jobs) dispatch(ctx context.Context) {
	slots := make(chan struct{}, atOnce)
	var running sync.WaitGroup
	defer running.Wait()
	for {
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
			return
		}
		job, err := j.Memory.ClaimReportJob(ctx, j.Now())
		if err != nil {
			<-slots
			if errors.Is(err, store.ErrNotFound) {
				err = nil
			}
			if !j.pause(ctx, err, j.idle(ctx, err), j.wake) {
				return
			}
			continue
		}
		running.Go(func() {
			defer func() { <-slots }()
			j.work(ctx, &job)
		})
	}
}

// idle is how long nothing is due.
func (j *Jobs) idle(ctx context.Context, failed error) time.Duration {
	if failed != nil {
		return 5 * time.Second
	}
	at, waits, err := j.Memory.NextReportWork(ctx)
	if err != nil || !waits {
		return look
	}
	return min(max(at.Sub(j.Now()), 100*time.Millisecond), look)
}

// work makes what a claimed job wants.
func (j *Jobs) work(parent context.Context, job *store.ReportJob) {
	ctx, cancel := context.WithCancelCause(parent)
	defer cancel(nil)
	r := &run{cancel: cancel}
	j.mu.Lock()
	j.running[job.ID] = r
	j.mu.Unlock()
	defer func() {
		j.mu.Lock()
		delete(j.running, job.ID)
		j.mu.Unlock()
	}()
	j.Log.Info("making a report", "job", job.ID, "report", job.Report, "attempt", job.Attempts)
	document, err := j.attempt(ctx, job, r)
	if parent.Err() != nil && err != nil {
		return // it is begun again at the next start
	}
	if errors.Is(context.Cause(ctx), errCancelled) {
		j.Log.Info("a report was cancelled", "job", job.ID)
		return
	}
	if err := j.end(parent, job, &document, err); err != nil {
		j.Log.Warn("the end of a report job is not stored; it will be begun again at the next start", "job", job.ID, "error", err)
	}
}

// attempt makes the report. A panic is an error: the job would come back with the next start.
func (j *Jobs) attempt(ctx context.Context, job *store.ReportJob, r *run) (document report.Document, err error) {
	defer func() {
		if broken := recover(); broken != nil {
			j.Log.Error("making a report panicked", "job", job.ID, "panic", fmt.Sprint(broken), "stack", string(debug.Stack()))
			err = fmt.Errorf("a fault of the program: %v", broken)
		}
	}()
	if job.Attempts > maxAttempts {
		return document, fmt.Errorf("it was begun %d times and never came to an end", job.Attempts-1)
	}
	q := Query{
		Report: job.Report, From: job.From.In(j.Zone), To: job.To.In(j.Zone), Parameters: job.Parameters,
		Format: report.Format(job.Format), Lang: report.Lang(job.Lang),
	}
	return j.Write(ctx, &q, func(done float64, doing city.Names) { j.progress(ctx, job.ID, r, done, doing) })
}

// progress remembers how far a job is, and stores it now and then. That it cannot be stored does not
// matter to the job.
func (j *Jobs) progress(ctx context.Context, id string, r *run, done float64, doing city.Names) {
	now := j.Now()
	j.mu.Lock()
	r.done, r.doing = done, doing
	due := now.Sub(r.saved) >= saveEvery
	if due {
		r.saved = now
	}
	j.mu.Unlock()
	if !due {
		return
	}
	if err := j.Memory.ReportProgress(ctx, id, done, doing); err != nil && ctx.Err() == nil {
		j.Log.Debug("the progress of a report is not stored", "job", id, "error", err)
	}
}

// end stores how a job ended. It is stored also while everything is stopping.
func (j *Jobs) end(parent context.Context, job *store.ReportJob, d *report.Document, failed error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(parent), patience)
	defer cancel()
	now := j.Now()
	switch {
	case failed == nil:
		j.Log.Info("a report is made", "job", job.ID, "report", job.Report, "bytes", len(d.Body))
		err := j.Memory.FinishReportJob(ctx, job.ID, &store.ReportResult{ContentType: d.ContentType, FileName: d.Name, Body: d.Body}, now)
		nudge(j.deliver)
		return err
	case errors.Is(failed, ErrNotYet) && job.Attempts < maxAttempts:
		due := now.Add(backoff(job.Attempts, 5*time.Second, 10*time.Minute))
		j.Log.Warn("a report cannot be made yet", "job", job.ID, "report", job.Report, "next", due, "error", failed)
		err := j.Memory.PostponeReportJob(ctx, job.ID, failed.Error(), due)
		nudge(j.wake)
		return err
	}
	j.Log.Warn("a report cannot be made", "job", job.ID, "report", job.Report, "error", failed)
	return j.Memory.FailReportJob(ctx, job.ID, failed.Error(), now)
}

// backoff doubles a time with every attempt after the first, up to a limit.
func backoff(attempt int, first, limit time.Duration) time.Duration {
	d := first
	for range max(attempt-1, 0) {
		if d *= 2; d >= limit {
			return limit
		}
	}
	return d
}
