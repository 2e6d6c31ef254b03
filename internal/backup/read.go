package backup

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// decodeWindow is how far back a compressed member may refer, in bytes; Writer uses half of it.
const decodeWindow = 8 << 20

// Visit is what a reader of a backup does with its members.
type Visit struct {
	File   func(name string, data []byte) error       // a small member
	Stream func(name string, content io.Reader) error // a large member, decompressed
}

// Verify reads a whole backup twice: as Scan does, and then as Read does, whereby all that is compressed
// must decompress and the entries of the log must be those that the manifest promises.
func Verify(file io.ReadSeeker) (Manifest, error) {
	m, err := Scan(file)
	if err != nil {
		return Manifest{}, err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return Manifest{}, fmt.Errorf("backup: %w", err)
	}
	return m, Read(file, Visit{
		File: func(string, []byte) error { return nil },
		Stream: func(name string, content io.Reader) error {
			if name == Log {
				return countEntries(content, &m)
			}
			return nil
		},
	})
}

func countEntries(content io.Reader, m *Manifest) error {
	n, last := 0, uint64(0)
	for all := NewEntries(content); ; n++ {
		e, more, err := all.Next()
		if err != nil {
			return err
		}
		if !more {
			break
		}
		last = e.Seq
	}
	if n != m.LogEntries || n > 0 && last != m.LogThrough {
		return fmt.Errorf("%w: %s: %d entries up to %d, and the manifest says %d up to %d", ErrCorrupt, Log, n, last, m.LogEntries, m.LogThrough)
	}
	return nil
}

// Read gives the members of a backup, which Scan has found sound, to visit, in their order. What a
// visit leaves of a stream is still decompressed.
func Read(r io.Reader, visit Visit) error {
	a := &archive{tar: tar.NewReader(r)}
	if err := a.next(); err != nil {
		return err
	}
	for a.name != manifestName {
		var err error
		if base, part := path.Split(a.name); part == partName("", 1)[1:] {
			err = a.stream(strings.TrimSuffix(base, "/"), visit.Stream)
		} else {
			err = a.file(visit.File)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (a *archive) file(use func(string, []byte) error) error {
	data, err := io.ReadAll(a.tar)
	if err != nil {
		return a.broken(err)
	}
	if err := use(a.name, data); err != nil {
		return err
	}
	return a.next()
}

func (a *archive) stream(name string, use func(string, io.Reader) error) error {
	joined := &joined{archive: a, name: name, n: 1}
	content, err := zstd.NewReader(joined, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(decodeWindow))
	if err != nil {
		return fmt.Errorf("%w: %s: %w", ErrCorrupt, name, err)
	}
	defer content.Close()
	if err := use(name, content); err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, content); err != nil {
		return fmt.Errorf("%w: %s: %w", ErrCorrupt, name, err)
	}
	_, err = io.Copy(io.Discard, joined) // to the file after the last part
	return err
}

// joined reads the parts of one member one after the other. At its end the archive is at the file
// after the last part.
type joined struct {
	archive *archive
	name    string
	n       int // of the part that is being read
	ended   bool
}

// Read implements io.Reader.
func (j *joined) Read(to []byte) (int, error) {
	for !j.ended {
		n, err := j.archive.tar.Read(to)
		if n > 0 || err == nil {
			return n, nil
		}
		if !errors.Is(err, io.EOF) {
			return 0, j.archive.broken(err)
		}
		if err := j.archive.next(); err != nil {
			return 0, err
		}
		j.n++
		j.ended = j.archive.name != partName(j.name, j.n)
	}
	return 0, io.EOF
}
