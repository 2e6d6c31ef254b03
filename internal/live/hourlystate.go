package live

import "slices"

// savedHours is what is kept of what a device measured by the hour.
type savedHours struct {
	Inputs []string    `json:"in"`
	Next   micros      `json:"next"`
	Totals [][]float64 `json:"totals"` // of the next hour and of the one after
	Counts [][]int     `json:"counts"`
	Past   []gappy     `json:"past"`
}

func (h *hourly) save() *savedHours {
	if h == nil {
		return nil
	}
	s := &savedHours{Inputs: h.device.plan.hourly.inputs, Next: h.next.start}
	for _, sums := range h.sums {
		totals, counts := make([]float64, len(sums)), make([]int, len(sums))
		for i, m := range sums {
			totals[i], counts[i] = m.total, m.count
		}
		s.Totals, s.Counts = append(s.Totals, totals), append(s.Counts, counts)
	}
	for _, past := range h.past {
		s.Past = append(s.Past, past)
	}
	return s
}

// restoreHours brings back what a device measured, unless other things are computed by now.
func (p *Projection) restoreHours(d *device, s *savedHours) {
	plan := d.plan.hourly
	if s == nil || plan == nil || !s.fits(plan) {
		return
	}
	h := p.newHourly(d, civicHour(s.Next, p.zone))
	for i, sums := range h.sums {
		for j := range sums {
			sums[j] = mean{s.Totals[i][j], s.Counts[i][j]}
		}
	}
	for i, past := range h.past {
		copy(past, s.Past[i])
	}
	d.hourly = h
	p.endings.set(&h.timer, h.next.end+span(lateness))
}

func (s *savedHours) fits(plan *hourlyPlan) bool {
	n := len(plan.inputs)
	return slices.Equal(s.Inputs, plan.inputs) && len(s.Past) == n && len(s.Totals) == 2 && len(s.Counts) == 2 &&
		len(s.Totals[0]) == n && len(s.Totals[1]) == n && len(s.Counts[0]) == n && len(s.Counts[1]) == n
}
