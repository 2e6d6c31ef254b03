package harness

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"opscenter/internal/mqtt"
)

// Load publishes health messages of many cameras at QoS 1, over a few connections as gateways do.
type Load struct {
	URL      string
	Devices  int
	Links    int // connections
	InFlight int // of each connection

	// Acked, if set, is called with the device and the time of each message that the broker has
	// acknowledged, from several goroutines.
	Acked func(device string, at time.Time)
}

// DeviceID names the i-th device of the synthetic city.
func DeviceID(i int) string { return fmt.Sprintf("bench-%05d", i) }

// LocationID names the location of the i-th device; each has five.
func LocationID(i int) string { return fmt.Sprintf("site-%04d", i/devicesPerLocation) }

const devicesPerLocation = 5

// Payload is a camera's health in about 100 bytes. Its time makes it unlike any other message.
func Payload(at time.Time, n int) []byte {
	b := make([]byte, 0, 112)
	b = append(b, `{"ts":"`...)
	b = at.UTC().AppendFormat(b, "2006-01-02T15:04:05.000000Z")
	b = append(b, `","stream":"ok","fps":`...)
	b = fmt.Appendf(b, "%d.%d", 22+n%3, n%10)
	b = append(b, `,"bitrate_kbps":`...)
	b = fmt.Appendf(b, "%d", 3000+n%1000)
	return append(b, `,"recording":true}`...)
}

// Publish sends count messages, evenly over the devices, as fast as the broker takes them, or at
// rate messages/s if that is positive, and returns when the broker has acknowledged all.
func (l *Load) Publish(ctx context.Context, count int, rate float64) error {
	var wg sync.WaitGroup
	errs := make(chan error, l.Links)
	for k := range l.Links {
		wg.Go(func() {
			if err := l.publishShare(ctx, k, count, rate/float64(l.Links)); err != nil {
				errs <- err
			}
		})
	}
	wg.Wait()
	select {
	case err := <-errs:
		return err
	default:
		return nil
	}
}

// publishShare sends what connection k has to send: the messages of every links-th device.
func (l *Load) publishShare(ctx context.Context, k, count int, rate float64) error {
	p, err := mqtt.NewPublisher(ctx, mqtt.PublisherConfig{URL: l.URL, InFlight: l.InFlight}, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer func() { _ = p.Close(context.WithoutCancel(ctx)) }()
	pace := newPace(rate)
	for i := k; i < count; i += l.Links {
		if err := pace.wait(ctx); err != nil {
			return err
		}
		device := i % l.Devices
		topic := "ioc/v1/trafficsafety/" + LocationID(device) + "/" + DeviceID(device) + "/health"
		now := time.Now().Truncate(time.Microsecond) // as the payload says it
		var done func(error)
		if l.Acked != nil {
			done = func(err error) {
				if err == nil {
					l.Acked(DeviceID(device), now)
				}
			}
		}
		if err := p.Publish(ctx, mqtt.Outgoing{Topic: topic, QoS: 1, Payload: Payload(now, i)}, done); err != nil {
			return err
		}
	}
	return p.Flush(ctx)
}

// pace spreads calls evenly over time; after a stall it catches up.
type pace struct {
	every time.Duration // 0: do not wait
	next  time.Time
}

func newPace(rate float64) *pace {
	p := &pace{next: time.Now()}
	if rate > 0 {
		p.every = time.Duration(float64(time.Second) / rate)
	}
	return p
}

func (p *pace) wait(ctx context.Context) error {
	if p.every == 0 {
		return ctx.Err()
	}
	p.next = p.next.Add(p.every)
	d := time.Until(p.next)
	if d <= 0 {
		return ctx.Err()
	}
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
