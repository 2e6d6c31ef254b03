package seal

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// A key file has one key per line, as `ID HEX`, oldest first; empty lines and lines that start with
// # are skipped.
const fileComment = "# Keys that seal personal data. Without this file sealed data is lost: back it up, apart from the data.\n"

// Load reads the keys in a file. If there is no such file it makes one with a new key, readable by
// its owner only and on disk before Load returns; of several processes that do so at once one wins
// and all get its key. A file that everybody may read is an error.
func Load(path string) (*Sealer, error) {
	keys, err := readFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err = createFile(path, []Key{NewKey(1)}); err == nil || errors.Is(err, fs.ErrExist) {
			keys, err = readFile(path)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("key file: %w", err)
	}
	s, err := New(keys...)
	if err != nil {
		return nil, fmt.Errorf("key file %s: %w", path, err)
	}
	return s, nil
}

// Rotate adds a new key to a key file. Sealers that are loaded from now on seal with it and still
// open what older keys sealed.
func Rotate(path string) error {
	keys, err := readFile(path)
	if err != nil {
		return fmt.Errorf("key file: %w", err)
	}
	last := keys[len(keys)-1].ID
	if last == math.MaxUint8 {
		return fmt.Errorf("key file %s: no key id is left after %d", path, last)
	}
	temporary, err := writeTemporary(path, append(keys, NewKey(last+1)))
	if err != nil {
		return fmt.Errorf("key file: %w", err)
	}
	if err := os.Rename(temporary, path); err != nil {
		return errors.Join(fmt.Errorf("key file: %w", err), os.Remove(temporary))
	}
	return syncDirectory(filepath.Dir(path))
}

func readFile(path string) ([]Key, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if mode := info.Mode().Perm(); mode&0o007 != 0 {
		return nil, fmt.Errorf("%s: mode %04o lets everybody read it; make it 0600", path, mode)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	keys, err := parseKeys(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return keys, nil
}

func parseKeys(text []byte) ([]Key, error) {
	var keys []Key
	lines := bufio.NewScanner(bytes.NewReader(text))
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		id, secret, _ := strings.Cut(line, " ")
		number, err := strconv.ParseUint(id, 10, 8)
		if err != nil {
			return nil, fmt.Errorf("line %d: the key's id is not a number from 0 to 255", n)
		}
		raw, err := hex.DecodeString(strings.TrimSpace(secret))
		if err != nil || len(raw) != KeySize {
			return nil, fmt.Errorf("line %d: the key is not %d bytes in hexadecimal", n, KeySize)
		}
		keys = append(keys, Key{ID: byte(number), Secret: [KeySize]byte(raw)})
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	if len(keys) == 0 {
		return nil, errors.New("it has no key")
	}
	return keys, nil
}

// createFile fails with fs.ErrExist if the file has come into being meanwhile.
func createFile(path string, keys []Key) error {
	temporary, err := writeTemporary(path, keys)
	if err != nil {
		return err
	}
	linked := os.Link(temporary, path) // unlike a rename, it never replaces a file
	if err := errors.Join(linked, os.Remove(temporary)); err != nil {
		return err
	}
	return syncDirectory(filepath.Dir(path))
}

// writeTemporary writes the keys to a new file beside path, mode 0600, and returns its name.
func writeTemporary(path string, keys []Key) (name string, err error) {
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return "", err
	}
	text := []byte(fileComment)
	for _, k := range keys {
		text = fmt.Appendf(text, "%d %x\n", k.ID, k.Secret)
	}
	_, written := file.Write(text)
	if err := errors.Join(written, file.Sync(), file.Close()); err != nil {
		return "", errors.Join(err, os.Remove(file.Name()))
	}
	return file.Name(), nil
}

func syncDirectory(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
