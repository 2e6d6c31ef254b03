package arch_test

import (
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func readFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestContributingNamesEveryPackage(t *testing.T) {
	t.Parallel()
	text := readFile(t, "CONTRIBUTING.md")
	for name := range programs(listPackages(t)) {
		parent := path.Dir(name)
		if parent == "subsystems" {
			continue // docs/subsystems has a page of each, generated from its Spec
		}
		mentioned := strings.Contains(text, "`"+name+"`") ||
			(strings.Contains(text, "`"+parent+"`") && strings.Contains(text, "`"+path.Base(name)+"`"))
		if !mentioned {
			t.Errorf("CONTRIBUTING.md does not say what %s is for", name)
		}
	}
}

func TestDocumentsLinkToWhatExists(t *testing.T) {
	t.Parallel()
	link := regexp.MustCompile(`\]\(([^)\s]+)\)`)
	for _, pattern := range []string{
		"*.md", "docs/*.md", "docs/adr/*.md", "docs/subsystems/*.md", "internal/dialect/*/*.md", "deploy/*.md", "subsystems/*.md", "subsystems/*/*.md",
	} {
		files, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range link.FindAllStringSubmatch(string(text), -1) {
				target, _, _ := strings.Cut(m[1], "#")
				if target == "" || strings.Contains(target, "://") {
					continue
				}
				if _, err := os.Stat(filepath.Join(filepath.Dir(file), target)); err != nil {
					t.Errorf("%s links to %q, which does not exist", file, m[1])
				}
			}
		}
	}
}

// exampleFiles returns the files that CONTRIBUTING.md tells the reader to write: a line with a path
// in backticks, an empty line, a fenced block.
func exampleFiles(text string) map[string]string {
	block := regexp.MustCompile("\n`(subsystems/[^`]+)`\n\n```[a-z]*\n((?s:.*?\n))```\n")
	files := make(map[string]string)
	for _, m := range block.FindAllStringSubmatch(text, -1) {
		files[m[1]] = m[2]
	}
	return files
}

func TestSubsystemOfContributingConformsAsWritten(t *testing.T) {
	t.Parallel()
	noteSources(t)
	const example = "subsystems/streetlight"
	dir := t.TempDir()
	files := exampleFiles(readFile(t, "CONTRIBUTING.md"))
	for name, text := range files {
		inside, ok := strings.CutPrefix(name, example+"/")
		if !ok {
			t.Fatalf("CONTRIBUTING.md has a file %q outside %s", name, example)
		}
		write(t, filepath.Join(dir, inside), text)
	}
	if len(files) < 5 {
		t.Fatalf("CONTRIBUTING.md has %d files of the example; the pattern that finds them must have changed", len(files))
	}

	// The folder becomes a module of its own that is built with this working copy.
	here, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	mod := strings.Replace(readFile(t, "go.mod"), "module "+module+"\n", "module "+module+"/"+example+"\n", 1)
	mod += fmt.Sprintf("\nrequire %s v0.0.0\nreplace %s => %s\n", module, module, here)
	write(t, filepath.Join(dir, "go.mod"), mod)
	write(t, filepath.Join(dir, "go.sum"), readFile(t, "go.sum"))

	conform := func(env ...string) {
		t.Helper()
		run := exec.CommandContext(t.Context(), "go", "test", "-mod=mod", ".")
		run.Dir = dir
		run.Env = append(append(os.Environ(), "GOFLAGS=", "GOWORK=off"), env...)
		if out, err := run.CombinedOutput(); err != nil {
			t.Fatalf("the example of CONTRIBUTING.md: %v\n%s", err, out)
		}
	}
	conform("UPDATE_GOLDEN=1")
	conform()
	for name, section := range map[string]string{"lit.txtar": "-- want --", "lit-otherwise.txtar": "-- error --"} {
		text, err := os.ReadFile(filepath.Join(dir, "testdata", name))
		if err != nil || !strings.Contains(string(text), section) {
			t.Errorf("%s has no section %q after it was updated (%v)", name, section, err)
		}
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
