package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// dataDir is the directory of one center, locked against a second process.
type dataDir struct {
	path string
	lock *os.File
}

// openDataDir creates the directory if need be and locks it. A directory that another process
// holds is an error that names it.
func openDataDir(path string) (*dataDir, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("data directory %q: %w", path, err)
	}
	// 0755: the private database runs as a user of its own and must be able to pass through; what
	// is inside has modes of its own.
	if err := os.MkdirAll(abs, 0o755); err != nil { //nolint:gosec // see above
		return nil, fmt.Errorf("data directory: %w", err)
	}
	lock, err := os.OpenFile(filepath.Join(abs, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		if errors.Is(err, syscall.EWOULDBLOCK) {
			err = errors.New("another opscenter is using it")
		}
		return nil, errors.Join(fmt.Errorf("data directory %q: %w", abs, err), lock.Close())
	}
	return &dataDir{path: abs, lock: lock}, nil
}

func (d *dataDir) join(elem ...string) string {
	return filepath.Join(append([]string{d.path}, elem...)...)
}

// Endpoints are the addresses that a center chose, as written to endpoints.json.
type Endpoints struct {
	HTTP string `json:"http"` // http://127.0.0.1:PORT
	MQTT string `json:"mqtt"` // tcp://127.0.0.1:PORT, or the external broker's URL
}

// writeEndpoints replaces endpoints.json at once, so that a reader never sees half of it.
func (d *dataDir) writeEndpoints(e Endpoints) error {
	text, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("endpoints.json: %w", err)
	}
	temporary := d.join(".endpoints.json")
	if err := os.WriteFile(temporary, append(text, '\n'), 0o644); err != nil { //nolint:gosec // addresses, no secret
		return fmt.Errorf("endpoints.json: %w", err)
	}
	return os.Rename(temporary, d.join("endpoints.json"))
}

func (d *dataDir) close() error {
	return errors.Join(os.RemoveAll(d.join("endpoints.json")), d.lock.Close())
}
