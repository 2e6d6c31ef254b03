package replay_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"opscenter/internal/replay"
	"opscenter/internal/stream"
	"opscenter/internal/stream/streamclient"
)

// played is an hour that was told, and a past of it.
func played(t *testing.T, partitions int) (*hour, *replay.Past) {
	t.Helper()
	h := newHour(t, partitions, 22)
	for minute := 1; minute <= 20; minute++ {
		h.minute(minute)
	}
	h.settle()
	h.stop()
	h.until(h.now().Add(time.Minute)) // in the log alone
	h.clock.Add(int64(time.Minute))
	return h, h.past()
}

// wall is a client of a replay, and what it shows.
type wall struct {
	t      *testing.T
	client *streamclient.Client
	shown  map[string]string
	beat   streamclient.Message
}

// watch plays a wish to a wall until the test ends, and returns when the replay has let go of everything.
func watch(t *testing.T, past *replay.Past, wish replay.Wish) (w *wall, leave func()) {
	t.Helper()
	player, err := past.Play(t.Context(), wish)
	if err != nil {
		t.Fatal(err)
	}
	hub := stream.New(stream.Config{
		Health: player.Health, Now: player.Now, Ops: player.Ops(), Heartbeat: 50 * time.Millisecond, Interval: 10 * time.Millisecond, QueueBytes: 1 << 30, QueueFrames: 1 << 20,
	}, player)
	server := httptest.NewServer(hub)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- player.Run(ctx, hub.Beat) }()
	client, err := streamclient.Dial(t.Context(), "ws"+strings.TrimPrefix(server.URL, "http"), streamclient.Options{})
	if err != nil {
		t.Fatal(err)
	}
	left := false
	leave = func() {
		if left {
			return
		}
		left = true
		_ = client.Abort()
		cancel()
		if err := <-done; err != nil {
			t.Errorf("run: %v", err)
		}
		if err := hub.Close(context.Background()); err != nil {
			t.Error(err)
		}
		server.Close()
	}
	t.Cleanup(leave)
	w = &wall{t: t, client: client, shown: map[string]string{}}
	if err := client.Subscribe(streamclient.Subscription{ID: "w", Keys: []string{"*"}}); err != nil {
		t.Fatal(err)
	}
	w.until(func() bool { return len(w.shown) > 0 })
	return w, leave
}

func (w *wall) ask(frame string) {
	w.t.Helper()
	if err := w.client.SendText([]byte(frame)); err != nil {
		w.t.Fatal(err)
	}
}

// until reads frames until something is so.
func (w *wall) until(so func() bool) {
	w.t.Helper()
	if err := w.client.SetReadDeadline(time.Now().Add(30 * time.Second)); err != nil {
		w.t.Fatal(err)
	}
	for !so() {
		m, err := w.client.Next()
		if err != nil {
			w.t.Fatal(err)
		}
		switch m.Op {
		case "snapshot":
			for key, json := range m.Entities {
				w.shown[key] = string(json)
			}
		case "changes":
			for _, c := range m.Changes {
				if string(c.Value) == "null" {
					delete(w.shown, c.Key)
				} else {
					w.shown[c.Key] = string(c.Value)
				}
			}
		case "heartbeat":
			w.beat = m
		case "error":
			w.t.Fatalf("an error: %+v", m)
		}
	}
}

// shows waits until the wall shows what was streamed at a time.
func (w *wall) shows(h *hour, at time.Time) {
	w.t.Helper()
	want := map[string]string{}
	for key, json := range h.seen[at] {
		_, want[key], _ = strings.Cut(json, " ")
	}
	w.until(func() bool { return cmp.Equal(want, w.shown) })
}

func TestAnHourIsPlayedToItsEnd(t *testing.T) {
	t.Parallel()
	for _, partitions := range []int{1, 3} {
		h, past := played(t, partitions)
		from, to := start().Add(3*time.Minute), start().Add(17*time.Minute)
		w, _ := watch(t, past, replay.Wish{From: from, To: to, Speed: 600})
		w.until(func() bool { return w.beat.Ingest == replay.Ended })
		if !w.beat.Time.Equal(to) {
			t.Errorf("it ended at %s, wanted %s", w.beat.Time, to)
		}
		w.shows(h, to)
	}
}

func TestAWallGoesWhereItLikes(t *testing.T) {
	t.Parallel()
	h, past := played(t, 1)
	at := func(minute int) time.Time { return start().Add(time.Duration(minute) * time.Minute) }
	w, leave := watch(t, past, replay.Wish{From: at(5), To: at(20), Speed: 0.1})
	seek := func(minute int) {
		frame, err := json.Marshal(map[string]any{"op": "seek", "at": at(minute)})
		if err != nil {
			t.Fatal(err)
		}
		w.ask(string(frame))
	}
	w.ask(`{"op":"pause"}`)
	for _, minute := range []int{18, 2, 12, 11} {
		seek(minute)
		w.shows(h, at(minute)) // a pause lasts
	}
	w.ask(`{"op":"play","speed":3600}`)
	w.until(func() bool { return w.beat.Ingest == replay.Ended })
	w.shows(h, at(20))
	seek(3)
	w.until(func() bool { return w.beat.Ingest == replay.Ended && w.beat.Time.Equal(at(20)) })
	w.shows(h, at(20)) // it went on at once, and came to the end again
	leave()
}

func TestWhatIsNotArchivedYetIsPlayedToo(t *testing.T) {
	t.Parallel()
	h, past := played(t, 1)
	h.seen[h.now()] = picture(h.board)
	h.until(h.now().Add(2 * time.Second)) // the log goes on
	w, leave := watch(t, past, replay.Wish{From: h.now().Add(-30 * time.Second), Speed: 60})
	w.ask(`{"op":"pause"}`)
	w.ask(`{"op":"play"}`)
	w.until(func() bool { return w.beat.Ingest == replay.Ended })
	w.shows(h, h.now())
	leave()
}

func TestReplaysThatCannotBeAreRefused(t *testing.T) {
	t.Parallel()
	h, past := played(t, 1)
	for name, c := range map[string]struct {
		wish replay.Wish
		want error
	}{
		"future":     {replay.Wish{From: h.now().Add(time.Hour), Speed: 1}, replay.ErrWish},
		"backwards":  {replay.Wish{From: start().Add(time.Minute), To: start(), Speed: 1}, replay.ErrWish},
		"slow":       {replay.Wish{From: start().Add(time.Minute), Speed: 0.01}, replay.ErrWish},
		"fast":       {replay.Wish{From: start().Add(time.Minute), Speed: 1e9}, replay.ErrWish},
		"not kept":   {replay.Wish{From: start().Add(-time.Hour), Speed: 1}, replay.ErrNotKept},
		"not a time": {replay.Wish{Speed: 1}, replay.ErrNotKept},
	} {
		if _, err := past.Play(t.Context(), c.wish); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

// A page asks for an hour from a moment on, though the hour is not over.
func TestAReplayGoesNoFurtherThanNow(t *testing.T) {
	t.Parallel()
	h, past := played(t, 1)
	h.until(h.now().Add(2 * time.Second)) // the log goes on
	w, leave := watch(t, past, replay.Wish{From: h.now().Add(-10 * time.Second), To: h.now().Add(time.Hour), Speed: replay.Fastest})
	defer leave()
	w.until(func() bool { return w.beat.Ingest == replay.Ended })
	if !w.beat.Time.Equal(h.now()) {
		t.Errorf("it ended at %s, wanted %s", w.beat.Time, h.now())
	}
}

// Each replay costs a board and a processor: there is a limit, and who leaves makes room.
func TestThereIsRoomForFourReplays(t *testing.T) {
	t.Parallel()
	_, past := played(t, 1)
	wish := replay.Wish{From: start().Add(time.Minute), Speed: 1}
	_, leave := watch(t, past, wish)
	for range 3 {
		watch(t, past, wish)
	}
	if _, err := past.Play(t.Context(), wish); !errors.Is(err, replay.ErrBusy) {
		t.Errorf("the fifth: %v", err)
	}
	leave()
	watch(t, past, wish)
}

func TestOperationsThatMakeNoSenseAreRefused(t *testing.T) {
	t.Parallel()
	_, past := played(t, 1)
	player, err := past.Play(t.Context(), replay.Wish{From: start().Add(time.Minute), To: start().Add(2 * time.Minute), Speed: 1})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- player.Run(ctx, func() {}) }()
	for frame, want := range map[string]string{
		`{"op":"play","speed":"fast"}`:                     "speed: not a number",
		`{"op":"play","speed":0}`:                          "speed: 0 is not between 0.1 and 3600",
		`{"op":"seek"}`:                                    "is not a time in RFC 3339",
		`{"op":"seek","at":7}`:                             "at: not a text",
		`{"op":"seek","at":"2026-11-23T23:00:00"}`:         "the replay ends at",
		`{"op":"seek","at":"2026-11-23T00:00:00+07:00"}`:   "the archive begins at 2026-11-23T08:30:",
		`{"op":"pause"}`:                                   "",
		`{"op":"seek","at":"2026-11-23T08:31:00"}`:         "",
		`{"op":"seek","at":"2026-11-23T08:31:00.5+07:00"}`: "",
	} {
		var op struct{ Op string }
		if err := json.Unmarshal([]byte(frame), &op); err != nil {
			t.Fatal(err)
		}
		err := player.Ops()[op.Op]([]byte(frame))
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", frame, err, want)
		}
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if err := player.Pause(); err == nil {
		t.Error("a replay that is over was paused")
	}
}
