package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"opscenter/internal/backup"
	"opscenter/internal/broker"
	"opscenter/internal/eventlog"
	"opscenter/internal/store"
)

// BackUp writes a backup of the center of the data directory into a new file, or into a new file of an
// existing directory, which it calls after the time. The center may run. It tells progress how many
// bytes it has written, now and then, and returns the file's path and what is in it.
func BackUp(ctx context.Context, c Config, path string, progress func(written int64)) (name string, m backup.Manifest, err error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, backupPrefix+time.Now().UTC().Format("20060102T150405Z")+backupSuffix)
	}
	m, err = saveBackup(path, progress, func(to io.Writer) error {
		if url := runningCenter(ctx, c.Data); url != "" {
			return askBackup(ctx, c.Data, url, to)
		}
		return backUpStopped(ctx, c, to)
	})
	return path, m, err
}

// What begins and ends the names of backups in a directory.
const (
	backupPrefix = "opscenter-"
	backupSuffix = ".tar"
)

// PruneBackups removes the oldest of the backups in a directory that BackUp has named, so that keep of
// them are left. It returns what it has removed.
func PruneBackups(dir string, keep int) (removed []string, err error) {
	names, err := filepath.Glob(filepath.Join(dir, backupPrefix+"????????T??????Z"+backupSuffix)) // in the order of their times
	if err != nil || len(names) <= keep {
		return nil, err
	}
	for _, name := range names[:len(names)-keep] {
		if err := os.Remove(name); err != nil {
			return removed, err
		}
		removed = append(removed, name)
	}
	return removed, nil
}

// saveBackup lets write write a file that only this user can read, and looks at what is written. The
// file has its name only once it is whole and on the disk.
func saveBackup(path string, progress func(int64), write func(io.Writer) error) (m backup.Manifest, err error) {
	if _, err := os.Lstat(path); err == nil {
		return m, fmt.Errorf("%s exists", path)
	}
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*") // mode 0600
	if err != nil {
		return m, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(file.Name()))
		}
	}()
	m, err = watched(file, progress, write)
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return m, err
	}
	if err := os.Rename(file.Name(), path); err != nil {
		return m, err
	}
	return m, syncDirectory(filepath.Dir(path))
}

func syncDirectory(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// watched scans what is written while it is written.
func watched(file io.Writer, progress func(int64), write func(io.Writer) error) (backup.Manifest, error) {
	seen, show := io.Pipe()
	var m backup.Manifest
	scanned := make(chan error, 1)
	go func() {
		var err error
		m, err = backup.Scan(seen)
		_, _ = io.Copy(io.Discard, seen) // whatever follows must not block the writer
		scanned <- err
	}()
	err := write(io.MultiWriter(file, show, &counter{tell: progress}))
	_ = show.Close() // a pipe's never fails
	if scan := <-scanned; err == nil || errors.Is(scan, backup.ErrIncomplete) && strings.Contains(scan.Error(), "given up") {
		err = scan // it has the reason of a center that could not go on
	}
	return m, err
}

// counter tells how much was written.
type counter struct {
	written int64
	tell    func(int64)
}

// Write implements io.Writer.
func (c *counter) Write(data []byte) (int, error) {
	c.written += int64(len(data))
	c.tell(c.written)
	return len(data), nil
}

// askBackup lets the running center write the backup: it alone can reach its database and its log.
func askBackup(ctx context.Context, data, url string, to io.Writer) error {
	token, err := os.ReadFile(filepath.Join(data, tokenFile))
	if err != nil {
		return fmt.Errorf("the center runs, and this user may not ask it for a backup: %w", err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/api/v1/backup", nil)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+strings.TrimSpace(string(token)))
	response, err := new(http.Client).Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		text, err := io.ReadAll(io.LimitReader(response.Body, 64<<10))
		return errors.Join(problem(response.Status, text), err)
	}
	_, err = io.Copy(to, response.Body)
	return err
}

// backUpStopped starts of a center that does not run as much as a backup needs.
func backUpStopped(ctx context.Context, c Config, to io.Writer) (err error) {
	if _, err := os.Stat(filepath.Join(c.Data, sealKey)); err != nil {
		return fmt.Errorf("%s is not the data directory of a center: %w", c.Data, err)
	}
	dir, err := openDataDir(c.Data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, dir.close()) }()
	if err := dir.checkWhole(); err != nil {
		return err
	}
	url, stop, err := databaseURL(ctx, c.Serve, dir, discardLog())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop(context.WithoutCancel(ctx))) }()
	s, err := store.Open(ctx, store.Config{URL: url})
	if err != nil {
		return err
	}
	defer s.Close()
	logConfig, stopBroker, err := offlineLog(c, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stopBroker(context.WithoutCancel(ctx))) }()
	logConfig.Partitions = 0 // as many as it was made with
	l, err := eventlog.Open(ctx, logConfig)
	if err != nil {
		return err
	}
	defer l.Close()
	b := backupSource{
		store: s, eventlog: l, databaseURL: url, dir: dir, configPath: string(c.Config), version: c.Version, timezone: c.Timezone,
	}
	return b.write(ctx, to)
}

// offlineLog returns how to open the log of a center that does not run, and starts the broker that keeps
// it unless it is elsewhere.
func offlineLog(c Config, dir *dataDir) (eventlog.Config, func(context.Context) error, error) {
	l := eventlog.Config{URL: c.Log.NATSURL, Partitions: c.Log.Partitions, MaxBytes: c.Log.MaxMB << 20, MaxAge: c.Log.MaxAge}
	if l.URL != "" {
		return l, func(context.Context) error { return nil }, nil
	}
	b, err := broker.Start(broker.Config{StoreDir: dir.join("broker"), MQTTListen: "127.0.0.1:0"})
	if err != nil {
		return l, nil, err
	}
	l.Conn, l.Health = b, b.Err
	return l, b.Shutdown, nil
}
