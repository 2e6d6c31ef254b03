package archive

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"

	"opscenter/internal/city"
)

// Reader reads segments, one after the other. It is not safe for concurrent use.
type Reader struct {
	codec Codec
	zip   *zstd.Decoder
	frame framed
	form  []byte
}

// framed counts bytes one by one where zstd gives many, for the lengths of batches.
type framed struct{ *zstd.Decoder }

// ReadByte implements io.ByteReader.
func (f framed) ReadByte() (byte, error) {
	var one [1]byte
	_, err := io.ReadFull(f.Decoder, one[:])
	return one[0], err
}

// NewReader returns a Reader that is at the end of a segment: Open comes next. Close must be called.
func NewReader(codec Codec) (*Reader, error) {
	zip, err := newDecoder()
	if err != nil {
		return nil, err
	}
	return &Reader{codec: codec, zip: zip, frame: framed{zip}}, nil
}

func newDecoder() (*zstd.Decoder, error) {
	zip, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxMemory(largest))
	if err != nil {
		return nil, fmt.Errorf("archive: %w", err)
	}
	return zip, nil
}

// Open makes Next read the segment with that data, from its beginning.
func (r *Reader) Open(data []byte) error {
	if err := r.zip.Reset(bytes.NewReader(data)); err != nil {
		return fmt.Errorf("archive: %w: %w", ErrCorrupt, err)
	}
	return nil
}

// Next returns the next entries of the segment, which are the caller's to keep, or io.EOF. Any other
// error wraps ErrCorrupt.
func (r *Reader) Next() ([]city.Entry, error) {
	length, err := binary.ReadUvarint(r.frame)
	if errors.Is(err, io.EOF) {
		return nil, io.EOF
	}
	if err != nil {
		return nil, fmt.Errorf("archive: %w: %w", ErrCorrupt, err)
	}
	if length > largest {
		return nil, fmt.Errorf("archive: %w: a batch of %d bytes", ErrCorrupt, length)
	}
	if uint64(cap(r.form)) < length {
		r.form = make([]byte, length)
	}
	r.form = r.form[:length]
	if _, err := io.ReadFull(r.zip, r.form); err != nil {
		return nil, fmt.Errorf("archive: %w: %w", ErrCorrupt, err)
	}
	entries, err := r.codec.Decode(r.form)
	if err != nil {
		return nil, fmt.Errorf("archive: %w: %w", ErrCorrupt, err)
	}
	return entries, nil
}

// Close lets go of the reader's memory.
func (r *Reader) Close() { r.zip.Close() }
