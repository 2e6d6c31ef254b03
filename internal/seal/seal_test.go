package seal_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"opscenter/internal/seal"
)

func sealer(t *testing.T, keys ...seal.Key) *seal.Sealer {
	t.Helper()
	s, err := seal.New(keys...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSealedDataOpens(t *testing.T) {
	t.Parallel()
	s := sealer(t, seal.NewKey(1))
	for _, plain := range []string{"", "19A-123.45", strings.Repeat("payload", 10_000)} {
		sealed := s.Seal([]byte(plain))
		if plain != "" && bytes.Contains(sealed, []byte(plain)) {
			t.Error("sealed data shows what it hides")
		}
		opened, err := s.Open(sealed)
		if err != nil || string(opened) != plain {
			t.Errorf("got %.20q, %v", opened, err)
		}
		if bytes.Equal(sealed, s.Seal([]byte(plain))) {
			t.Error("the same data is sealed to the same bytes, which shows that it is the same")
		}
	}
}

func TestEveryChangedByteIsFound(t *testing.T) {
	t.Parallel()
	s := sealer(t, seal.NewKey(1), seal.NewKey(2))
	sealed := s.Seal([]byte("19A-123.45"))
	for i := range sealed {
		for _, flip := range []byte{1, 3, 128} {
			changed := bytes.Clone(sealed)
			changed[i] ^= flip
			if _, err := s.Open(changed); !errors.Is(err, seal.ErrOpen) {
				t.Errorf("byte %d changed by %d: got %v", i, flip, err)
			}
		}
		if _, err := s.Open(sealed[:i]); !errors.Is(err, seal.ErrOpen) {
			t.Errorf("cut to %d bytes: got %v", i, err)
		}
	}
}

func TestAnotherKeyOfTheSameIDDoesNotOpen(t *testing.T) {
	t.Parallel()
	sealed := sealer(t, seal.NewKey(1)).Seal([]byte("plate"))
	if _, err := sealer(t, seal.NewKey(1)).Open(sealed); !errors.Is(err, seal.ErrOpen) {
		t.Errorf("got %v", err)
	}
	_, err := sealer(t, seal.NewKey(7)).Open(sealed)
	if !errors.Is(err, seal.ErrOpen) || !strings.Contains(err.Error(), "key 1") {
		t.Errorf("got %v", err)
	}
}

func TestNoKeyAndTwoKeysOfOneIDAreErrors(t *testing.T) {
	t.Parallel()
	if _, err := seal.New(); err == nil {
		t.Error("no key is enough")
	}
	if _, err := seal.New(seal.NewKey(1), seal.NewKey(1)); err == nil {
		t.Error("an id may occur twice")
	}
}

func load(t *testing.T, path string) *seal.Sealer {
	t.Helper()
	s, err := seal.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestKeyFileIsMadeOnceAndForItsOwnerOnly(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "keys")
	sealed := load(t, path).Seal([]byte("plate"))
	if opened, err := load(t, path).Open(sealed); err != nil || string(opened) != "plate" {
		t.Errorf("got %q, %v", opened, err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
	if files, err := os.ReadDir(filepath.Dir(path)); err != nil || len(files) != 1 {
		t.Errorf("left behind %v, %v", files, err)
	}
}

func TestProcessesThatMakeTheKeyFileAtOnceShareOneKey(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "keys")
	sealers := make([]*seal.Sealer, 8)
	var group sync.WaitGroup
	for i := range sealers {
		group.Go(func() {
			var err error
			if sealers[i], err = seal.Load(path); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	for _, s := range sealers {
		if _, err := sealers[0].Open(s.Seal(nil)); err != nil {
			t.Fatal(err)
		}
	}
}

func TestRotationKeepsOldDataReadable(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "keys")
	before := load(t, path)
	old := before.Seal([]byte("old"))
	if err := seal.Rotate(path); err != nil {
		t.Fatal(err)
	}
	after := load(t, path)
	if opened, err := after.Open(old); err != nil || string(opened) != "old" {
		t.Errorf("got %q, %v", opened, err)
	}
	if _, err := before.Open(after.Seal(nil)); !errors.Is(err, seal.ErrOpen) {
		t.Errorf("the old key still seals: %v", err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

func TestBadKeyFilesAreErrorsThatShowNoKey(t *testing.T) {
	t.Parallel()
	secret := strings.Repeat("5ec4e7", 11)
	for text, words := range map[string]string{
		"": "no key", "# only a comment\n": "no key", "300 " + secret[:64]: "line 1", "1 " + secret: "line 1",
		"\n1 " + secret[:62] + "zz": "line 2", "1 " + secret[:64] + "\n1 " + secret[:64]: "twice",
	} {
		path := filepath.Join(t.TempDir(), "keys")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := seal.Load(path)
		if err == nil || !strings.Contains(err.Error(), words) || strings.Contains(err.Error(), secret[:12]) {
			t.Errorf("%q: got %v", text, err)
		}
	}
}

func TestKeyFileForEverybodyIsRefused(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "keys")
	load(t, path)
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := seal.Load(path); err == nil || !strings.Contains(err.Error(), "0644") {
		t.Errorf("got %v", err)
	}
}

func BenchmarkSealPlate(b *testing.B) {
	s, err := seal.New(seal.NewKey(1))
	if err != nil {
		b.Fatal(err)
	}
	plate := []byte("19A-123.45")
	for b.Loop() {
		s.Seal(plate)
	}
}
