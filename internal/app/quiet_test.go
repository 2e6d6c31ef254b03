package app

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"testing"

	"opscenter/internal/httpapi"
)

// A trimmed log, or a partition that was dropped, would leave a hole in a backup that is being made.
func TestNothingIsForgottenDuringABackup(t *testing.T) {
	t.Parallel()
	a := &App{quiet: newQuiet()} // without a log and a store: whoever touches them is found out
	b := &backups{quiet: a.quiet, one: newQuiet(), ended: t.Context()}
	b.source.configPath = filepath.Join(t.TempDir(), "missing.yaml") // so it ends early
	begun := false
	err := b.Backup(t.Context(), func() io.Writer {
		begun = true
		if a.forget(t.Context(), true) {
			t.Error("the log was trimmed")
		}
		if err := b.Backup(t.Context(), nil); !errors.Is(err, httpapi.ErrConflict) {
			t.Errorf("a second one at the same time: %v", err)
		}
		return io.Discard
	})
	if err == nil || !begun {
		t.Errorf("%v", err)
	}
	if !a.quiet.try() {
		t.Error("afterwards nothing is forgotten either")
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := b.Backup(ended, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("whoever waits in vain: %v", err)
	}
}
