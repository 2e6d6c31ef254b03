package pgcluster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// lastSaid is how much of what a tool says at its end an error tells, in bytes.
const lastSaid = 2000

// Dump writes the database at a URL, as an exported snapshot sees it, in pg_dump's custom format without
// compression. The server is of a major version; the oldest pg_dump of this machine that is not older
// is used.
func Dump(ctx context.Context, databaseURL, snapshot string, version int, w io.Writer) error {
	return runTool(ctx, "pg_dump", version, databaseURL, nil, w,
		"--format=custom", "--compress=0", "--snapshot="+snapshot, "--no-password")
}

// Restore reads what Dump wrote into an empty database, in one transaction.
func Restore(ctx context.Context, databaseURL string, version int, r io.Reader) error {
	return runTool(ctx, "pg_restore", version, databaseURL, r, nil,
		"--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges", "--no-comments", "--no-password")
}

func runTool(ctx context.Context, name string, version int, databaseURL string, in io.Reader, out io.Writer, args ...string) error {
	path, err := findTool(name, version)
	if err != nil {
		return err
	}
	shown, password := hidePassword(databaseURL)
	cmd := exec.CommandContext(ctx, path, append(args, "--dbname="+shown)...) //nolint:gosec // the installed program
	cmd.Dir = "/"
	cmd.Stdin, cmd.Stdout = in, out
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	if password != "" {
		cmd.Env = append(cmd.Env, "PGPASSWORD="+password)
	}
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Run(); err != nil {
		text := strings.TrimSpace(said.String())
		return fmt.Errorf("%s: %w: %s", name, errors.Join(ctx.Err(), err), text[max(0, len(text)-lastSaid):])
	}
	return nil
}

// hidePassword takes the password out of a URL: everybody may read a program's arguments. Of libpq's other
// form of addresses nothing is taken.
func hidePassword(databaseURL string) (shown, password string) {
	u, err := url.Parse(databaseURL)
	if err != nil || u.Scheme == "" || u.User == nil {
		return databaseURL, ""
	}
	password, set := u.User.Password()
	if !set {
		return databaseURL, ""
	}
	u.User = url.User(u.User.Username())
	return u.String(), password
}

// findTool returns a client program of PostgreSQL that can speak to a server of a major version.
func findTool(name string, version int) (string, error) {
	best, path := 0, ""
	var have []string
	for _, dir := range programDirectories() {
		candidate := filepath.Join(dir, name)
		out, err := exec.Command(candidate, "--version").Output() //nolint:gosec,noctx // it only prints
		if err != nil {
			continue
		}
		found := parseVersion(string(out))
		have = append(have, fmt.Sprint(found))
		if found >= version && (best == 0 || found < best) {
			best, path = found, candidate
		}
	}
	if path == "" {
		return "", fmt.Errorf("%w: %s of version %d or newer is needed, and found was: %s; install the Debian package postgresql-client-%d",
			ErrNotInstalled, name, version, strings.Join(append(have, "nothing else"), ", "), version)
	}
	return path, nil
}
