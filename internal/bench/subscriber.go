package bench

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"syscall"

	"opscenter/internal/mqtt"
)

// subscribed is what the bare subscriber's process says when it has subscribed.
const subscribed = "subscribed\n"

// Subscribe is the work of the bare subscriber's process, which this program starts for itself: it
// receives count messages, does nothing with them, and returns.
func Subscribe(ctx context.Context, out io.Writer, url, filter string, count uint64) error {
	return mqtt.Discard(ctx, url, "bare-subscriber", filter, count, func() { _, _ = io.WriteString(out, subscribed) })
}

// subscriber is a bare subscriber in a process of its own.
type subscriber struct{ cmd *exec.Cmd }

// startSubscriber starts one that ends after count messages, and waits until it has subscribed.
func startSubscriber(url, filter string, count int) (*subscriber, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(self, "bench", "bare-subscriber", "--broker", url, "--filter", filter, "--count", strconv.Itoa(count)) //nolint:gosec,noctx // ourselves; it ends with its count or with us
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != subscribed {
		_ = cmd.Process.Kill()
		return nil, fmt.Errorf("the bare subscriber did not subscribe: %w, %w", err, cmd.Wait())
	}
	return &subscriber{cmd}, nil
}

// wait waits until it has received everything.
func (s *subscriber) wait() error { return s.cmd.Wait() }

// cpu returns the processor time that it used, in seconds, once it has ended.
func (s *subscriber) cpu() float64 {
	return (s.cmd.ProcessState.UserTime() + s.cmd.ProcessState.SystemTime()).Seconds()
}
