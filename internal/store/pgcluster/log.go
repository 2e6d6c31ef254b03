package pgcluster

import (
	"bytes"
	"log/slog"
	"strings"
	"sync"
)

// logWriter passes what the server says to the log and keeps its last lines, for the error when the
// server ends.
type logWriter struct {
	log *slog.Logger

	mu      sync.Mutex
	partial []byte
	last    []string
}

const (
	keptLines   = 8
	longestLine = 4096 // bytes
)

// Write never fails.
func (w *logWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.partial = append(w.partial, p...)
	for {
		line, rest, whole := bytes.Cut(w.partial, []byte("\n"))
		if !whole && len(w.partial) < longestLine {
			return len(p), nil
		}
		w.line(strings.TrimSpace(string(line)))
		w.partial = rest
	}
}

func (w *logWriter) line(line string) {
	if line == "" {
		return
	}
	if len(w.last) == keptLines {
		w.last = w.last[1:]
	}
	w.last = append(w.last, line)
	if severity, _, _ := strings.Cut(line, ":"); severity == "FATAL" || severity == "PANIC" {
		w.log.Warn("postgresql", "said", line)
		return
	}
	w.log.Debug("postgresql", "said", line)
}

func (w *logWriter) text() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return strings.Join(w.last, "; ")
}
