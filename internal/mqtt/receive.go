package mqtt

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
)

const (
	subscribeWithin = 10 * time.Second
	settled         = 5 * time.Second // a connection that lasted this long was a good one
	owedEvery       = time.Second
)

// run keeps a connection until ctx ends.
func (c *Client) run(ctx context.Context) {
	defer close(c.done)
	retry := backoff{first: c.config.Backoff, most: c.config.MaxBackoff}
	for {
		began := c.now()
		err := c.connection(ctx)
		c.set(false, false, err)
		if c.now().Sub(began) > settled {
			retry.failures = 0
		}
		if retry.pause(ctx) != nil {
			return
		}
	}
}

// connection lives one connection through, and returns why it ended.
func (c *Client) connection(ctx context.Context) error {
	c.owed.Store(false)
	l, err := open(ctx, c.config.endpoint(), func(o *paho.ClientOptions) {
		o.SetCleanSession(false).SetResumeSubs(false).SetOrderMatters(true).SetAutoAckDisabled(true).
			SetDefaultPublishHandler(c.enqueue) // before CONNECT: a kept session delivers at once
	})
	if err != nil {
		return err
	}
	defer l.close()
	c.connects.Add(1)
	c.set(true, false, errors.New("not subscribed yet"))
	if err := c.subscribe(ctx, l); err != nil {
		return err
	}
	return c.watch(ctx, l)
}

// subscribe asks for every topic, at each connection: a broker may have lost the session, or been
// replaced. While topics are refused it asks for those again, and returns when all are granted or
// the connection is lost.
func (c *Client) subscribe(ctx context.Context, l *link) error {
	retry := backoff{first: c.config.Backoff, most: c.config.MaxBackoff}
	wanted := slices.Clone(c.config.Topics)
	for {
		filters := make(map[string]byte, len(wanted))
		for _, topic := range wanted {
			filters[topic] = 1
		}
		token := l.paho.SubscribeMultiple(filters, nil)
		if err := l.await(ctx, token, subscribeWithin); err != nil {
			return fmt.Errorf("mqtt: subscribe: %w", err)
		}
		wanted = refused(token, wanted)
		if len(wanted) == 0 {
			c.set(true, true, nil)
			return nil
		}
		c.set(true, false, fmt.Errorf("mqtt: %w: %q", ErrRefused, wanted))
		if err := c.waitOnLink(ctx, l, &retry); err != nil {
			return err
		}
	}
}

// refused returns those of topics that were not granted QoS 1. The token itself does not tell: a
// refusal (0x80) and a lower QoS are no error to it.
func refused(token paho.Token, topics []string) []string {
	granted := map[string]byte{}
	if t, ok := token.(*paho.SubscribeToken); ok {
		granted = t.Result()
	}
	var missing []string
	for _, topic := range topics {
		if qos, ok := granted[topic]; !ok || qos != 1 {
			missing = append(missing, topic)
		}
	}
	return missing
}

// waitOnLink pauses before the next attempt to subscribe; a loss of the connection ends it.
func (c *Client) waitOnLink(ctx context.Context, l *link, retry *backoff) error {
	paused, cancel := context.WithCancel(ctx)
	defer cancel()
	over := make(chan error, 1)
	go func() { over <- retry.pause(paused) }()
	select {
	case err := <-l.lost:
		return fmt.Errorf("mqtt: %w: %w", errLost, err)
	case err := <-over:
		return err
	}
}

// watch returns when the connection is lost, ctx ends, or the broker must be made to send again what
// found the queue full: some brokers do so only to a client that connects.
func (c *Client) watch(ctx context.Context, l *link) error {
	ticker := time.NewTicker(owedEvery)
	defer ticker.Stop()
	for {
		select {
		case err := <-l.lost:
			return fmt.Errorf("mqtt: %w: %w", errLost, err)
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
			if c.owed.Load() && len(c.queue) == 0 {
				return errors.New("mqtt: reconnecting for messages that found the queue full")
			}
		}
	}
}
