package pgcluster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	poll           = 10 * time.Millisecond
	firstBackoff   = 250 * time.Millisecond
	longestBackoff = 30 * time.Second
	killTimeout    = 5 * time.Second        // of an immediate shutdown
	lastWords      = 200 * time.Millisecond // to hear why a server ended
)

// server keeps one postgres process running until it is stopped.
type server struct {
	cluster *Cluster
	bin     binaries
	acc     account

	stopping chan struct{} // closed by stop
	done     chan struct{} // closed when the last process has ended

	mu      sync.Mutex
	process *os.Process // nil between two
}

// process is one run of postgres.
type process struct {
	pid   int
	tail  *logWriter
	ended chan struct{}
	err   error // set when ended is closed
}

// why says how the process ended.
func (p *process) why() error {
	if p.err == nil {
		return errors.New("it shut down by itself: " + p.tail.text())
	}
	return fmt.Errorf("%w: %s", p.err, p.tail.text())
}

// launched is what keep says of its first process.
type launched struct {
	process *process
	err     error
}

// start returns when the first process accepts connections.
func (s *server) start(ctx context.Context) error {
	s.stopping, s.done = make(chan struct{}), make(chan struct{})
	first := make(chan launched, 1)
	go s.keep(first) //nolint:contextcheck // the server outlives the call that starts it
	l := <-first
	if l.err != nil {
		return l.err
	}
	if err := s.awaitReady(ctx, l.process); err != nil {
		return errors.Join(err, s.stop(ctx, killTimeout))
	}
	return nil
}

// keep runs one process after the other. It stays on one thread, because the kernel tells a process
// of its parent's death when the parent's thread ends.
func (s *server) keep(first chan<- launched) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer close(s.done)
	p, err := s.launch()
	first <- launched{p, err}
	if err != nil {
		return
	}
	for backoff := firstBackoff; ; backoff = min(2*backoff, longestBackoff) {
		if p != nil {
			began := time.Now()
			<-p.ended
			s.set(nil)
			err = p.why()
			if time.Since(began) > time.Minute {
				backoff = firstBackoff
			}
		}
		select {
		case <-s.stopping:
			return
		default:
		}
		s.cluster.log.Error("postgresql ended and is started again", "error", err, "after", backoff)
		select {
		case <-s.stopping:
			return
		case <-time.After(backoff):
		}
		if p, err = s.relaunch(); err != nil {
			p = nil
		}
	}
}

func (s *server) relaunch() (*process, error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := s.cluster.clearLeftovers(ctx); err != nil {
		return nil, err
	}
	return s.launch()
}

func (s *server) launch() (*process, error) {
	cmd := exec.Command(s.bin.postgres()) //nolint:gosec,noctx // stop ends it
	cmd.SysProcAttr = endWithParent()
	s.acc.become(cmd)
	path, closeFile, err := s.acc.place(cmd, s.cluster.dir, s.bin)
	if err != nil {
		return nil, err
	}
	cmd.Args = append(cmd.Args, "-D", path)
	cmd.Args = append(cmd.Args, s.cluster.arguments()...)
	if err := s.acc.keepSocketDirectory(s.cluster.socket); err != nil {
		return nil, errors.Join(err, closeFile())
	}
	p, err := s.begin(cmd)
	if err := errors.Join(err, closeFile()); err != nil {
		return nil, err
	}
	s.set(cmd.Process)
	select {
	case <-s.stopping: // stop may have found no process to signal
		s.signal(syscall.SIGINT)
	default:
	}
	return p, nil
}

// begin starts the command. It listens to what the command says by a pipe of its own, because the
// end of the server must not wait for orphans of it that keep the pipe open.
func (s *server) begin(cmd *exec.Cmd) (*process, error) {
	heard, said, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	cmd.Stderr = said
	err = cmd.Start()
	if err := errors.Join(err, said.Close()); err != nil {
		return nil, errors.Join(err, heard.Close())
	}
	p := &process{pid: cmd.Process.Pid, tail: &logWriter{log: s.cluster.log}, ended: make(chan struct{})}
	silent := make(chan struct{})
	go func() {
		_, _ = io.Copy(p.tail, heard) // the server's end is told by Wait
		_ = heard.Close()
		close(silent)
	}()
	go func() {
		p.err = cmd.Wait()
		select {
		case <-silent:
		case <-time.After(lastWords):
		}
		close(p.ended)
	}()
	return p, nil
}

// awaitReady polls the status that the server writes into its pid file.
func (s *server) awaitReady(ctx context.Context, p *process) error {
	for {
		lines := pidFile(s.cluster.dir)
		if len(lines) >= 8 && lines[0] == strconv.Itoa(p.pid) && lines[7] == "ready" {
			return nil
		}
		select {
		case <-p.ended:
			return p.why()
		case <-ctx.Done():
			return fmt.Errorf("it does not accept connections yet: %w", ctx.Err())
		case <-time.After(poll):
		}
	}
}

// pidFile returns the lines of the cluster's pid file, or none.
func pidFile(dir string) []string {
	text, err := os.ReadFile(filepath.Join(dir, "postmaster.pid"))
	if err != nil {
		return nil
	}
	lines := strings.Split(string(text), "\n")
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	return lines
}

// stop shuts the server down fast, then immediately, then kills it.
func (s *server) stop(ctx context.Context, timeout time.Duration) error {
	close(s.stopping)
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	s.signal(syscall.SIGINT)
	select {
	case <-s.done:
		return nil
	case <-ctx.Done():
	}
	s.signal(syscall.SIGQUIT)
	select {
	case <-s.done:
		return errors.New("it did not shut down in time and was stopped at once; it recovers at the next start")
	case <-time.After(killTimeout):
	}
	s.signal(syscall.SIGKILL)
	<-s.done
	return errors.New("it did not shut down in time and was killed; it recovers at the next start")
}

func (s *server) set(p *os.Process) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.process = p
}

func (s *server) pid() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process == nil {
		return 0
	}
	return s.process.Pid
}

func (s *server) signal(sig os.Signal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process != nil {
		_ = s.process.Signal(sig) // it may have ended by itself
	}
}
