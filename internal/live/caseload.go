package live

import (
	"slices"
	"time"

	"opscenter/internal/city"
)

// caseload is what the dockets of all parts add up to.
type caseload struct {
	day                           micros // the newest that any part is in
	opened, open, overdue, closed int
	changed                       micros
	took                          []micros
}

// caseload adds up the i-th docket of a subsystem. A part that is still in the day before has counted
// nothing today.
func (b *Board) caseload(id string, i int) caseload {
	var all caseload
	for _, part := range b.parts {
		all.day = max(all.day, part.projection.day.start)
	}
	for _, part := range b.parts {
		k := part.projection.ledgers[id].dockets[i]
		if part.projection.day.start == all.day {
			all.opened += k.opened
			all.closed += k.closed
		}
		all.open += len(k.open)
		all.overdue += k.overdue
		all.changed = max(all.changed, k.changed)
		for _, c := range k.closings {
			if c.took != untold {
				all.took = append(all.took, c.took)
			}
		}
	}
	return all
}

// medianHours is the middle of what cases took, of an even number the mean of the two in the middle.
func (all *caseload) medianHours() *float64 {
	n := len(all.took)
	if n == 0 {
		return nil
	}
	slices.Sort(all.took)
	hours := float64(all.took[(n-1)/2]+all.took[n/2]) / 2 / float64(span(time.Hour))
	return &hours
}

// viewCases shows the figures that are computed from the i-th docket of a subsystem. There are none
// before the first entry, when it is no day yet.
func (b *Board) viewCases(id string, i int, views map[string]IndicatorView) {
	all := b.caseload(id, i)
	if all.day == 0 {
		return
	}
	pl := b.parts[0].projection.plans[id]
	show := func(code string, value *float64) {
		def := pl.indicators[code]
		if def == nil {
			return
		}
		v := def.view()
		v.Period, v.ObservedAt, v.Reason = all.day.in(b.zone).Format(time.DateOnly), all.changed.in(b.zone), city.ReasonNone
		if value != nil {
			judged := def.judge(*value)
			v.Value, v.Status, v.Reason = value, judged.status, judged.reason
		}
		views[code] = v
	}
	count := func(n int) *float64 { f := float64(n); return &f }
	def := pl.cases[i]
	show(def.New, count(all.opened))
	show(def.Open, count(all.open))
	show(def.Overdue, count(all.overdue))
	show(def.Closed, count(all.closed))
	show(def.Hours, all.medianHours())
}
