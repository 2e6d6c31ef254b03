// Package backup is the form of a backup: a tar file with compressed members and, at its end, a
// manifest with the SHA-256 of each. It is written as a stream, and read without trust: what is
// missing, cut off or changed is refused by its name. It knows neither the database nor the log.
//
// A member that may be large is one Zstandard stream, cut into parts that are files of the tar:
// database.dump.zst/000001 and so on, which tar -xO puts together again. A part is held in memory
// until it is full, because tar wants to know its size first.
package backup

import (
	"errors"
	"fmt"
	"time"
)

// Format is the version of the form that this program writes, and the newest that it reads.
const Format = 1

// The members that every backup has.
const (
	Database = "database.dump.zst" // what pg_dump --format=custom wrote
	Log      = "log.zst"           // entries of the log, see WriteEntry
)

// The members that a backup may have: Config, and the files with keys, in the directory Keys.
const (
	Config = "config.yaml"
	Keys   = "keys/"
)

const (
	manifestName = "manifest.json"
	sumName      = "manifest.json.sha256" // the last member; of the one before it
	failureName  = "failed.txt"           // the last member of a backup that was given up, with the reason
)

// Warning is what whoever holds a backup must know.
const Warning = "This file contains keys and personal data: number plates and messages can be read with nothing but it. " +
	"Keep it where only those can read it who may read the center's data."

// The errors that callers tell apart. Each wraps with the name of what is wrong.
var (
	// ErrCorrupt says that something was changed.
	ErrCorrupt = errors.New("the backup is damaged")
	// ErrIncomplete says that the end is missing: the copy was cut off, or the backup was given up.
	ErrIncomplete = errors.New("the backup is not complete")
	// ErrFormat says that a newer program wrote it.
	ErrFormat = errors.New("the backup was written by a newer program")
)

// Manifest says what a backup is of.
type Manifest struct {
	Format  int    `json:"format"`
	Warning string `json:"warning"`

	Version string    `json:"version"` // of the program
	Began   time.Time `json:"began"`   // when the database was cut
	Moment  time.Time `json:"moment"`  // everything that the log had accepted by then is in the backup

	Timezone   string `json:"timezone"`
	ConfigPath string `json:"config_path,omitempty"` // where Config was
	Schema     int64  `json:"schema"`                // of the database
	PostgreSQL int    `json:"postgresql"`            // major version of the server

	Partitions []Partition `json:"partitions"`
	LogAfter   uint64      `json:"log_after"`   // entries after this sequence
	LogThrough uint64      `json:"log_through"` // up to and including this one are in the backup
	LogEntries int         `json:"log_entries"` // messages of the log

	Members []Member `json:"members"`
}

// Partition is how far one partition of the log was when the database was cut.
type Partition struct {
	Partition int    `json:"partition"`
	Seq       uint64 `json:"seq"`       // stored up to
	StateSeq  uint64 `json:"state_seq"` // the saved state belongs to
	Head      uint64 `json:"head"`      // of the log, at Moment
}

// Member is one file of the tar.
type Member struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"` // bytes
	SHA256 string `json:"sha256"`
}

// Size returns the bytes of all members.
func (m *Manifest) Size() int64 {
	var n int64
	for _, member := range m.Members {
		n += member.Size
	}
	return n
}

func (m *Manifest) check() error {
	switch {
	case m.Format > Format:
		return fmt.Errorf("%w: format %d, and this one reads %d", ErrFormat, m.Format, Format)
	case m.Format < 1 || len(m.Partitions) == 0:
		return fmt.Errorf("%w: %s: it says nothing", ErrCorrupt, manifestName)
	}
	return nil
}
