package store_test

import (
	"errors"
	"testing"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/store"
)

func order(report string, to ...string) *store.ReportOrder {
	return &store.ReportOrder{
		Report: report, From: noon().Add(-time.Hour), To: noon(), Parameters: map[string]string{"group_by": "month"}, Format: "csv", Lang: "vi",
		Recipients: to,
	}
}

func must[T any](t *testing.T) func(T, error) T {
	t.Helper()
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func (d *db) add(id, key string, o *store.ReportOrder) (string, bool) {
	d.t.Helper()
	job, added, err := d.AddReportJob(d.t.Context(), id, key, o, noon())
	if err != nil {
		d.t.Fatal(err)
	}
	return job, added
}

func TestAJobGoesItsWay(t *testing.T) {
	t.Parallel()
	d := setup(t)
	ctx, job := t.Context(), must[store.ReportJob](t)
	d.add("01", "", order("faults", "ops@example.org"))
	d.add("02", "", order("ageing"))
	claimed := job(d.ClaimReportJob(ctx, noon()))
	equal(t, "claimed", []any{claimed.ID, claimed.State, claimed.Attempts, claimed.Parameters["group_by"]}, []any{"01", store.JobRunning, 1, "month"})
	if err := d.ReportProgress(ctx, "01", 0.5, city.Names{VI: "đang đọc", EN: "reading"}); err != nil {
		t.Fatal(err)
	}
	half := job(d.ReportJob(ctx, "01"))
	equal(t, "half", []any{half.Progress, half.Doing.EN}, []any{0.5, "reading"})
	if err := d.FinishReportJob(ctx, "01", &store.ReportResult{ContentType: "text/csv", FileName: "f.csv", Body: []byte("a,b")}, noon()); err != nil {
		t.Fatal(err)
	}
	done := job(d.ReportJob(ctx, "01"))
	equal(t, "done", []any{done.State, done.Progress, done.Kept, done.Size, done.Delivery, done.EndedAt},
		[]any{store.JobDone, 1.0, true, int64(3), store.MailWaiting, noon()})
	equal(t, "result", must[store.ReportResult](t)(d.ReportJobResult(ctx, "01")), store.ReportResult{ContentType: "text/csv", FileName: "f.csv", Body: []byte("a,b")})
	due := must[store.ReportDelivery](t)(d.DueDelivery(ctx, noon()))
	equal(t, "delivery", []any{due.Job, due.Recipients, string(due.Body)}, []any{"01", []string{"ops@example.org"}, "a,b"})
	if err := d.MarkDelivery(ctx, "01", store.MailSent, 1, "", noon()); err != nil {
		t.Fatal(err)
	}
	if _, err := d.DueDelivery(ctx, noon().Add(time.Hour)); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("it would be sent again: %v", err)
	}
	page := must[store.ReportJobPage](t)(d.ReportJobs(ctx, store.ReportJobQuery{Limit: 1}))
	equal(t, "newest first", []any{page.Items[0].ID, page.More, page.Total}, []any{"02", true, int64(2)})
	page = must[store.ReportJobPage](t)(d.ReportJobs(ctx, store.ReportJobQuery{Limit: 1, Before: "02", State: store.JobDone, Report: "faults"}))
	equal(t, "then the older", []any{page.Items[0].ID, page.More, page.Total}, []any{"01", false, int64(1)})
}

func TestAJobThatRanWhenTheProcessEndedIsBegunAgain(t *testing.T) {
	t.Parallel()
	d := setup(t)
	ctx := t.Context()
	d.add("01", "", order("faults"))
	must[store.ReportJob](t)(d.ClaimReportJob(ctx, noon()))
	if _, err := d.ClaimReportJob(ctx, noon()); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("it was claimed twice: %v", err)
	}
	equal(t, "resumed", must[int64](t)(d.ResumeReportJobs(ctx)), int64(1))
	equal(t, "again", must[store.ReportJob](t)(d.ClaimReportJob(ctx, noon())).Attempts, 2)
	if err := d.PostponeReportJob(ctx, "01", "the database knows less", noon().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if _, err := d.ClaimReportJob(ctx, noon()); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("it was claimed before its time: %v", err)
	}
	next, waits, err := d.NextReportWork(ctx)
	equal(t, "next", []any{next, waits, err}, []any{noon().Add(time.Minute), true, nil})
	equal(t, "later", must[store.ReportJob](t)(d.ClaimReportJob(ctx, noon().Add(time.Minute))).Attempts, 3)
	if _, waits, err := d.NextReportWork(ctx); waits || err != nil {
		t.Errorf("nothing waits, but %v, %v", waits, err)
	}
}

func TestACancelledJobStaysCancelled(t *testing.T) {
	t.Parallel()
	d := setup(t)
	ctx := t.Context()
	d.add("01", "", order("faults"))
	must[store.ReportJob](t)(d.ClaimReportJob(ctx, noon()))
	equal(t, "removed while it runs", must[bool](t)(d.DeleteReportJob(ctx, "01")), false)
	equal(t, "cancelled", must[bool](t)(d.CancelReportJob(ctx, "01", noon())), true)
	if err := d.FinishReportJob(ctx, "01", &store.ReportResult{Body: []byte("x")}, noon()); err != nil {
		t.Fatal(err)
	}
	equal(t, "state", must[store.ReportJob](t)(d.ReportJob(ctx, "01")).State, store.JobCancelled)
	equal(t, "cancelled twice", must[bool](t)(d.CancelReportJob(ctx, "01", noon())), false)
	equal(t, "removed", must[bool](t)(d.DeleteReportJob(ctx, "01")), true)
	if _, err := d.ReportJob(ctx, "01"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("it is still there: %v", err)
	}
}

func TestOneKeyIsOneJobAndOnePeriodIsOneRun(t *testing.T) {
	t.Parallel()
	d := setup(t)
	ctx := t.Context()
	d.add("01", "key", order("faults"))
	job, added := d.add("02", "key", order("faults"))
	equal(t, "same key", []any{job, added}, []any{"01", false})
	_, added = d.add("03", "", order("faults"))
	equal(t, "no key", added, true)

	run := func(id, period string, o *store.ReportOrder) bool {
		return must[bool](t)(d.BeginReportRun(ctx, "monthly", period, id, o, noon()))
	}
	equal(t, "seen before", must[int64](t)(d.ReportRuns(ctx, "monthly")), int64(0))
	equal(t, "first seen", run("", "2026-01", nil), true)
	equal(t, "that period", run("04", "2026-01", order("faults")), false)
	equal(t, "the next", run("05", "2026-02", order("faults")), true)
	must[bool](t)(d.CancelReportJob(ctx, "05", noon()))
	must[bool](t)(d.DeleteReportJob(ctx, "05"))
	equal(t, "the same again, though its job is gone", run("06", "2026-02", order("faults")), false)
	equal(t, "jobs", must[store.ReportJobPage](t)(d.ReportJobs(ctx, store.ReportJobQuery{Limit: 9})).Total, int64(2))
}

func TestResultsAreKeptForAWhile(t *testing.T) {
	t.Parallel()
	d := setup(t)
	ctx := t.Context()
	for _, id := range []string{"01", "02"} {
		d.add(id, "", order("faults"))
	}
	must[store.ReportJob](t)(d.ClaimReportJob(ctx, noon()))
	if err := d.FinishReportJob(ctx, "01", &store.ReportResult{Body: []byte("x")}, noon()); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ days, left int }{{29, 2}, {31, 1}} { // what waits is not forgotten
		if _, err := d.Retain(ctx, noon().AddDate(0, 0, test.days), store.Policy{store.ClassReports: 30 * 24 * time.Hour}); err != nil {
			t.Fatal(err)
		}
		equal(t, "jobs", must[store.ReportJobPage](t)(d.ReportJobs(ctx, store.ReportJobQuery{Limit: 9})).Total, int64(test.left))
	}
}
