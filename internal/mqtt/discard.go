package mqtt

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
)

// Discard is a subscriber that does nothing: paho as it comes, which acknowledges each message by
// itself as soon as an empty handler returns. It exists to measure a Client against. It calls
// subscribed once and returns when it has received count messages, or with the error of ctx.
func Discard(ctx context.Context, url, clientID, filter string, count uint64, subscribed func()) error {
	options := paho.NewClientOptions().AddBroker(url).SetClientID(clientID).SetCleanSession(false).SetOrderMatters(true)
	client := paho.NewClient(options)
	if err := finish(client.Connect()); err != nil {
		return fmt.Errorf("mqtt: connect to %s: %w", url, err)
	}
	defer client.Disconnect(100)
	var received atomic.Uint64
	all := make(chan struct{})
	handler := func(paho.Client, paho.Message) {
		if received.Add(1) == count {
			close(all)
		}
	}
	if err := finish(client.Subscribe(filter, 1, handler)); err != nil {
		return fmt.Errorf("mqtt: subscribe to %s: %w", filter, err)
	}
	subscribed()
	select {
	case <-all:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func finish(token paho.Token) error {
	const limit = 10 * time.Second
	if !token.WaitTimeout(limit) {
		return fmt.Errorf("no answer within %v", limit)
	}
	return token.Error()
}
