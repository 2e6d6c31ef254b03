package backup

import (
	"archive/tar"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

// largestFile is more than any file of a backup has, in bytes.
const largestFile = 64 << 20

// Scan reads a whole backup and returns its manifest: every member must be there, as it was written,
// and nothing else.
func Scan(r io.Reader) (Manifest, error) {
	a := &archive{tar: tar.NewReader(r)}
	var members []Member
	for {
		if err := a.next(); err != nil {
			return Manifest{}, err
		}
		sum := sha256.New()
		var text strings.Builder
		to := io.Writer(sum)
		if a.name == manifestName || a.name == failureName {
			to = &text
		}
		if _, err := io.Copy(to, a.tar); err != nil {
			return Manifest{}, a.broken(err)
		}
		switch a.name {
		case failureName:
			return Manifest{}, fmt.Errorf("%w: it was given up: %s", ErrIncomplete, strings.TrimSpace(text.String()))
		case manifestName:
			return a.finish(text.String(), members)
		}
		members = append(members, Member{Name: a.name, Size: a.size, SHA256: hex.EncodeToString(sum.Sum(nil))})
	}
}

// finish reads what follows the manifest, and compares.
func (a *archive) finish(text string, members []Member) (Manifest, error) {
	if err := a.next(); err != nil {
		return Manifest{}, err
	}
	said, err := io.ReadAll(a.tar)
	if err != nil {
		return Manifest{}, a.broken(err)
	}
	sum := sha256.Sum256([]byte(text))
	if a.name != sumName || string(said) != hex.EncodeToString(sum[:])+"  "+manifestName+"\n" {
		return Manifest{}, fmt.Errorf("%w: %s was changed", ErrCorrupt, manifestName)
	}
	var m Manifest
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		return Manifest{}, fmt.Errorf("%w: %s: %w", ErrCorrupt, manifestName, err)
	}
	if err := m.check(); err != nil {
		return Manifest{}, err
	}
	if err := compare(m.Members, members); err != nil {
		return Manifest{}, err
	}
	if _, err := a.tar.Next(); !errors.Is(err, io.EOF) {
		return Manifest{}, fmt.Errorf("%w: something follows the manifest", ErrCorrupt)
	}
	return m, nil
}

// compare names the first member that is not what the manifest says.
func compare(want, have []Member) error {
	for i, w := range want {
		switch {
		case i >= len(have) || have[i].Name != w.Name:
			return fmt.Errorf("%w: %s is missing", ErrCorrupt, w.Name)
		case have[i] != w:
			return fmt.Errorf("%w: %s was changed", ErrCorrupt, w.Name)
		}
	}
	if len(have) > len(want) {
		return fmt.Errorf("%w: %s is in no manifest", ErrCorrupt, have[len(want)].Name)
	}
	return nil
}

// archive is a tar that is being read, at one of its files.
type archive struct {
	tar  *tar.Reader
	name string
	size int64 // bytes
}

// next goes to the next file.
func (a *archive) next() error {
	header, err := a.tar.Next()
	if err != nil {
		return a.broken(err)
	}
	name := header.Name
	if header.Typeflag != tar.TypeReg || header.Size < 0 || header.Size > largestFile || path.Clean("/"+name) != "/"+name {
		return fmt.Errorf("%w%s: it has a member %q of %d bytes", ErrCorrupt, a.after(), name, header.Size)
	}
	a.name, a.size = name, header.Size
	return nil
}

func (a *archive) after() string {
	if a.name == "" {
		return ""
	}
	return " after " + a.name
}

// broken says what it means that the tar cannot be read on.
func (a *archive) broken(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: it ends%s, without all of its manifest", ErrIncomplete, a.after())
	}
	return fmt.Errorf("%w%s: %w", ErrCorrupt, a.after(), err)
}
