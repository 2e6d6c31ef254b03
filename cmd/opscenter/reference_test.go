package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"opscenter/internal/app"
)

func TestReferenceRemovesDocumentsOfWhatHasGone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	folder := filepath.Join(dir, "subsystems")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	gone, kept := filepath.Join(folder, "gone.md"), filepath.Join(folder, "picture.png")
	for _, name := range []string{gone, kept} {
		if err := os.WriteFile(name, []byte("old"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var out, errs bytes.Buffer
	if status := run(app.Config{Factories: factories(), Dialects: dialects()}, []string{"reference", dir}, &out, &errs); status != 0 {
		t.Fatalf("status %d: %s", status, errs.String())
	}
	if _, err := os.Stat(gone); err == nil {
		t.Error("the document of a subsystem that has gone is still there")
	}
	for _, name := range []string{kept, filepath.Join(folder, "README.md"), filepath.Join(folder, "trafficsafety.md"), filepath.Join(dir, "asyncapi.json")} {
		if _, err := os.Stat(name); err != nil {
			t.Error(err)
		}
	}
}
