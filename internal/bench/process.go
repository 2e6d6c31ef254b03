package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/prometheus/procfs"
)

// center is an opscenter that runs as a process of its own, so that what it costs can be told apart.
type center struct {
	cmd  *exec.Cmd
	done chan struct{} // closed when the process has ended
	err  error         // how it ended; read after done
	dir  string
	http string // http://127.0.0.1:PORT
	mqtt string // tcp://127.0.0.1:PORT
}

// startCenter starts this very program's serve in dir with further flags, and waits until it has
// written its endpoints. What it logs goes to dir/center.log.
func startCenter(ctx context.Context, dir string, flags ...string) (*center, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	logFile, err := os.OpenFile(filepath.Join(dir, "center.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer func() { _ = logFile.Close() }() // the child has its own descriptor
	data := filepath.Join(dir, "data")
	_ = os.Remove(filepath.Join(data, "endpoints.json")) // left by one that was killed
	args := append([]string{"serve", "--data", data, "--listen", "127.0.0.1:0", "--mqtt-listen", "127.0.0.1:0"}, flags...)
	c := &center{cmd: exec.Command(self, args...), done: make(chan struct{}), dir: dir} //nolint:gosec,noctx // ourselves; ended by stop or kill
	c.cmd.Stdout, c.cmd.Stderr = logFile, logFile
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		c.err = c.cmd.Wait()
		close(c.done)
	}()
	if err := c.waitEndpoints(ctx, data); err != nil {
		return nil, errors.Join(err, c.kill())
	}
	return c, nil
}

func (c *center) waitEndpoints(ctx context.Context, data string) error {
	return c.poll(ctx, time.Minute, "write endpoints.json", func() bool {
		text, err := os.ReadFile(filepath.Join(data, "endpoints.json")) //nolint:gosec // our own directory
		if err != nil {
			return false
		}
		var e struct{ HTTP, MQTT string }
		if json.Unmarshal(text, &e) != nil {
			return false
		}
		c.http, c.mqtt = e.HTTP, e.MQTT
		return true
	})
}

// waitReady waits until /readyz says yes.
func (c *center) waitReady(ctx context.Context, limit time.Duration) error {
	return c.poll(ctx, limit, "be ready", func() bool {
		status, _, err := c.get(ctx, "/readyz")
		return err == nil && status == http.StatusOK
	})
}

// poll asks done every few milliseconds until it says yes, the process ends, or limit has passed.
func (c *center) poll(ctx context.Context, limit time.Duration, what string, done func() bool) error {
	return c.pollEvery(ctx, 2*time.Millisecond, limit, what, done)
}

func (c *center) pollEvery(ctx context.Context, every, limit time.Duration, what string, done func() bool) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		if done() {
			return nil
		}
		select {
		case <-ticker.C:
		case <-c.done:
			return fmt.Errorf("the center ended before it could %s: %w%s", what, c.err, c.lastLog())
		case <-ctx.Done():
			return fmt.Errorf("the center did not %s within %v%s", what, limit, c.lastLog())
		}
	}
}

func (c *center) lastLog() string {
	text, err := os.ReadFile(filepath.Join(c.dir, "center.log"))
	if err != nil {
		return ""
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return "\n  " + strings.Join(lines[max(0, len(lines)-5):], "\n  ")
}

// get returns the status and body of one of the center's routes.
func (c *center) get(ctx context.Context, path string) (int, []byte, error) {
	return c.request(ctx, http.MethodGet, path, "", nil)
}

// post sends text to one of the center's routes; any answer but success is an error.
func (c *center) post(ctx context.Context, path, contentType, text string) error {
	status, body, err := c.request(ctx, http.MethodPost, path, contentType, strings.NewReader(text))
	if err != nil {
		return err
	}
	if status/100 != 2 {
		return fmt.Errorf("%s answered %d: %s", path, status, body)
	}
	return nil
}

func (c *center) request(ctx context.Context, method, path, contentType string, content io.Reader) (int, []byte, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, c.http+path, content)
	if err != nil {
		return 0, nil, err
	}
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	return response.StatusCode, body, err
}

// stream returns the address of the center's WebSocket.
func (c *center) stream() string {
	return "ws" + strings.TrimPrefix(c.http, "http") + "/api/v1/stream"
}

// stop asks the process to end and waits until it has.
func (c *center) stop() error {
	_ = c.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-c.done:
		return c.err
	case <-time.After(30 * time.Second):
		return errors.Join(errors.New("the center did not end within 30s of SIGTERM"), c.kill())
	}
}

// kill ends the process as a power cut would.
func (c *center) kill() error {
	err := c.cmd.Process.Kill()
	<-c.done
	return err
}

// usage is processor time, user and system, in seconds.
type usage struct {
	center   float64 // the process itself
	postgres float64 // its private PostgreSQL, every process of it
}

func (u usage) minus(earlier usage) usage {
	return usage{u.center - earlier.center, u.postgres - earlier.postgres}
}

// usage returns what the center has used so far.
func (c *center) usage() (usage, error) {
	processes, err := procfs.AllProcs()
	if err != nil {
		return usage{}, err
	}
	var u usage
	stats := map[int]procfs.ProcStat{}
	for _, p := range processes {
		if stat, err := p.Stat(); err == nil { // otherwise it ended meanwhile
			stats[stat.PID] = stat
		}
	}
	u.center = cpuSeconds(stats[c.cmd.Process.Pid], false)
	for _, stat := range stats {
		if stat.Comm == "postgres" && descends(stats, stat.PID, c.cmd.Process.Pid) {
			u.postgres += cpuSeconds(stat, true)
		}
	}
	return u, nil
}

// resident returns the resident memory of the center's own process, in bytes.
func (c *center) resident() (int, error) {
	p, err := procfs.NewProc(c.cmd.Process.Pid)
	if err != nil {
		return 0, err
	}
	stat, err := p.Stat()
	if err != nil {
		return 0, err
	}
	return stat.ResidentMemory(), nil
}

// descends says whether pid has ancestor above it.
func descends(stats map[int]procfs.ProcStat, pid, ancestor int) bool {
	for pid > 1 && pid != ancestor {
		pid = stats[pid].PPID
	}
	return pid == ancestor
}

// cpuSeconds returns the time of one process, with that of children that it has waited for if
// reaped is set.
func cpuSeconds(stat procfs.ProcStat, reaped bool) float64 {
	const ticksPerSecond = 100 // USER_HZ on every Linux that Go supports
	seconds := float64(stat.UTime+stat.STime) / ticksPerSecond
	if reaped {
		seconds += float64(stat.CUTime+stat.CSTime) / ticksPerSecond
	}
	return seconds
}
