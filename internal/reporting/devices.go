package reporting

import (
	"context"

	"opscenter/internal/availability"
	"opscenter/internal/report"
	"opscenter/internal/store"
)

// visits counts devices, and tells how far that is of all of them.
type visits struct {
	work *work
	all  int64
	n    int64
}

// count tells the progress now and then, up to 0.9.
func (v *visits) count() {
	if v.n++; v.n%100 == 0 && v.all > 0 {
		v.work.progress(0.9*float64(min(v.n, v.all))/float64(v.all), say("đang đọc lịch sử thiết bị", "reading the histories of devices"))
	}
}

func (w *work) visits(ctx context.Context) (*visits, error) {
	all, err := w.Past.Placed(ctx, w.from, w.to)
	return &visits{work: w, all: all}, err
}

func (w *work) availability(ctx context.Context) (report.Report, error) {
	a, err := w.account(ctx)
	if err != nil {
		return report.Report{}, err
	}
	return a.Report(), nil
}

// account reads the histories of all devices.
func (w *work) account(ctx context.Context) (*report.Availability, error) {
	a := report.NewAvailability(w.values, w.Inventory().Areas, w.from, w.to)
	v, err := w.visits(ctx)
	if err != nil {
		return nil, err
	}
	var placements []availability.Placement
	var history []availability.Interval
	err = w.Past.EachDevice(ctx, w.from, w.to, func(ps []store.Placement, intervals []store.Interval) error {
		placements = placementsOf(placements[:0], ps)
		history = history[:0]
		for i := range intervals {
			history = append(history, availability.Interval{From: intervals[i].From, To: intervals[i].To, Status: intervals[i].Status})
		}
		a.Device(placements, history)
		v.count()
		return ctx.Err()
	})
	return a, err
}

// Account accounts for the availability that a query asks for, and returns the values that it was made
// with. progress may be nil.
func (m *Maker) Account(ctx context.Context, q *Query, progress Progress) (*report.Availability, report.Values, error) {
	w, err := m.begin(q, progress)
	if err != nil {
		return nil, nil, err
	}
	a, err := w.account(ctx)
	return a, w.values, later(ctx, err)
}

func (w *work) faults(ctx context.Context) (report.Report, error) {
	list := report.NewFaults(w.values, w.Inventory().Areas, w.from, w.to)
	v, err := w.visits(ctx)
	if err != nil {
		return report.Report{}, err
	}
	var placements []availability.Placement
	var stretches []report.Stretch
	err = w.Past.EachFault(ctx, w.from, w.to, w.values.FaultStatuses(), func(ps []store.Placement, intervals []store.Interval) error {
		placements, stretches = placementsOf(placements[:0], ps), stretches[:0]
		for i := range intervals {
			stretches = append(stretches, w.stretch(&intervals[i]))
		}
		list.Device(placements, stretches)
		v.count()
		return ctx.Err()
	})
	return list.Report(), err
}

func (w *work) ageing(ctx context.Context) (report.Report, error) {
	list := report.NewAgeing(w.values, w.Inventory().Areas, w.from, w.to)
	v, err := w.visits(ctx)
	if err != nil {
		return report.Report{}, err
	}
	var placements []availability.Placement
	err = w.Past.EachOpen(ctx, w.from, w.to, w.values.FaultStatuses(), func(ps []store.Placement, intervals []store.Interval) error {
		placements = placementsOf(placements[:0], ps)
		s := w.stretch(&intervals[0])
		list.Device(placements, &s)
		v.count()
		return ctx.Err()
	})
	return list.Report(), err
}

func placementsOf(out []availability.Placement, ps []store.Placement) []availability.Placement {
	for _, p := range ps {
		out = append(out, availability.Placement(p))
	}
	return out
}

// stretch is an interval in the civic time zone.
func (w *work) stretch(i *store.Interval) report.Stretch {
	s := report.Stretch{From: i.From.In(w.Zone), Status: i.Status, Reason: i.Reason, Facets: i.Facets}
	if !i.To.IsZero() {
		s.To = i.To.In(w.Zone)
	}
	return s
}
