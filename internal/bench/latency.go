package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"opscenter/internal/harness"
	"opscenter/internal/stream/streamclient"
)

// Latency says what the latency benchmark does.
type Latency struct {
	Rate     float64 // messages/s
	Walls    int
	Devices  int
	Duration time.Duration
	Warmup   time.Duration // before it, at the same rate, in which every camera is heard for the first time
	InFlight int           // messages that Mosquitto sends unacknowledged
	Embedded bool          // through the embedded broker instead of Mosquitto
}

// interval is the least time between two frames of a subscription: a change that comes sooner after
// a frame is combined with others and waits, by design.
const interval = 100 * time.Millisecond

// slowAppend is the bound of a bucket of the append histogram, s. A disk shared with others makes the
// log wait for so long now and then.
const slowAppend = 0.0833

// RunLatency measures the time from just before a message is published to when a wall has read the
// frame with its change, while all walls also follow every location. A wall watches one device, and
// a change counts only if combining allowed its frame at once.
func RunLatency(ctx context.Context, p Printer, o Latency) (err error) {
	dir, remove, err := scratch()
	if err != nil {
		return err
	}
	defer remove()
	var flags []string
	url := ""
	if !o.Embedded {
		broker, err := harness.StartMosquitto(ctx, dir, o.InFlight)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, broker.Stop()) }()
		flags, url = []string{"--mqtt-url", broker.URL}, broker.URL
	}
	c, err := startCenter(ctx, dir, flags...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Stop()) }()
	if err := errors.Join(c.WaitReady(ctx, time.Minute), c.ImportCity(ctx, o.Devices)); err != nil {
		return err
	}
	if o.Embedded {
		url = c.MQTT
	}
	took, combined, err := o.run(ctx, c, url)
	if err != nil {
		return err
	}
	slow, appends, err := c.Above(ctx, "opscenter_log_append_seconds", slowAppend)
	if err != nil {
		return err
	}
	if len(took) == 0 {
		return errors.New("no wall saw a change that counts")
	}
	slices.Sort(took)
	p.Printf("%.0f messages/s from %d devices for %v after %v, %d walls: publish to frame p50 %s, p90 %s, p99 %s, max %s (%d changes; %d more were combined)\n",
		o.Rate, o.Devices, o.Duration, o.Warmup, o.Walls, milliseconds(quantile(took, 0.5)), milliseconds(quantile(took, 0.9)),
		milliseconds(quantile(took, 0.99)), milliseconds(took[len(took)-1]), len(took), combined)
	p.Printf("of %d writes of the log to the disk, %d took longer than %.0f ms; what comes meanwhile waits for them\n",
		appends, slow, 1000*slowAppend)
	return nil
}

func (o Latency) run(ctx context.Context, c *harness.Center, url string) (took []time.Duration, combined int, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var mu sync.Mutex
	var wg sync.WaitGroup
	errs := make(chan error, o.Walls)
	var counts time.Time // the first moment whose changes count; set before any wall ends
	for i := range o.Walls {
		w, err := openWall(ctx, c.Stream(), harness.DeviceID(i*o.Devices/o.Walls))
		if err != nil {
			return nil, 0, fmt.Errorf("wall %d: %w", i+1, err)
		}
		wg.Go(func() {
			err := w.watch()
			if ctx.Err() == nil {
				errs <- err
			}
			mu.Lock()
			took, combined = append(took, w.seen(counts)...), combined+w.combined
			mu.Unlock()
		})
		context.AfterFunc(ctx, func() { _ = w.client.Abort() })
	}
	l := harness.Load{URL: url, Devices: o.Devices, Links: 2, InFlight: 1000}
	counts = time.Now().Add(o.Warmup)
	err = l.Publish(ctx, int(o.Rate*(o.Warmup+o.Duration).Seconds()), o.Rate)
	if err == nil { // the last frames are on their way
		select {
		case <-time.After(2 * interval):
		case err = <-errs:
		}
	}
	cancel()
	wg.Wait()
	return took, combined, err
}

// wall is a client that notes how old the changes of its device are when they arrive.
type wall struct {
	client   *streamclient.Client
	mu       sync.Mutex // guards what follows
	changes  []change
	combined int
}

// change is one change of the wall's device that did not have to wait.
type change struct {
	at  time.Time     // when it was published
	age time.Duration // when its frame was read
}

// seen returns how old each change was that was published at or after since.
func (w *wall) seen(since time.Time) []time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	var ages []time.Duration
	for _, c := range w.changes {
		if !c.at.Before(since) {
			ages = append(ages, c.age)
		}
	}
	return ages
}

func (w *wall) note(c change, counts bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if counts {
		w.changes = append(w.changes, c)
	} else {
		w.combined++
	}
}

func openWall(ctx context.Context, url, device string) (*wall, error) {
	client, err := streamclient.Dial(ctx, url, streamclient.Options{})
	if err != nil {
		return nil, err
	}
	if err := client.Subscribe(streamclient.Subscription{ID: "board", Keys: []string{"city", "location/*"}}); err != nil {
		return nil, err
	}
	return &wall{client: client}, client.Subscribe(streamclient.Subscription{ID: "probe", Keys: []string{"device/" + device}})
}

// watch reads until the connection ends, and returns why it did.
func (w *wall) watch() error {
	var last time.Time
	for {
		m, err := w.client.Next()
		now := time.Now()
		if err != nil {
			return err
		}
		if m.Op != "changes" || m.ID != "probe" {
			continue
		}
		var device struct {
			ObservedAt time.Time `json:"observed_at"`
		}
		if err := json.Unmarshal(m.Changes[0].Value, &device); err != nil {
			return err
		}
		// The payload's time was taken just before publishing. A change within the interval after
		// the frame before had to wait.
		w.note(change{device.ObservedAt, now.Sub(device.ObservedAt)}, device.ObservedAt.Sub(last) > interval)
		last = now
	}
}
