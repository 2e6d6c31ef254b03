package main

import (
	"os"
	"path/filepath"

	"opscenter/internal/app"
	"opscenter/internal/reference"
	"opscenter/internal/subsystem"
)

type referenceCmd struct {
	Dir string `arg:"" help:"Folder of the documents, such as docs." type:"existingdir"`
}

// Run writes the documents that are generated from what the subsystems and dialects declare, and
// removes those of what there is no more.
func (c *referenceCmd) Run(center *app.Config) error {
	set, err := subsystem.NewSet(subsystem.SetConfig{Root: defaultRoot, Factories: center.Factories})
	if err != nil {
		return err
	}
	files, err := reference.Documents(set, center.Dialects)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(c.Dir, reference.Folder), 0o755); err != nil { //nolint:gosec // documents are for everyone
		return err
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(c.Dir, filepath.FromSlash(name)), text, 0o644); err != nil { //nolint:gosec // documents are for everyone
			return err
		}
	}
	return c.sweep(files)
}

// sweep removes documents that nothing generates any more.
func (c *referenceCmd) sweep(files map[string][]byte) error {
	there, err := filepath.Glob(filepath.Join(c.Dir, reference.Folder, "*.md"))
	if err != nil {
		return err
	}
	for _, path := range there {
		if files[reference.Folder+"/"+filepath.Base(path)] == nil {
			if err := os.Remove(path); err != nil {
				return err
			}
		}
	}
	return nil
}
