package main

import (
	"opscenter/internal/app"
	"opscenter/internal/config"
)

type checkCmd struct {
	config.Serve

	Inventory string `help:"CSV file of locations and devices to check too." type:"existingfile"`
}

// Run checks what can be checked without running.
func (c *checkCmd) Run(t *terminal, center *app.Config) error {
	center.Serve = c.Serve
	if err := app.Check(*center, c.Inventory, t.out); err != nil {
		return usageError{err}
	}
	return nil
}
