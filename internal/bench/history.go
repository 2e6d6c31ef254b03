package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/harness"
	"opscenter/internal/store"
	"opscenter/internal/store/pgcluster"
	"opscenter/internal/subsystem"
)

// History says what the history benchmark remembers: a month of statuses of all devices, a month of
// roll-ups per hour of the cameras and per minute of one location, and some days of readings.
type History struct {
	Devices     int
	Cameras     int // of the devices, those that measure; at least those of one location
	ReadingDays int // of 30
	Rounds      int // requests of each kind after the first

	Root      string // of the native topics
	Factories []subsystem.Factory
}

const monthDays = 30

// month returns the last 30 whole days.
func month(now time.Time) (from, to time.Time) {
	to = now.UTC().Truncate(24 * time.Hour)
	return to.AddDate(0, 0, -monthDays), to
}

// RunHistory fills the database of a center that does not run, by the store's own commits, then starts
// the center and measures what it answers over HTTP. What it is compared with is reading the same
// rows from the same database and doing nothing with them.
func RunHistory(ctx context.Context, p Printer, o History) error {
	dir, remove, err := scratch()
	if err != nil {
		return err
	}
	defer remove()
	from, to := month(time.Now())
	err = withStore(ctx, dir, func(s *store.Store) error {
		f, err := newFiller(ctx, s, o, from, to)
		if err != nil {
			return err
		}
		return f.fill(ctx, p)
	})
	if err != nil {
		return err
	}
	answers, err := o.ask(ctx, dir, from, to)
	if err != nil {
		return err
	}
	p.Row("a month of", "rows", "bare read", "first answer", "median", "of bare read", "bytes")
	return withStore(ctx, dir, func(s *store.Store) error {
		for _, a := range answers {
			rows, bare, err := timedBare(ctx, s, a.bare, from, to)
			if err != nil {
				return err
			}
			p.Row(a.name, f0(float64(rows)), milliseconds(bare), milliseconds(a.first), milliseconds(a.median),
				f1(float64(a.median)/float64(bare))+" times", f0(float64(a.bytes)))
		}
		return nil
	})
}

// withStore opens the private database of a center in dir that does not run.
func withStore(ctx context.Context, dir string, use func(*store.Store) error) error {
	return withStoreAt(ctx, dir, time.Now(), use)
}

// withStoreAt is withStore at a time that inventories come into force at.
func withStoreAt(ctx context.Context, dir string, now time.Time, use func(*store.Store) error) (err error) {
	cluster, err := pgcluster.New(pgcluster.Config{Dir: filepath.Join(dir, "data", "postgres")})
	if err != nil {
		return err
	}
	if err := cluster.Start(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, cluster.Stop(context.WithoutCancel(ctx))) }()
	s, err := store.Open(ctx, store.Config{URL: cluster.URL(""), Now: func() time.Time { return now }})
	if err != nil {
		return err
	}
	defer s.Close()
	return use(s)
}

// bareRead reads what an answer is made from, and returns how many rows that was.
type bareRead func(ctx context.Context, s *store.Store, from, to time.Time) (int, error)

func readHistories(ctx context.Context, s *store.Store, from, to time.Time) (rows int, err error) {
	err = s.EachDevice(ctx, from, to, func(_ []store.Placement, history []store.Interval) error {
		rows += len(history)
		return nil
	})
	return rows, err
}

// readSums reads what a flow of a scope is made from.
func readSums(scope store.Scope) bareRead {
	return func(ctx context.Context, s *store.Store, from, to time.Time) (rows int, err error) {
		err = s.EachSum(ctx, store.SumQuery{
			Scope: scope, Kind: "flow", Value: "vehicles", Weight: "window_s", Resolution: store.PerHour, From: from, To: to,
		}, func(store.Sum) { rows++ })
		return rows, err
	}
}

// timedBare returns the median of a few bare reads after the first.
func timedBare(ctx context.Context, s *store.Store, read bareRead, from, to time.Time) (rows int, median time.Duration, err error) {
	var took []time.Duration
	for range 6 {
		started := time.Now()
		if rows, err = read(ctx, s, from, to); err != nil {
			return 0, 0, err
		}
		took = append(took, time.Since(started))
	}
	slices.Sort(took[1:])
	return rows, quantile(took[1:], 0.5), nil
}

// answer is what one question came to.
type answer struct {
	name          string
	bare          bareRead
	first, median time.Duration
	bytes         int
}

// ask starts the center in dir and asks it.
func (o History) ask(ctx context.Context, dir string, from, to time.Time) (answers []answer, err error) {
	c, err := startCenter(ctx, dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, c.Stop()) }()
	if err := c.WaitReady(ctx, time.Minute); err != nil {
		return nil, err
	}
	span := "from=" + url.QueryEscape(from.Format(time.RFC3339)) + "&to=" + url.QueryEscape(to.Format(time.RFC3339))
	if err := waitRecorded(ctx, c, from); err != nil {
		return nil, err
	}
	place := "/api/v1/locations/" + harness.LocationID(0) + "/history?"
	one, all := readSums(store.Scope{Location: harness.LocationID(0)}), readSums(store.Scope{Subsystem: "trafficsafety"})
	for _, question := range []struct {
		name, path string
		bare       bareRead
	}{
		{"devices, by device", "/api/v1/reports/availability?group_by=device&" + span, readHistories},
		{"devices, by contractor", "/api/v1/reports/availability?group_by=contractor&" + span, readHistories},
		{"one location's flow", place + "metric=vehicle_flow&" + span, one},
		{"one location's speed", place + "metric=speed&" + span, one},
		{"the area's flow", "/api/v1/areas/bench/history?metric=vehicle_flow&" + span, all},
		{"the subsystem's vehicles", "/api/v1/subsystems/trafficsafety/history?metric=vehicles&" + span, all},
	} {
		a := answer{name: question.name, bare: question.bare}
		if a.first, a.bytes, err = askOnce(ctx, c, question.path); err != nil {
			return nil, err
		}
		var again []time.Duration
		for range o.Rounds {
			took, _, err := askOnce(ctx, c, question.path)
			if err != nil {
				return nil, err
			}
			again = append(again, took)
		}
		slices.Sort(again)
		a.median = quantile(again, 0.5)
		answers = append(answers, a)
	}
	return answers, nil
}

// waitRecorded waits until the center knows that its database is up to date: before that it makes no
// reports. It asks for a second before any device was registered, which reads nothing that counts later.
func waitRecorded(ctx context.Context, c *harness.Center, from time.Time) error {
	from = from.AddDate(0, 0, -2)
	path := "/api/v1/reports/availability?from=" + url.QueryEscape(from.Format(time.RFC3339)) + "&to=" + url.QueryEscape(from.Add(time.Second).Format(time.RFC3339))
	return c.PollEvery(ctx, 100*time.Millisecond, time.Minute, "make a report", func() bool {
		status, _, err := c.Get(ctx, path)
		return err == nil && status == 200
	})
}

// askOnce asks; an answer without items is an error.
func askOnce(ctx context.Context, c *harness.Center, path string) (took time.Duration, size int, err error) {
	started := time.Now()
	status, body, err := c.Get(ctx, path)
	took = time.Since(started)
	if err != nil {
		return took, 0, err
	}
	var answer struct{ Items []json.RawMessage }
	if err := json.Unmarshal(body, &answer); err != nil || status != 200 || len(answer.Items) == 0 {
		return took, 0, fmt.Errorf("%s answered %d: %.200s", path, status, body)
	}
	return took, len(body), nil
}

// inventory registers the devices before the month began, with ten contractors.
func (o History) inventory(registered time.Time) (*city.Inventory, error) {
	var locations []city.Location
	devices := make([]city.Device, o.Devices)
	for i := range devices {
		if id := harness.LocationID(i); len(locations) == 0 || locations[len(locations)-1].ID != id {
			locations = append(locations, city.Location{ID: id, Name: id, Area: "bench", Lat: 21.3, Lon: 105.4})
		}
		devices[i] = city.Device{
			ID: harness.DeviceID(i), Name: harness.DeviceID(i), Location: harness.LocationID(i), Subsystem: "trafficsafety",
			Kind: "camera.overview", Contractor: fmt.Sprintf("contractor-%d", i%10), Cadence: time.Minute, ExpectedFPS: 25, RegisteredAt: registered,
		}
	}
	return city.NewInventory(0, []city.Area{{ID: "bench", Name: "Bench"}}, locations, devices)
}
