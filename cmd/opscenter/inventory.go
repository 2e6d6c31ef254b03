package main

import (
	"context"
	"fmt"
	"os"

	"opscenter/internal/app"
	"opscenter/internal/config"
)

type inventoryCmd struct {
	Import inventoryImportCmd `cmd:"" help:"Import a CSV file of locations and devices: what it names is added or changed, nothing is removed."`
	Export inventoryExportCmd `cmd:"" help:"Print all locations and devices as CSV."`
}

type inventoryImportCmd struct {
	config.Serve

	File   string `arg:"" help:"CSV file." type:"existingfile"`
	DryRun bool   `help:"Print the difference and change nothing."`
}

// Run imports into the running center of the data directory, or, if none runs, into its database.
func (c *inventoryImportCmd) Run(ctx context.Context, t *terminal) error {
	file, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	report, err := app.ImportInventory(ctx, c.Serve, file, c.DryRun)
	_, _ = fmt.Fprint(t.out, report)
	return err
}

type inventoryExportCmd struct {
	config.Serve
}

// Run exports from the running center of the data directory, or, if none runs, from its database.
func (c *inventoryExportCmd) Run(ctx context.Context, t *terminal) error {
	return app.ExportInventory(ctx, c.Serve, t.out)
}
