package reporting_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"opscenter/internal/report"
	"opscenter/internal/reporting"
	"opscenter/internal/store"
)

func monthly(to ...string) reporting.Schedule {
	return reporting.Schedule{
		Name: "contractors", Report: "availability", Parameters: map[string]string{"group_by": "contractor"}, Every: reporting.Monthly,
		At: 6 * time.Hour, Format: report.XLSX, Lang: report.Vietnamese, To: to,
	}
}

func TestASchedulesPeriodIsTheOneThatIsOver(t *testing.T) {
	t.Parallel()
	hanoi := zone(t, "Asia/Ho_Chi_Minh")
	at := func(month time.Month, day, hour, minute int) time.Time {
		return time.Date(2026, month, day, hour, minute, 0, 0, hanoi)
	}
	for _, test := range []struct {
		every    reporting.Every
		now      time.Time
		name     string
		from, to time.Time
	}{
		{reporting.Monthly, at(12, 1, 5, 59), "2026-10", at(10, 1, 0, 0), at(11, 1, 0, 0)},
		{reporting.Monthly, at(12, 1, 6, 0), "2026-11", at(11, 1, 0, 0), at(12, 1, 0, 0)},
		{reporting.Weekly, at(11, 23, 6, 0), "2026-W47", at(11, 16, 0, 0), at(11, 23, 0, 0)}, // a Monday
		{reporting.Weekly, at(11, 22, 23, 0), "2026-W46", at(11, 9, 0, 0), at(11, 16, 0, 0)},
		{reporting.Daily, at(11, 24, 6, 0), "2026-11-23", at(11, 23, 0, 0), at(11, 24, 0, 0)},
		{reporting.Daily, at(11, 24, 5, 0), "2026-11-22", at(11, 22, 0, 0), at(11, 23, 0, 0)},
		{reporting.PerShift, at(11, 24, 6, 1), "2026-11-23T14:00", at(11, 23, 14, 0), at(11, 23, 22, 0)},
		{reporting.PerShift, at(11, 24, 6, 2), "2026-11-23T22:00", at(11, 23, 22, 0), at(11, 24, 6, 0)},
		{reporting.PerShift, at(11, 24, 14, 2), "2026-11-24T06:00", at(11, 24, 6, 0), at(11, 24, 14, 0)},
	} {
		s := monthly()
		s.Every = test.every
		name, from, to := reporting.LastPeriod(&s, test.now)
		diff(t, string(test.every)+" at "+test.now.String(), []any{test.name, test.from, test.to}, []any{name, from, to})
	}
}

// Whatever the zone and its clocks do, the periods of a schedule follow one another without gap or
// overlap, and each has a name of its own.
func TestPeriodsFollowOneAnother(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		z, err := time.LoadLocation(rapid.SampledFrom([]string{"Asia/Ho_Chi_Minh", "Europe/Helsinki", "America/New_York"}).Draw(r, "zone"))
		if err != nil {
			r.Fatal(err)
		}
		s := monthly()
		s.Every = rapid.SampledFrom([]reporting.Every{reporting.Daily, reporting.Weekly, reporting.Monthly, reporting.PerShift}).Draw(r, "every")
		now := time.Date(2026, 1, 1, 0, 0, 0, 0, z).Add(time.Duration(rapid.Int64Range(0, 400*24*3600).Draw(r, "now")) * time.Second)
		if !reporting.PeriodsFollow(&s, now, 10) {
			r.Fatalf("%s before %s", s.Every, now)
		}
	})
}

func TestFaultsOfSchedulesAreNamed(t *testing.T) {
	t.Parallel()
	bad := []reporting.Schedule{monthly("ops@example.org"), monthly(), monthly(), monthly(), monthly("nobody")}
	bad[1].Report = "weather"
	bad[2].Name, bad[2].Every = "two", "year"
	bad[3].Name, bad[3].Parameters = "Three", map[string]string{"colour": "red"}
	bad[4].Name, bad[4].Shifts = "five", []time.Duration{8 * time.Hour, 7 * time.Hour}
	err := reporting.CheckSchedules(bad, time.UTC, false)
	for _, want := range []string{
		"reports[0]: to: no mail server is configured", `reports[1]: report "weather": there is no such report`, `reports[1]: name: "contractors" occurs twice`,
		`reports[2]: every: "year" is none of day, week, month, shift`, `reports[3]: name: id "Three"`, `parameter "colour"`,
		`reports[4]: to: "nobody"`, "reports[4]: shifts: they must follow one another",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("no fault %q in:\n%v", want, err)
		}
	}
	if err := reporting.CheckSchedules([]reporting.Schedule{monthly("Trung tâm <ops@example.org>")}, time.UTC, true); err != nil {
		t.Error(err)
	}
}

// postbox is a mail server that may be down.
type postbox struct {
	mu   sync.Mutex
	down int // attempts that fail
	got  chan reporting.Mail
}

func (p *postbox) Send(_ context.Context, m reporting.Mail) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.down--; p.down >= 0 {
		return io.ErrUnexpectedEOF
	}
	p.got <- m
	return nil
}

// ticking is a clock that a test sets.
type ticking struct{ atomic.Pointer[time.Time] }

func (c *ticking) set(t time.Time) { c.Store(&t) }
func (c *ticking) now() time.Time  { return *c.Load() }

func TestAScheduleMakesOneJobForEachPeriodWhateverHappens(t *testing.T) {
	t.Parallel()
	var clock ticking
	clock.set(noon(t)) // of 24 November: October is over
	post := &postbox{got: make(chan reporting.Mail, 9)}
	r := setup(t, func(c *reporting.JobsConfig) {
		c.Now, c.Mailer, c.Schedules = clock.now, post, []reporting.Schedule{monthly("ops@example.org")}
	})
	list := func() []store.ReportJob {
		t.Helper()
		page, err := r.jobs.List(t.Context(), store.ReportJobQuery{Limit: 99})
		if err != nil {
			t.Fatal(err)
		}
		return page.Items
	}
	r.start()
	r.awaitRuns("contractors", 1)
	diff(t, "what was over when it was first seen", 0, len(list()))
	r.stop()

	clock.set(noon(t).AddDate(0, 2, 0)) // two months later, with nothing running in between
	for range 3 {
		r.start()
		r.awaitRuns("contractors", 3)
		r.stop()
	}
	r.start()
	jobs := list()
	diff(t, "jobs", 2, len(jobs))
	for _, j := range jobs {
		mail := wait(t, "mail", post.got)
		if !strings.HasPrefix(mail.Subject, "Độ sẵn sàng của thiết bị, 2026-1") || mail.To[0] != "ops@example.org" || len(mail.Attachments) != 1 ||
			string(mail.Attachments[0].Body) != "availability" {
			t.Errorf("mail %+v", mail)
		}
		r.await(j.ID, "sent", func(j *store.ReportJob) bool { return j.Delivery == store.MailSent && j.DeliveryAttempts == 1 })
	}
	diff(t, "further mail", 0, len(post.got))
}

// awaitRuns waits until so many periods of a schedule are remembered.
func (r *rig) awaitRuns(schedule string, n int64) {
	r.t.Helper()
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	limit := time.After(20 * time.Second)
	for {
		if got, err := r.store.ReportRuns(r.t.Context(), schedule); err == nil && got >= n {
			return
		}
		select {
		case <-ticker.C:
		case <-limit:
			r.t.Fatalf("%s has no %d periods", schedule, n)
		}
	}
}

func TestAMailThatIsNotTakenIsSentLater(t *testing.T) {
	t.Parallel()
	var clock ticking
	clock.set(noon(t))
	post := &postbox{got: make(chan reporting.Mail, 9), down: 1}
	r := setup(t, func(c *reporting.JobsConfig) { c.Now, c.Mailer = clock.now, post })
	if _, _, err := r.store.AddReportJob(t.Context(), "01", "", &store.ReportOrder{
		Report: "faults", From: noon(t).AddDate(0, 0, -1), To: noon(t), Format: "csv", Lang: "en", Recipients: []string{"ops@example.org"},
	}, noon(t)); err != nil {
		t.Fatal(err)
	}
	r.start()
	job := r.await("01", "waiting to be sent again", func(j *store.ReportJob) bool { return j.DeliveryAttempts == 1 })
	diff(t, "the job says so", []any{store.JobDone, store.MailWaiting, "unexpected EOF", noon(t).Add(time.Minute).UTC()},
		[]any{job.State, job.Delivery, job.DeliveryError, job.DeliveryAt})
	clock.set(noon(t).Add(time.Minute))
	r.submit("ageing") // its end wakes whoever delivers
	mail := wait(t, "mail", post.got)
	diff(t, "subject", "Device faults, 2026-11-23 – 2026-11-24", mail.Subject)
	diff(t, "id", "report-01", mail.ID)
	r.await("01", "sent", func(j *store.ReportJob) bool { return j.Delivery == store.MailSent && j.DeliveryError == "" })
}

func TestAMailThatNobodyTakesIsGivenUp(t *testing.T) {
	t.Parallel()
	var clock ticking
	clock.set(noon(t))
	post := &postbox{down: 99}
	r := setup(t, func(c *reporting.JobsConfig) { c.Now, c.Mailer = clock.now, post })
	ctx := t.Context()
	if _, _, err := r.store.AddReportJob(ctx, "01", "", &store.ReportOrder{
		Report: "faults", From: noon(t).AddDate(0, 0, -1), To: noon(t), Format: "csv", Lang: "en", Recipients: []string{"ops@example.org"},
	}, noon(t)); err != nil {
		t.Fatal(err)
	}
	_, claimed := r.store.ClaimReportJob(ctx, noon(t))
	finished := r.store.FinishReportJob(ctx, "01", &store.ReportResult{Body: []byte("x")}, noon(t))
	marked := r.store.MarkDelivery(ctx, "01", store.MailWaiting, 11, "no route", noon(t))
	if err := errors.Join(claimed, finished, marked); err != nil {
		t.Fatal(err)
	}
	r.start()
	job := r.await("01", "given up", func(j *store.ReportJob) bool { return j.Delivery == store.MailFailed })
	diff(t, "why", []any{12, "unexpected EOF", true}, []any{job.DeliveryAttempts, job.DeliveryError, job.Kept})
}
