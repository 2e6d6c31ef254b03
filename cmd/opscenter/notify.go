package main

import (
	"context"
	"fmt"

	"opscenter/internal/app"
	"opscenter/internal/config"
)

type notifyCmd struct {
	Test notifyTestCmd `cmd:"" help:"Send a test message on a channel of the running center."`
}

type notifyTestCmd struct {
	config.Serve

	Channel string `arg:"" help:"Name of the channel."`
}

// Run sends through the running center of the data directory, and fails unless the receiver confirmed.
func (c *notifyTestCmd) Run(ctx context.Context, t *terminal) error {
	id, err := app.TestChannel(ctx, c.Serve, c.Channel)
	if err != nil {
		return err
	}
	fmt.Fprintf(t.out, "%s: the receiver confirmed %s\n", c.Channel, id)
	return nil
}
