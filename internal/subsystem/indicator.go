package subsystem

import (
	"fmt"
	"regexp"
	"strconv"
	"time"

	"opscenter/internal/city"
)

// Period is the length of time that a figure of an indicator speaks of.
type Period string

// The periods of indicators.
const (
	Daily     Period = "day"     // 2026-11-23
	Weekly    Period = "week"    // 2026-W47, as ISO 8601 counts weeks
	Monthly   Period = "month"   // 2026-11
	Quarterly Period = "quarter" // 2026-Q4
	Yearly    Period = "year"    // 2026
)

// Indicator declares one figure of a line of business, told once or several times for each period:
// a count, an amount or a ratio. How it is judged is declared as for a Metric.
type Indicator struct {
	Code   string
	Names  city.Names
	Unit   string
	Doc    string
	Period Period

	// Scale makes the indicator a ratio: numerator ÷ denominator × Scale, which is 100 for %. A
	// ratio may also be sent as a bare value, and is shown as such. 0: it is no ratio.
	Scale float64

	// Good says which way people want it to go; empty where neither is better. Thresholds are on
	// the other side: of an indicator that is good Above, Below is bad.
	Good     Direction
	Target   *float64
	Warning  *float64
	Critical *float64
	Reason   city.Reason

	// Cadence is how often it is told; 0: the Spec's. The figure is stale when nothing was told for
	// ValidFor; 0: three cadences.
	Cadence  time.Duration
	ValidFor time.Duration

	// Computed indicators are made by the center and not told: those that Cases name.
	Computed bool
}

// Ratio reports whether the indicator is a ratio of two parts.
func (i *Indicator) Ratio() bool { return i.Scale != 0 }

// Cases declares that events of one kind are cases, which somebody opens and works off by a time.
// The center computes indicators of them, by the codes given here; an empty code is not computed.
// All of them are Computed indicators of the Spec, told for the civic day.
type Cases struct {
	Kind     string        // of the events: event
	DueAfter time.Duration // from the start of a case that does not say when it is due

	New     string // cases opened today
	Open    string // cases open now
	Overdue string // of those, past their time
	Closed  string // cases closed today
	Hours   string // median hours from opening to closing, over the cases closed in the last 30 days
}

// codes are those of what is computed; one that is not computed is empty.
func (s *Cases) codes() []string {
	return []string{s.New, s.Open, s.Overdue, s.Closed, s.Hours}
}

// KindIndex is the kind of the observations in which the center tells what it computes by an Index. No
// topic of a subsystem with Indices has it: what a device says must not pass for what was computed.
const KindIndex = "index"

// Index declares a metric that the center computes for each device when a civic hour ends, from the
// hourly means of other metrics of that device: an air quality index. The computed value is a
// reading of the device like any other, observed at the end of the hour.
type Index struct {
	Metric string   // declared in Metrics
	Inputs []string // declared in Metrics
	Hours  int      // of history that Compute is given, at most 48

	// Compute is given, for each input, the mean of each of the last Hours hours, the one that just
	// ended first, NaN where nothing was measured. It is pure; ok false means that there is too
	// little to say.
	Compute func(means [][]float64) (value float64, ok bool)
}

var periodForms = []struct { //nolint:gochecknoglobals // a constant
	period Period
	form   *regexp.Regexp
}{
	{Daily, regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)},
	{Weekly, regexp.MustCompile(`^(\d{4})-W(\d{2})$`)},
	{Monthly, regexp.MustCompile(`^\d{4}-\d{2}$`)},
	{Quarterly, regexp.MustCompile(`^\d{4}-Q[1-4]$`)},
	{Yearly, regexp.MustCompile(`^\d{4}$`)},
}

// ParsePeriod reads the name of a period: 2026-11-23, 2026-W47, 2026-11, 2026-Q4 or 2026. It returns
// what kind of period it is, and its first day and that after its last in the zone.
func ParsePeriod(name string, zone *time.Location) (p Period, from, to time.Time, err error) {
	for _, f := range periodForms {
		if !f.form.MatchString(name) {
			continue
		}
		if from, to, err = span(f.period, name, zone); err != nil {
			return "", time.Time{}, time.Time{}, fmt.Errorf("period %q: there is no such %s", name, f.period)
		}
		return f.period, from, to, nil
	}
	return "", time.Time{}, time.Time{}, fmt.Errorf("period %.20q: want one such as 2026-11-23, 2026-W47, 2026-11, 2026-Q4 or 2026", name)
}

func span(p Period, name string, zone *time.Location) (from, to time.Time, err error) {
	switch p {
	case Daily:
		from, err = time.ParseInLocation("2006-01-02", name, zone)
		return from, from.AddDate(0, 0, 1), err
	case Weekly:
		return week(name, zone)
	case Monthly:
		from, err = time.ParseInLocation("2006-01", name, zone)
		return from, from.AddDate(0, 1, 0), err
	case Quarterly:
		from, err = time.ParseInLocation("2006", name[:4], zone)
		from = from.AddDate(0, 3*int(name[6]-'1'), 0)
		return from, from.AddDate(0, 3, 0), err
	case Yearly:
		from, err = time.ParseInLocation("2006", name, zone)
		return from, from.AddDate(1, 0, 0), err
	}
	return from, to, fmt.Errorf("period %q", p)
}

// week returns the Monday of an ISO week and that of the next.
func week(name string, zone *time.Location) (from, to time.Time, err error) {
	year, _ := strconv.Atoi(name[:4])
	number, _ := strconv.Atoi(name[6:])
	from = time.Date(year, 1, 4, 0, 0, 0, 0, zone) // always in the first week
	from = from.AddDate(0, 0, -(int(from.Weekday())+6)%7+7*(number-1))
	if y, n := from.ISOWeek(); y != year || n != number {
		return from, to, fmt.Errorf("there is no week %d in %d", number, year)
	}
	return from, from.AddDate(0, 0, 7), nil
}
