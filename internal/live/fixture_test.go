package live_test

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"testing"
	"time"

	"opscenter/internal/alarm"
	"opscenter/internal/city"
	"opscenter/internal/live"
	"opscenter/internal/subsystem"
)

// start is when the tests begin: 08:15 in the civic zone.
func start() time.Time { return time.Date(2026, 11, 23, 1, 15, 0, 0, time.UTC) }

func civic() *time.Location { return time.FixedZone("ICT", 7*3600) }

// after returns start plus that many seconds.
func after(seconds float64) time.Time {
	return start().Add(time.Duration(seconds * float64(time.Second)))
}

const cadence = 10 * time.Second // so that silence is noticed after 30 s

func cameras() subsystem.Spec {
	at := subsystem.At
	return subsystem.Spec{
		ID: "cams", Names: city.Names{VI: "Camera", EN: "Cameras"}, Cadence: cadence,
		Metrics: []subsystem.Metric{
			{Name: "fps", Unit: "fps", Facet: city.Image, Reason: "low_fps", Of: "expected_fps", Direction: subsystem.Below, Warning: at(80), Critical: at(50)},
			{Name: "expected_fps", Unit: "fps"},
			{Name: "storage_used_pct", Unit: "%", Facet: city.Recording, Reason: "storage_full", Direction: subsystem.Above, Warning: at(90), Critical: at(98)},
			{Name: "clock_offset_ms", Unit: "ms", Facet: city.Image, Reason: "clock_drift", Magnitude: true, Direction: subsystem.Above, Warning: at(2000)},
			{Name: "temperature_c", Unit: "°C", Reason: "hot", Direction: subsystem.Above, Warning: at(70)},
			{Name: "window_s", Unit: "s"},
			{Name: "vehicles"},
			{Name: "speed_kmh", Unit: "km/h"},
			{Name: "occupancy_pct", Unit: "%"},
		},
		States: []subsystem.State{
			{Name: "stream", Facet: city.Link, Words: []subsystem.Word{{Value: "ok", Status: city.OK}, {Value: "no_signal", Status: city.Critical, Reason: "no_stream"}}},
			{Name: "recording", Facet: city.Recording, Words: []subsystem.Word{{Value: "true", Status: city.OK}, {Value: "false", Status: city.Critical, Reason: "not_recording"}}},
			{Name: "image", Facet: city.Image, Words: []subsystem.Word{{Value: "ok", Status: city.OK}, {Value: "dark", Status: city.Warning, Reason: "dark"}, {Value: "frozen", Status: city.Critical, Reason: "frozen"}}},
		},
		Aggregates: []subsystem.Aggregate{
			{Name: "vehicle_flow", Unit: "veh/h", Kind: "flow", Method: subsystem.RateSum, Value: "vehicles", Weight: "window_s", Scale: 3600},
			{Name: "speed", Unit: "km/h", Kind: "flow", Method: subsystem.WeightedMean, Value: "speed_kmh", Weight: "vehicles"},
			{Name: "occupancy", Unit: "%", Kind: "flow", Method: subsystem.WeightedMean, Value: "occupancy_pct", Weight: "window_s"},
		},
	}
}

func sensors() subsystem.Spec {
	return subsystem.Spec{
		ID: "env", Names: city.Names{VI: "Môi trường", EN: "Environment"}, Cadence: time.Minute,
		Metrics: []subsystem.Metric{{Name: "pm25", Unit: "µg/m³", Reason: "polluted", Direction: subsystem.Above, Warning: subsystem.At(55)}},
	}
}

func specs() []subsystem.Spec { return []subsystem.Spec{cameras(), sensors()} }

func camera(id, location string) city.Device {
	return city.Device{ID: id, Name: "Camera " + id, Location: location, Subsystem: "cams", Kind: "camera.overview", ExpectedFPS: 25, RegisteredAt: start().Add(-time.Hour)}
}

// inventory has those devices, every location that they are at, all of them in two areas.
func inventory(t testing.TB, devices ...city.Device) *city.Inventory {
	t.Helper()
	areas := []city.Area{{ID: "ward-0", Name: "Việt Trì"}, {ID: "ward-1", Name: "Nông Trang"}}
	var locations []city.Location
	for _, d := range devices {
		if slices.ContainsFunc(locations, func(l city.Location) bool { return l.ID == d.Location }) {
			continue
		}
		locations = append(locations, city.Location{ID: d.Location, Name: d.Location, Area: areas[len(d.Location)%2].ID, Lat: 21.3, Lon: 105.4})
	}
	inv, err := city.NewInventory(1, areas, locations, slices.Clone(devices))
	if err != nil {
		t.Fatal(err)
	}
	return inv
}

// memory is Effects that remember, in words.
type memory struct {
	lines    []string
	statuses map[string][]live.StatusChange
	alarms   []city.AlarmChange
}

func newMemory() *memory { return &memory{statuses: map[string][]live.StatusChange{}} }

func (m *memory) Reading(d *city.Device, o *city.Observation) {
	m.lines = append(m.lines, fmt.Sprintf("reading %s %s %s %v", d.ID, o.Kind, o.ObservedAt.UTC().Format(time.RFC3339Nano), o.Readings))
}

func (m *memory) Status(device string, c live.StatusChange) {
	m.statuses[device] = append(m.statuses[device], c)
	m.lines = append(m.lines, fmt.Sprintf("status %s %+v", device, c))
}

func (m *memory) Event(o *city.Observation) {
	m.lines = append(m.lines, fmt.Sprintf("event %s %s %s %s", o.Kind, o.Event.ID, o.Event.Phase, o.ObservedAt.UTC().Format(time.RFC3339Nano)))
}

func (m *memory) Indicator(o *city.Observation) {
	m.lines = append(m.lines, fmt.Sprintf("indicator %s %+v %s", o.Subsystem, *o.Indicator, o.ObservedAt.UTC().Format(time.RFC3339Nano)))
}

func (m *memory) Manifest(at time.Time, d *city.Manifest) {
	m.lines = append(m.lines, fmt.Sprintf("manifest %s %d bytes %s", d.Subsystem, len(d.Document), at.Format(time.RFC3339Nano)))
}

func (m *memory) Alarm(c city.AlarmChange) {
	m.alarms = append(m.alarms, c)
	m.lines = append(m.lines, fmt.Sprintf("alarm %s %d %s %s", c.Alarm.Key, c.N, c.What, c.At.Format(time.RFC3339Nano)))
}

func (m *memory) Action(at time.Time, a *city.Action, outcome city.Outcome) {
	m.lines = append(m.lines, fmt.Sprintf("action %s %s %s %s", at.Format(time.RFC3339Nano), a.Key, a.Verb, outcome))
}

func (m *memory) Rejection(at time.Time, r *city.Rejection) {
	m.lines = append(m.lines, fmt.Sprintf("rejection %s %s", at.Format(time.RFC3339Nano), r.Code))
}

// events counts what was recorded of events.
func (m *memory) events() int {
	n := 0
	for _, line := range m.lines {
		if strings.HasPrefix(line, "event ") {
			n++
		}
	}
	return n
}

// last returns the newest change of a device.
func (m *memory) last(t *testing.T, device string) live.StatusChange {
	t.Helper()
	list := m.statuses[device]
	if len(list) == 0 {
		t.Fatalf("no status of %s was recorded", device)
	}
	return list[len(list)-1]
}

// center is a board and a projection with effects, fed alike.
type center struct {
	t      testing.TB
	board  *live.Board
	record *live.Projection
	memory *memory
	seq    uint64
}

func newCenter(t testing.TB, devices ...city.Device) *center {
	t.Helper()
	return newCenterOf(t, specs(), devices...)
}

func newCenterOf(t testing.TB, specs []subsystem.Spec, devices ...city.Device) *center {
	t.Helper()
	words, err := alarm.NewVocabulary()
	if err != nil {
		t.Fatal(err)
	}
	alarms := live.AlarmConfig{Words: words}
	c := &center{t: t, memory: newMemory()}
	c.board = live.NewBoard(live.BoardConfig{Specs: specs, Zone: civic(), Alarms: alarms})
	c.record = live.NewProjection(live.ProjectionConfig{Specs: specs, Zone: civic(), Effects: c.memory, Alarms: alarms})
	inv := inventory(t, devices...)
	c.board.SetInventory(inv)
	c.record.SetInventory(inv)
	return c
}

func (c *center) apply(entries ...city.Entry) {
	c.seq++
	c.board.Apply(0, entries, c.seq)
	for i := range entries {
		c.record.Apply(&entries[i])
	}
}

func (c *center) device(id string) live.DeviceView {
	c.t.Helper()
	v, ok := c.board.Device(id)
	if !ok {
		c.t.Fatalf("there is no device %s", id)
	}
	return v
}

func (c *center) location(id string) live.LocationView {
	c.t.Helper()
	v, ok := c.board.Location(id)
	if !ok {
		c.t.Fatalf("there is no location %s", id)
	}
	return v
}

// wants fails unless the device has that status and reason.
func (c *center) wants(id string, status city.Status, reason city.Reason) {
	c.t.Helper()
	if v := c.device(id); v.Status != status || v.Reason != reason {
		c.t.Fatalf("%s is %s (%s), want %s (%s)", id, v.Status, v.Reason, status, reason)
	}
}

// picture returns everything that the board shows.
func picture(b *live.Board) map[string]string {
	all := map[string]string{}
	b.Cut(func(p city.Picture) {
		p.Each("", func(key, location string) {
			json, ok := p.Entity(key)
			all[key] = fmt.Sprintf("%v %s %s", ok, location, json)
		})
	})
	return all
}

func mark(at time.Time) city.Entry { return city.Entry{At: at} }

// said makes the entry of an observation; its digest follows from what it says.
func said(at time.Time, o city.Observation) city.Entry {
	o.ReceivedAt = at
	if o.ObservedAt.IsZero() {
		o.ObservedAt, o.Undated = at, true
	}
	h := fnv.New64a()
	dated := o.ObservedAt
	if o.Undated {
		dated = time.Time{}
	}
	fmt.Fprint(h, o.Location, o.Device, o.Kind, o.Channel, dated.UnixNano(), o.Readings, o.States, o.Seq)
	if o.Event != nil {
		fmt.Fprint(h, o.Event.ID, o.Event.Phase, o.Event.Title)
	}
	if i := o.Indicator; i != nil {
		fmt.Fprint(h, i.Code, i.Scope, i.Period, i.Revision, i.Value)
	}
	o.Digest = h.Sum64()
	return city.Entry{At: at, Observation: &o}
}

// health is a good report with its device's own time, and what is said otherwise: name=word or
// name=number.
func health(device string, at, observed time.Time, otherwise ...string) city.Entry {
	return said(at, healthOf(device, observed, otherwise...))
}

func healthOf(device string, observed time.Time, otherwise ...string) city.Observation {
	o := city.Observation{
		Subsystem: "cams", Location: "loc-1", Device: device, Kind: "health", ObservedAt: observed,
		States:   []city.State{{Name: "stream", Value: "ok"}, {Name: "recording", Value: "true"}, {Name: "image", Value: "ok"}},
		Readings: []city.Reading{{Metric: "fps", Value: 25}, {Metric: "storage_used_pct", Value: 60}},
	}
	for _, pair := range otherwise {
		name, value, _ := strings.Cut(pair, "=")
		var number float64
		if _, err := fmt.Sscan(value, &number); err == nil {
			setReading(&o, name, number)
			continue
		}
		if i := slices.IndexFunc(o.States, func(s city.State) bool { return s.Name == name }); i >= 0 {
			o.States[i].Value = value
		} else {
			o.States = append(o.States, city.State{Name: name, Value: value})
		}
	}
	return o
}

func setReading(o *city.Observation, name string, value float64) {
	if i := slices.IndexFunc(o.Readings, func(r city.Reading) bool { return r.Metric == name }); i >= 0 {
		o.Readings[i].Value = value
		return
	}
	o.Readings = append(o.Readings, city.Reading{Metric: name, Value: value})
}

func availability(device string, at time.Time, value string, retained bool) city.Entry {
	return said(at, city.Observation{
		Subsystem: "cams", Location: "loc-1", Device: device, Kind: "availability", Retained: retained,
		States: []city.State{{Name: city.AvailabilityState, Value: value}},
	})
}

func retained(e city.Entry) city.Entry {
	e.Observation.Retained = true
	return e
}

func event(at, observed time.Time, kind, id, what string, phase city.Phase) city.Entry {
	return said(at, city.Observation{
		Subsystem: "cams", Location: "loc-1", Kind: kind, ObservedAt: observed,
		Event: &city.Event{ID: id, Type: what, Phase: phase, Severity: "major", Plate: city.Plate{Masked: "19*****45"}},
	})
}
