package stream

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// Whatever a client sends is either refused for a reason that fits into a close frame, or makes
// sense; and a filter that is made of it shows what its keys say, whatever they are.
func FuzzRequest(f *testing.F) {
	for _, seed := range []string{
		`{"op":"subscribe","id":"w1","keys":["city","location/*","subsystem/*","alarm/*"],"resume":{"epoch":"x","seq":41}}`,
		`{"op":"subscribe","id":"w1","keys":["*"],"location":"loc-001","max_rate":0.5}`,
		`{"op":"unsubscribe","id":"w1"}`,
		`{"op":"report","screen":"wall-3","build":"b","seqs":{"w1":58},"clock_offset_ms":-12}`,
		`{"op":"subscribe","id":"w1","keys":["a*","ab*","abc","b"],"max_rate":1e308}`,
		`{"op":"act","id":"a1","key":"k","action":{"verb":"shelve","alarm":"a","actor":"Lan","reason":"x","until":"2026-11-23T08:00:00Z","minutes":3}}`,
		`{"op":1}`, `{"op":"subscribe","resume":[]}`, `{}`, `[]`, `null`, `"`, "\xff", `{"op":"\ud800"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := parseRequest(data)
		if err != nil {
			if reason := err.Error(); len(reason) > 123 || !utf8.ValidString(reason) || !strings.HasPrefix(reason, "malformed frame: ") {
				t.Errorf("reason %q", reason)
			}
			return
		}
		if r.Op == "" || !json.Valid(data) {
			t.Errorf("%q was taken", data)
		}
		if action, err := r.toAction(time.Time{}); err == nil && action.Key == "" {
			t.Error("an action without a key")
		} else if err != nil && !utf8.ValidString(err.Error()) {
			t.Errorf("answer %q", err)
		}
		filter, err := newFilter(r, 100*time.Millisecond)
		if err != nil {
			if !utf8.ValidString(err.Error()) {
				t.Errorf("answer %q", err)
			}
			return
		}
		if filter.interval < 100*time.Millisecond || filter.interval > 1000*time.Second {
			t.Errorf("%v between two frames", filter.interval)
		}
		for _, key := range r.Keys {
			plain := strings.TrimSuffix(key, "*")
			if !filter.matches(plain, r.Location) {
				t.Errorf("%q is not shown by %q", plain, r.Keys)
			}
		}
		again, err := newFilter(&request{Keys: append(filter.exact, stars(filter.prefixes)...), Location: r.Location, MaxRate: r.MaxRate}, 100*time.Millisecond)
		if err != nil || again.name() != filter.name() {
			t.Errorf("the same filter has two names: %v", err)
		}
	})
}

func stars(prefixes []string) []string {
	var keys []string
	for _, p := range prefixes {
		keys = append(keys, p+"*")
	}
	return keys
}

func TestStringsAreQuotedAsJSON(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "w1", `a"b\c`, "Ngã Tư", "\x00\n\u2028", "\xff", "~ !"} {
		var back string
		if err := json.Unmarshal(quote(s), &back); err != nil || back != strings.ToValidUTF8(s, "\ufffd") {
			t.Errorf("%q is written as %s: %v", s, quote(s), err)
		}
	}
}
