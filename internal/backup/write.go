package backup

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/klauspost/compress/zstd"
)

// partSize is how large a part of a member gets, in bytes, compressed.
const partSize = 8 << 20

// Writer writes a backup. It serves one goroutine, and one member at a time.
type Writer struct {
	tar     *tar.Writer
	at      time.Time
	members []Member
}

// NewWriter returns a writer of a backup that is made at a time.
func NewWriter(w io.Writer, at time.Time) *Writer {
	return &Writer{tar: tar.NewWriter(w), at: at.Truncate(time.Second)}
}

// File writes a small member.
func (w *Writer) File(name string, data []byte) error {
	sum := sha256.Sum256(data)
	w.members = append(w.members, Member{Name: name, Size: int64(len(data)), SHA256: hex.EncodeToString(sum[:])})
	return w.put(name, data)
}

func (w *Writer) put(name string, data []byte) error {
	header := &tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: 0o600, Size: int64(len(data)), ModTime: w.at, Format: tar.FormatPAX}
	if err := w.tar.WriteHeader(header); err != nil {
		return fmt.Errorf("backup: %s: %w", name, err)
	}
	if _, err := w.tar.Write(data); err != nil {
		return fmt.Errorf("backup: %s: %w", name, err)
	}
	return nil
}

// Stream writes a member of any size: what fill writes, compressed.
func (w *Writer) Stream(name string, fill func(io.Writer) error) error {
	p := &parts{writer: w, name: name}
	z, err := zstd.NewWriter(p, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(4<<20), zstd.WithEncoderCRC(true))
	if err != nil {
		return fmt.Errorf("backup: %s: %w", name, err)
	}
	if err := errors.Join(fill(z), z.Close()); err != nil {
		return err
	}
	return p.flush()
}

// Close writes the manifest, in the form of sha256sum its sum too: only with them a backup is complete.
func (w *Writer) Close(m Manifest) error {
	m.Format, m.Warning, m.Members = Format, Warning, w.members
	text, err := json.MarshalIndent(&m, "", "  ")
	if err != nil {
		return fmt.Errorf("backup: manifest: %w", err)
	}
	text = append(text, '\n')
	sum := sha256.Sum256(text)
	if err := errors.Join(w.put(manifestName, text), w.put(sumName, []byte(hex.EncodeToString(sum[:])+"  "+manifestName+"\n"))); err != nil {
		return err
	}
	return w.tar.Close()
}

// Fail writes in the place of the manifest why there is none.
func (w *Writer) Fail(reason error) error {
	return errors.Join(w.put(failureName, []byte(reason.Error()+"\n")), w.tar.Close())
}

// parts cuts a stream into files.
type parts struct {
	writer *Writer
	name   string
	n      int
	buffer bytes.Buffer
}

// Write implements io.Writer.
func (p *parts) Write(data []byte) (int, error) {
	written := len(data)
	for p.buffer.Len()+len(data) >= partSize {
		room := partSize - p.buffer.Len()
		p.buffer.Write(data[:room])
		data = data[room:]
		if err := p.flush(); err != nil {
			return 0, err
		}
	}
	p.buffer.Write(data)
	return written, nil
}

func (p *parts) flush() error {
	if p.buffer.Len() == 0 && p.n > 0 {
		return nil
	}
	p.n++
	defer p.buffer.Reset()
	return p.writer.File(partName(p.name, p.n), p.buffer.Bytes())
}

func partName(name string, n int) string { return fmt.Sprintf("%s/%06d", name, n) }
