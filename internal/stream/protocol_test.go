package stream_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"opscenter/internal/stream"
	"opscenter/internal/stream/streamclient"
)

func TestAMalformedFrameCloses1008WithItsReason(t *testing.T) {
	t.Parallel()
	for frame, reason := range map[string]string{
		`{`:                                      "malformed frame: not a JSON object",
		`[]`:                                     `malformed frame: "" cannot be a array`,
		`null`:                                   "malformed frame: no op",
		`{"id":"w1"}`:                            "malformed frame: no op",
		`{"op":"subscribe"} {}`:                  "malformed frame: not a JSON object",
		`{"op":"subscribe","keys":"*"}`:          `malformed frame: "keys" cannot be a string`,
		`{"op":"report","seqs":{"w1":-1}}`:       `malformed frame: "seqs" cannot be a number -1`,
		"{\"op\":\"subscribe\",\"id\":\"\xff\"}": "malformed frame: not UTF-8",
	} {
		t.Run(frame, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := setup(t, stream.Config{})
				c := r.connect()
				if err := c.SendText([]byte(frame)); err != nil {
					t.Fatal(err)
				}
				_, err := c.Next()
				code, got := streamclient.Closed(err)
				diff(t, 1008, code)
				diff(t, reason, got)
				synctest.Wait()
				diff(t, 1, r.counter.closedFor("malformed"))
				diff(t, 0, r.hub.Stats().Clients)
			})
		})
	}
}

func TestABinaryOrEndlessFrameCloses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := setup(t, stream.Config{})
		c := r.connect()
		if err := c.SendBinary([]byte(`{"op":"subscribe"}`)); err != nil {
			t.Fatal(err)
		}
		_, err := c.Next()
		code, reason := streamclient.Closed(err)
		diff(t, 1008, code)
		diff(t, "malformed frame: not text", reason)

		c = r.connect()
		go func() { _ = c.SendText([]byte(`{"op":"` + strings.Repeat("x", 65<<10) + `"}`)) }()
		_, err = c.Next()
		code, _ = streamclient.Closed(err)
		diff(t, 1009, code) // message too big
	})
}

func TestARequestThatCannotBeGrantedIsAnswered(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("k", 161)
	for frame, want := range map[string]string{
		`{"op":"dance","id":"w1"}`:                                      `op: "dance" is none of subscribe, unsubscribe, report, act`,
		`{"op":"subscribe","keys":["*"]}`:                               `id: 1 to 64 bytes are needed, not 0`,
		`{"op":"subscribe","id":"w1"}`:                                  `keys: 1 to 256 are needed, not 0`,
		`{"op":"subscribe","id":"w1","keys":["a*b"]}`:                   `keys: "a*b" is neither a key nor a prefix that ends in *`,
		`{"op":"subscribe","id":"w1","keys":[""]}`:                      `keys: "" is neither a key nor a prefix that ends in *`,
		`{"op":"subscribe","id":"w1","keys":["` + long + `"]}`:          `keys: "` + long[:40] + `" is neither a key nor a prefix that ends in *`,
		`{"op":"subscribe","id":"w1","keys":["*"],"location":"Loc 1"}`:  `location: id "Loc 1" is not a slug: 1 to 64 of a-z 0-9 _ . -, first a letter or digit`,
		`{"op":"subscribe","id":"w1","keys":["*"],"max_rate":0}`:        `max_rate: 0 is not a number of frames per second above 0`,
		`{"op":"unsubscribe","id":"w1"}`:                                `id: there is no subscription "w1"`,
		`{"op":"report","screen":"Wall 3"}`:                             `screen: id "Wall 3" is not a slug: 1 to 64 of a-z 0-9 _ . -, first a letter or digit`,
		`{"op":"report","screen":"wall-3","build":"` + long[:65] + `"}`: `build: over 64 bytes`,
	} {
		t.Run(frame, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := setup(t, stream.Config{})
				c := r.connect()
				if err := c.SendText([]byte(frame)); err != nil {
					t.Fatal(err)
				}
				m := r.next(c)
				diff(t, "error", m.Op)
				diff(t, "bad_request", m.Code)
				diff(t, want, m.Message)
				diff(t, "snapshot", r.subscribe(c, streamclient.Subscription{ID: "w1", Keys: []string{"*"}}).Op)
			})
		})
	}
}

func TestLimitsAreAnsweredWithTooMany(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := setup(t, stream.Config{MaxSubscriptions: 2, MaxViews: 3})
		a, b := r.connect(), r.connect()
		try := func(c *streamclient.Client, id, key string) string {
			m := r.subscribe(c, streamclient.Subscription{ID: id, Keys: []string{key}})
			return m.Op + m.Code
		}
		diff(t, "snapshot", try(a, "1", "city"))
		diff(t, "snapshot", try(a, "2", "system"))
		diff(t, "errortoo_many", try(a, "3", "city"))
		diff(t, "snapshot", try(a, "2", "area/*")) // in the place of the first "2"
		diff(t, "snapshot", try(b, "1", "city"))   // the same view
		diff(t, "snapshot", try(b, "2", "alarm/*"))
		diff(t, 3, r.hub.Stats().Views) // the view of system was nobody's, and made room
		c := r.connect()
		diff(t, "errortoo_many", try(c, "1", "event/*"))
		r.close(a)
		synctest.Wait()
		diff(t, "snapshot", try(c, "1", "event/*"))
	})
}

func TestHandshakesAreRefusedWithAProblem(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := setup(t, stream.Config{MaxClients: 2, Origins: []string{"http://localhost:5173"}})
		for _, test := range []struct {
			o    streamclient.Options
			want int
		}{
			{streamclient.Options{Origin: "http://evil.test"}, http.StatusForbidden},
			{streamclient.Options{Origin: "null"}, http.StatusForbidden},
			{streamclient.Options{Origin: "http://wall.test.evil.test"}, http.StatusForbidden},
			{streamclient.Options{Protocols: []string{"graphql-ws"}}, http.StatusBadRequest},
			{streamclient.Options{Protocols: []string{}}, http.StatusBadRequest},
			{streamclient.Options{Origin: "http://wall.test"}, 0},
			{streamclient.Options{Origin: "http://localhost:5173"}, 0},
			{streamclient.Options{}, http.StatusServiceUnavailable}, // the third client
		} {
			c, err := r.tryConnect(test.o)
			var refused *streamclient.RefusedError
			switch {
			case errors.As(err, &refused):
				diff(t, test.want, refused.Status)
				if !strings.Contains(refused.Body, fmt.Sprintf(`"status":%d`, test.want)) {
					t.Errorf("%+v: not a problem document: %s", test.o, refused.Body)
				}
			case err != nil:
				t.Error(err)
			default:
				diff(t, test.want, 0)
				t.Cleanup(func() { _ = c.Abort() })
			}
		}
	})
}

func TestHeartbeatsTellTimeIngestAndPositions(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := setup(t, stream.Config{Health: func() (string, time.Duration) { return "blind", 42 * time.Second }})
		c, first := r.subscribed("*")
		r.city.set("city", `1`)
		r.next(c)
		m, err := c.Next()
		if err != nil {
			t.Fatal(err)
		}
		diff(t, true, m.Time.Equal(time.Now()))
		m.Time = time.Time{}
		diff(t, streamclient.Message{
			Op: "heartbeat", Ingest: "blind", DataAge: 42000, Seqs: map[string]uint64{"w1": first.Seq + 1},
		}, m)
		at := time.Now()
		if _, err := c.Next(); err != nil {
			t.Fatal(err)
		}
		diff(t, 5*time.Second, time.Since(at))
	})
}

func TestAConnectionWithoutPongsIsClosed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := setup(t, stream.Config{})
		alive, dead := r.connect(), r.connect()
		dead.IgnorePings()
		var diedAfter time.Duration
		began := time.Now()
		go func() {
			for {
				if _, err := dead.Next(); err != nil {
					diedAfter = time.Since(began)
					return
				}
			}
		}()
		go func() {
			for {
				if _, err := alive.Next(); err != nil {
					return
				}
			}
		}()
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		diff(t, 40*time.Second, diedAfter)
		diff(t, 1, r.hub.Stats().Clients)
	})
}

func TestReportsAreKeptAsScreens(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := setup(t, stream.Config{MaxScreens: 2})
		c, first := r.subscribed("*")
		r.city.set("city", `1`)
		r.next(c)
		seqs := map[string]uint64{"w1": first.Seq}
		if err := c.Report("wall-3", "b1", seqs, -12.5); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		want := stream.Screen{
			Screen: "wall-3", Build: "b1", Remote: "pipe", Connected: true, Seqs: seqs,
			Behind: 1, ClockOffset: -12.5, LastSeen: time.Now(),
		}
		diff(t, []stream.Screen{want}, r.hub.Screens())

		r.close(c)
		synctest.Wait()
		want.Connected = false
		diff(t, []stream.Screen{want}, r.hub.Screens()) // a wall that went dark is still to be seen

		d := r.connect()
		for _, screen := range []string{"wall-1", "wall-2", "wall-4"} { // wall-3 makes room, wall-1 does not
			if err := d.Report(screen, "", nil, 0); err != nil {
				t.Fatal(err)
			}
		}
		diff(t, "too_many", r.next(d).Code)
		var names []string
		for _, s := range r.hub.Screens() {
			names = append(names, s.Screen)
		}
		diff(t, []string{"wall-1", "wall-2"}, names)
	})
}

func TestCloseSendsEveryoneAway(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := setup(t, stream.Config{})
		var codes [3]int
		for i := range codes {
			c, _ := r.subscribed("*")
			go func() {
				var err error
				for err == nil { // a heartbeat may come first
					_, err = c.Next()
				}
				codes[i], _ = streamclient.Closed(err)
			}()
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := r.hub.Close(ctx); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		diff(t, [3]int{1001, 1001, 1001}, codes)
		diff(t, stream.Stats{}, r.hub.Stats())
		diff(t, 0, r.city.watching())
		diff(t, 3, r.counter.closedFor("shutdown"))
		_, err := r.tryConnect(streamclient.Options{})
		var refused *streamclient.RefusedError
		if !errors.As(err, &refused) || refused.Status != http.StatusServiceUnavailable {
			t.Errorf("a client came in after the end: %v", err)
		}
	})
}

func TestCloseCutsOffWhoDoesNotRead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := setup(t, stream.Config{})
		_, _ = r.subscribed("*")
		r.city.set("city", `1`) // never read
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := r.hub.Close(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("closed with %v, want that somebody was cut off", err)
		}
		diff(t, 0, r.hub.Stats().Clients)
	})
}

func TestAWallHasTheServersClockWithItsFirstAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := setup(t, stream.Config{})
		c, first := r.subscribed("*")
		m, err := c.Next()
		if err != nil {
			t.Fatal(err)
		}
		diff(t, "heartbeat", m.Op)
		diff(t, map[string]uint64{"w1": first.Seq}, m.Seqs)
		diff(t, false, m.Time.IsZero())
	})
}
