package main

import (
	"context"

	"opscenter/internal/app"
	"opscenter/internal/config"
)

type retentionCmd struct {
	config.Serve
}

// Run prints what the center that runs in the data directory keeps, and for how long.
func (c *retentionCmd) Run(ctx context.Context, t *terminal) error {
	return app.PrintRetention(ctx, c.Serve, t.out)
}
