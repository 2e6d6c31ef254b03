package archive_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"opscenter/internal/archive"
	"opscenter/internal/city"
	"opscenter/internal/eventlog"
)

func start() time.Time { return time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC) }

func newWriter(t rapid.TB) *archive.Writer {
	t.Helper()
	w, err := archive.NewWriter(eventlog.NewCodec())
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func newReader(t testing.TB) *archive.Reader {
	t.Helper()
	r, err := archive.NewReader(eventlog.NewCodec())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

func readAll(r *archive.Reader, data []byte) (all []city.Entry, err error) {
	if err := r.Open(data); err != nil {
		return nil, err
	}
	for {
		entries, err := r.Next()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return all, err
		}
		all = append(all, entries...)
	}
}

// draw makes n entries of every kind.
func draw(r *rapid.T, n int) []city.Entry {
	var entries []city.Entry
	now := start()
	for i := range n {
		now = now.Add(time.Duration(rapid.IntRange(0, 2000).Draw(r, "ms")) * time.Millisecond)
		e := city.Entry{At: now}
		switch rapid.IntRange(0, 5).Draw(r, "kind") {
		case 0: // a clock mark
		case 1:
			e.Rejection = &city.Rejection{Topic: "t", Sealed: []byte{1, 2}, Shown: "30A-123.45", Code: "malformed"}
		case 2:
			e.Manifest = &city.Manifest{Subsystem: "parking", Document: []byte(`{"id":"parking"}`)}
		case 3:
			e.Observation = &city.Observation{
				Subsystem: "traffic", Location: "loc-1", Kind: "violation", ObservedAt: now, ReceivedAt: now, Digest: uint64(i),
				Event: &city.Event{ID: fmt.Sprint(i), Type: "speeding", Phase: city.Instant, Plate: city.Plate{Masked: "30*****45", Sealed: []byte("secret")}},
			}
		default:
			e.Observation = &city.Observation{
				Subsystem: "traffic", Location: "loc-1", Device: "cam-1", Kind: "flow", ObservedAt: now.Add(-time.Second), ReceivedAt: now,
				Digest: rapid.Uint64().Draw(r, "digest"), Readings: []city.Reading{{Metric: "vehicles", Value: float64(i)}},
			}
		}
		entries = append(entries, e)
	}
	return entries
}

func TestASegmentGivesBackWhatItWasGiven(t *testing.T) {
	t.Parallel()
	r := newReader(t)
	rapid.Check(t, func(rt *rapid.T) {
		w := newWriter(rt)
		for range 2 { // a writer is used again
			given := draw(rt, rapid.SampledFrom([]int{0, 1, 40, 600}).Draw(rt, "entries"))
			for rest := given; len(rest) > 0; {
				n := rapid.IntRange(1, len(rest)).Draw(rt, "together")
				if err := w.Add(rest[:n]); err != nil {
					rt.Fatal(err)
				}
				rest = rest[n:]
			}
			s, err := w.Take()
			if err != nil {
				rt.Fatal(err)
			}
			got, err := readAll(r, s.Data)
			if err != nil {
				rt.Fatal(err)
			}
			var want []city.Entry
			for i := range given {
				want = append(want, archive.Strip(given[i]))
			}
			if diff := cmp.Diff(want, got); diff != "" || s.Entries != len(given) {
				rt.Fatalf("%d of %d entries:\n%s", s.Entries, len(given), diff)
			}
		}
	})
}

// What is personal must not be found in the archive, which nobody unseals or masks later.
func TestNothingPersonalIsArchived(t *testing.T) {
	t.Parallel()
	plate := city.Plate{Clear: "30A-123.45", Masked: "30*****45", Sealed: []byte("secret")}
	o := &city.Observation{Kind: "violation", ReceivedAt: start(), ObservedAt: start(), Event: &city.Event{ID: "v", Plate: plate}}
	w := newWriter(t)
	if err := w.Add([]city.Entry{{At: start(), Observation: o}, {At: start(), Rejection: &city.Rejection{Sealed: []byte("secret"), Shown: "30A-123.45"}}}); err != nil {
		t.Fatal(err)
	}
	s, err := w.Take()
	if err != nil {
		t.Fatal(err)
	}
	got, err := readAll(newReader(t), s.Data)
	if err != nil {
		t.Fatal(err)
	}
	want := city.Plate{Masked: "30*****45"}
	if len(got) != 2 || !cmp.Equal(want, got[0].Observation.Event.Plate) || got[1].Rejection != nil || !got[1].At.Equal(start()) {
		t.Errorf("archived %+v and %+v", got[0].Observation.Event, got[1])
	}
	if o.Event.Plate.Sealed == nil {
		t.Error("the entry that others still read was changed")
	}
}

func TestWhatIsBrokenIsNotTakenForAnEnd(t *testing.T) {
	t.Parallel()
	w := newWriter(t)
	for i := range 2000 {
		if err := w.Add([]city.Entry{{At: start().Add(time.Duration(i) * time.Second)}}); err != nil {
			t.Fatal(err)
		}
	}
	s, err := w.Take()
	if err != nil {
		t.Fatal(err)
	}
	r := newReader(t)
	for cut := range len(s.Data) {
		if _, err := readAll(r, s.Data[:cut]); cut > 0 && !errors.Is(err, archive.ErrCorrupt) {
			t.Fatalf("cut to %d of %d bytes: %v", cut, len(s.Data), err)
		}
	}
	if all, err := readAll(r, s.Data); err != nil || len(all) != 2000 {
		t.Errorf("after broken ones, of a whole one %d entries, %v", len(all), err)
	}
}

func TestAKeyframeGivesBackTheState(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		state := rapid.SliceOf(rapid.Byte()).Draw(r, "state")
		kept, err := archive.Compress(state)
		if err != nil {
			r.Fatal(err)
		}
		got, err := archive.Decompress(kept)
		if err != nil || !bytes.Equal(got, state) {
			r.Fatalf("%q came back as %q, %v", state, got, err)
		}
	})
	if _, err := archive.Decompress([]byte("nonsense")); !errors.Is(err, archive.ErrCorrupt) {
		t.Errorf("nonsense: %v", err)
	}
}
