package stream_test

import (
	"encoding/json"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"opscenter/internal/stream"
	"opscenter/internal/stream/streamclient"
)

// nextBeat returns the next heartbeat.
func (r *rig) nextBeat(c *streamclient.Client) streamclient.Message {
	r.t.Helper()
	for {
		m, err := c.Next()
		if err != nil {
			r.t.Fatal(err)
		}
		if m.Op == "heartbeat" {
			return m
		}
	}
}

func TestAHubMayKnowFurtherOperations(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		asked := ""
		r := setup(t, stream.Config{Heartbeat: time.Hour, Ops: map[string]func([]byte) error{
			"seek": func(frame []byte) error {
				var s struct{ At string }
				if err := json.Unmarshal(frame, &s); err != nil {
					return err
				}
				if asked = s.At; asked == "" {
					return errors.New("at: when?")
				}
				return nil
			},
		}})
		c, _ := r.subscribed("city")
		diff(t, map[string]uint64{"w1": 1}, r.nextBeat(c).Seqs) // the one that greets
		if err := c.Send(map[string]string{"op": "seek", "at": "noon"}); err != nil {
			t.Fatal(err)
		}
		diff(t, map[string]uint64{"w1": 1}, r.nextBeat(c).Seqs) // long before its time
		diff(t, "noon", asked)
		for frame, want := range map[string]string{
			`{"op":"seek"}`:  "at: when?",
			`{"op":"pause"}`: `op: "pause" is none of subscribe, unsubscribe, report, act, seek`,
		} {
			if err := c.SendText([]byte(frame)); err != nil {
				t.Fatal(err)
			}
			m := r.next(c)
			diff(t, []string{"error", "bad_request", want}, []string{m.Op, m.Code, m.Message})
		}
		r.hub.Beat()
		diff(t, map[string]uint64{"w1": 1}, r.nextBeat(c).Seqs)
		r.close(c)
	})
}
