package arch_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A generator that is run as path@version writes code for the library of that version.
func TestGeneratorsHaveTheVersionOfTheirLibrary(t *testing.T) {
	t.Parallel()
	directive := regexp.MustCompile(`(?m)^//go:generate go run (\S+)@(\S+)`)
	mod := readFile(t, "go.mod")
	found := 0
	err := filepath.WalkDir(filepath.Join(root, "internal"), func(name string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, ".go") {
			return err
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		for _, m := range directive.FindAllStringSubmatch(string(text), -1) {
			found++
			if required := "\t" + m[1] + " " + m[2]; !strings.Contains(mod, required+"\n") && !strings.Contains(mod, required+" ") {
				t.Errorf("%s generates with %s@%s, which is not the version in go.mod", name, m[1], m[2])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if found == 0 {
		t.Error("no such directive is left: this test guards nothing")
	}
}
