package subsystemtest_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/subsystem"
	"opscenter/internal/subsystem/subsystemtest"
)

// lamp is a subsystem of street lamps, whose decoder is good until spoilt.
type lamp struct {
	decode func(m subsystem.Message) ([]city.Observation, error)
}

func (l lamp) Decode(m subsystem.Message) ([]city.Observation, error) { return l.decode(m) }

type payload struct {
	TS    *time.Time `json:"ts"`
	Watts *float64   `json:"watts"`
	Mode  string     `json:"mode"`
	ID    string     `json:"id"`
}

func good(m subsystem.Message) ([]city.Observation, error) {
	var p payload
	if err := json.Unmarshal(m.Payload, &p); err != nil {
		return nil, fmt.Errorf("%w: %w", subsystem.ErrPayload, err)
	}
	if p.TS == nil || p.Watts == nil {
		return nil, fmt.Errorf("%w: ts and watts are required", subsystem.ErrPayload)
	}
	o := city.Observation{Kind: m.Kind, ObservedAt: p.TS.UTC(), Readings: []city.Reading{{Metric: "watts", Value: *p.Watts}}}
	if p.Mode == "auto" || p.Mode == "hand" {
		o.States = []city.State{{Name: "mode", Value: p.Mode}}
	}
	if p.ID != "" {
		o.Event = &city.Event{ID: p.ID, Type: "burnt_out", Phase: city.Instant}
	}
	return []city.Observation{o}, nil
}

func spec() subsystem.Spec {
	names := city.Names{VI: "Tên", EN: "Name"}
	return subsystem.Spec{
		ID: "lamps", Names: names, Doc: "Street lamps.", Cadence: time.Minute,
		Topics:  []subsystem.Topic{{Pattern: "{root}/lamps/{location}/{device}/power", Kind: "power", Doc: "Power."}},
		Metrics: []subsystem.Metric{{Name: "watts", Names: names, Unit: "W", Doc: "Power that the lamp takes."}},
		States: []subsystem.State{{Name: "mode", Names: names, Doc: "Who switches it.", Words: []subsystem.Word{
			{Value: "auto", Status: city.OK, Names: names}, {Value: "hand", Status: city.OK, Names: names},
		}}},
		Aggregates: []subsystem.Aggregate{{
			Name: "light", Names: names, Doc: "Light.", Kind: "power", Method: subsystem.WeightedMean, Value: "watts", Weight: "watts", Scale: 1,
		}},
	}
}

func factory(s subsystem.Spec, decode func(subsystem.Message) ([]city.Observation, error)) subsystem.Factory {
	return subsystem.Define(s, struct{}{}, func(struct{}) (subsystem.Decoder, error) { return lamp{decode}, nil })
}

const head = `-- topic --
ioc/v1/lamps/loc-1/lamp-1/power
-- received --
2026-11-23T08:15:00+07:00
-- payload --
`

func files() fstest.MapFS {
	want := func(mode string) string {
		return `[
  {
    "kind": "power",
    "observed_at": "2026-11-23T01:14:59Z",
    "readings": {
      "watts": 60
    },
    "states": {
      "mode": "` + mode + `"
    }
  }
]
`
	}
	sent := func(mode string) string {
		return head + `{"ts":"2026-11-23T08:14:59+07:00","watts":60,"mode":"` + mode + `"}` + "\n-- want --\n"
	}
	return fstest.MapFS{
		"README.md":            file("`{root}/lamps/{location}/{device}/power` `watts` `mode` `light`"),
		"testdata/auto.txtar":  file(sent("auto") + want("auto")),
		"testdata/hand.txtar":  file(sent("hand") + want("hand")),
		"testdata/bad.txtar":   file(head + "{\"ts\":\"2026-11-23T08:14:59+07:00\"}\n-- error --\nts and watts are required\n"),
		"testdata/binary.xyz":  file("not a fixture"),
		"testdata/bytes.txtar": file(strings.Replace(head, "-- payload --", "-- payload.base64 --", 1) + "/w==\n-- error --\ninvalid character\n"),
	}
}

func file(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }

func TestGoodSubsystemPasses(t *testing.T) {
	t.Parallel()
	for _, fault := range subsystemtest.Check(factory(spec(), good), files()) {
		t.Error(fault)
	}
}

// expect fails unless one of the faults says what it should.
func expect(t *testing.T, faults []error, want string) {
	t.Helper()
	if err := errors.Join(faults...); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want a fault with %q", err, want)
	}
}

// spoilt returns a decoder that does something to what the good one decodes.
func spoilt(spoil func(o *city.Observation)) func(subsystem.Message) ([]city.Observation, error) {
	return func(m subsystem.Message) ([]city.Observation, error) {
		observations, err := good(m)
		for i := range observations {
			spoil(&observations[i])
		}
		return observations, err
	}
}

func TestEveryBrokenPromiseOfAnObservationIsSeen(t *testing.T) {
	t.Parallel()
	for want, spoil := range map[string]func(o *city.Observation){
		`observation of kind "other"`:      func(o *city.Observation) { o.Kind = "other" },
		`observation without a time`:       func(o *city.Observation) { o.ObservedAt = time.Time{} },
		`undated observation with a time`:  func(o *city.Observation) { o.Undated = true },
		`observation that says nothing`:    func(o *city.Observation) { o.Readings, o.States, o.Event = nil, nil, nil },
		`reading "volts" is not declared`:  func(o *city.Observation) { o.Readings[0].Metric = "volts" },
		`reading "watts" is given twice`:   func(o *city.Observation) { o.Readings = append(o.Readings, o.Readings...) },
		`reading "watts" is not finite`:    func(o *city.Observation) { o.Readings[0].Value = math.NaN() },
		`state "colour" is not declared`:   func(o *city.Observation) { o.States = []city.State{{Name: "colour", Value: "red"}} },
		`state mode="off" is not declared`: func(o *city.Observation) { o.States = []city.State{{Name: "mode", Value: "off"}} },
		`state "mode" is given twice`:      func(o *city.Observation) { o.States = append(o.States, o.States...) },
		`availability is "gone"`:           func(o *city.Observation) { o.States = []city.State{{Name: "availability", Value: "gone"}} },
		`event without an id`:              func(o *city.Observation) { o.Event = &city.Event{Type: "x", Phase: city.Instant} },
		`event without a type`:             func(o *city.Observation) { o.Event = &city.Event{ID: "x", Phase: city.Instant} },
		`event in phase ""`:                func(o *city.Observation) { o.Event = &city.Event{ID: "x", Type: "x"} },
		`event with a number that is not`:  func(o *city.Observation) { inf := math.Inf(1); o.Event = &city.Event{ID: "x", Type: "x", Lat: &inf} },
		`event with a plate that the deco`: func(o *city.Observation) {
			o.Event = &city.Event{ID: "x", Type: "x", Phase: city.Instant, Plate: city.Plate{Masked: "29*"}}
		},
	} {
		expect(t, subsystemtest.Check(factory(spec(), spoilt(spoil)), files()), want)
	}
}

func TestImpureDecodersAreSeen(t *testing.T) {
	t.Parallel()
	var calls atomic.Int64
	for want, decode := range map[string]func(m subsystem.Message) ([]city.Observation, error){
		`two decodings of one message differ`: spoilt(func(o *city.Observation) { o.Seq = uint64(calls.Add(1)) }),
		`the second decoding failed`: func(m subsystem.Message) ([]city.Observation, error) {
			if calls.Add(1)%2 == 0 {
				return nil, subsystem.ErrPayload
			}
			return good(m)
		},
		`the decoder changed the payload`: func(m subsystem.Message) ([]city.Observation, error) {
			defer func() { clear(m.Payload) }()
			return good(m)
		},
		`share the payload's memory`: func(m subsystem.Message) ([]city.Observation, error) {
			observations, err := good(m)
			for i := range observations {
				n := float64(0)
				observations[i].Event = &city.Event{ID: "x", Type: "x", Phase: city.Instant, Lat: &n}
				observations[i].Event.Title = alias(m.Payload)
			}
			return observations, err
		},
		`the decoder panicked: runtime`: func(m subsystem.Message) ([]city.Observation, error) {
			_ = m.Payload[0]
			return good(m)
		},
		`the error does not wrap subsystem.ErrPayload`: func(m subsystem.Message) ([]city.Observation, error) {
			if o, err := good(m); err == nil {
				return o, nil
			}
			return nil, errors.New("no")
		},
		`gave observations and an error`: func(m subsystem.Message) ([]city.Observation, error) {
			if o, err := good(m); err == nil {
				return o, nil
			}
			return make([]city.Observation, 1), subsystem.ErrPayload
		},
		`payload "{}" becomes an observation; required`: func(m subsystem.Message) ([]city.Observation, error) {
			if string(m.Payload) == "{}" {
				return []city.Observation{{Kind: m.Kind, ObservedAt: m.ReceivedAt, Readings: []city.Reading{{Metric: "watts"}}}}, nil
			}
			return good(m)
		},
	} {
		expect(t, subsystemtest.Check(factory(spec(), decode), files()), want)
	}
}

func TestConcurrentDecodingIsCompared(t *testing.T) {
	t.Parallel()
	var calls atomic.Int64
	// Right for as long as fixtures are decoded one by one: three times each for the good ones.
	decode := func(m subsystem.Message) ([]city.Observation, error) {
		observations, err := good(m)
		if calls.Add(1) > 10 && err == nil {
			observations[0].Seq = 7
		}
		return observations, err
	}
	expect(t, subsystemtest.Check(factory(spec(), decode), files()), "decoded by several goroutines at once")
}

func TestFixturesAreChecked(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(f fstest.MapFS){
		`hand.txtar: want:`:                      func(f fstest.MapFS) { replace(f, "hand", `"watts": 60`, `"watts": 61`) },
		`hand.txtar: want observations, got err`: func(f fstest.MapFS) { replace(f, "hand", `"watts":60`, `"watts":"60"`) },
		`bad.txtar: want error`:                  func(f fstest.MapFS) { replace(f, "bad", `are required`, `are lovely`) },
		`bad.txtar: want error "ts and watts ar`: func(f fstest.MapFS) { replace(f, "bad", `+07:00"}`, `+07:00","watts":1}`) },
		`bad.txtar: it has neither section`:      func(f fstest.MapFS) { replace(f, "bad", "-- error --\nts and watts are required\n", "") },
		`bad.txtar: it has both sections`:        func(f fstest.MapFS) { replace(f, "bad", "-- error --", "-- want --\n[]\n-- error --") },
		`bad.txtar: topic "ioc/v1/lamps/x" mat`:  func(f fstest.MapFS) { replace(f, "bad", "ioc/v1/lamps/loc-1/lamp-1/power", "ioc/v1/lamps/x") },
		`bad.txtar: section "received": parsing`: func(f fstest.MapFS) { replace(f, "bad", "2026-11-23T08:15:00+07:00", "today") },
		`bad.txtar: section "wants": there is`:   func(f fstest.MapFS) { replace(f, "bad", "-- error --", "-- wants --") },
		`bad.txtar: no section "topic"`:          func(f fstest.MapFS) { replace(f, "bad", "-- topic --\nioc/v1/lamps/loc-1/lamp-1/power\n", "") },
		`bad.txtar: want one of the sections`:    func(f fstest.MapFS) { replace(f, "bad", "-- error --", "-- payload.base64 --\n\n-- error --") },
		`bad.txtar: section "error" occurs twic`: func(f fstest.MapFS) { replace(f, "bad", "-- error --", "-- error --\n\n-- error --") },
		`no fixture exercises state mode=hand`:   func(f fstest.MapFS) { delete(f, "testdata/hand.txtar") },
		`no fixture exercises bad power`:         func(f fstest.MapFS) { delete(f, "testdata/bad.txtar"); delete(f, "testdata/bytes.txtar") },
		`no fixture exercises good power`:        func(f fstest.MapFS) { delete(f, "testdata/hand.txtar"); delete(f, "testdata/auto.txtar") },
		`no fixture exercises metric watts`:      func(f fstest.MapFS) { delete(f, "testdata/hand.txtar"); delete(f, "testdata/auto.txtar") },
		`README.md: open README.md`:              func(f fstest.MapFS) { delete(f, "README.md") },
		`README.md does not name topic`:          func(f fstest.MapFS) { f["README.md"] = file("`watts` `mode` `light`") },
		`README.md does not name metric "watts"`: func(f fstest.MapFS) { f["README.md"] = file("watts `mode` `light`") },
		`README.md does not name state "mode"`:   func(f fstest.MapFS) { f["README.md"] = file("`watts` `light`") },
		`README.md does not name aggregate "lig`: func(f fstest.MapFS) { f["README.md"] = file("`watts` `mode`") },
	} {
		f := files()
		change(f)
		expect(t, subsystemtest.Check(factory(spec(), good), f), want)
	}
}

func replace(f fstest.MapFS, name, old, with string) {
	path := "testdata/" + name + ".txtar"
	text := string(f[path].Data)
	if !strings.Contains(text, old) {
		panic(old + " is not in " + text)
	}
	f[path] = file(strings.Replace(text, old, with, 1))
}

func TestSpecAndConfigurationAreChecked(t *testing.T) {
	t.Parallel()
	s := spec()
	s.Metrics[0].Doc = ""
	expect(t, subsystemtest.Check(factory(s, good), files()), `metric "watts" has no documentation`)

	deaf := factory(spec(), good)
	deaf.Open = func(json.RawMessage) (subsystem.Decoder, error) { return lamp{good}, nil }
	expect(t, subsystemtest.Check(deaf, files()), "an unknown key is accepted")

	vague := factory(spec(), good)
	vague.Open = func(raw json.RawMessage) (subsystem.Decoder, error) {
		if raw != nil {
			return nil, errors.New("bad configuration")
		}
		return lamp{good}, nil
	}
	expect(t, subsystemtest.Check(vague, files()), "does not name it")
}

func TestUpdateWritesWhatMessagesBecome(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f := files()
	replace(f, "hand", `"watts": 60`, `"watts": 61`)
	replace(f, "bad", "-- error --\nts and watts are required\n", "")
	for path, content := range maps.All(f) {
		write(t, filepath.Join(dir, path), content.Data)
	}
	if err := subsystemtest.Update(factory(spec(), good), dir); err != nil {
		t.Fatal(err)
	}
	for _, fault := range subsystemtest.Check(factory(spec(), good), os.DirFS(dir)) {
		t.Error(fault)
	}
	// What was right stays as it was, byte by byte.
	text, err := fs.ReadFile(os.DirFS(dir), "testdata/bytes.txtar")
	if err != nil || !bytes.Equal(text, f["testdata/bytes.txtar"].Data) {
		t.Errorf("got %s, %v", text, err)
	}
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}
