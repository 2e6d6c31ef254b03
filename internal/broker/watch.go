package broker

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	server "github.com/nats-io/nats-server/v2/server"
)

// watch restarts the nats-server after its store has failed. A nats-server that could not write a
// message never writes to that stream again and does not answer its publishers, so that nothing but
// opening the store anew helps; and that only once the store can be written.
func (s *Server) watch(ctx context.Context) {
	defer close(s.done)
	ticker := time.NewTicker(cmp.Or(s.config.CheckEvery, time.Second))
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if err := s.check(); err != nil {
			s.fail(err)
			s.restart(ctx, err)
			continue
		}
		if err := s.admin.trimMessages(ctx); err != nil && ctx.Err() == nil {
			s.log.Warn("broker: delivered messages were not removed", "error", err)
		}
		s.trims.Add(1)
	}
}

// check returns what is wrong with the store, or nil.
func (s *Server) check() error {
	s.mu.Lock()
	ns := s.current
	s.mu.Unlock()
	if ns == nil {
		return errNotRunning // the last restart failed
	}
	// A stream that is just being made counts as lost to the server: only failed writes are ours.
	var faults []error
	for _, e := range ns.Healthz(&server.HealthzOptions{Details: true}).Errors {
		if e.Type == server.HealthzErrorJetStream || strings.Contains(e.Error, "write error") {
			faults = append(faults, errors.New(e.Error))
		}
	}
	return errors.Join(faults...)
}

func (s *Server) fail(err error) {
	s.mu.Lock()
	first := s.failure == nil
	s.failure = err
	s.mu.Unlock()
	if first {
		s.log.Error("the broker's store failed; nothing is acknowledged until it can be written again", "error", err)
	}
}

// restart restarts the nats-server if the store can be written; otherwise it leaves all as it is,
// for the next tick.
func (s *Server) restart(ctx context.Context, cause error) {
	if err := probe(s.config.StoreDir); err != nil {
		s.fail(errors.Join(cause, err))
		return
	}
	s.halt()
	if err := s.start(ctx); err != nil {
		s.fail(err)
		return
	}
	s.mu.Lock()
	s.failure = nil
	s.mu.Unlock()
	s.log.Info("the broker's store can be written again; restarted")
}

// probeSize is how many bytes must fit before a restart is worth trying: the store needs some for
// its own state.
const probeSize = 1 << 20

// probe writes and removes a file in dir, and returns the error if that does not work.
func probe(dir string) error {
	path := filepath.Join(dir, "probe.tmp")
	err := writeSynced(path, bytes.Repeat([]byte{0x5a}, probeSize))
	return errors.Join(err, os.Remove(path))
}

func writeSynced(path string, content []byte) (err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("probe the store: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if _, err := f.Write(content); err != nil {
		return fmt.Errorf("probe the store: %w", err)
	}
	if err := f.Sync(); err != nil {
		return fmt.Errorf("probe the store: %w", err)
	}
	return nil
}
