package eventlog

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"opscenter/internal/city"
)

func someTime() *rapid.Generator[time.Time] {
	return rapid.Custom(func(t *rapid.T) time.Time {
		// Devices' clocks may be anywhere from year 1 to year 9999.
		seconds := rapid.Int64Range(-62135596800, 253402300799).Draw(t, "seconds")
		return time.Unix(seconds, rapid.Int64Range(0, 999_999_999).Draw(t, "nanoseconds")).UTC()
	})
}

func someFloat() *rapid.Generator[*float64] { return rapid.Ptr(rapid.Float64(), true) }

func someBytes() *rapid.Generator[[]byte] {
	return rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 100), func(b []byte) []byte {
		if len(b) == 0 {
			return nil
		}
		return b
	})
}

func word() *rapid.Generator[string] {
	return rapid.OneOf(rapid.SampledFrom([]string{"", "camera", "fps", "loc-001", "ok"}), rapid.String())
}

func someEvent() *rapid.Generator[*city.Event] {
	return rapid.Ptr(rapid.Custom(func(t *rapid.T) city.Event {
		return city.Event{
			ID: word().Draw(t, "id"), Type: word().Draw(t, "type"), Phase: city.Phase(word().Draw(t, "phase")),
			Severity: word().Draw(t, "severity"), Title: word().Draw(t, "title"),
			Description: word().Draw(t, "description"),
			Lat:         someFloat().Draw(t, "lat"), Lon: someFloat().Draw(t, "lon"),
			SpeedKmh: someFloat().Draw(t, "speed"), LimitKmh: someFloat().Draw(t, "limit"),
			EvidenceURL: word().Draw(t, "evidence"),
			Plate:       city.Plate{Masked: word().Draw(t, "masked"), Sealed: someBytes().Draw(t, "sealed")},
			DueAt:       someTime().Draw(t, "due"),
		}
	}), true)
}

func someObservation(at time.Time) *rapid.Generator[*city.Observation] {
	return rapid.Custom(func(t *rapid.T) *city.Observation {
		o := &city.Observation{
			Subsystem: word().Draw(t, "subsystem"), Location: word().Draw(t, "location"),
			Device: word().Draw(t, "device"), Kind: word().Draw(t, "kind"), Channel: word().Draw(t, "channel"),
			ObservedAt: at, ReceivedAt: at,
			Undated: rapid.Bool().Draw(t, "undated"), Retained: rapid.Bool().Draw(t, "retained"),
			Seq: rapid.Uint64().Draw(t, "seq"), Digest: rapid.Uint64().Draw(t, "digest"),
			Event: someEvent().Draw(t, "event"), Indicator: someIndicator().Draw(t, "indicator"),
		}
		if rapid.Bool().Draw(t, "own clock") {
			o.ObservedAt = someTime().Draw(t, "observed")
			o.ReceivedAt = someTime().Draw(t, "received")
		}
		for range rapid.IntRange(0, 4).Draw(t, "readings") {
			o.Readings = append(o.Readings, city.Reading{Metric: word().Draw(t, "metric"), Value: rapid.Float64().Draw(t, "value")})
		}
		for range rapid.IntRange(0, 3).Draw(t, "states") {
			o.States = append(o.States, city.State{Name: word().Draw(t, "name"), Value: word().Draw(t, "word")})
		}
		return o
	})
}

func someIndicator() *rapid.Generator[*city.Indicator] {
	return rapid.Ptr(rapid.Custom(func(t *rapid.T) city.Indicator {
		return city.Indicator{
			Code: word().Draw(t, "code"), Period: word().Draw(t, "period"), Value: rapid.Float64().Draw(t, "figure"),
			Scope: word().Draw(t, "scope"), Numerator: someFloat().Draw(t, "numerator"),
			Denominator: someFloat().Draw(t, "denominator"), Revision: rapid.Int().Draw(t, "revision"),
		}
	}), true)
}

func someAnnouncement() *rapid.Generator[*city.Announcement] {
	return rapid.Ptr(rapid.Custom(func(t *rapid.T) city.Announcement {
		return city.Announcement{
			Name: word().Draw(t, "called"), Maker: word().Draw(t, "maker"), Model: word().Draw(t, "model"),
			Firmware: word().Draw(t, "firmware"), Kind: word().Draw(t, "device kind"), Withdrawn: rapid.Bool().Draw(t, "withdrawn"),
		}
	}), true)
}

func someAction() *rapid.Generator[*city.Action] {
	window := rapid.Ptr(rapid.Custom(func(t *rapid.T) city.Window {
		return city.Window{
			ID: word().Draw(t, "window"), Device: word().Draw(t, "device"), Location: word().Draw(t, "location"),
			Area: word().Draw(t, "area"), Subsystem: word().Draw(t, "subsystem"), Contractor: word().Draw(t, "contractor"),
			Start: someTime().Draw(t, "start"), Duration: time.Duration(rapid.Int64().Draw(t, "duration")),
			Rule: word().Draw(t, "rule"), Mute: rapid.Bool().Draw(t, "mute"), Title: word().Draw(t, "title"),
		}
	}), true)
	return rapid.Custom(func(t *rapid.T) *city.Action {
		return &city.Action{
			Key: word().Draw(t, "key"), Verb: city.Verb(word().Draw(t, "verb")), Actor: word().Draw(t, "actor"),
			Reason: word().Draw(t, "reason"), Alarm: word().Draw(t, "alarm"), Assignee: word().Draw(t, "assignee"),
			Until: someTime().Draw(t, "until"), Window: window.Draw(t, "window"), WindowID: word().Draw(t, "window id"),
		}
	})
}

func someEntry() *rapid.Generator[city.Entry] {
	return rapid.Custom(func(t *rapid.T) city.Entry {
		e := city.Entry{At: someTime().Draw(t, "at"), Deaf: rapid.Bool().Draw(t, "deaf")}
		switch rapid.SampledFrom([]string{"mark", "observation", "rejection", "manifest", "action"}).Draw(t, "entry") {
		case "observation":
			e.Observation = someObservation(e.At).Draw(t, "observation")
		case "rejection":
			e.Rejection = &city.Rejection{
				Subsystem: word().Draw(t, "subsystem"), Topic: word().Draw(t, "topic"), Sealed: someBytes().Draw(t, "sealed"),
				Shown: word().Draw(t, "shown"), Code: word().Draw(t, "code"), Reason: word().Draw(t, "reason"),
				Retained: rapid.Bool().Draw(t, "retained"), External: word().Draw(t, "external"),
				Announcement: someAnnouncement().Draw(t, "announcement"),
			}
		case "manifest":
			e.Manifest = &city.Manifest{Subsystem: word().Draw(t, "subsystem"), Document: someBytes().Draw(t, "document")}
		case "action":
			e.Action = someAction().Draw(t, "action")
		}
		return e
	})
}

func TestEntriesComeBackAsTheyWereWritten(t *testing.T) {
	t.Parallel()
	encoder, decoder := newEncoder(), newDecoder() // used again and again, as in the log
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfN(someEntry(), 1, 8).Draw(t, "entries")
		form, err := encoder.encode(nil, want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := decoder.decode(form)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("entries changed (-written +read):\n%s", diff)
		}
	})
}

func TestDecodedEntriesSurviveTheNextDecode(t *testing.T) {
	t.Parallel()
	decoder := newDecoder()
	first, second := typical(3), typical(5)
	for i := range second {
		second[i].Observation.Device = "other"
		second[i].Observation.Readings[0].Value = -1
	}
	kept, err := decoder.decode(encoded(t, first))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := decoder.decode(encoded(t, second)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first, kept); diff != "" {
		t.Errorf("a later decode changed earlier entries (-want +got):\n%s", diff)
	}
}

func TestClearPlateIsNeverWritten(t *testing.T) {
	t.Parallel()
	entries := typical(1)
	entries[0].Observation.Event = &city.Event{ID: "v1", Plate: city.Plate{Clear: "30A-123.45", Masked: "30******45"}}
	if form := encoded(t, entries); bytes.Contains(form, []byte("30A-123.45")) {
		t.Errorf("the plate is in the log: %q", form)
	}
}

func TestUnreadableMessagesAreErrors(t *testing.T) {
	t.Parallel()
	good := encoded(t, typical(2))
	for name, message := range map[string][]byte{
		"empty":     {},
		"version":   append([]byte{99}, good[1:]...),
		"cut":       good[:len(good)-3],
		"too long":  append(slices.Clone(good), 0),
		"not ours":  []byte("\x01hello"),
		"bad names": {version, 0x81, 0xa1, 'e', 0x91, 0x82, 0xa1, 'f', isObservation, 0xa1, 's', 0x7},
	} {
		if _, err := newDecoder().decode(message); !errors.Is(err, ErrCorrupt) {
			t.Errorf("%s: error %v, want ErrCorrupt", name, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(encoded(f, typical(2)))
	f.Fuzz(func(t *testing.T, message []byte) {
		entries, err := newDecoder().decode(message)
		if err != nil {
			return
		}
		if _, err := newEncoder().encode(nil, entries); err != nil {
			t.Errorf("cannot write what was read: %v", err)
		}
	})
}

func encoded(t testing.TB, entries []city.Entry) []byte {
	t.Helper()
	form, err := newEncoder().encode(nil, entries)
	if err != nil {
		t.Fatal(err)
	}
	return form
}

// typical returns entries of n devices with two readings each.
func typical(n int) []city.Entry {
	at := time.Date(2026, 11, 23, 7, 30, 0, 123_456_789, time.UTC)
	entries := make([]city.Entry, n)
	for i := range entries {
		entries[i] = city.Entry{At: at, Observation: &city.Observation{
			Subsystem: "traffic", Location: fmt.Sprintf("loc-%03d", i%91), Device: fmt.Sprintf("det-%05d", i),
			Kind: "flow", ObservedAt: at.Add(-time.Second), ReceivedAt: at, Seq: uint64(i), Digest: 0x9e3779b97f4a7c15 * uint64(i+1),
			Readings: []city.Reading{{Metric: "vehicles", Value: 17}, {Metric: "speed_kmh", Value: 38.25}},
		}}
	}
	return entries
}

func BenchmarkEncode(b *testing.B) {
	for _, n := range []int{1, 32, 256} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			entries, encoder, buffer := typical(n), newEncoder(), []byte(nil)
			b.ReportAllocs()
			for b.Loop() {
				buffer, _ = encoder.encode(buffer[:0], entries)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/observation")
			b.ReportMetric(float64(len(buffer))/float64(n), "B/observation")
		})
	}
}

func BenchmarkDecode(b *testing.B) {
	for _, n := range []int{1, 32, 256} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			form, decoder := encoded(b, typical(n)), newDecoder()
			b.ReportAllocs()
			for b.Loop() {
				if _, err := decoder.decode(form); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/observation")
		})
	}
}
