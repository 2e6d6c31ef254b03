package eventlog

import "opscenter/internal/city"

// Codec writes and reads entries in the form that they have in the log, for those who keep them
// elsewhere. It keeps its memory from one batch to the next and serves one goroutine at a time.
type Codec struct {
	encoder *encoder
	decoder *decoder
}

// NewCodec returns a Codec.
func NewCodec() *Codec { return &Codec{encoder: newEncoder(), decoder: newDecoder()} }

// Encode appends the form of entries, at most 131,072, to buffer. A number plate in the clear is left
// out, as it is in the log.
func (c *Codec) Encode(buffer []byte, entries []city.Entry) ([]byte, error) {
	return c.encoder.encode(buffer, entries)
}

// Decode returns the entries that Encode was given. They are the caller's to keep. An error wraps
// ErrCorrupt.
func (c *Codec) Decode(data []byte) ([]city.Entry, error) { return c.decoder.decode(data) }
