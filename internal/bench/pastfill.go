package bench

import (
	"context"
	"math/rand/v2"
	"time"

	"opscenter/internal/alarm"
	"opscenter/internal/archive"
	"opscenter/internal/city"
	"opscenter/internal/eventlog"
	"opscenter/internal/harness"
	"opscenter/internal/live"
	"opscenter/internal/store"
	"opscenter/internal/subsystem"
)

// pastFiller writes an archive: one hour as a recorder would, and around it a month of rows that make the
// index as long as it would be and hold nothing.
type pastFiller struct {
	History
	store      *store.Store
	epoch      int64
	projection *live.Projection
	writer     *archive.Writer
	random     *rand.Rand

	seq              uint64 // of the last segment
	entries          int
	segments, frames int // bytes
	keyframes        int
}

const (
	segmentEvery  = 30 * time.Second
	keyframeEvery = 5 * time.Minute // at 10,000 devices; sooner than the recorder's at fewer
	emptyRow      = 64              // bytes in the place of a segment or keyframe
)

func newPastFiller(ctx context.Context, s *store.Store, o History, registered time.Time) (*pastFiller, error) {
	f := &pastFiller{History: o, store: s, random: rand.New(rand.NewPCG(1, 2))} //nolint:gosec // the same hour each time
	inv, err := o.inventory(registered)
	if err != nil {
		return nil, err
	}
	if err := s.ApplyInventory(ctx, inv); err != nil {
		return nil, err
	}
	if f.epoch, _, err = s.Claim(ctx, 0); err != nil {
		return nil, err
	}
	set, err := subsystem.NewSet(subsystem.SetConfig{Root: o.Root, Factories: o.Factories})
	if err != nil {
		return nil, err
	}
	words, err := alarm.NewVocabulary()
	if err != nil {
		return nil, err
	}
	f.projection = live.NewProjection(live.ProjectionConfig{Specs: set.Specs(), Alarms: live.AlarmConfig{Words: words}})
	f.projection.SetInventory(inv)
	f.writer, err = archive.NewWriter(eventlog.NewCodec())
	return f, err
}

// fill writes the month, and prints what is real in it and how large.
func (f *pastFiller) fill(ctx context.Context, p Printer, from, to, hour time.Time) error {
	before := int64(0)
	for day := from; day.Before(to); day = day.AddDate(0, 0, 1) {
		if err := f.store.EnsurePartitions(ctx, day); err != nil {
			return err
		}
	}
	for day := from; day.Before(to); day = day.AddDate(0, 0, 1) {
		end := day.AddDate(0, 0, 1)
		if !hour.Before(end) || hour.Before(day) {
			if err := f.empty(ctx, day, end); err != nil {
				return err
			}
			continue
		}
		if err := f.empty(ctx, day, hour); err != nil {
			return err
		}
		var err error
		if before, err = f.size(ctx); err != nil {
			return err
		}
		if err := f.real(ctx, hour); err != nil {
			return err
		}
		after, err := f.size(ctx)
		if err != nil {
			return err
		}
		before = after - before
		if err := f.empty(ctx, hour.Add(time.Hour), end); err != nil {
			return err
		}
	}
	const mb, hours = 1 << 20, 24
	p.Printf("%d devices, health each minute, traffic at %d of them: an hour of the archive is real, %d entries in %d segments; the %d others of the month are rows of %d bytes\n",
		f.Devices, min(f.Devices, f.Cameras), f.entries, int(time.Hour/segmentEvery), int(f.seq)-int(time.Hour/segmentEvery), emptyRow) //nolint:gosec // some thousands
	p.Printf("  %.1f bytes per entry; keyframes of %d KiB each %v; on disk %d MiB an hour, %.1f GiB a month of such hours\n",
		float64(f.segments)/float64(f.entries), f.frames/f.keyframes>>10, keyframeEvery, before/mb, float64(before*hours*monthDays)/(1<<30))
	return nil
}

func (f *pastFiller) size(ctx context.Context) (int64, error) {
	sizes, err := f.store.Sizes(ctx)
	for _, s := range sizes {
		if s.Class == "archive" {
			return s.Bytes, err
		}
	}
	return 0, err
}

// commit writes to partition 0 without moving its checkpoint: the center's own log begins at the beginning.
func (f *pastFiller) commit(ctx context.Context, rows []store.Archived) error {
	return f.store.Commit(ctx, 0, f.epoch, &store.Write{Archived: rows})
}

// empty writes rows that hold nothing.
func (f *pastFiller) empty(ctx context.Context, from, to time.Time) error {
	var rows []store.Archived
	nothing := make([]byte, emptyRow)
	for at := from.Add(segmentEvery); !at.After(to); at = at.Add(segmentEvery) {
		f.seq++
		row := store.Archived{At: at, After: f.seq - 1, Seq: f.seq, Data: nothing}
		if at.Sub(from)%keyframeEvery == 0 {
			row.Keyframe = nothing
		}
		rows = append(rows, row)
	}
	return f.commit(ctx, rows)
}

// real writes an hour, after a minute in which every device was heard.
func (f *pastFiller) real(ctx context.Context, hour time.Time) error {
	for _, e := range f.minute(hour.Add(-time.Minute)) {
		f.projection.Apply(&e)
	}
	if err := f.segment(ctx, hour, true); err != nil { // holds nothing; its state is where the hour begins
		return err
	}
	for m := range 60 {
		begin := hour.Add(time.Duration(m) * time.Minute)
		entries := f.minute(begin)
		for i, half := range [][]city.Entry{entries[:len(entries)/2], entries[len(entries)/2:]} {
			for j := range half {
				f.projection.Apply(&half[j])
			}
			if err := f.writer.Add(half); err != nil {
				return err
			}
			at := begin.Add(time.Duration(i+1) * segmentEvery)
			if err := f.segment(ctx, at, at.Sub(hour)%keyframeEvery == 0); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f *pastFiller) segment(ctx context.Context, at time.Time, keyframe bool) error {
	s, err := f.writer.Take()
	if err != nil {
		return err
	}
	f.seq++
	row := store.Archived{At: at, After: f.seq - 1, Seq: f.seq, Entries: s.Entries, Data: s.Data}
	f.entries, f.segments = f.entries+s.Entries, f.segments+len(s.Data)
	if keyframe {
		state, err := f.projection.State()
		if err != nil {
			return err
		}
		if row.Keyframe, err = archive.Compress(state); err != nil {
			return err
		}
		f.frames, f.keyframes = f.frames+len(row.Keyframe), f.keyframes+1
	}
	return f.commit(ctx, []store.Archived{row})
}

// minute makes what the city says in a minute, in order, one camera in fifty being unwell.
func (f *pastFiller) minute(begin time.Time) []city.Entry {
	cameras := min(f.Devices, f.Cameras)
	n := f.Devices + cameras
	entries := make([]city.Entry, n)
	for k := range entries {
		at := begin.Add(time.Duration(k)*time.Minute/time.Duration(n) + time.Nanosecond)
		i, reading := k*f.Devices/n, f.health()
		if k%(n/cameras) == 0 && k/(n/cameras) < cameras {
			i, reading = k/(n/cameras), f.flow()
		}
		o := &city.Observation{
			Subsystem: "trafficsafety", Location: harness.LocationID(i), Device: harness.DeviceID(i), Kind: reading.Kind, Channel: reading.Channel,
			ObservedAt: at.Add(-time.Duration(f.random.IntN(80)) * time.Millisecond).Truncate(time.Millisecond), ReceivedAt: at,
			Digest: f.random.Uint64(), Readings: reading.Values,
		}
		if reading.Kind == "health" {
			stream := "ok"
			if i%50 == 0 && begin.Minute()%10 < 5 {
				stream = "no_signal"
			}
			o.States = []city.State{{Name: "stream", Value: stream}, {Name: "recording", Value: "true"}, {Name: "image", Value: "ok"}}
		}
		entries[k] = city.Entry{At: at, Observation: o}
	}
	return entries
}

func (f *pastFiller) health() store.Reading { return (&filler{random: f.random}).health() }
func (f *pastFiller) flow() store.Reading   { return (&filler{random: f.random}).flow() }
