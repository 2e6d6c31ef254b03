package bench

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"opscenter/internal/broker"
	"opscenter/internal/city"
	"opscenter/internal/eventlog"
	"opscenter/internal/harness"
)

// Restart says what the restart benchmark does.
type Restart struct {
	Devices int
	Backlog int // observations
}

// RunRestart measures how long a center with a backlog takes from its start until it is ready, and
// how fast it projects and stores the backlog. The backlog is written into the log while no center
// runs, as if it had been killed before it stored any of it.
func RunRestart(ctx context.Context, p Printer, o Restart) error {
	dir, remove, err := scratch()
	if err != nil {
		return err
	}
	defer remove()
	if err := o.prepare(ctx, dir); err != nil {
		return err
	}
	if err := o.fill(ctx, dir); err != nil {
		return fmt.Errorf("fill the log: %w", err)
	}
	started := time.Now()
	c, err := startCenter(ctx, dir)
	if err != nil {
		return err
	}
	err = c.WaitReady(ctx, time.Minute)
	ready := time.Since(started)
	if err == nil {
		err = waitSum(ctx, c, "opscenter_readings_stored_total", "", "", o.Backlog)
	}
	stored := time.Since(started)
	if err := errors.Join(err, c.Stop()); err != nil {
		return err
	}
	p.Printf("%d devices, %d observations in the log behind the checkpoint: ready %.2f s after the start, all stored after %.2f s, which is %.0f observations/s of the whole time\n",
		o.Devices, o.Backlog, ready.Seconds(), stored.Seconds(), float64(o.Backlog)/stored.Seconds())
	return nil
}

// prepare makes a center that knows every device and has heard each of them once.
func (o Restart) prepare(ctx context.Context, dir string) error {
	c, err := startCenter(ctx, dir)
	if err != nil {
		return err
	}
	err = errors.Join(c.WaitReady(ctx, time.Minute), c.ImportCity(ctx, o.Devices))
	if err == nil {
		l := harness.Load{URL: c.MQTT, Devices: o.Devices, Links: 4, InFlight: 1000}
		err = l.Publish(ctx, o.Devices, 0)
	}
	if err == nil {
		err = waitSum(ctx, c, "opscenter_readings_stored_total", "", "", o.Devices)
	}
	return errors.Join(err, c.Stop())
}

// fill appends the backlog to the log of a center that does not run.
func (o Restart) fill(ctx context.Context, dir string) (err error) {
	b, err := broker.Start( //nolint:contextcheck // it opens what is on the disk, which nothing can cut short
		broker.Config{StoreDir: filepath.Join(dir, "data", "broker")})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.Shutdown(ctx)) }()
	log, err := eventlog.Open(ctx, eventlog.Config{Conn: b})
	if err != nil {
		return err
	}
	defer log.Close()
	const batch = 256
	entries := make([]city.Entry, 0, batch)
	for i := range o.Backlog {
		entries = append(entries, city.Entry{At: time.Now(), Observation: observation(i, o.Devices)})
		if len(entries) == batch || i == o.Backlog-1 {
			if err := log.Append(ctx, entries); err != nil {
				return err
			}
			entries = entries[:0]
		}
	}
	return nil
}

// observation is what ingest would have made of harness.Payload(now, i).
func observation(i, devices int) *city.Observation {
	now := time.Now()
	return &city.Observation{
		Subsystem: "trafficsafety", Location: harness.LocationID(i % devices), Device: harness.DeviceID(i % devices), Kind: "health",
		ObservedAt: now, ReceivedAt: now, Digest: uint64(i) + 1, //nolint:gosec // not negative
		Readings: []city.Reading{{Metric: "fps", Value: float64(22 + i%3)}, {Metric: "bitrate_kbps", Value: float64(3000 + i%1000)}},
		States:   []city.State{{Name: "stream", Value: "ok"}, {Name: "recording", Value: "true"}},
	}
}
