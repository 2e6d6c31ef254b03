package eventlog

import (
	"errors"
	"fmt"

	"opscenter/internal/city"
)

// ErrCorrupt is wrapped when a message of the log cannot be read: it was written by a newer version
// of the program, or not by the program at all.
var ErrCorrupt = errors.New("unreadable message in the log")

const (
	longestName = 64      // bytes; longer ones are not shared
	mostNames   = 1 << 16 // shared names; beyond that the decoder starts over
)

// decoder turns the bytes of a message into entries. Equal names share their memory, over all
// batches of one decoder, so that a projection may keep them. It serves one goroutine at a time.
type decoder struct {
	batch   wireBatch
	shared  map[string]string
	symbols []string
}

func newDecoder() *decoder { return &decoder{shared: map[string]string{}} }

// decode returns the entries of a message. They are the caller's to keep.
func (d *decoder) decode(message []byte) ([]city.Entry, error) {
	if len(message) == 0 {
		return nil, fmt.Errorf("eventlog: %w: it is empty", ErrCorrupt)
	}
	if message[0] != version {
		return nil, fmt.Errorf("eventlog: %w: version %d, not %d", ErrCorrupt, message[0], version)
	}
	d.reset()
	rest, err := d.batch.UnmarshalMsg(message[1:])
	if err != nil {
		return nil, fmt.Errorf("eventlog: %w: %w", ErrCorrupt, err)
	}
	if len(rest) != 0 {
		return nil, fmt.Errorf("eventlog: %w: %d bytes too many", ErrCorrupt, len(rest))
	}
	for _, s := range d.batch.Symbols {
		d.symbols = append(d.symbols, d.share(s))
	}
	return d.entries()
}

// reset empties the batch and keeps its memory; the generated code leaves absent fields alone.
func (d *decoder) reset() {
	all := d.batch.Entries[:cap(d.batch.Entries)]
	for i := range all {
		all[i] = wireEntry{Readings: all[i].Readings[:0], States: all[i].States[:0]}
	}
	d.batch.Entries, d.batch.Symbols = all[:0], d.batch.Symbols[:0]
	d.symbols = append(d.symbols[:0], "")
}

func (d *decoder) share(name []byte) string {
	if shared, ok := d.shared[string(name)]; ok {
		return shared
	}
	own := string(name)
	if len(own) > longestName {
		return own
	}
	if len(d.shared) >= mostNames {
		clear(d.shared)
	}
	d.shared[own] = own
	return own
}

func (d *decoder) entries() ([]city.Entry, error) {
	observations, readings, states := d.count()
	entries := make([]city.Entry, len(d.batch.Entries))
	memory := arena{
		observations: make([]city.Observation, observations),
		readings:     make([]city.Reading, 0, readings),
		states:       make([]city.State, 0, states),
	}
	for i := range d.batch.Entries {
		w := &d.batch.Entries[i]
		entries[i].At, entries[i].Deaf = w.At, w.Flags&isDeaf != 0
		if w.Rejection != nil {
			entries[i].Rejection = rejectionFromWire(w.Rejection)
			continue
		}
		if w.Manifest != nil {
			entries[i].Manifest = (*city.Manifest)(w.Manifest)
			continue
		}
		if w.Action != nil {
			entries[i].Action = actionFromWire(w.Action)
			continue
		}
		if w.Flags&isObservation == 0 {
			continue // a clock mark
		}
		o := &memory.observations[0]
		memory.observations = memory.observations[1:]
		if err := d.observation(o, w, &memory); err != nil {
			return nil, err
		}
		entries[i].Observation = o
	}
	return entries, nil
}

// arena is memory for the parts of a whole batch: a few allocations instead of three per entry.
type arena struct {
	observations []city.Observation
	readings     []city.Reading
	states       []city.State
}

func (d *decoder) count() (observations, readings, states int) {
	for i := range d.batch.Entries {
		w := &d.batch.Entries[i]
		if w.Flags&isObservation != 0 {
			observations++
			readings += len(w.Readings)
			states += len(w.States)
		}
	}
	return observations, readings, states
}

func (d *decoder) observation(o *city.Observation, w *wireEntry, memory *arena) error {
	names := lookup{symbols: d.symbols}
	o.Subsystem, o.Location, o.Device = names.of(w.Subsystem), names.of(w.Location), names.of(w.Device)
	o.Kind, o.Channel = names.of(w.Kind), names.of(w.Channel)
	o.Undated, o.Retained = w.Flags&isUndated != 0, w.Flags&isRetained != 0
	o.ObservedAt, o.ReceivedAt = w.Observed, w.Received
	if w.Flags&observedThen != 0 {
		o.ObservedAt = w.At
	}
	if w.Flags&receivedThen != 0 {
		o.ReceivedAt = w.At
	}
	o.Seq, o.Digest = w.Seq, w.Digest
	if n := len(memory.readings); len(w.Readings) > 0 {
		for _, r := range w.Readings {
			memory.readings = append(memory.readings, city.Reading{Metric: names.of(r.Metric), Value: r.Value})
		}
		o.Readings = memory.readings[n:len(memory.readings):len(memory.readings)]
	}
	if n := len(memory.states); len(w.States) > 0 {
		for _, s := range w.States {
			memory.states = append(memory.states, city.State{Name: names.of(s.Name), Value: names.of(s.Value)})
		}
		o.States = memory.states[n:len(memory.states):len(memory.states)]
	}
	if w.Event != nil {
		o.Event = fromWire(w.Event)
	}
	if i := w.Indicator; i != nil {
		o.Indicator = &city.Indicator{
			Code: i.Code, Period: i.Period, Value: i.Value, Scope: i.Scope,
			Numerator: i.Numerator, Denominator: i.Denominator, Revision: i.Revision,
		}
	}
	return names.err
}

// lookup resolves references to names and remembers the first that leads nowhere.
type lookup struct {
	symbols []string
	err     error
}

func (l *lookup) of(n uint32) string {
	if int(n) < len(l.symbols) {
		return l.symbols[n]
	}
	if l.err == nil {
		l.err = fmt.Errorf("eventlog: %w: name %d of %d", ErrCorrupt, n, len(l.symbols)-1)
	}
	return ""
}

func fromWire(w *wireEvent) *city.Event {
	return &city.Event{
		ID: w.ID, Type: w.Type, Phase: city.Phase(w.Phase), Severity: w.Severity, Title: w.Title,
		Description: w.Description, Lat: w.Lat, Lon: w.Lon, SpeedKmh: w.SpeedKmh, LimitKmh: w.LimitKmh,
		EvidenceURL: w.EvidenceURL, Plate: city.Plate{Masked: w.Masked, Sealed: w.Sealed}, DueAt: w.DueAt,
	}
}

func rejectionFromWire(w *wireRejection) *city.Rejection {
	return &city.Rejection{
		Subsystem: w.Subsystem, Topic: w.Topic, Sealed: w.Sealed, Shown: w.Shown, Code: w.Code, Reason: w.Reason,
		Retained: w.Retained, External: w.External, Announcement: (*city.Announcement)(w.Announcement),
	}
}

func actionFromWire(w *wireAction) *city.Action {
	return &city.Action{
		Key: w.Key, Verb: city.Verb(w.Verb), Actor: w.Actor, Reason: w.Reason, Alarm: w.Alarm, Assignee: w.Assignee,
		Until: w.Until, Window: (*city.Window)(w.Window), WindowID: w.WindowID,
	}
}
