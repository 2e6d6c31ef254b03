package pgcluster

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

const oldestVersion = 14

// ErrNotInstalled is wrapped when this machine has no PostgreSQL that can be used.
var ErrNotInstalled = errors.New("PostgreSQL is not installed")

// binaries are the programs of one installed PostgreSQL.
type binaries struct {
	dir     string
	version int // major
}

func (b binaries) postgres() string { return filepath.Join(b.dir, "postgres") }
func (b binaries) initdb() string   { return filepath.Join(b.dir, "initdb") }

// existingVersion returns the major version that made the cluster in dir, or 0 if there is none.
func existingVersion(dir string) int {
	text, err := os.ReadFile(filepath.Join(dir, "PG_VERSION"))
	if err != nil {
		return 0
	}
	version, _ := strconv.Atoi(strings.TrimSpace(string(text)))
	return version
}

// findBinaries returns the newest PostgreSQL of this machine, or the one of exactly the version that
// a cluster was made by, since no other can read it.
func findBinaries(made int) (binaries, error) { return pick(installed(), made) }

func pick(found []binaries, made int) (binaries, error) {
	slices.SortStableFunc(found, func(a, b binaries) int { return b.version - a.version })
	var versions []string
	for _, b := range found {
		if b.version == made || made == 0 && b.version >= oldestVersion {
			return b, nil
		}
		versions = append(versions, strconv.Itoa(b.version))
	}
	have := "none was found in PATH or /usr/lib/postgresql"
	if len(versions) > 0 {
		have = "found only version " + strings.Join(versions, ", ")
	}
	if made != 0 {
		return binaries{}, fmt.Errorf("%w: the cluster was made by version %d and %s: install the Debian package postgresql-%d, or move the data with pg_upgrade",
			ErrNotInstalled, made, have, made)
	}
	return binaries{}, fmt.Errorf("%w: version %d or newer is needed and %s: install the Debian package `postgresql` (apt install postgresql), or name a server with --database-url",
		ErrNotInstalled, oldestVersion, have)
}

// programDirectories are the directories that PostgreSQL's programs may be in.
func programDirectories() []string {
	var dirs []string
	if path, err := exec.LookPath("postgres"); err == nil {
		if target, err := filepath.EvalSymlinks(path); err == nil {
			dirs = append(dirs, filepath.Dir(target))
		}
	}
	for _, pattern := range []string{
		"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/local/pgsql/bin", "/opt/homebrew/opt/postgresql*/bin",
	} {
		matches, err := filepath.Glob(pattern)
		if err == nil {
			dirs = append(dirs, matches...)
		}
	}
	return dirs
}

func installed() []binaries {
	var found []binaries
	for _, dir := range programDirectories() {
		b := binaries{dir: dir}
		if _, err := os.Stat(b.initdb()); err != nil {
			continue
		}
		out, err := exec.Command(b.postgres(), "--version").Output() //nolint:gosec,noctx // at start, and it only prints
		if err != nil {
			continue
		}
		if b.version = parseVersion(string(out)); b.version > 0 {
			found = append(found, b)
		}
	}
	return found
}

// parseVersion reads the major version from `postgres (PostgreSQL) 15.18 (Debian …)`; 0 if it cannot.
func parseVersion(text string) int {
	match := regexp.MustCompile(`\(PostgreSQL\) (\d+)`).FindStringSubmatch(text)
	if match == nil {
		return 0
	}
	version, _ := strconv.Atoi(match[1])
	return version
}
