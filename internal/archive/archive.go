// Package archive keeps what was in the log after the log has let go of it: entries in compressed
// segments, and saved states of projections as keyframes to begin from. Whoever restores a keyframe
// and applies what follows it gets the picture as it was. It does no I/O.
package archive

import (
	"errors"
	"fmt"

	"github.com/klauspost/compress/zstd"

	"opscenter/internal/city"
)

// ErrCorrupt is wrapped when archived bytes cannot be read.
var ErrCorrupt = errors.New("unreadable archive")

// Codec is the form of a batch of entries; see eventlog.Codec.
type Codec interface {
	Encode(buffer []byte, entries []city.Entry) ([]byte, error)
	Decode(data []byte) ([]city.Entry, error)
}

const (
	batch   = 512     // entries; names that repeat are written once in each
	window  = 1 << 20 // bytes that the compression looks back over: what a reader needs of memory
	largest = 1 << 28 // bytes; a longer batch or state is not believed
)

// Strip returns what the archive keeps of an entry: number plates without what they were sealed for,
// and of a message that could not be read only that time had come to it.
func Strip(e city.Entry) city.Entry {
	if e.Rejection != nil {
		return city.Entry{At: e.At}
	}
	o := e.Observation
	if o == nil || o.Event == nil || o.Event.Plate.Sealed == nil {
		return e
	}
	shown, event := *o, *o.Event
	event.Plate.Sealed = nil
	shown.Event = &event
	e.Observation = &shown
	return e
}

// Compress returns a saved state as a keyframe keeps it.
func Compress(state []byte) ([]byte, error) {
	zip, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest))
	if err != nil {
		return nil, fmt.Errorf("archive: %w", err)
	}
	return zip.EncodeAll(state, nil), nil
}

// Decompress returns what Compress was given. An error wraps ErrCorrupt.
func Decompress(keyframe []byte) ([]byte, error) {
	zip, err := newDecoder()
	if err != nil {
		return nil, err
	}
	defer zip.Close()
	state, err := zip.DecodeAll(keyframe, nil)
	if err != nil {
		return nil, fmt.Errorf("archive: %w: a keyframe: %w", ErrCorrupt, err)
	}
	return state, nil
}
