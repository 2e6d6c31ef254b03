package pgcluster

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// account is who runs the server.
type account struct {
	name     string
	uid, gid int
	other    bool // it is not this process's own
}

// chooseAccount returns the account that will run the server of the cluster in dir.
func chooseAccount(name, dir string) (account, error) {
	if os.Geteuid() != 0 {
		return account{name: "this user", uid: os.Geteuid(), gid: os.Getegid()}, nil
	}
	if name != "" {
		return lookupAccount(name)
	}
	if info, err := os.Stat(filepath.Join(dir, "PG_VERSION")); err == nil {
		if stat, ok := info.Sys().(*syscall.Stat_t); ok && stat.Uid != 0 {
			return account{name: fmt.Sprintf("number %d", stat.Uid), uid: int(stat.Uid), gid: int(stat.Gid), other: true}, nil
		}
	}
	for _, candidate := range []string{"postgres", "nobody"} {
		if acc, err := lookupAccount(candidate); err == nil {
			return acc, nil
		}
	}
	return account{}, errors.New("PostgreSQL does not run as root, and there is neither a user postgres nor a user nobody to run it as")
}

func lookupAccount(name string) (account, error) {
	u, err := user.Lookup(name)
	if err != nil {
		return account{}, fmt.Errorf("the account to run PostgreSQL as: %w", err)
	}
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return account{}, fmt.Errorf("user %s: id: %w", name, err)
	}
	gid, err := strconv.Atoi(u.Gid)
	if err != nil {
		return account{}, fmt.Errorf("user %s: group: %w", name, err)
	}
	if uid == 0 {
		return account{}, fmt.Errorf("PostgreSQL does not run as %s", name)
	}
	return account{name: name, uid: uid, gid: gid, other: true}, nil
}

// become makes a command run as the account, in the root directory and without the settings of some
// other PostgreSQL.
func (a account) become(cmd *exec.Cmd) {
	cmd.Dir = "/"
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "PG") && !strings.HasPrefix(v, "LC_") && !strings.HasPrefix(v, "LANG") {
			cmd.Env = append(cmd.Env, v)
		}
	}
	cmd.Env = append(cmd.Env, "LC_ALL=C")
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	if a.other {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)} //nolint:gosec // ids are not negative
	}
}

// own gives a file or an empty directory to the account.
func (a account) own(path string) error {
	if !a.other {
		return nil
	}
	return os.Chown(path, a.uid, a.gid)
}

// ownAll gives a whole tree to the account if its top belongs to root.
func (a account) ownAll(dir string) error {
	info, err := os.Stat(dir)
	if err != nil || !a.other {
		return err
	}
	if stat, ok := info.Sys().(*syscall.Stat_t); !ok || stat.Uid != 0 {
		return nil
	}
	return filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, a.uid, a.gid) //nolint:gosec // only root could have put links there, and they are not followed
	})
}

// reaches says whether the account can enter a directory: it starts a program there.
func (a account) reaches(dir string, bin binaries) bool {
	if !a.other {
		return true
	}
	cmd := exec.Command(bin.postgres(), "--version") //nolint:gosec,noctx // it only prints
	a.become(cmd)
	cmd.Dir = dir
	return cmd.Run() == nil
}

// closedParent returns the topmost directory above dir that does not let everybody pass.
func closedParent(dir string) string {
	for path, closed := filepath.Dir(dir), ""; ; path = filepath.Dir(path) {
		if info, err := os.Stat(path); err == nil && info.Mode().Perm()&0o001 == 0 {
			closed = path
		}
		if path == filepath.Dir(path) {
			return closed
		}
	}
}

// place passes a directory to a command that the account is to run: by its path, or, where a parent
// is closed to the account, as an open file that the command inherits. It returns the path that the
// command must use; close is called when the command has started.
func (a account) place(cmd *exec.Cmd, dir string, bin binaries) (path string, closeFile func() error, err error) {
	if a.reaches(dir, bin) {
		return dir, func() error { return nil }, nil
	}
	refused := fmt.Errorf("user %s cannot reach the directory, because %s is closed to it: open that (chmod o+x), or choose another data directory",
		a.name, closedParent(dir))
	path = inheritedPath(len(cmd.ExtraFiles))
	if path == "" {
		return "", nil, refused
	}
	file, err := os.Open(dir)
	if err != nil {
		return "", nil, err
	}
	if !inherits(a, file) {
		return "", nil, errors.Join(refused, file.Close())
	}
	cmd.ExtraFiles = append(cmd.ExtraFiles, file)
	return path, file.Close, nil
}

// inherits says whether the account really reaches an inherited directory; /proc may be hidden.
func inherits(a account, file *os.File) bool {
	cmd := exec.Command("/bin/sh", "-c", "cd "+inheritedPath(0)) //nolint:gosec,noctx // a fixed path
	a.become(cmd)
	cmd.ExtraFiles = []*os.File{file}
	return cmd.Run() == nil
}

// makeSocketDirectory makes a directory for the socket that the account can use and others cannot.
func makeSocketDirectory(parent string, bin binaries, acc account) (string, error) {
	candidates := []string{parent}
	if parent == "" {
		candidates = []string{os.TempDir(), "/tmp", "/var/tmp", "/run", "/dev/shm"}
	}
	var refusals []error
	for _, candidate := range candidates {
		dir, err := os.MkdirTemp(candidate, socketsName)
		if err != nil {
			refusals = append(refusals, err)
			continue
		}
		if err = checkSocketDirectory(dir, bin, acc); err == nil {
			return dir, nil
		}
		refusals = append(refusals, err, os.Remove(dir))
	}
	return "", fmt.Errorf("no place for the socket: %w", errors.Join(refusals...))
}

func checkSocketDirectory(dir string, bin binaries, acc account) error {
	const longest = 107 // bytes, of sockaddr_un
	if n := len(dir) + len("/"+socketName); n > longest {
		return fmt.Errorf("%s: the socket's path would be %d bytes long, more than %d", dir, n, longest)
	}
	if strings.ContainsAny(dir, `,"`) {
		return fmt.Errorf("%s: a socket's path has no commas and quotes", dir)
	}
	if err := acc.own(dir); err != nil {
		return err
	}
	if !acc.reaches(dir, bin) {
		return fmt.Errorf("%s: user %s cannot reach it", dir, acc.name)
	}
	return nil
}

// keepSocketDirectory makes the directory again if the cluster was stopped in between. Its name is
// known by then, so nothing that somebody else put there is used.
func (a account) keepSocketDirectory(dir string) error {
	info, err := os.Lstat(dir)
	if errors.Is(err, fs.ErrNotExist) {
		if err := os.Mkdir(dir, 0o700); err != nil {
			return err
		}
		return a.own(dir)
	}
	if err != nil {
		return err
	}
	if stat, ok := info.Sys().(*syscall.Stat_t); !ok || !info.IsDir() || int(stat.Uid) != a.uid {
		return fmt.Errorf("%s is not the directory of the socket any more", dir)
	}
	return nil
}
