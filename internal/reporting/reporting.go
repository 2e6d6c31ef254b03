// Package reporting makes reports out of what the center remembers: at once, as jobs with progress
// that survive a restart and can be cancelled, and by schedules whose results are sent by mail. What a
// report says is internal/report's; this package reads the past for it.
package reporting

import (
	"context"
	"errors"
	"fmt"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/report"
	"opscenter/internal/series"
	"opscenter/internal/store"
	"opscenter/internal/subsystem"
)

// The errors that callers tell apart, beside report.ErrParameter.
var (
	ErrNoReport = errors.New("there is no such report")
	// ErrNotYet says that the database does not know all of the period, or does not answer: the same
	// will be possible later.
	ErrNotYet = errors.New("not possible yet")
)

// Past is what reports are made from.
type Past interface {
	EachDevice(ctx context.Context, from, to time.Time, visit func([]store.Placement, []store.Interval) error) error
	EachFault(ctx context.Context, from, to time.Time, statuses []city.Status, visit func([]store.Placement, []store.Interval) error) error
	EachOpen(ctx context.Context, from, to time.Time, statuses []city.Status, visit func([]store.Placement, []store.Interval) error) error
	Placed(ctx context.Context, from, to time.Time) (int64, error)
	PlacedLocations(ctx context.Context, from, to time.Time) ([]city.Location, error)
	Sums(ctx context.Context, q store.SumQuery) ([]store.Sum, error)
	Incidents(ctx context.Context, from, to time.Time) ([]store.Tally, error)
	CountViolations(ctx context.Context, from, to time.Time) ([]store.Tally, error)
	EachTransition(ctx context.Context, from, to time.Time, visit func(city.AlarmChange) error) error
	AlarmsAt(ctx context.Context, at time.Time) ([]city.AlarmChange, error)
	Gaps(ctx context.Context, from, to time.Time) ([]store.Gap, error)
	FiguresAsOf(ctx context.Context, q store.FigureQuery, at time.Time) ([]store.Figure, error)
}

// Maker makes reports. It is safe for concurrent use.
type Maker struct {
	Past      Past
	Specs     func() []subsystem.Spec
	Inventory func() *city.Inventory
	Recorded  func() time.Time // up to when everything is in the database
	Policy    store.Policy
	Now       func() time.Time
	Zone      *time.Location
}

// Query says which report is wanted. From and To are whole seconds.
type Query struct {
	Report     string
	From, To   time.Time // inclusive, exclusive
	Parameters map[string]string
	Format     report.Format
	Lang       report.Lang
}

// Progress is told how far something is, from 0 to 1, and what it does.
type Progress func(done float64, doing city.Names)

// Check returns an error if a query cannot be made, now or later: it wraps ErrNoReport or
// report.ErrParameter.
func (q *Query) Check() (report.Values, error) {
	d, known := report.Find(q.Report)
	if !known {
		return nil, fmt.Errorf("report %.40q: %w", q.Report, ErrNoReport)
	}
	values, err := d.Parse(q.Parameters)
	if err != nil {
		return nil, err
	}
	switch q.Format {
	case report.JSON, report.CSV, report.XLSX, report.HTML:
	default:
		return nil, fmt.Errorf("%w format: %.20q is none of json, csv, xlsx, html", report.ErrParameter, q.Format)
	}
	switch q.Lang {
	case report.Vietnamese, report.English:
	default:
		return nil, fmt.Errorf("%w lang: %.20q is none of vi, en", report.ErrParameter, q.Lang)
	}
	if !q.From.Before(q.To) || q.To.Sub(q.From) > d.Longest {
		return nil, fmt.Errorf("%w to: from must be before to, by at most %d days in the report %s", report.ErrParameter, int(d.Longest/(24*time.Hour)), d.ID)
	}
	if d.ID == report.TrafficID {
		if _, err := trafficPlan(values, q.From, q.To); err != nil {
			return nil, err
		}
	}
	return values, nil
}

// Write makes a report and writes it in the format that is wanted. progress may be nil.
func (m *Maker) Write(ctx context.Context, q *Query, progress Progress) (report.Document, error) {
	r, err := m.Make(ctx, q, progress)
	if err != nil {
		return report.Document{}, err
	}
	if progress != nil {
		progress(0.95, say("đang ghi tệp", "writing the file"))
	}
	return r.Write(q.Format, q.Lang)
}

// Make makes a report. Times in it are in the civic time zone. progress may be nil.
func (m *Maker) Make(ctx context.Context, q *Query, progress Progress) (report.Report, error) {
	w, err := m.begin(q, progress)
	if err != nil {
		return report.Report{}, err
	}
	made, err := w.make(ctx, q.Report)
	return made, later(ctx, err)
}

// begin checks that a report can be made now.
func (m *Maker) begin(q *Query, progress Progress) (*work, error) {
	values, err := q.Check()
	if err != nil {
		return nil, err
	}
	if recorded := m.Recorded(); q.To.After(recorded) { // otherwise it would not come out the same again
		return nil, fmt.Errorf("%w: a report up to %s, when the database knows the time up to %s",
			ErrNotYet, q.To.Format(time.RFC3339), recorded.Format(time.RFC3339))
	}
	if progress == nil {
		progress = func(float64, city.Names) {}
	}
	return &work{Maker: m, values: values, from: q.From.In(m.Zone), to: q.To.In(m.Zone), progress: progress}, nil
}

// later says of what the database did not answer that it may later.
func later(ctx context.Context, err error) error {
	if err != nil && ctx.Err() == nil && !errors.Is(err, report.ErrParameter) {
		return fmt.Errorf("%w: %w", ErrNotYet, err)
	}
	return err
}

// work is one report while it is being made.
type work struct {
	*Maker
	values   report.Values
	from, to time.Time
	progress Progress
}

func (w *work) make(ctx context.Context, id string) (report.Report, error) {
	switch id {
	case report.AvailabilityID:
		return w.availability(ctx)
	case report.FaultsID:
		return w.faults(ctx)
	case report.AgeingID:
		return w.ageing(ctx)
	case report.HandoverID:
		return w.handover(ctx)
	case report.TrafficID:
		return w.traffic(ctx)
	case report.IndicatorsID:
		return w.indicators(ctx)
	}
	return report.Report{}, fmt.Errorf("report %.40q: %w", id, ErrNoReport)
}

func say(vi, en string) city.Names { return city.Names{VI: vi, EN: en} }

// trafficPlan divides the period of a traffic report. Its end is moved back to that of a whole step: one
// that is not over would come out otherwise the next time.
func trafficPlan(values report.Values, from, to time.Time) (series.Plan, error) {
	step := time.Hour
	if values[report.Step] == "day" {
		step = 24 * time.Hour
	}
	plan, err := series.Choose(series.Want{From: from, To: to, Step: step}, series.Kept{}, from.Location())
	if err != nil {
		return plan, fmt.Errorf("%w to: %w", report.ErrParameter, err)
	}
	if plan.Step != step {
		return plan, fmt.Errorf("%w %s: by hour at most %d days can be reported on; take days", report.ErrParameter, report.Step, series.MaxPoints/24)
	}
	if plan.To.After(to) {
		plan.To = plan.Bucket(to)
	}
	if !plan.From.Before(plan.To) {
		return plan, fmt.Errorf("%w to: from %s to %s no step of %s is over", report.ErrParameter, from.Format(time.RFC3339), to.Format(time.RFC3339), values[report.Step])
	}
	return plan, nil
}
