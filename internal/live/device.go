package live

import (
	"math"
	"slices"
	"strings"
	"sync/atomic"

	"opscenter/internal/alarm"
	"opscenter/internal/city"
)

// Bounds on what one device may make the center hold, whatever it sends.
const (
	maxValues = 64 // readings, and states
	maxSeries = 64
	maxKinds  = 32
	ringSize  = 16
)

// device is what is known of one registered device.
type device struct {
	timer[*device]
	key      string // device/<id>
	info     *city.Device
	plan     *plan
	location *location
	sum      *tally // of its subsystem
	parent   *device
	children []*device // sorted by id
	window   micros    // how long it may be quiet where its kind of message does not say; forever if it has no cadence

	// What is shown, and since when.
	status  city.Status
	reason  city.Reason
	since   micros    // of the status
	changed micros    // of the last StatusChange
	facets  []verdict // by the plan's facets
	shown   []verdict // the facets as of the last StatusChange
	own     verdict   // without regard to what it hangs on
	loose   verdict   // of what belongs to no facet
	cut     bool      // its own link is down, or was not heard of for too long
	down    bool      // cut, or what it hangs on is down

	upkeep int            // maintenance windows that cover it now
	points []*alarm.Point // by facet; last that of what belongs to none

	resumed    bool   // from a state that knows its alarms: it need not be looked at for them
	introduced bool   // its first StatusChange was made
	readmitted micros // when it was shown again after its subsystem had been retired; 0: it never was
	pending    bool   // to be looked at when the next entry comes
	dirty      bool

	// What was heard, and when.
	heard     bool
	offline   bool
	told      string // the last availability that was told
	offlineAt micros
	seen      micros // the last sign of life, by our clock; 0 if its time is not known
	bare      micros // the same of messages that measured nothing
	observed  micros // by the device's clock
	kinds     []kind
	series    []series
	readings  []reading // by metric rank
	states    []state   // by state rank
	hourly    *hourly   // nil: nothing that an index is computed from

	digests [ringSize]uint64
	oldest  uint8 // digest

	json atomic.Pointer[[]byte] // nil: to be encoded
}

// kind is one kind of message of a device: what it said is fresh as long as its kind is heard.
type kind struct {
	name   string
	seen   micros // 0 if not known
	window micros // how long it may be quiet
}

type reading struct {
	metric   *metric
	value    float64
	observed micros
	kind     uint8
	judged   city.Status // of the value, whether it is fresh or not
	status   city.Status
}

type state struct {
	def      *stateDef
	value    string
	observed micros
	kind     uint8
}

func (d *device) id() string { return d.info.ID }

// camera devices show every facet that their subsystem declares, heard of or not.
func (d *device) camera() bool {
	return d.info.Kind == "camera" || strings.HasPrefix(d.info.Kind, "camera.")
}

func (d *device) kindIndex(name string) int {
	for i := range d.kinds {
		if d.kinds[i].name == name {
			return i
		}
	}
	if len(d.kinds) == maxKinds {
		return maxKinds - 1
	}
	d.kinds = append(d.kinds, kind{name: name, window: d.windowOf(name)})
	return len(d.kinds) - 1
}

// hold keeps the values of an observation.
func (d *device) hold(o *city.Observation, observed micros, kind uint8) {
	at := 0
	for i := range o.Readings {
		r := &o.Readings[i]
		if math.IsNaN(r.Value) || math.IsInf(r.Value, 0) {
			continue
		}
		if at = d.readingIndex(r.Metric, at); at < 0 {
			at = 0
			continue
		}
		held := &d.readings[at]
		held.value, held.observed, held.kind = r.Value, observed, kind
	}
	at = 0
	for i := range o.States {
		s := &o.States[i]
		if s.Name == city.AvailabilityState {
			continue
		}
		if at = d.stateIndex(s.Name, at); at < 0 {
			at = 0
			continue
		}
		held := &d.states[at]
		if held.value != s.Value {
			held.value = strings.Clone(s.Value)
		}
		held.observed, held.kind = observed, kind
	}
}

// readingIndex returns where the reading of a metric is held, looking from a likely place on. It
// makes room for a new one, or returns -1 if there is none.
func (d *device) readingIndex(name string, from int) int {
	n := len(d.readings)
	for i := from; i < from+n; i++ {
		at := i
		if at >= n {
			at -= n
		}
		if d.readings[at].metric.name == name {
			return at
		}
	}
	if n == maxValues {
		return -1
	}
	m := d.plan.metric(name)
	at, _ := slices.BinarySearchFunc(d.readings, m, func(r reading, m *metric) int { return byMetric(r.metric, m) })
	d.readings = slices.Insert(d.readings, at, reading{metric: m})
	return at
}

func (d *device) stateIndex(name string, from int) int {
	n := len(d.states)
	for i := from; i < from+n; i++ {
		at := i
		if at >= n {
			at -= n
		}
		if d.states[at].def.name == name {
			return at
		}
	}
	if n == maxValues {
		return -1
	}
	def := d.plan.state(name)
	at, _ := slices.BinarySearchFunc(d.states, def, func(s state, def *stateDef) int { return byState(s.def, def) })
	d.states = slices.Insert(d.states, at, state{def: def})
	return at
}

// differs reports whether an observation says anything that the device did not say last.
func (d *device) differs(o *city.Observation) bool {
	for i := range o.States {
		s := &o.States[i]
		if s.Name == city.AvailabilityState {
			if s.Value != d.told {
				return true
			}
			continue
		}
		at := slices.IndexFunc(d.states, func(held state) bool { return held.def.name == s.Name })
		if at < 0 || d.states[at].value != s.Value {
			return true
		}
	}
	for i := range o.Readings {
		r := &o.Readings[i]
		at := slices.IndexFunc(d.readings, func(held reading) bool { return held.metric.name == r.Metric })
		if at < 0 || d.readings[at].value != r.Value {
			return true
		}
	}
	return false
}

// availability returns what an observation says about it, or nothing.
func availability(o *city.Observation) string {
	for i := range o.States {
		if s := &o.States[i]; s.Name == city.AvailabilityState && (s.Value == city.Online || s.Value == city.Offline) {
			return s.Value
		}
	}
	return ""
}
