package bench

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/harness"
	"opscenter/internal/store"
)

// filler writes a month of the past into a store, the same each time.
type filler struct {
	History
	store    *store.Store
	from, to time.Time
	random   *rand.Rand
	epoch    int64
	seq      uint64
}

const (
	fillerPartition = 99 // none of the center's
	fillerBatch     = 10_000
	lanes           = 2
	oneLocation     = 5 // cameras at a location
)

func newFiller(ctx context.Context, s *store.Store, o History, from, to time.Time) (*filler, error) {
	f := &filler{History: o, store: s, from: from, to: to, random: rand.New(rand.NewPCG(1, 2))} //nolint:gosec // the same month each time
	inv, err := o.inventory(from.AddDate(0, 0, -1))
	if err != nil {
		return nil, err
	}
	if err := s.ApplyInventory(ctx, inv); err != nil {
		return nil, err
	}
	f.epoch, _, err = s.Claim(ctx, fillerPartition)
	return f, err
}

func (f *filler) commit(ctx context.Context, w *store.Write) error {
	f.seq++
	w.Seq = f.seq
	return f.store.Commit(ctx, fillerPartition, f.epoch, w)
}

// fill writes everything, and prints how large it is.
func (f *filler) fill(ctx context.Context, p Printer) error {
	for day := f.from; !day.After(f.to); day = day.AddDate(0, 0, 1) {
		if err := f.store.EnsurePartitions(ctx, day); err != nil {
			return err
		}
	}
	started := time.Now()
	changes, err := f.statuses(ctx)
	if err != nil {
		return fmt.Errorf("statuses: %w", err)
	}
	p.Printf("%d status changes of %d devices in %d days, written in %.0f s\n", changes, f.Devices, monthDays, time.Since(started).Seconds())
	if err := f.rollups(ctx); err != nil {
		return fmt.Errorf("roll-ups: %w", err)
	}
	started = time.Now()
	readings, err := f.readings(ctx)
	if err != nil {
		return fmt.Errorf("readings: %w", err)
	}
	return f.printSizes(ctx, p, readings, time.Since(started))
}

// statuses lets every device fail about once in two days, and be mended.
func (f *filler) statuses(ctx context.Context) (changes int, err error) {
	bad := []store.StatusChange{
		{Status: city.Critical, Reason: "no_stream"},
		{Status: city.Warning, Reason: "low_fps"},
		{Status: city.Stale, Reason: city.ReasonSilent},
		{Status: city.Maintenance, Reason: city.ReasonPlanned},
	}
	var w store.Write
	for i := range f.Devices {
		w.Statuses = append(w.Statuses, store.StatusChange{Device: harness.DeviceID(i), Status: city.OK, At: f.from.AddDate(0, 0, -1)})
	}
	for day := f.from; day.Before(f.to); day = day.AddDate(0, 0, 1) {
		for i := range f.Devices {
			if f.random.IntN(2) == 0 {
				continue
			}
			change := bad[f.random.IntN(len(bad))]
			change.Device = harness.DeviceID(i)
			change.At = day.Add(time.Duration(f.random.Int64N(int64(18 * time.Hour))))
			mended := store.StatusChange{Device: change.Device, Status: city.OK, At: change.At.Add(time.Duration(f.random.Int64N(int64(6*time.Hour)) + 1e9))}
			w.Statuses = append(w.Statuses, change, mended)
		}
		slices.SortFunc(w.Statuses, func(a, b store.StatusChange) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Device, b.Device)) })
		changes += len(w.Statuses)
		for batch := range slices.Chunk(w.Statuses, fillerBatch) {
			if err := f.commit(ctx, &store.Write{Statuses: batch}); err != nil {
				return changes, err
			}
		}
		w.Statuses = w.Statuses[:0]
	}
	return changes, nil
}

// rollups writes hours of the traffic at every camera, and minutes of those at one location.
func (f *filler) rollups(ctx context.Context) error {
	for day := f.from; day.Before(f.to); day = day.AddDate(0, 0, 1) {
		var w store.Write
		for hour := range 24 {
			for i := range lanes * f.Cameras {
				w.Rollups = append(w.Rollups, f.rollup(i, day.Add(time.Duration(hour)*time.Hour), store.Hour, 60))
			}
		}
		for minute := range 24 * 60 {
			for i := range lanes * oneLocation {
				w.Rollups = append(w.Rollups, f.rollup(i, day.Add(time.Duration(minute)*time.Minute), store.Minute, 1))
			}
		}
		if err := f.commit(ctx, &w); err != nil {
			return err
		}
	}
	return nil
}

// rollup sums up n reports of one lane.
func (f *filler) rollup(lane int, at time.Time, span store.Span, n int) store.Rollup {
	vehicles, speed := float64(f.random.IntN(40)), 20+30*f.random.Float64()
	count := float64(n)
	sums := []float64{count * 10, count * speed, count * speed * vehicles, count * vehicles, count * 60}
	return store.Rollup{
		Device: harness.DeviceID(lane / lanes), Kind: "flow", Channel: fmt.Sprint(lane % lanes), Span: span, Bucket: at, N: n,
		Metrics: []string{"occupancy_pct", "speed_kmh", "speed_kmh*vehicles", "vehicles", "window_s"}, Sum: sums, Min: sums, Max: sums,
	}
}

// readings writes each minute the health of every camera and a report of its traffic.
func (f *filler) readings(ctx context.Context) (n int, err error) {
	var w store.Write
	first := f.to.AddDate(0, 0, -f.ReadingDays)
	for minute := range f.ReadingDays * 24 * 60 {
		at := first.Add(time.Duration(minute) * time.Minute)
		for i := range f.Cameras {
			moment := at.Add(time.Duration(f.random.Int64N(int64(time.Minute))).Truncate(time.Millisecond))
			for _, r := range []store.Reading{f.health(), f.flow()} {
				r.Device, r.ObservedAt, r.ReceivedAt, r.Digest = harness.DeviceID(i), moment, moment.Add(40*time.Millisecond), f.random.Uint64()
				w.Readings = append(w.Readings, r)
			}
		}
		if last := minute == f.ReadingDays*24*60-1; len(w.Readings) >= fillerBatch || last {
			n += len(w.Readings)
			if err := f.commit(ctx, &w); err != nil {
				return n, err
			}
			w.Readings = w.Readings[:0]
		}
	}
	return n, nil
}

func (f *filler) health() store.Reading {
	return store.Reading{Kind: "health", Values: []city.Reading{
		{Metric: "bitrate_kbps", Value: float64(3000 + f.random.IntN(1000))},
		{Metric: "fps", Value: float64(22 + f.random.IntN(4))},
		{Metric: "storage_used_pct", Value: float64(f.random.IntN(100))},
		{Metric: "temperature_c", Value: float64(30 + f.random.IntN(20))},
	}}
}

func (f *filler) flow() store.Reading {
	return store.Reading{Kind: "flow", Channel: "0", Values: []city.Reading{
		{Metric: "occupancy_pct", Value: float64(f.random.IntN(60))},
		{Metric: "speed_kmh", Value: 20 + 30*f.random.Float64()},
		{Metric: "vehicles", Value: float64(f.random.IntN(40))},
		{Metric: "window_s", Value: 60},
	}}
}

func (f *filler) printSizes(ctx context.Context, p Printer, readings int, took time.Duration) error {
	sizes, err := f.store.Sizes(ctx)
	if err != nil {
		return err
	}
	const mb = 1 << 20
	for _, s := range sizes {
		switch s.Class {
		case "readings":
			each := float64(s.Bytes) / float64(readings)
			whole := float64(2 * f.Cameras * monthDays * 24 * 60)
			p.Printf("%d readings of %d cameras in %d days, four values each: %d MiB on disk, %.0f bytes each, %.0f readings/s written\n",
				readings, f.Cameras, f.ReadingDays, s.Bytes/mb, each, float64(readings)/took.Seconds())
			if f.ReadingDays < monthDays {
				p.Printf("  a month of them, extrapolated: %.1f million readings, %.1f GiB\n", whole/1e6, whole*each/(1<<30))
			}
		case "minutes", "hours", "statuses":
			p.Printf("%s: %d MiB on disk\n", s.Class, s.Bytes/mb)
		}
	}
	return nil
}
