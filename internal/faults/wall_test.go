package faults_test

import (
	"context"
	"encoding/json"
	"sync"
	"testing"
	"time"

	"opscenter/internal/harness"
	"opscenter/internal/stream/streamclient"
)

// wall is a screen that stays on through everything: it connects again and resumes as a browser does.
type wall struct {
	mu       sync.Mutex
	picture  *streamclient.Picture
	ingest   string    // as the last heartbeat said
	changed  time.Time // when the last frame with a change of a device came
	answered int       // snapshots and resumptions
	gaps     int
}

// watch starts a wall that watches a center until the test ends.
func watch(t *testing.T, center *harness.Center) *wall {
	t.Helper()
	w := &wall{}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	url := center.Stream()
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			w.session(ctx, url)
			select {
			case <-time.After(100 * time.Millisecond):
			case <-ctx.Done():
			}
		}
	}()
	t.Cleanup(func() { cancel(); <-done })
	return w
}

// session follows one connection until it ends.
func (w *wall) session(ctx context.Context, url string) {
	client, err := streamclient.Dial(ctx, url, streamclient.Options{})
	if err != nil {
		return
	}
	defer context.AfterFunc(ctx, func() { _ = client.Abort() })()
	subscription := streamclient.Subscription{ID: "wall", Keys: []string{"city", "location/*", "device/*", "system"}}
	w.mu.Lock()
	if w.picture != nil {
		position := w.picture.Position
		subscription.Resume = &position
	}
	w.mu.Unlock()
	if client.Subscribe(subscription) != nil {
		return
	}
	for {
		m, err := client.Next()
		if err != nil || !w.take(m) {
			_ = client.Abort()
			return
		}
	}
}

// take takes in one frame, and returns whether to go on.
func (w *wall) take(m streamclient.Message) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch m.Op {
	case "heartbeat":
		w.ingest = m.Ingest
		return true
	case "error":
		return false
	case "snapshot":
		w.picture = &streamclient.Picture{}
		w.answered++
	case "resumed":
		w.answered++
	case "changes":
		for _, c := range m.Changes {
			if len(c.Key) > 7 && c.Key[:7] == "device/" {
				w.changed = time.Now()
			}
		}
	}
	if err := w.picture.Apply(m); err != nil {
		w.gaps++
		w.picture = nil
		return false
	}
	return true
}

// waitChange waits until the wall shows a change that came after now.
func (w *wall) waitChange(t *testing.T, limit time.Duration) {
	t.Helper()
	since := time.Now()
	w.wait(t, limit, "no change of a device reached the wall", func() bool { return w.changed.After(since) })
}

// waitIngest waits until the wall says so of ingest.
func (w *wall) waitIngest(t *testing.T, state string, limit time.Duration) {
	t.Helper()
	w.wait(t, limit, "the wall does not say that ingest is "+state, func() bool { return w.ingest == state })
}

func (w *wall) wait(t *testing.T, limit time.Duration, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(limit); ; time.Sleep(5 * time.Millisecond) {
		w.mu.Lock()
		ok := done()
		w.mu.Unlock()
		if ok {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s within %v", what, limit)
		}
	}
}

// checkAgainst compares what the wall shows with what the center says, once nothing changes any more.
func (w *wall) checkAgainst(t *testing.T, c *harness.Center) {
	t.Helper()
	_, body, err := c.Get(t.Context(), "/api/v1/devices?limit=1000")
	if err != nil {
		t.Fatal(err)
	}
	var list struct{ Items []json.RawMessage }
	if err := json.Unmarshal(body, &list); err != nil {
		t.Fatal(err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(list.Items) != devices {
		t.Fatalf("the center lists %d of %d devices", len(list.Items), devices)
	}
	for _, item := range list.Items {
		var want, got struct {
			ID, Status string
			ObservedAt time.Time `json:"observed_at"`
		}
		_ = json.Unmarshal(item, &want)
		_ = json.Unmarshal(w.picture.Entities["device/"+want.ID], &got)
		if got != want {
			t.Errorf("the wall shows %+v and the center says %+v", got, want)
		}
	}
	if w.gaps > 0 {
		t.Errorf("the wall saw %d gaps in its frames", w.gaps)
	}
}
