package reporting

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"time"

	"github.com/google/uuid"

	"opscenter/internal/city"
	"opscenter/internal/report"
)

// Every is how often a schedule wants its report: each time on the period that is just over.
type Every string

// What schedules go by. Weeks begin on Monday.
const (
	Daily    Every = "day"
	Weekly   Every = "week"
	Monthly  Every = "month"
	PerShift Every = "shift"
)

const (
	// afterShift is how long after the end of a shift its report is made: by then it is in the
	// database.
	afterShift = 2 * time.Minute
	// catchUp is how many periods a schedule makes up for that passed while nothing ran.
	catchUp = 31
)

// Schedule is a report that is made and sent again and again.
type Schedule struct {
	Name       string // what its periods are remembered by, a slug
	Report     string
	Parameters map[string]string
	Every      Every
	At         time.Duration   // civic time of day at which it is made, on the first day after the period; not of shifts
	Shifts     []time.Duration // civic times of day at which shifts begin; empty: 6:00, 14:00, 22:00
	Format     report.Format
	Lang       report.Lang
	To         []string // mail addresses; empty: the result is only kept
}

// span is one period of a schedule.
type span struct {
	name     string
	from, to time.Time
	due      time.Time
}

// CheckSchedules returns every fault of schedules, joined.
func CheckSchedules(schedules []Schedule, zone *time.Location, canSend bool) error {
	var faults []error
	names := make(map[string]bool)
	for i := range schedules {
		s := &schedules[i]
		for _, err := range s.check(zone, canSend) {
			faults = append(faults, fmt.Errorf("reports[%d]: %w", i, err))
		}
		if names[s.Name] {
			faults = append(faults, fmt.Errorf("reports[%d]: name: %q occurs twice", i, s.Name))
		}
		names[s.Name] = true
	}
	return errors.Join(faults...)
}

func (s *Schedule) check(zone *time.Location, canSend bool) (faults []error) {
	if err := city.CheckID(s.Name); err != nil {
		faults = append(faults, fmt.Errorf("name: %w", err))
	}
	switch s.Every {
	case Daily, Weekly, Monthly, PerShift:
	default:
		return append(faults, fmt.Errorf("every: %.20q is none of day, week, month, shift", s.Every))
	}
	for _, t := range append([]time.Duration{s.At}, s.Shifts...) {
		if t < 0 || t >= 24*time.Hour {
			faults = append(faults, fmt.Errorf("%s is no time of day", t))
		}
	}
	if !slices.IsSorted(s.Shifts) || len(slices.Compact(slices.Clone(s.Shifts))) != len(s.Shifts) {
		faults = append(faults, errors.New("shifts: they must follow one another within a day"))
	}
	last := s.last(time.Date(2026, 11, 1, 12, 0, 0, 0, zone))
	q := s.query(&last)
	if _, err := q.Check(); err != nil {
		faults = append(faults, err)
	}
	for _, to := range s.To {
		if _, err := mail.ParseAddress(to); err != nil {
			faults = append(faults, fmt.Errorf("to: %q: %w", to, err))
		}
	}
	if len(s.To) > 0 && !canSend {
		faults = append(faults, errors.New("to: no mail server is configured"))
	}
	return faults
}

func (s *Schedule) query(p *span) Query {
	return Query{Report: s.Report, From: p.from, To: p.to, Parameters: s.Parameters, Format: s.Format, Lang: s.Lang}
}

// last returns the last period whose report is due by a time, in the zone of this time.
func (s *Schedule) last(now time.Time) span {
	p := s.around(now)
	for p.due.After(now) {
		p = s.before(&p)
	}
	return p
}

// before returns the period before one.
func (s *Schedule) before(p *span) span { return s.around(p.from.Add(-time.Second)) }

// around returns the period that a time lies in.
func (s *Schedule) around(t time.Time) span {
	year, month, day := t.Date()
	date := func(month time.Month, day int) time.Time {
		return time.Date(year, month, day, 0, 0, 0, 0, t.Location())
	}
	switch s.Every {
	case Daily:
		return s.span(t.Format(time.DateOnly), date(month, day), date(month, day+1))
	case Weekly:
		monday := day - (int(t.Weekday())+6)%7
		isoYear, week := t.ISOWeek()
		return s.span(fmt.Sprintf("%04d-W%02d", isoYear, week), date(month, monday), date(month, monday+7))
	case Monthly:
		return s.span(t.Format("2006-01"), date(month, 1), date(month+1, 1))
	case PerShift:
	}
	return s.shift(t)
}

func (s *Schedule) span(name string, from, to time.Time) span {
	return span{name, from, to, clock(to, 0, s.At)}
}

// clock is a time of day some days after a day.
func clock(day time.Time, days int, at time.Duration) time.Time {
	y, m, d := day.Date()
	return time.Date(y, m, d+days, 0, 0, int(at/time.Second), 0, day.Location())
}

// shift returns the shift that a time lies in.
func (s *Schedule) shift(t time.Time) span {
	shifts := s.Shifts
	if len(shifts) == 0 {
		shifts = []time.Duration{6 * time.Hour, 14 * time.Hour, 22 * time.Hour}
	}
	var from time.Time
	for day := -1; ; day++ {
		for _, at := range shifts {
			begin := clock(t, day, at)
			if begin.After(t) && !from.IsZero() {
				return span{from.Format("2006-01-02T15:04"), from, begin, begin.Add(afterShift)}
			}
			from = begin
		}
	}
}

// plan begins what schedules want as it becomes due.
func (j *Jobs) plan(ctx context.Context) {
	for {
		var failed error
		for i := range j.Schedules {
			if err := j.begin(ctx, &j.Schedules[i]); err != nil {
				failed = err
			}
		}
		if !j.pause(ctx, failed, look, nil) {
			return
		}
	}
}

// begin adds the jobs of the periods of a schedule that are over, from the last back to the one that was
// begun before. What was over when the schedule was first seen nobody waits for.
func (j *Jobs) begin(ctx context.Context, s *Schedule) error {
	seen, err := j.Memory.ReportRuns(ctx, s.Name)
	if err != nil {
		return err
	}
	p := s.last(j.Now().In(j.Zone))
	if seen == 0 {
		_, err := j.Memory.BeginReportRun(ctx, s.Name, p.name, "", nil, j.Now())
		return err
	}
	for range catchUp {
		id, err := uuid.NewV7()
		if err != nil {
			return err
		}
		q := s.query(&p)
		order := orderOf(&q)
		order.Schedule, order.Period, order.Recipients = s.Name, p.name, s.To
		added, err := j.Memory.BeginReportRun(ctx, s.Name, p.name, id.String(), &order, j.Now())
		if err != nil || !added {
			return err
		}
		j.Log.Info("a schedule wants a report", "schedule", s.Name, "period", p.name, "job", id.String())
		nudge(j.wake)
		p = s.before(&p)
	}
	return nil
}
