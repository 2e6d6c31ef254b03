package reporting_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"opscenter/internal/city"
	"opscenter/internal/report"
	"opscenter/internal/reporting"
	"opscenter/internal/store"
	"opscenter/internal/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

func diff(t *testing.T, what string, want, got any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// noon is a Tuesday's, in Việt Nam.
func noon(t testing.TB) time.Time {
	t.Helper()
	return time.Date(2026, 11, 24, 12, 0, 0, 0, zone(t, "Asia/Ho_Chi_Minh"))
}

// rig is jobs on a database, whose reports are what write makes.
type rig struct {
	t      *testing.T
	store  *store.Store
	config reporting.JobsConfig
	jobs   *reporting.Jobs
	stop   func()
}

func setup(t *testing.T, change func(*reporting.JobsConfig)) *rig {
	t.Helper()
	s, err := store.Open(t.Context(), store.Config{URL: storetest.URL(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	r := &rig{t: t, store: s, config: reporting.JobsConfig{
		Memory: s, Write: instant, Now: func() time.Time { return noon(t) }, Zone: noon(t).Location(), Log: slog.New(slog.DiscardHandler),
	}}
	if change != nil {
		change(&r.config)
	}
	return r
}

// start runs jobs until the test ends or stop is called, which waits for them as a center does.
func (r *rig) start() {
	r.t.Helper()
	var err error
	if r.jobs, err = reporting.NewJobs(r.config); err != nil {
		r.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- r.jobs.Run(ctx) }()
	stopped := false
	r.stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		select {
		case err := <-done:
			if err != nil {
				r.t.Error(err)
			}
		case <-time.After(20 * time.Second):
			r.t.Error("jobs do not end")
		}
	}
	r.t.Cleanup(func() { r.stop() })
}

func instant(_ context.Context, q *reporting.Query, _ reporting.Progress) (report.Document, error) {
	return report.Document{ContentType: "text/csv", Name: q.Report + ".csv", Body: []byte(q.Report)}, nil
}

func query(t testing.TB, id string) *reporting.Query {
	t.Helper()
	return &reporting.Query{Report: id, From: noon(t).AddDate(0, 0, -1), To: noon(t), Format: report.CSV, Lang: report.Vietnamese}
}

func (r *rig) submit(id string) string {
	r.t.Helper()
	job, _, err := r.jobs.Submit(r.t.Context(), query(r.t, id), "")
	if err != nil {
		r.t.Fatal(err)
	}
	return job.ID
}

// await waits until a job is as wanted, which it is told of by nobody.
func (r *rig) await(id, what string, is func(*store.ReportJob) bool) store.ReportJob {
	r.t.Helper()
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	limit := time.After(20 * time.Second)
	for {
		job, err := r.jobs.Job(r.t.Context(), id)
		if err == nil && is(&job) {
			return job
		}
		select {
		case <-ticker.C:
		case <-limit:
			r.t.Fatalf("job %s does not become %s: %+v, %v", id, what, job, err)
		}
	}
}

func (r *rig) awaitState(id string, s store.JobState) store.ReportJob {
	r.t.Helper()
	return r.await(id, string(s), func(j *store.ReportJob) bool { return j.State == s })
}

func TestWhatCannotBeMadeIsRefusedAtOnce(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*reporting.Query)
		want   error
	}{
		"no such report":    {func(q *reporting.Query) { q.Report = "weather" }, reporting.ErrNoReport},
		"no such parameter": {func(q *reporting.Query) { q.Parameters = map[string]string{"colour": "red"} }, report.ErrParameter},
		"no such format":    {func(q *reporting.Query) { q.Format = "pdf" }, report.ErrParameter},
		"no such language":  {func(q *reporting.Query) { q.Lang = "fr" }, report.ErrParameter},
		"no time":           {func(q *reporting.Query) { q.From = q.To }, report.ErrParameter},
		"too long":          {func(q *reporting.Query) { q.From = q.To.AddDate(0, 0, -32) }, report.ErrParameter},
		"no whole hour":     {func(q *reporting.Query) { q.Report, q.From, q.To = "traffic", q.To, q.To.Add(40*time.Minute) }, report.ErrParameter},
		"hours of a year":   {func(q *reporting.Query) { q.Report, q.From = "traffic", q.To.AddDate(0, 0, -365) }, report.ErrParameter},
	} {
		q := query(t, "faults")
		test.change(q)
		if _, err := q.Check(); !errors.Is(err, test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAReportOnWhatIsNotStoredYetHasToWait(t *testing.T) {
	t.Parallel()
	m := reporting.Maker{Recorded: func() time.Time { return noon(t).Add(-time.Second) }, Zone: noon(t).Location()}
	if _, err := m.Make(t.Context(), query(t, "faults"), nil); !errors.Is(err, reporting.ErrNotYet) {
		t.Errorf("got %v", err)
	}
}

// broken is a database that answers nothing.
type broken struct{ reporting.Past }

func (broken) Placed(context.Context, time.Time, time.Time) (int64, error) {
	return 0, errors.New("down")
}

func TestADatabaseThatIsDownIsNotTheAskersFault(t *testing.T) {
	t.Parallel()
	m := reporting.Maker{
		Past: broken{}, Recorded: func() time.Time { return noon(t) }, Zone: noon(t).Location(),
		Inventory: func() *city.Inventory { return &city.Inventory{} },
	}
	if _, err := m.Make(t.Context(), query(t, "faults"), nil); !errors.Is(err, reporting.ErrNotYet) {
		t.Errorf("got %v", err)
	}
}
