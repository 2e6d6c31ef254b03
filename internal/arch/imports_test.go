// Package arch keeps the shape of the program: which package may import which, who owns which
// library, and that documents and deployment files speak of what exists. It has tests only.
package arch_test

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const (
	module = "opscenter"
	root   = "../.."
)

// pkg is one package as `go list` describes it. Imports are those of the code itself, without its
// tests; Deps are all that it is built with.
type pkg struct {
	ImportPath string
	Standard   bool
	Imports    []string
	Deps       []string
	GoFiles    []string
}

// own returns the path inside the module, and whether the package belongs to it.
func own(importPath string) (string, bool) {
	return strings.CutPrefix(importPath, module+"/")
}

// listPackages returns every package of the program, and everything that it is built with, by
// import path.
func listPackages(t *testing.T) map[string]*pkg {
	t.Helper()
	noteSources(t)
	list := exec.CommandContext(t.Context(), "go", "list", "-deps", "-json=ImportPath,Standard,Imports,Deps,GoFiles", "./...")
	list.Dir = root
	list.Stderr = os.Stderr
	out, err := list.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := list.Start(); err != nil {
		t.Fatalf("go list: %v", err)
	}
	packages := make(map[string]*pkg)
	for d := json.NewDecoder(out); ; {
		var p pkg
		err := d.Decode(&p)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("go list: %v", err)
		}
		packages[p.ImportPath] = &p
	}
	if err := list.Wait(); err != nil {
		t.Fatalf("go list: %v", err)
	}
	return packages
}

// noteSources looks at every Go file, so that go test, which sees only what the test itself opens
// and not what `go list` reads, does not answer from its cache after a change.
func noteSources(t *testing.T) {
	t.Helper()
	for _, dir := range []string{"cmd", "internal", "subsystems"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(name string, _ fs.DirEntry, err error) error {
			if err == nil && strings.HasSuffix(name, ".go") {
				_, err = os.Stat(name)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// programs returns the module's packages that contain more than tests, by path inside the module.
func programs(packages map[string]*pkg) map[string]*pkg {
	ours := make(map[string]*pkg)
	for _, p := range packages {
		if name, ok := own(p.ImportPath); ok && len(p.GoFiles) > 0 {
			ours[name] = p
		}
	}
	return ours
}

func matchesAny(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		ok, err := path.Match(pattern, name)
		return err == nil && ok
	})
}

// program is the module as it is built: all packages, and among them ours that contain more than
// tests, by path inside the module.
type program struct {
	all  map[string]*pkg
	ours map[string]*pkg
}

func TestImports(t *testing.T) {
	t.Parallel()
	all := listPackages(t)
	p := program{all: all, ours: programs(all)}
	for name, check := range map[string]func(*testing.T, program){
		"every package imports only what it may":         checkPackages,
		"every package that a rule names exists":         checkRules,
		"every library is imported only by its owners":   checkLibraries,
		"the vocabulary knows only the standard library": checkVocabulary,
		"decoders do no input or output":                 checkDecoders,
		"the program is built without test packages":     checkTestPackages,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check(t, p)
		})
	}
}

func checkPackages(t *testing.T, program program) {
	t.Helper()
	for name, p := range program.ours {
		r, ok := ruleOf(name)
		if !ok {
			t.Errorf("%s stands in no rule: say in rules_test.go what it may import", name)
			continue
		}
		for _, imported := range p.Imports {
			if target, ok := own(imported); ok && !matchesAny(r.mayImport, target) {
				t.Errorf("%s imports %s; it may import: %s", name, target, strings.Join(r.mayImport, ", "))
			}
		}
	}
}

func checkRules(t *testing.T, program program) {
	t.Helper()
	exists := func(pattern string) bool {
		for name := range program.ours {
			if matchesAny([]string{pattern}, name) {
				return true
			}
		}
		return false
	}
	for _, r := range rules() {
		for _, pattern := range append([]string{r.path}, r.mayImport...) {
			if !exists(pattern) {
				t.Errorf("the rule of %s names %s, which does not exist", r.path, pattern)
			}
		}
	}
	for _, l := range libraries() {
		for _, owner := range l.owners {
			if !exists(owner) {
				t.Errorf("%s is said to belong to %s, which does not exist", l.path, owner)
			}
		}
	}
}

func checkLibraries(t *testing.T, program program) {
	t.Helper()
	for _, l := range libraries() {
		used := false
		for name, p := range program.ours {
			if !slices.ContainsFunc(p.Imports, l.contains) {
				continue
			}
			used = true
			if !matchesAny(l.owners, name) {
				t.Errorf("%s imports %s, which only these may: %s", name, l.path, strings.Join(l.owners, ", "))
			}
		}
		if !used {
			t.Errorf("nothing imports %s any more: its rule guards nothing", l.path)
		}
	}
}

func checkVocabulary(t *testing.T, program program) {
	t.Helper()
	for _, dep := range program.ours["internal/city"].Deps {
		if p := program.all[dep]; p == nil || !p.Standard {
			t.Errorf("internal/city is built with %s; the vocabulary needs nothing but the standard library", dep)
		}
	}
}

func checkDecoders(t *testing.T, program program) {
	t.Helper()
	for name, p := range program.ours {
		if !matchesAny([]string{"subsystems/*", "internal/dialect/*"}, name) {
			continue
		}
		for _, imported := range p.Imports {
			if slices.Contains(forbiddenToDecoders(), imported) {
				t.Errorf("%s imports %s: a decoder is given a message and returns observations, and does nothing else", name, imported)
			}
		}
		for _, dep := range p.Deps {
			_, ours := own(dep)
			pure := slices.ContainsFunc(pureLibraries(), func(l library) bool { return l.contains(dep) })
			if d := program.all[dep]; d != nil && !d.Standard && !ours && !pure {
				t.Errorf("%s is built with %s: a library for decoders must be pure, and listed as such", name, dep)
			}
		}
	}
}

func checkTestPackages(t *testing.T, program program) {
	t.Helper()
	for name, p := range program.ours {
		if strings.HasSuffix(name, "test") {
			continue
		}
		for _, imported := range p.Imports {
			if target, ok := own(imported); (ok && strings.HasSuffix(target, "test")) || imported == "testing" {
				t.Errorf("%s imports %s outside its tests", name, imported)
			}
		}
	}
}

func TestNoRuleLetsOneAdapterImportAnother(t *testing.T) {
	t.Parallel()
	for _, r := range rules() {
		if !slices.Contains(adapters(), r.path) {
			continue
		}
		for _, other := range adapters() {
			if matchesAny(r.mayImport, other) {
				t.Errorf("the rule of %s lets it import %s: adapters know the vocabulary, never each other", r.path, other)
			}
		}
	}
}
