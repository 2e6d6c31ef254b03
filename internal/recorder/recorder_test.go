package recorder_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"opscenter/internal/city"
	"opscenter/internal/live"
	"opscenter/internal/recorder"
	"opscenter/internal/store"
	"opscenter/internal/store/storetest"
	"opscenter/internal/subsystem"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

// memoryLog is a log in memory: entry i is sequence i+1.
type memoryLog []city.Entry

// read gives everything up to limit, then waits for ctx to end.
func (l memoryLog) read(limit uint64) recorder.Read {
	return func(ctx context.Context, _ int, after uint64, handle recorder.Handle) error {
		for i := after; i < limit; i++ {
			if err := handle(i+1, l[i:i+1]); err != nil {
				return err
			}
		}
		<-ctx.Done()
		return ctx.Err()
	}
}

type silent struct{}

func (silent) Committed(int, int, time.Duration) {}
func (silent) ReadingsStored(int)                {}
func (silent) CommitFailed()                     {}
func (silent) AlarmRaised(string)                {}
func (silent) AlarmAcknowledged(time.Duration)   {}

var errCrash = errors.New("crash")

// crashing is a store that stops taking commits after some, at times after having stored one whose
// success it does not tell.
type crashing struct {
	store *store.Store
	left  int
	tell  bool
	crash context.CancelFunc
}

func (c *crashing) Commit(ctx context.Context, partition int, epoch int64, w *store.Write) error {
	if c.left--; c.left < 0 {
		c.crash()
		return errCrash
	}
	if err := c.store.Commit(ctx, partition, epoch, w); err != nil {
		return err
	}
	if c.left == 0 && !c.tell {
		c.crash()
		return errCrash
	}
	return nil
}

var start = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC) //nolint:gochecknoglobals // a constant

func spec() subsystem.Spec {
	return subsystem.Spec{
		ID: "traffic", Names: city.Names{VI: "Giao thông", EN: "Traffic"}, Cadence: 20 * time.Second,
		Metrics:    []subsystem.Metric{{Name: "fps", Unit: "fps", Facet: city.Image, Reason: "low_fps", Direction: subsystem.Below, Critical: subsystem.At(5)}},
		Aggregates: []subsystem.Aggregate{{Name: "speed", Kind: "flow", Method: subsystem.WeightedMean, Value: "speed", Weight: "vehicles"}},
	}
}

func inventory(t *testing.T) *city.Inventory {
	t.Helper()
	var devices []city.Device
	for i := range 5 {
		devices = append(devices, city.Device{ID: fmt.Sprintf("cam-%d", i), Location: "loc-1", Subsystem: "traffic", Kind: "camera", RegisteredAt: start})
	}
	inv, err := city.NewInventory(1, nil, []city.Location{{ID: "loc-1", Name: "Ngã tư"}}, devices)
	if err != nil {
		t.Fatal(err)
	}
	return inv
}

// history makes a log in which devices speak, fall silent, break and are mended, some messages come
// twice, some cannot be read, figures are told and corrected, strangers come and go, and people act on
// alarms and plan maintenance.
func history(t *testing.T, random *rand.Rand, n int) memoryLog {
	t.Helper()
	heard := &listener{}
	c := projection()
	c.Effects = heard
	p := live.NewProjection(c)
	p.SetInventory(inventory(t))
	var log memoryLog
	now := start
	for i := range n {
		if i > 0 {
			p.Apply(&log[i-1])
		}
		now = now.Add(time.Duration(random.IntN(2000)) * time.Millisecond)
		e := city.Entry{At: now}
		switch random.IntN(16) {
		case 0: // a clock mark
		case 1:
			e.Rejection = &city.Rejection{Topic: fmt.Sprintf("t/%d", i), Sealed: []byte{1}, Code: "malformed", Reason: "no"}
		case 2:
			if i > 0 && log[i-1].Observation != nil {
				again := *log[i-1].Observation
				again.ReceivedAt = now
				e.Observation = &again
			}
		case 3:
			e.Rejection = stranger(random, i)
		case 4:
			e.Observation = told(random, now)
		case 5, 6, 7:
			e.Action = deed(random, i, now, heard.alarms)
		default:
			e.Observation = &city.Observation{
				Subsystem: "traffic", Location: "loc-1", Device: fmt.Sprintf("cam-%d", random.IntN(5)), Kind: "health",
				ObservedAt: now.Truncate(time.Millisecond), ReceivedAt: now, Digest: random.Uint64(),
				Readings: []city.Reading{{Metric: "fps", Value: float64(random.IntN(12))}},
			}
		}
		log = append(log, e)
	}
	// Time goes on until every minute is over, so that no roll-up is still open.
	return append(log, city.Entry{At: now.Add(5 * time.Minute)}, city.Entry{At: now.Add(6 * time.Minute)})
}

// stranger is a message about one of a few devices that nobody registered: it speaks, or is announced,
// or withdrawn, in the center's own format or another.
func stranger(random *rand.Rand, i int) *city.Rejection {
	r := &city.Rejection{
		Subsystem: "traffic", Topic: fmt.Sprintf("t/%d", i), Shown: fmt.Sprintf(`{"n":%d}`, i), Code: "unregistered", Reason: "no",
		External: fmt.Sprintf("axis:%d", random.IntN(8)),
	}
	switch random.IntN(8) {
	case 0:
		r.External, r.Sealed = fmt.Sprintf("native:traffic/cam-9%d", random.IntN(2)), []byte{1}
	case 1:
	case 2, 3:
		r.Announcement = &city.Announcement{Withdrawn: true}
	default:
		r.Announcement = &city.Announcement{Name: fmt.Sprint("Camera ", i), Model: fmt.Sprint(i % 3)[:i%2]}
	}
	return r
}

// told is a figure of one of a few days, by a device or by none.
func told(random *rand.Rand, now time.Time) *city.Observation {
	o := &city.Observation{
		Subsystem: "traffic", Location: "loc-1", Kind: "indicator", ObservedAt: now.Truncate(time.Second), ReceivedAt: now, Digest: random.Uint64(),
		Indicator: &city.Indicator{Code: "on_time", Period: fmt.Sprintf("2026-11-%02d", 1+random.IntN(5)), Value: random.Float64(), Revision: random.IntN(3)},
	}
	if random.IntN(2) == 0 {
		o.Device = "cam-0"
	}
	return o
}

// record runs a recorder as a new process would until it has stored limit, or until s crashes.
func record(t *testing.T, url string, log memoryLog, limit uint64, commits int, tell bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	s, err := store.Open(ctx, store.Config{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	epoch, checkpoint, err := s.Claim(ctx, 0)
	if err != nil {
		t.Fatal(err)
	}
	c := &crashing{store: s, left: commits, tell: tell, crash: cancel}
	r, err := recorder.New(recorder.Config{
		Projection: projection(),
		Inventory:  inventory(t), Epoch: epoch, Checkpoint: checkpoint, SaveEvery: 400 * time.Millisecond,
		Log: slog.New(slog.DiscardHandler), Metrics: silent{},
	}, log.read(limit), c)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx) }()
	for r.Position() < limit && ctx.Err() == nil {
		time.Sleep(time.Millisecond)
	}
	cancel()
	if err := <-done; err != nil && !errors.Is(err, errCrash) && !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if at := r.Position(); at > checkpoint.Seq && !r.Recorded().Equal(log[at-1].At) {
		t.Errorf("stored up to %d, which is of %s, and it says %s", at, log[at-1].At, r.Recorded())
	}
}

// content is everything that recorders leave behind, but for when and how it came there.
func content(t *testing.T, url string) map[string][][]any {
	t.Helper()
	tables := map[string][][]any{}
	for name, query := range map[string]string{
		"readings":   `SELECT s.device, r.observed_at, r.digest, r.values FROM reading r JOIN series s ON s.id = r.series_id ORDER BY 1, 2, 3`,
		"minutes":    `SELECT s.device, r.bucket, r.n, r.sum, r.min, r.max FROM reading_minute r JOIN series s ON s.id = r.series_id ORDER BY 1, 2`,
		"hours":      `SELECT s.device, r.bucket, r.n, r.sum, r.min, r.max FROM reading_hour r JOIN series s ON s.id = r.series_id ORDER BY 1, 2`,
		"intervals":  `SELECT device, lower(during), upper(during), status, reason, facets FROM status_interval ORDER BY 1, 2`,
		"quarantine": `SELECT at, topic, reason FROM quarantine ORDER BY 1, 2`,
		"indicators": `SELECT * FROM indicator ORDER BY code, period, revision, observed_at`,
		"discovered": `SELECT * FROM discovered ORDER BY external`,

		"alarms":      `SELECT * FROM alarm ORDER BY id`,
		"transitions": `SELECT * FROM alarm_transition ORDER BY alarm, n`,
		"audit":       `SELECT * FROM audit ORDER BY partition, n`,
		"windows":     `SELECT * FROM maintenance_window ORDER BY id`,
		"gaps":        `SELECT partition, from_at, to_at FROM center_gap ORDER BY 1, 2`,
	} {
		tables[name] = storetest.Rows(t, url, query)
	}
	return tables
}

func TestCrashesLeaveTheDatabaseAsIfThereHadBeenNone(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(seed, 7))
			log := history(t, random, 400)
			all := uint64(len(log))

			straight := storetest.URL(t)
			record(t, straight, log, all, 1<<30, true)

			broken := storetest.URL(t)
			for limit := uint64(0); limit < all; {
				limit = min(all, limit+1+uint64(random.IntN(120)))
				record(t, broken, log, limit, random.IntN(4), random.IntN(2) == 0)
			}
			record(t, broken, log, all, 1<<30, true)

			want := content(t, straight)
			if len(want["indicators"]) == 0 || len(want["discovered"]) < 4 {
				t.Fatalf("the log has too little to say: %d indicators, %d discovered", len(want["indicators"]), len(want["discovered"]))
			}
			if len(want["gaps"]) != 2 { // before the last two entries
				t.Fatalf("the log had no entries for minutes, and what is kept of that is %v", want["gaps"])
			}
			if len(want["readings"]) == 0 || len(want["intervals"]) < 10 || len(want["minutes"]) == 0 {
				t.Fatalf("the log has too little to say: %d readings, %d intervals, %d minutes", len(want["readings"]), len(want["intervals"]), len(want["minutes"]))
			}
			if len(want["alarms"]) < 5 || len(want["transitions"]) < 50 || len(want["audit"]) < 20 || len(want["windows"]) == 0 {
				t.Fatalf("the log has too little to say: %d alarms, %d transitions, %d actions, %d windows",
					len(want["alarms"]), len(want["transitions"]), len(want["audit"]), len(want["windows"]))
			}
			verified(t, broken)
			if diff := cmp.Diff(want, content(t, broken)); diff != "" {
				t.Errorf("after crashes the database is another (-without, +with):\n%s", diff)
			}
		})
	}
}

func TestFiguresAndStrangersAreRecorded(t *testing.T) {
	t.Parallel()
	figure := func(device string, revision int, period string) *city.Observation {
		return &city.Observation{
			Subsystem: "traffic", Location: "loc-1", Device: device, Kind: "indicator", ObservedAt: start, ReceivedAt: start,
			Digest: 7, Indicator: &city.Indicator{Code: "on_time", Period: period, Value: 95, Revision: revision},
		}
	}
	stranger := func(external string) *city.Rejection {
		return &city.Rejection{Subsystem: "traffic", Topic: "t", Sealed: []byte{1}, Shown: "{}", Code: "unregistered", Reason: "no", External: external}
	}
	log := memoryLog{
		{At: start, Observation: figure("", 1, "2026-W47")},
		{At: start, Observation: figure("", 1, "2026-W47")},       // again
		{At: start, Observation: figure("cam-1", 0, "2026-W47")},  // late
		{At: start, Observation: figure("cam-2", 0, "last week")}, // of no known form
		{At: start, Rejection: stranger("axis:1")},
		{At: start, Rejection: stranger("native:traffic/cam-9")},
		{At: start, Rejection: &city.Rejection{Topic: "t", Sealed: []byte{1}, Code: "malformed"}},
	}
	url := storetest.URL(t)
	record(t, url, log, uint64(len(log)), 1<<30, true)
	for query, want := range map[string][][]any{
		`SELECT period, begins::text, revision, device FROM indicator ORDER BY 1, 3`: {
			{"2026-W47", "2026-11-16", int32(0), "cam-1"},
			{"2026-W47", "2026-11-16", int32(1), ""},
			{"last week", "2026-11-23", int32(0), "cam-2"},
		},
		`SELECT external, sightings FROM discovered ORDER BY 1`: {{"axis:1", int64(1)}, {"native:traffic/cam-9", int64(1)}},
		`SELECT code FROM quarantine ORDER BY 1`:                {{"malformed"}, {"unregistered"}}, // the stranger's dialect is no fault
	} {
		if diff := cmp.Diff(want, storetest.Rows(t, url, query)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", query, diff)
		}
	}
}
