package reporting_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/report"
	"opscenter/internal/reporting"
	"opscenter/internal/store"
)

// endless makes a report until it is told to stop. It says that it has begun.
func endless(begun chan<- string) reporting.Write {
	return func(ctx context.Context, q *reporting.Query, progress reporting.Progress) (report.Document, error) {
		progress(0.25, city.Names{VI: "đang đọc", EN: "reading"})
		begun <- q.Report
		<-ctx.Done()
		return report.Document{}, ctx.Err()
	}
}

func wait[T any](t *testing.T, what string, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(20 * time.Second):
		t.Fatalf("no %s", what)
		panic("unreachable")
	}
}

func TestACancelledJobStopsAtOnce(t *testing.T) {
	t.Parallel()
	begun := make(chan string, 9)
	r := setup(t, func(c *reporting.JobsConfig) { c.Write = endless(begun) })
	r.start()
	id := r.submit("faults")
	wait(t, "beginning", begun)
	job := r.await(id, "a quarter done", func(j *store.ReportJob) bool { return j.Progress == 0.25 })
	diff(t, "doing", "reading", job.Doing.EN)
	if err := r.jobs.Remove(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	r.awaitState(id, store.JobCancelled)
	other := r.submit("ageing") // its place is free
	wait(t, "beginning of another", begun)
	if err := r.jobs.Remove(t.Context(), other); err != nil {
		t.Fatal(err)
	}
	if err := r.jobs.Remove(t.Context(), id); err != nil { // now it is over, and goes
		t.Fatal(err)
	}
	if err := r.jobs.Remove(t.Context(), id); !errors.Is(err, reporting.ErrNoJob) {
		t.Errorf("got %v", err)
	}
}

func TestAtMostTwoJobsRun(t *testing.T) {
	t.Parallel()
	begun := make(chan string, 9)
	r := setup(t, func(c *reporting.JobsConfig) { c.Write = endless(begun) })
	r.start()
	first, _, third := r.submit("faults"), r.submit("ageing"), r.submit("traffic")
	wait(t, "first", begun)
	wait(t, "second", begun)
	r.awaitState(third, store.JobQueued)
	if err := r.jobs.Remove(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	diff(t, "next", "traffic", wait(t, "third", begun))
}

func TestAJobThatRanWhenTheCenterStoppedIsMadeAfterTheStart(t *testing.T) {
	t.Parallel()
	begun := make(chan string, 9)
	r := setup(t, func(c *reporting.JobsConfig) { c.Write = endless(begun) })
	r.start()
	id := r.submit("faults")
	wait(t, "beginning", begun)
	r.stop()
	r.config.Write = instant
	r.start()
	job := r.awaitState(id, store.JobDone)
	diff(t, "attempts", 2, job.Attempts)
	result, err := r.jobs.Result(t.Context(), id)
	diff(t, "result", []any{"faults", nil}, []any{string(result.Body), err})
}

func TestAJobThatCannotBeMadeYetIsMadeLater(t *testing.T) {
	t.Parallel()
	var now atomic.Pointer[time.Time]
	start := noon(t)
	now.Store(&start)
	var attempts atomic.Int32
	r := setup(t, func(c *reporting.JobsConfig) {
		c.Now = func() time.Time { return *now.Load() }
		c.Write = func(ctx context.Context, q *reporting.Query, p reporting.Progress) (report.Document, error) {
			if attempts.Add(1) == 1 {
				return report.Document{}, reporting.ErrNotYet
			}
			return instant(ctx, q, p)
		}
	})
	r.start()
	id := r.submit("faults")
	job := r.await(id, "postponed", func(j *store.ReportJob) bool { return j.State == store.JobQueued && j.Attempts == 1 })
	diff(t, "why", "not possible yet", job.Error)
	later := start.Add(time.Minute)
	now.Store(&later)
	r.submit("ageing") // whoever adds one wakes the others
	job = r.awaitState(id, store.JobDone)
	diff(t, "error", "", job.Error)
}

func TestAJobThatFailsOrPanicsSaysWhy(t *testing.T) {
	t.Parallel()
	r := setup(t, func(c *reporting.JobsConfig) {
		c.Write = func(_ context.Context, q *reporting.Query, _ reporting.Progress) (report.Document, error) {
			if q.Report == "faults" {
				panic("odd rows")
			}
			return report.Document{}, errors.New("no such column")
		}
	})
	r.start()
	panics, fails := r.submit("faults"), r.submit("ageing")
	diff(t, "a panic", "a fault of the program: odd rows", r.awaitState(panics, store.JobFailed).Error)
	diff(t, "a failure", "no such column", r.awaitState(fails, store.JobFailed).Error)
	if _, err := r.jobs.Result(t.Context(), fails); !errors.Is(err, reporting.ErrNoResult) {
		t.Errorf("got %v", err)
	}
}

func TestAJobThatTakesTheProcessDownIsGivenUp(t *testing.T) {
	t.Parallel()
	begun := make(chan string, 99)
	r := setup(t, func(c *reporting.JobsConfig) { c.Write = endless(begun) })
	if _, _, err := r.store.AddReportJob(t.Context(), "deadly", "", &store.ReportOrder{
		Report: "faults", From: noon(t).AddDate(0, 0, -1), To: noon(t), Format: "csv", Lang: "vi",
	}, noon(t)); err != nil {
		t.Fatal(err)
	}
	for range 20 { // as many processes that died with it
		if _, err := r.store.ClaimReportJob(t.Context(), noon(t)); err != nil {
			t.Fatal(err)
		}
		if _, err := r.store.ResumeReportJobs(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	r.start()
	diff(t, "why", "it was begun 20 times and never came to an end", r.awaitState("deadly", store.JobFailed).Error)
}
