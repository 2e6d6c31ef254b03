package backup

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"
)

// largestEntry is more than any message of the log can have, in bytes.
const largestEntry = 64 << 20

// Entry is one message of the log as it was stored.
type Entry struct {
	Seq       uint64
	Partition int
	Appended  time.Time
	Data      []byte
}

// WriteEntry writes an entry: its sequence, its partition, when it was appended in nanoseconds since
// 1970, and its length as varints, then its bytes.
func WriteEntry(w io.Writer, e *Entry) error {
	head := binary.AppendUvarint(nil, e.Seq)
	head = binary.AppendUvarint(head, uint64(e.Partition)) //nolint:gosec // not negative
	head = binary.AppendVarint(head, e.Appended.UnixNano())
	head = binary.AppendUvarint(head, uint64(len(e.Data)))
	if _, err := w.Write(head); err != nil {
		return err
	}
	_, err := w.Write(e.Data)
	return err
}

// Entries reads what WriteEntry wrote.
type Entries struct {
	from *bufio.Reader
	last uint64
}

// NewEntries reads entries from r.
func NewEntries(r io.Reader) *Entries { return &Entries{from: bufio.NewReaderSize(r, 64<<10)} }

// Next returns the next entry, and false after the last. An entry that is out of order or too large
// is ErrCorrupt.
func (r *Entries) Next() (e Entry, more bool, err error) {
	if e.Seq, err = binary.ReadUvarint(r.from); errors.Is(err, io.EOF) {
		return Entry{}, false, nil
	}
	partition, err2 := binary.ReadUvarint(r.from)
	nanoseconds, err3 := binary.ReadVarint(r.from)
	size, err4 := binary.ReadUvarint(r.from)
	if err := errors.Join(err, err2, err3, err4); err != nil {
		return Entry{}, false, fmt.Errorf("%w: %s: after sequence %d: %w", ErrCorrupt, Log, r.last, err)
	}
	if e.Seq <= r.last || size > largestEntry || partition > 1<<16 {
		return Entry{}, false, fmt.Errorf("%w: %s: after sequence %d comes %d of partition %d with %d bytes", ErrCorrupt, Log, r.last, e.Seq, partition, size)
	}
	e.Partition, e.Appended, e.Data = int(partition), time.Unix(0, nanoseconds), make([]byte, size)
	if _, err := io.ReadFull(r.from, e.Data); err != nil {
		return Entry{}, false, fmt.Errorf("%w: %s: sequence %d: %w", ErrCorrupt, Log, e.Seq, err)
	}
	r.last = e.Seq
	return e, true, nil
}
