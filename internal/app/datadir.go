package app

import (
	"crypto/rand"
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
	return os.Rename(temporary, d.join(endpointsFile))
}

// sealKey is the name of the file with the keys that seal personal data. Every *.key is in backups.
const sealKey = "seal.key"

// The other files that this package keeps in the directory.
const (
	endpointsFile = "endpoints.json"
	tokenFile     = "operator.token" // proves that whoever asks can read this directory
	restoringFile = "restoring"      // is there while a backup is being restored
	restoredFile  = "restored.json"  // says which backup was
)

// writeToken writes a new token that only this user can read, and returns it. It is worth nothing once
// the center has stopped.
func (d *dataDir) writeToken() (string, error) {
	token := rand.Text()
	if err := os.RemoveAll(d.join(tokenFile)); err != nil { // its mode may be another
		return "", fmt.Errorf("token: %w", err)
	}
	if err := os.WriteFile(d.join(tokenFile), []byte(token+"\n"), 0o600); err != nil {
		return "", fmt.Errorf("token: %w", err)
	}
	return token, nil
}

// checkWhole refuses a directory that was restored only in part.
func (d *dataDir) checkWhole() error {
	if _, err := os.Stat(d.join(restoringFile)); err == nil {
		return fmt.Errorf("data directory %q: a backup was being restored and that did not end well; remove the directory and restore again", d.path)
	}
	return nil
}

func (d *dataDir) close() error {
	return errors.Join(os.RemoveAll(d.join(endpointsFile)), os.RemoveAll(d.join(tokenFile)), d.lock.Close())
}
