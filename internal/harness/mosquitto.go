package harness

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/prometheus/procfs"
)

// Mosquitto is an Eclipse Mosquitto of our own on a free port.
type Mosquitto struct {
	URL string // tcp://127.0.0.1:PORT

	program, config, address string
	cmd                      *exec.Cmd
}

// Persistent is an option for StartMosquitto: what it holds survives Terminate and Restart.
const Persistent = "persistence true"

// StartMosquitto starts one that sends at most inFlight unacknowledged messages to a client, of which
// its own default is 20. It queues without limit, so that nothing is lost when a subscriber is
// slower. Options are lines of its configuration file.
func StartMosquitto(ctx context.Context, dir string, inFlight int, options ...string) (*Mosquitto, error) {
	program, err := exec.LookPath("mosquitto")
	if err != nil {
		program = "/usr/sbin/mosquitto" // Debian's place, which is not on everybody's PATH
		if _, err := os.Stat(program); err != nil {
			return nil, errors.New("mosquitto is not installed: apt-get install mosquitto")
		}
	}
	address, err := FreeAddress(ctx)
	if err != nil {
		return nil, err
	}
	_, port, _ := net.SplitHostPort(address)
	m := &Mosquitto{URL: "tcp://" + address, program: program, address: address, config: filepath.Join(dir, "mosquitto.conf")}
	lines := append([]string{
		"listener " + port + " 127.0.0.1", "allow_anonymous true", "log_dest none", "set_tcp_nodelay true",
		fmt.Sprintf("max_inflight_messages %d", inFlight), "max_queued_messages 0",
		"user root", "persistence_location " + dir + "/", // so that it may write where tests may
	}, options...)
	if err := os.WriteFile(m.config, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		return nil, err
	}
	return m, m.Restart(ctx)
}

// Restart starts a Mosquitto that was stopped, at its old address.
func (m *Mosquitto) Restart(ctx context.Context) error {
	m.cmd = exec.Command(m.program, "-c", m.config) //nolint:gosec,noctx // the path is looked up; ended by Stop
	m.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := m.cmd.Start(); err != nil {
		return err
	}
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		var d net.Dialer
		if connection, err := d.DialContext(ctx, "tcp", m.address); err == nil {
			return connection.Close()
		}
	}
	return errors.Join(fmt.Errorf("mosquitto does not listen on %s", m.address), m.Stop())
}

// CPU returns the processor time that it has used so far, in seconds; 0 if there is none.
func (m *Mosquitto) CPU() float64 {
	if m == nil {
		return 0
	}
	p, err := procfs.NewProc(m.cmd.Process.Pid)
	if err != nil {
		return 0
	}
	stat, err := p.Stat()
	if err != nil {
		return 0
	}
	return cpuSeconds(stat, false)
}

// Terminate asks it to end, as an operator's restart does, and waits until it has.
func (m *Mosquitto) Terminate(context.Context) error {
	if err := m.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	return m.cmd.Wait()
}

// Stop ends it at once.
func (m *Mosquitto) Stop() error {
	err := m.cmd.Process.Kill()
	if errors.Is(err, os.ErrProcessDone) {
		return nil
	}
	_ = m.cmd.Wait() // "signal: killed" is what we asked for
	return err
}

// FreeAddress returns a loopback address that nobody listens on now.
func FreeAddress(ctx context.Context) (string, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}
