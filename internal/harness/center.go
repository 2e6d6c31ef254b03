// Package harness runs the program, brokers and devices as a city would: as processes of their own
// that speak with each other over the network, for measurements and for tests that break things.
package harness

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

// Center is an opscenter that runs as a process of its own, so that what it costs can be told apart
// and so that it can be killed.
type Center struct {
	cmd    *exec.Cmd
	client http.Client
	done   chan struct{} // closed when the process has ended
	err    error         // how it ended; read after done
	dir    string
	HTTP   string // http://127.0.0.1:PORT
	MQTT   string // tcp://127.0.0.1:PORT, or the external broker's address
}

// StartCenter starts the serve command of program in dir with further flags, which may replace the
// loopback addresses on free ports that it has otherwise, and waits until it has written its
// endpoints. Its data is in dir/data, what it logs in dir/center.log.
func StartCenter(ctx context.Context, program, dir string, flags ...string) (*Center, error) {
	logFile, err := os.OpenFile(filepath.Join(dir, "center.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer func() { _ = logFile.Close() }() // the child has its own descriptor
	data := filepath.Join(dir, "data")
	_ = os.Remove(filepath.Join(data, "endpoints.json"))                                                                   // left by one that was killed
	args := append([]string{"serve", "--data", data, "--listen", "127.0.0.1:0", "--mqtt-listen", "127.0.0.1:0"}, flags...) // of a flag given twice the last counts
	c := &Center{cmd: exec.Command(program, args...), done: make(chan struct{}), dir: dir}                                 //nolint:gosec,noctx // a program of ours; ended by Stop or Kill
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
		return nil, errors.Join(err, c.Kill())
	}
	return c, nil
}

func (c *Center) waitEndpoints(ctx context.Context, data string) error {
	return c.Poll(ctx, time.Minute, "write endpoints.json", func() bool {
		text, err := os.ReadFile(filepath.Join(data, "endpoints.json"))
		if err != nil {
			return false
		}
		var e struct{ HTTP, MQTT string }
		if json.Unmarshal(text, &e) != nil {
			return false
		}
		c.HTTP, c.MQTT = e.HTTP, e.MQTT
		return true
	})
}

// WaitReady waits until /readyz says yes.
func (c *Center) WaitReady(ctx context.Context, limit time.Duration) error {
	return c.Poll(ctx, limit, "be ready", func() bool {
		status, _, err := c.Get(ctx, "/readyz")
		return err == nil && status == http.StatusOK
	})
}

// Poll asks done every few milliseconds until it says yes, the process ends, or limit has passed.
func (c *Center) Poll(ctx context.Context, limit time.Duration, what string, done func() bool) error {
	return c.PollEvery(ctx, 2*time.Millisecond, limit, what, done)
}

// PollEvery is Poll at another pace.
func (c *Center) PollEvery(ctx context.Context, every, limit time.Duration, what string, done func() bool) error {
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

func (c *Center) lastLog() string {
	text, err := os.ReadFile(filepath.Join(c.dir, "center.log"))
	if err != nil {
		return ""
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return "\n  " + strings.Join(lines[max(0, len(lines)-5):], "\n  ")
}

// Get returns the status and body of one of the center's routes.
func (c *Center) Get(ctx context.Context, path string) (int, []byte, error) {
	return c.request(ctx, http.MethodGet, path, "", nil)
}

// Post sends text to one of the center's routes; any answer but success is an error.
func (c *Center) Post(ctx context.Context, path, contentType, text string) error {
	status, body, err := c.request(ctx, http.MethodPost, path, contentType, strings.NewReader(text))
	if err != nil {
		return err
	}
	if status/100 != 2 {
		return fmt.Errorf("%s answered %d: %s", path, status, body)
	}
	return nil
}

func (c *Center) request(ctx context.Context, method, path, contentType string, content io.Reader) (int, []byte, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, c.HTTP+path, content)
	if err != nil {
		return 0, nil, err
	}
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	response, err := c.client.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	return response.StatusCode, body, err
}

// Stream returns the address of the center's WebSocket.
func (c *Center) Stream() string {
	return "ws" + strings.TrimPrefix(c.HTTP, "http") + "/api/v1/stream"
}

// Stop asks the process to end and waits until it has.
func (c *Center) Stop() error {
	_ = c.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-c.done:
		return c.err
	case <-time.After(30 * time.Second):
		return errors.Join(errors.New("the center did not end within 30s of SIGTERM"), c.Kill())
	}
}

// Kill ends the process as a power cut would.
func (c *Center) Kill() error {
	err := c.cmd.Process.Kill()
	<-c.done
	return err
}

// Usage is processor time, user and system, in seconds.
type Usage struct {
	Center   float64 // the process itself
	Postgres float64 // its private PostgreSQL, every process of it
}

// Minus returns what was used since earlier.
func (u Usage) Minus(earlier Usage) Usage {
	return Usage{u.Center - earlier.Center, u.Postgres - earlier.Postgres}
}

// Usage returns what the center has used so far.
func (c *Center) Usage() (Usage, error) {
	processes, err := procfs.AllProcs()
	if err != nil {
		return Usage{}, err
	}
	var u Usage
	stats := map[int]procfs.ProcStat{}
	for _, p := range processes {
		if stat, err := p.Stat(); err == nil { // otherwise it ended meanwhile
			stats[stat.PID] = stat
		}
	}
	u.Center = cpuSeconds(stats[c.cmd.Process.Pid], false)
	for _, stat := range stats {
		if stat.Comm == "postgres" && descends(stats, stat.PID, c.cmd.Process.Pid) {
			u.Postgres += cpuSeconds(stat, true)
		}
	}
	return u, nil
}

// Resident returns the resident memory of the center's own process, in bytes.
func (c *Center) Resident() (int, error) {
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
