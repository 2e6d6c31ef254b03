package bench

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os/exec"
	"slices"
	"strings"
	"time"

	"opscenter/internal/harness"
)

// RunIdle measures, on a center that has nothing else to do and with its embedded broker, the time
// from starting mosquitto_pub with a camera's health to reading the frame with the change from the
// WebSocket. The start of that program, its connection and the write to the disk are included.
func RunIdle(ctx context.Context, p Printer, messages int) (err error) {
	dir, remove, err := scratch()
	if err != nil {
		return err
	}
	defer remove()
	c, err := startCenter(ctx, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Stop()) }()
	if err := errors.Join(c.WaitReady(ctx, time.Minute), c.ImportCity(ctx, 1)); err != nil {
		return err
	}
	w, err := openWall(ctx, c.Stream(), harness.DeviceID(0))
	if err != nil {
		return err
	}
	go func() { _ = w.watch() }() // ends with the connection
	for i := range messages {
		if err := say(ctx, c.MQTT, harness.Payload(time.Now(), i)); err != nil {
			return err
		}
		time.Sleep(3 * interval) // so that nothing is combined
	}
	if err := w.client.Close(); err != nil {
		return err
	}
	took := w.seen(time.Time{})
	if len(took) != messages {
		return fmt.Errorf("of %d messages the wall saw %d", messages, len(took))
	}
	slices.Sort(took)
	p.Printf("%d changes said with mosquitto_pub to the embedded broker at idle: from its start to the frame p50 %s, max %s\n",
		messages, milliseconds(quantile(took, 0.5)), milliseconds(took[len(took)-1]))
	return nil
}

// say publishes one health message with the program of Debian's mosquitto-clients.
func say(ctx context.Context, broker string, payload []byte) error {
	u, err := url.Parse(broker)
	if err != nil {
		return err
	}
	host, port, err := net.SplitHostPort(u.Host)
	if err != nil {
		return err
	}
	topic := strings.Join([]string{"ioc/v1/trafficsafety", harness.LocationID(0), harness.DeviceID(0), "health"}, "/")
	out, err := exec.CommandContext(ctx, "mosquitto_pub", "-h", host, "-p", port, "-q", "1", "-t", topic, "-m", string(payload)).CombinedOutput() //nolint:gosec // fixed words and our own addresses
	if err != nil {
		return fmt.Errorf("mosquitto_pub: %w: %s", err, out)
	}
	return nil
}
