package reporting

import (
	"context"
	"time"

	"opscenter/internal/availability"
	"opscenter/internal/city"
	"opscenter/internal/report"
	"opscenter/internal/store"
)

func (w *work) handover(ctx context.Context) (report.Report, error) {
	out := report.NewHandover(w.values, w.Inventory().Areas, w.from, w.to)
	w.progress(0.1, say("đang đọc diễn biến cảnh báo", "reading what alarms did"))
	err := w.Past.EachTransition(ctx, w.from, w.to, func(c city.AlarmChange) error {
		out.Change(&c)
		return ctx.Err()
	})
	if err != nil {
		return report.Report{}, err
	}
	w.progress(0.4, say("đang đọc cảnh báo còn lại", "reading the alarms that remain"))
	standing, err := w.Past.AlarmsAt(ctx, w.to.Add(-time.Microsecond)) // the end is exclusive
	if err != nil {
		return report.Report{}, err
	}
	for i := range standing {
		out.Standing(&standing[i].Alarm)
	}
	w.progress(0.6, say("đang đọc lịch sử thiết bị", "reading the histories of devices"))
	var placements []availability.Placement
	var stretches []report.Stretch
	wanted := []city.Status{city.Maintenance}
	err = w.Past.EachFault(ctx, w.from, w.to, wanted, func(ps []store.Placement, intervals []store.Interval) error {
		placements, stretches = placementsOf(placements[:0], ps), stretches[:0]
		for i := range intervals {
			stretches = append(stretches, w.stretch(&intervals[i]))
		}
		out.Maintenance(placements, stretches)
		return ctx.Err()
	})
	if err != nil {
		return report.Report{}, err
	}
	gaps, err := w.Past.Gaps(ctx, w.from, w.to)
	for _, g := range gaps {
		out.Gap(g.From, g.To)
	}
	return out.Report(), err
}
