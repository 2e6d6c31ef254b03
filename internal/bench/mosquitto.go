package bench

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/prometheus/procfs"
)

// mosquitto is an Eclipse Mosquitto of our own on a free port.
type mosquitto struct {
	cmd *exec.Cmd
	url string // tcp://127.0.0.1:PORT
}

// startMosquitto starts one that sends at most inFlight unacknowledged messages to a client; 20 is
// its default. It queues without limit, so that nothing is lost when a subscriber is slower.
func startMosquitto(ctx context.Context, dir string, inFlight int) (*mosquitto, error) {
	path, err := exec.LookPath("mosquitto")
	if err != nil {
		path = "/usr/sbin/mosquitto" // Debian's place, which is not on everybody's PATH
		if _, err := os.Stat(path); err != nil {
			return nil, errors.New("mosquitto is not installed: apt-get install mosquitto")
		}
	}
	address, err := freeAddress(ctx)
	if err != nil {
		return nil, err
	}
	_, port, _ := net.SplitHostPort(address)
	config := filepath.Join(dir, "mosquitto.conf")
	text := fmt.Sprintf("listener %s 127.0.0.1\nallow_anonymous true\npersistence false\nmax_inflight_messages %d\nmax_queued_messages 0\nset_tcp_nodelay true\nlog_dest none\n", port, inFlight)
	if err := os.WriteFile(config, []byte(text), 0o644); err != nil { //nolint:gosec // it drops its privileges before reading
		return nil, err
	}
	m := &mosquitto{cmd: exec.Command(path, "-c", config), url: "tcp://" + address} //nolint:gosec,noctx // the path is looked up; ended by stop
	m.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := m.cmd.Start(); err != nil {
		return nil, err
	}
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		var d net.Dialer
		if connection, err := d.DialContext(ctx, "tcp", address); err == nil {
			return m, connection.Close()
		}
	}
	return nil, errors.Join(fmt.Errorf("mosquitto does not listen on %s", address), m.stop())
}

// cpu returns the processor time that it has used so far, in seconds; 0 if there is none.
func (m *mosquitto) cpu() float64 {
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

func (m *mosquitto) stop() error {
	err := m.cmd.Process.Kill()
	_ = m.cmd.Wait() // "signal: killed" is what we asked for
	return err
}

// freeAddress returns a loopback address that nobody listens on now.
func freeAddress(ctx context.Context) (string, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}
