package ingest_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"opscenter/internal/city"
)

func FuzzIngest(f *testing.F) {
	f.Add(camera+"health", []byte(health), camera+"availability", []byte("online"))
	f.Add(camera+"incident", []byte(incident), "", []byte{})
	f.Add(camera+"violation", []byte(`{"ts":"2026-11-23T08:14:59+07:00","id":"v","type":"parking","plate":"19A-123.45"}`), "ioc/v1/x", []byte(`{"plate":"`))
	f.Add("ioc/v1/trafficsafety/loc-006/x/violation", []byte(`{"plate":{"a":"b"}}`), faultyTopic, []byte("panic"))
	f.Fuzz(func(t *testing.T, topic1 string, payload1 []byte, topic2 string, payload2 []byte) {
		d := setup(t)
		d.run(t.Context())
		d.send(topic1, string(payload1))
		d.send(topic2, string(payload2))
		entries := d.finish(t)
		if len(d.acked) != 2 || <-d.acked != 0 || <-d.acked != 1 {
			t.Error("not acknowledged once each, in order")
		}
		if len(entries) < 2-d.counts.of("faulty/ignored") {
			t.Errorf("%d entries", len(entries))
		}
		for _, e := range entries {
			sound(t, e)
		}
	})
}

// sound fails unless an entry can be kept, shown and stored.
func sound(t *testing.T, e city.Entry) {
	t.Helper()
	if _, err := json.Marshal(e); err != nil {
		t.Error(err)
	}
	switch {
	case (e.Observation == nil) == (e.Rejection == nil):
		t.Errorf("neither or both: %+v", e)
	case e.Observation != nil:
		o := e.Observation
		if o.Location == "" || o.Subsystem == "" || o.Kind == "" || o.Digest == 0 || !o.ReceivedAt.Equal(e.At) || o.ObservedAt.IsZero() {
			t.Errorf("got %+v", o)
		}
		if o.Event != nil && o.Event.Plate.Clear != "" {
			t.Error("a plate in clear")
		}
	case e.Rejection.Code == "" || e.Rejection.Reason == "" || !utf8.ValidString(e.Rejection.Shown+e.Rejection.Reason+e.Rejection.Topic):
		t.Errorf("got %+v", e.Rejection)
	}
}

func TestEveryMessageIsKeptAndAcknowledgedOnce(t *testing.T) {
	t.Parallel()
	segment := rapid.SampledFrom([]string{"ioc", "v1", "trafficsafety", "faulty", "loc-005", "loc-006", "cam-017", "faulty-1", "health", "incident", "x", "", "$manifest", "ệ", "\xff"})
	topic := rapid.OneOf(
		rapid.Map(rapid.SliceOfN(segment, 0, 9), func(levels []string) string { return strings.Join(levels, "/") }),
		rapid.Map(rapid.SliceOfN(segment, 4, 4), func(levels []string) string { return "ioc/v1/" + strings.Join(levels, "/") }),
		rapid.SampledFrom([]string{camera + "health", camera + "flow", camera + "violation", camera + "availability", faultyTopic}),
	)
	payload := rapid.OneOf(
		rapid.SampledFrom([]string{health, incident, "online", "", "{}", "panic", "two", "nan", `{"plate":{"a":["`, strings.Repeat("[", 300<<10)}),
		rapid.String(),
		rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }),
	)
	rapid.Check(t, func(rt *rapid.T) {
		d := setup(t)
		d.run(t.Context())
		n := rapid.IntRange(1, 50).Draw(rt, "messages")
		for range n {
			d.send(topic.Draw(rt, "topic"), payload.Draw(rt, "payload"))
		}
		entries := d.finish(t)
		if len(entries) < n || len(d.acked) != n {
			rt.Fatalf("%d messages gave %d entries and %d acknowledgements", n, len(entries), len(d.acked))
		}
		for i := range n {
			if got := <-d.acked; got != i {
				rt.Fatalf("message %d was acknowledged as number %d", got, i)
			}
		}
		for _, e := range entries {
			sound(t, e)
		}
	})
}
