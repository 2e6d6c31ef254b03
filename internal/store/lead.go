package store

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// How a leader is found and how it notices that it is none any more.
const (
	leadAgain = time.Second     // between two attempts to become the leader
	leadProve = 2 * time.Second // between two looks whether the connection that holds the lock lives
	leadLimit = 5 * time.Second // for the answer
)

// errNotLeader says that another process leads.
var errNotLeader = errors.New("another process leads")

// Lead calls run while no other process of this database does so under that name, and again whenever
// it becomes the leader anew. PostgreSQL gives the lead back by itself when the process or its
// connection dies; the context of run then ends. It returns when ctx ends, or with the error of run
// if that ends by itself; failed is told why the lead cannot be had, or was lost.
func (s *Store) Lead(ctx context.Context, name string, run func(ctx context.Context) error, failed func(error)) error {
	for {
		done, err := s.lead(ctx, name, run)
		switch {
		case ctx.Err() != nil:
			return nil //nolint:nilerr // it was told to end
		case done:
			return err
		case !errors.Is(err, errNotLeader):
			failed(err)
		}
		select {
		case <-time.After(leadAgain):
		case <-ctx.Done():
			return nil
		}
	}
}

// lead leads once. It returns whether run ended by itself.
func (s *Store) lead(ctx context.Context, name string, run func(ctx context.Context) error) (done bool, err error) {
	connection, err := s.pool.Acquire(ctx)
	if err != nil {
		return false, fmt.Errorf("lead %s: %w", name, err)
	}
	// A connection that held a session's lock never goes back: closing it is what gives the lock back.
	held := connection.Hijack()
	defer func() {
		limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), leadLimit)
		defer cancel()
		_ = held.Close(limited) // it may be dead already
	}()
	var leads bool
	if err := held.QueryRow(ctx, "SELECT pg_try_advisory_lock(hashtext('opscenter lead'), hashtext($1))", name).Scan(&leads); err != nil {
		return false, fmt.Errorf("lead %s: %w", name, err)
	}
	if !leads {
		return false, errNotLeader
	}
	inner, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- run(inner) }()
	lost := error(nil)
	for {
		select {
		case err := <-ended:
			return lost == nil, errors.Join(lost, err)
		case <-time.After(leadProve):
		}
		if lost != nil || inner.Err() != nil {
			continue
		}
		limited, cancel := context.WithTimeout(inner, leadLimit)
		err := held.Ping(limited)
		cancel()
		if err != nil && inner.Err() == nil {
			lost = fmt.Errorf("lead %s was lost: %w", name, err)
			stop()
		}
	}
}
