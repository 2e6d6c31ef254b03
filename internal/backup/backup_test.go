package backup_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"opscenter/internal/backup"
)

// noise does not compress, so that a member has several parts.
func noise(n int) []byte {
	data := make([]byte, n)
	random := rand.New(rand.NewPCG(1, 2))
	for i := range data {
		data[i] = byte(random.Uint32())
	}
	return data
}

func entries() []backup.Entry {
	var all []backup.Entry
	for i := range 50 {
		all = append(all, backup.Entry{Seq: uint64(7 + 2*i), Partition: i % 3, Appended: time.Unix(1000, int64(i)), Data: noise(i)})
	}
	return all
}

// written is a backup with a database of a size.
func written(t testing.TB, size int) []byte {
	t.Helper()
	var file bytes.Buffer
	w := backup.NewWriter(&file, time.Unix(1_800_000_000, 0))
	if err := w.Stream(backup.Database, func(to io.Writer) error { _, err := to.Write(noise(size)); return err }); err != nil {
		t.Fatal(err)
	}
	all := entries()
	if err := w.Stream(backup.Log, func(to io.Writer) error {
		for i := range all {
			if err := backup.WriteEntry(to, &all[i]); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if err := w.File(backup.Keys+"seal.key", []byte("1 00ff\n")); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(backup.Manifest{
		Version: "1.2.3", Partitions: []backup.Partition{{Seq: 9}}, LogAfter: 6, LogThrough: all[len(all)-1].Seq, LogEntries: len(all),
	}); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

func TestWhatWasWrittenIsRead(t *testing.T) {
	t.Parallel()
	const size = 20 << 20
	file := written(t, size)
	m, err := backup.Verify(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	if m.Version != "1.2.3" || len(m.Members) != 5 || m.Warning == "" || m.Size() < size {
		t.Errorf("manifest %+v", m)
	}
	var names []string
	var got []backup.Entry
	err = backup.Read(bytes.NewReader(file), backup.Visit{
		File: func(name string, data []byte) error { names = append(names, name+" "+string(data)); return nil },
		Stream: func(name string, content io.Reader) error {
			names = append(names, name)
			if name == backup.Log {
				for all := backup.NewEntries(content); ; {
					e, more, err := all.Next()
					if err != nil || !more {
						return err
					}
					got = append(got, e)
				}
			}
			data, err := io.ReadAll(content)
			if !bytes.Equal(data, noise(size)) {
				t.Errorf("the database changed: %d bytes", len(data))
			}
			return err
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{backup.Database, backup.Log, "keys/seal.key 1 00ff\n"}, names); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(entries(), got); diff != "" {
		t.Error(diff)
	}
}

func TestAChangedByteIsRefusedByTheNameOfItsMember(t *testing.T) {
	t.Parallel()
	file := written(t, 20<<20)
	for part, where := range map[string]int{"database.dump.zst/000001": 5 << 20, "database.dump.zst/000003": 18 << 20, "keys/seal.key": bytes.Index(file, []byte("1 00ff"))} {
		changed := bytes.Clone(file)
		changed[where] ^= 1
		if _, err := backup.Verify(bytes.NewReader(changed)); !errors.Is(err, backup.ErrCorrupt) || !strings.Contains(err.Error(), part+" was changed") {
			t.Errorf("%s: %v", part, err)
		}
	}
}

// Only what tar itself fills up with may be anything.
func TestNoChangeOfWhatIsSaidIsOverlooked(t *testing.T) {
	t.Parallel()
	file := written(t, 1000)
	want, err := backup.Verify(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		changed := bytes.Clone(file)
		at := rapid.IntRange(0, len(file)-1).Draw(t, "at")
		changed[at] ^= byte(rapid.IntRange(1, 255).Draw(t, "bits"))
		if got, err := backup.Verify(bytes.NewReader(changed)); err == nil && !cmp.Equal(want, got) {
			t.Errorf("byte %d (%q) may be anything", at, file[at])
		}
	})
}

func TestABackupThatWasCutOffIsRefused(t *testing.T) {
	t.Parallel()
	file := written(t, 1000)
	manifest := bytes.Index(file, []byte(`"members"`))
	for at := 0; at < manifest; at += 97 {
		if _, err := backup.Verify(bytes.NewReader(file[:at])); !errors.Is(err, backup.ErrIncomplete) {
			t.Fatalf("cut off at %d: %v", at, err)
		}
	}
}

func TestABackupThatWasGivenUpSaysWhy(t *testing.T) {
	t.Parallel()
	var file bytes.Buffer
	w := backup.NewWriter(&file, time.Now())
	if err := errors.Join(w.File("config.yaml", nil), w.Fail(errors.New("pg_dump: out of memory"))); err != nil {
		t.Fatal(err)
	}
	if _, err := backup.Scan(&file); !errors.Is(err, backup.ErrIncomplete) || !strings.Contains(err.Error(), "out of memory") {
		t.Errorf("got %v", err)
	}
}

func TestABackupOfANewerProgramIsRefused(t *testing.T) {
	t.Parallel()
	file := bytes.Replace(written(t, 10), []byte(`"format": 1`), []byte(`"format": 2`), 1)
	text := file[bytes.Index(file, []byte("{\n")) : bytes.LastIndex(file, []byte("}\n"))+2]
	sum := sha256.Sum256(text)
	copy(file[bytes.Index(file, []byte("  manifest.json\n"))-64:], hex.EncodeToString(sum[:]))
	if _, err := backup.Scan(bytes.NewReader(file)); !errors.Is(err, backup.ErrFormat) {
		t.Errorf("got %v", err)
	}
}

func FuzzScan(f *testing.F) {
	f.Add(written(f, 10))
	f.Fuzz(func(_ *testing.T, file []byte) {
		_, _ = backup.Verify(bytes.NewReader(file))
		for all := backup.NewEntries(bytes.NewReader(file)); ; {
			if _, more, err := all.Next(); err != nil || !more {
				break
			}
		}
	})
}
