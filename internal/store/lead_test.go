package store_test

import (
	"context"
	"testing"
	"time"

	"opscenter/internal/store"
	"opscenter/internal/store/storetest"
)

// leading leads until its context ends, and says when it began.
func leading(ctx context.Context, t *testing.T, url string, began chan<- string, name string) <-chan error {
	t.Helper()
	s, err := store.Open(ctx, store.Config{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	done := make(chan error, 1)
	go func() {
		done <- s.Lead(ctx, "notify", func(ctx context.Context) error {
			began <- name
			<-ctx.Done()
			return ctx.Err()
		}, func(err error) { t.Log(name, err) })
	}()
	return done
}

// wait returns the next who leads.
func wait(t *testing.T, began <-chan string) string {
	t.Helper()
	select {
	case name := <-began:
		return name
	case <-time.After(30 * time.Second):
		t.Fatal("nobody leads")
		return ""
	}
}

func TestOneLeadsAndTheNextTakesOver(t *testing.T) {
	t.Parallel()
	url := storetest.URL(t)
	began := make(chan string, 10)
	first, stop := context.WithCancel(t.Context())
	firstDone := leading(first, t, url, began, "first")
	if got := wait(t, began); got != "first" {
		t.Fatalf("%s leads", got)
	}
	second, stopSecond := context.WithCancel(t.Context())
	secondDone := leading(second, t, url, began, "second")
	select {
	case name := <-began:
		t.Fatalf("%s leads too", name)
	case <-time.After(1500 * time.Millisecond): // longer than between two attempts
	}
	stop()
	if got := wait(t, began); got != "second" {
		t.Fatalf("%s leads", got)
	}
	stopSecond()
	for _, done := range []<-chan error{firstDone, secondDone} {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// A connection that dies takes the lead with it: who led stops, and leads again only anew.
func TestWhoLosesItsConnectionStopsAndLeadsAnew(t *testing.T) {
	t.Parallel()
	url := storetest.URL(t)
	began := make(chan string, 10)
	ctx, stop := context.WithCancel(t.Context())
	done := leading(ctx, t, url, began, "only")
	wait(t, began)
	storetest.Rows(t, url, `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'
		AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`)
	wait(t, began)
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
