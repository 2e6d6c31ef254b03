package eventlog

import (
	"errors"
	"fmt"

	"opscenter/internal/city"
)

// errEntry is wrapped when an entry is more than one of an observation, a rejection, a manifest and an action.
var errEntry = errors.New("entry is of several kinds at once")

// encoder turns entries into the bytes of one message. It keeps its memory from one batch to the
// next and serves one goroutine at a time.
type encoder struct {
	batch   wireBatch
	symbols map[string]uint32

	// What the batch's entries point into.
	names    []byte
	readings []wireReading
	states   []wireState
}

func newEncoder() *encoder { return &encoder{symbols: map[string]uint32{}} }

// encode appends the form of entries to buffer.
func (e *encoder) encode(buffer []byte, entries []city.Entry) ([]byte, error) {
	e.reset()
	for i := range entries {
		if err := e.add(&entries[i]); err != nil {
			return buffer, err
		}
	}
	if len(e.batch.Symbols) == 0 {
		e.batch.Symbols = nil // left out
	}
	body, err := e.batch.MarshalMsg(append(buffer, version))
	if err != nil {
		return buffer, fmt.Errorf("eventlog: encode: %w", err)
	}
	return body, nil
}

func (e *encoder) reset() {
	clear(e.symbols)
	clear(e.batch.Entries) // lets go of events and rejections
	e.batch.Entries, e.batch.Symbols = e.batch.Entries[:0], e.batch.Symbols[:0]
	e.names, e.readings, e.states = e.names[:0], e.readings[:0], e.states[:0]
}

func (e *encoder) add(entry *city.Entry) error {
	w := wireEntry{At: entry.At}
	if entry.Deaf {
		w.Flags |= isDeaf
	}
	switch o, r, m, a := entry.Observation, entry.Rejection, entry.Manifest, entry.Action; {
	case several(o != nil, r != nil, m != nil, a != nil):
		return fmt.Errorf("eventlog: encode: %w", errEntry)
	case o != nil:
		e.observation(&w, o)
	case r != nil:
		w.Rejection = rejectionToWire(r)
	case m != nil:
		w.Manifest = (*wireManifest)(m)
	case a != nil:
		w.Action = actionToWire(a)
	}
	e.batch.Entries = append(e.batch.Entries, w)
	return nil
}

// several reports whether more than one of the facts holds.
func several(facts ...bool) bool {
	n := 0
	for _, fact := range facts {
		if fact {
			n++
		}
	}
	return n > 1
}

func (e *encoder) observation(w *wireEntry, o *city.Observation) {
	w.Flags |= isObservation
	if o.Undated {
		w.Flags |= isUndated
	}
	if o.Retained {
		w.Flags |= isRetained
	}
	if o.ObservedAt.Equal(w.At) {
		w.Flags |= observedThen
	} else {
		w.Observed = o.ObservedAt
	}
	if o.ReceivedAt.Equal(w.At) {
		w.Flags |= receivedThen
	} else {
		w.Received = o.ReceivedAt
	}
	w.Subsystem, w.Location, w.Device = e.symbol(o.Subsystem), e.symbol(o.Location), e.symbol(o.Device)
	w.Kind, w.Channel = e.symbol(o.Kind), e.symbol(o.Channel)
	w.Seq, w.Digest = o.Seq, o.Digest
	if n := len(e.readings); len(o.Readings) > 0 {
		for _, r := range o.Readings {
			e.readings = append(e.readings, wireReading{Metric: e.symbol(r.Metric), Value: r.Value})
		}
		w.Readings = e.readings[n:]
	}
	if n := len(e.states); len(o.States) > 0 {
		for _, s := range o.States {
			e.states = append(e.states, wireState{Name: e.symbol(s.Name), Value: e.symbol(s.Value)})
		}
		w.States = e.states[n:]
	}
	if o.Event != nil {
		w.Event = toWire(o.Event)
	}
	if i := o.Indicator; i != nil {
		w.Indicator = &wireIndicator{i.Code, i.Period, i.Value, i.Scope, i.Numerator, i.Denominator, i.Revision}
	}
}

// symbol returns the reference to a name.
func (e *encoder) symbol(name string) uint32 {
	if name == "" {
		return 0
	}
	if n, ok := e.symbols[name]; ok {
		return n
	}
	start := len(e.names)
	e.names = append(e.names, name...)
	e.batch.Symbols = append(e.batch.Symbols, e.names[start:len(e.names):len(e.names)])
	n := uint32(len(e.batch.Symbols)) //nolint:gosec // a batch has nowhere near that many names
	e.symbols[name] = n
	return n
}

// toWire leaves Plate.Clear out: a number plate in the clear is never written.
func toWire(v *city.Event) *wireEvent {
	return &wireEvent{
		ID: v.ID, Type: v.Type, Phase: string(v.Phase), Severity: v.Severity, Title: v.Title,
		Description: v.Description, Lat: v.Lat, Lon: v.Lon, SpeedKmh: v.SpeedKmh, LimitKmh: v.LimitKmh,
		EvidenceURL: v.EvidenceURL, Masked: v.Plate.Masked, Sealed: v.Plate.Sealed, DueAt: v.DueAt,
	}
}

func rejectionToWire(r *city.Rejection) *wireRejection {
	return &wireRejection{
		Subsystem: r.Subsystem, Topic: r.Topic, Sealed: r.Sealed, Shown: r.Shown, Code: r.Code, Reason: r.Reason,
		Retained: r.Retained, External: r.External, Announcement: (*wireAnnouncement)(r.Announcement),
	}
}

func actionToWire(a *city.Action) *wireAction {
	return &wireAction{
		Key: a.Key, Verb: string(a.Verb), Actor: a.Actor, Reason: a.Reason, Alarm: a.Alarm, Assignee: a.Assignee,
		Until: a.Until, Window: (*wireWindow)(a.Window), WindowID: a.WindowID,
	}
}
