package archive

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"github.com/klauspost/compress/zstd"

	"opscenter/internal/city"
)

// Segment is what a Writer has gathered.
type Segment struct {
	Data    []byte // compressed
	Entries int
}

// Writer gathers entries into a segment, compressed as they come, so that its memory is that of what
// it has written and of one batch. It is not safe for concurrent use.
type Writer struct {
	codec   Codec
	zip     *zstd.Encoder
	out     bytes.Buffer
	pending []city.Entry
	form    []byte
	entries int
}

// NewWriter returns a Writer of an empty segment.
func NewWriter(codec Codec) (*Writer, error) {
	w := &Writer{codec: codec}
	zip, err := zstd.NewWriter(&w.out, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(window),
		zstd.WithLowerEncoderMem(true), zstd.WithEncoderLevel(zstd.SpeedFastest))
	if err != nil {
		return nil, fmt.Errorf("archive: %w", err)
	}
	w.zip = zip
	return w, nil
}

// Add adds entries, less what is no one's business later and the picture does not show; see Strip.
// What they point to must not change.
func (w *Writer) Add(entries []city.Entry) error {
	for i := range entries {
		w.pending = append(w.pending, Strip(entries[i]))
		if len(w.pending) == batch {
			if err := w.flush(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *Writer) flush() (err error) {
	if w.form, err = w.codec.Encode(w.form[:0], w.pending); err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	w.entries += len(w.pending)
	clear(w.pending)
	w.pending = w.pending[:0]
	if _, err := w.zip.Write(binary.AppendUvarint(nil, uint64(len(w.form)))); err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	if _, err := w.zip.Write(w.form); err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	return nil
}

// Size returns how much is compressed so far, in bytes.
func (w *Writer) Size() int { return w.out.Len() }

// Take returns the segment of everything that was added, and begins another.
func (w *Writer) Take() (Segment, error) {
	if len(w.pending) > 0 {
		if err := w.flush(); err != nil {
			return Segment{}, err
		}
	}
	if err := w.zip.Close(); err != nil {
		return Segment{}, fmt.Errorf("archive: %w", err)
	}
	s := Segment{Data: bytes.Clone(w.out.Bytes()), Entries: w.entries}
	w.out.Reset()
	w.zip.Reset(&w.out)
	w.entries = 0
	return s, nil
}
