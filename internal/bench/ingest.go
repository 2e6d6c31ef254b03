package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"opscenter/internal/harness"
)

// Ingest says what the ingest benchmark does.
type Ingest struct {
	Messages int // in each run
	Devices  int
	Rounds   int // of each kind, in turn
	InFlight int // messages that Mosquitto sends unacknowledged
	Embedded bool
}

// run is what one run of the ingest benchmark came to.
type ingestRun struct {
	rate   float64 // messages/s, from the first publication to the last message taken
	stored float64 // messages/s, to the last one committed; 0 for the bare subscriber
	broker float64 // CPU seconds per million messages, as the following ones
	center float64
	pg     float64
}

// RunIngest measures how many messages per second the whole center takes at QoS 1 through a broker
// of its own, against a subscriber that does nothing, in turn. It prints to p.
func RunIngest(ctx context.Context, p Printer, o Ingest) error {
	p.Printf("%d messages of %d bytes from %d devices at QoS 1 in each run; Mosquitto sends %d unacknowledged\n",
		o.Messages, len(harness.Payload(time.Now(), 0)), o.Devices, o.InFlight)
	p.Row("run", "messages/s", "stored/s", "broker CPU s/M", "opscenter CPU s/M", "PostgreSQL CPU s/M")
	var bare, whole []float64
	for round := range o.Rounds {
		b, err := o.bare(ctx)
		if err != nil {
			return fmt.Errorf("bare subscriber: %w", err)
		}
		p.Row(fmt.Sprintf("bare subscriber %d", round+1), f0(b.rate), "", f1(b.broker), f1(b.center), "")
		w, err := o.whole(ctx, false)
		if err != nil {
			return fmt.Errorf("opscenter: %w", err)
		}
		p.Row(fmt.Sprintf("opscenter %d", round+1), f0(w.rate), f0(w.stored), f1(w.broker), f1(w.center), f1(w.pg))
		bare, whole = append(bare, b.rate), append(whole, w.rate)
	}
	ratios := make([]float64, len(bare))
	for i := range bare {
		ratios[i] = whole[i] / bare[i]
	}
	p.Printf("opscenter takes %s of the bare subscriber's rate (median of %d pairs; %s to %s)\n",
		percent(median(ratios)), o.Rounds, percent(smallest(ratios)), percent(largest(ratios)))
	if !o.Embedded {
		return nil
	}
	o.Messages /= 10 // each is written to the disk by itself, before its PUBACK
	e, err := o.whole(ctx, true)
	if err != nil {
		return fmt.Errorf("embedded broker: %w", err)
	}
	p.Row("embedded broker", f0(e.rate), f0(e.stored), "in opscenter", f1(e.center), f1(e.pg))
	return nil
}

// bare measures a subscriber that does nothing, in a process of its own.
func (o Ingest) bare(ctx context.Context) (r ingestRun, err error) {
	dir, remove, err := scratch()
	if err != nil {
		return r, err
	}
	defer remove()
	broker, err := harness.StartMosquitto(ctx, dir, o.InFlight)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, broker.Stop()) }()
	s, err := startSubscriber(broker.URL, "ioc/v1/#", o.Messages)
	if err != nil {
		return r, err
	}
	nothing := func() (harness.Usage, error) { return harness.Usage{}, nil }
	if r, err = o.measure(ctx, broker, broker.URL, nothing, s.wait, nil); err != nil {
		return r, err
	}
	r.center = s.cpu() / (float64(o.Messages) / 1e6)
	return r, nil
}

// whole measures the center.
func (o Ingest) whole(ctx context.Context, embedded bool) (r ingestRun, err error) {
	dir, remove, err := scratch()
	if err != nil {
		return r, err
	}
	defer remove()
	var broker *harness.Mosquitto
	flags, err := configureDialects(dir)
	if err != nil {
		return r, err
	}
	if !embedded {
		if broker, err = harness.StartMosquitto(ctx, dir, o.InFlight); err != nil {
			return r, err
		}
		defer func() { err = errors.Join(err, broker.Stop()) }()
		flags = append(flags, "--mqtt-url", broker.URL)
	}
	c, err := startCenter(ctx, dir, flags...)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, c.Stop()) }()
	if err := errors.Join(c.WaitReady(ctx, time.Minute), c.ImportCity(ctx, o.Devices)); err != nil {
		return r, err
	}
	url := c.MQTT
	if !embedded {
		url = broker.URL
	}
	return o.measure(ctx, broker, url, c.Usage,
		func() error {
			return waitSum(ctx, c, "opscenter_observations_total", "outcome", "observed", o.Messages)
		},
		func() error { return waitSum(ctx, c, "opscenter_readings_stored_total", "", "", o.Messages) })
}

// measure publishes everything at once and waits until it is taken, and then stored.
func (o Ingest) measure(ctx context.Context, broker *harness.Mosquitto, url string, used func() (harness.Usage, error), taken, stored func() error) (ingestRun, error) {
	before, err := used()
	if err != nil {
		return ingestRun{}, err
	}
	brokerBefore := broker.CPU()
	started := time.Now()
	l := harness.Load{URL: url, Devices: o.Devices, Links: 4, InFlight: 1000}
	published := make(chan error, 1)
	go func() { published <- l.Publish(ctx, o.Messages, 0) }()
	if err := taken(); err != nil {
		return ingestRun{}, err
	}
	million := float64(o.Messages) / 1e6
	r := ingestRun{rate: float64(o.Messages) / time.Since(started).Seconds()}
	if stored != nil {
		if err := stored(); err != nil {
			return ingestRun{}, err
		}
		r.stored = float64(o.Messages) / time.Since(started).Seconds()
	}
	after, err := used()
	if err != nil {
		return ingestRun{}, err
	}
	cost := after.Minus(before)
	r.broker, r.center, r.pg = (broker.CPU()-brokerBefore)/million, cost.Center/million, cost.Postgres/million
	return r, <-published
}

// waitSum waits until a metric of c has reached want.
func waitSum(ctx context.Context, c *harness.Center, name, label, value string, want int) error {
	return c.PollEvery(ctx, 100*time.Millisecond, 5*time.Minute, fmt.Sprintf("bring %s to %d", name, want), func() bool {
		got, err := c.Sum(ctx, name, label, value)
		return err == nil && got >= float64(want)
	})
}

// startCenter starts this very program's serve.
func startCenter(ctx context.Context, dir string, flags ...string) (*harness.Center, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return harness.StartCenter(ctx, self, dir, flags...)
}

// scratch makes a directory for one run, and returns how to remove it.
func scratch() (dir string, remove func(), err error) {
	dir, err = os.MkdirTemp("", "opscenter-bench-")
	if err != nil {
		return "", nil, err
	}
	// The private database and Mosquitto run as other users and must be able to pass through.
	if err := os.Chmod(dir, 0o755); err != nil { //nolint:gosec // see above
		return "", nil, err
	}
	return filepath.Clean(dir), func() { _ = os.RemoveAll(dir) }, nil
}
