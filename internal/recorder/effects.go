package recorder

import (
	"strings"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/live"
	"opscenter/internal/store"
	"opscenter/internal/subsystem"
)

// effects gathers what a projection finds worth remembering into the next write. While the log is
// replayed up to the checkpoint, what it is told is stored already and only the roll-ups that are
// still open take it in.
type effects struct {
	pending *store.Write
	rollup  *rollup

	replaying bool
	fresh     map[string]bool // devices that the saved state did not know: nothing of theirs is stored yet

	seq     uint64 // of the batch being applied
	ordinal int    // of the entry within it
}

// blindAfter is how long the log may be without an entry. It gets a mark of time every second.
const blindAfter = 5 * time.Second

// gap keeps that the log has no entries between two times, if that is longer than it should be: the
// center took nothing in then, whatever the reason was.
func (e *effects) gap(from, to time.Time) {
	if !e.replaying && to.Sub(from) > blindAfter {
		e.pending.Gaps = append(e.pending.Gaps, store.Gap{From: from, To: to})
	}
}

// Reading keeps a reading and counts it into its minute.
func (e *effects) Reading(d *city.Device, o *city.Observation) {
	e.rollup.add(d.ID, o)
	if e.replaying {
		return
	}
	e.pending.Readings = append(e.pending.Readings, store.Reading{
		Device: d.ID, Kind: o.Kind, Channel: o.Channel,
		ObservedAt: o.ObservedAt, ReceivedAt: o.ReceivedAt, Digest: o.Digest, Values: o.Readings,
	})
}

// Status keeps a change of a device's status.
func (e *effects) Status(device string, change live.StatusChange) {
	if change.Initial && e.replaying {
		e.fresh[device] = true
	}
	if e.replaying && !e.fresh[device] {
		return
	}
	facets := make(map[city.Facet]city.Status, len(change.Facets))
	for _, f := range change.Facets {
		facets[f.Facet] = f.Status
	}
	e.pending.Statuses = append(e.pending.Statuses, store.StatusChange{
		Device: device, Status: change.To, Reason: change.Reason, Facets: facets, At: change.At,
	})
}

// Event keeps a message about an event.
func (e *effects) Event(o *city.Observation) {
	if e.replaying {
		return
	}
	e.pending.Events = append(e.pending.Events, store.Event{
		Subsystem: o.Subsystem, Kind: o.Kind, Location: o.Location, Device: o.Device,
		ObservedAt: o.ObservedAt, ReceivedAt: o.ReceivedAt, Event: *o.Event,
	})
}

// Indicator keeps an indicator's figure.
func (e *effects) Indicator(o *city.Observation) {
	if e.replaying {
		return
	}
	e.pending.Figures = append(e.pending.Figures, store.Figure{
		Subsystem: o.Subsystem, Location: o.Location, Device: o.Device, Begins: beginning(o),
		ObservedAt: o.ObservedAt, ReceivedAt: o.ReceivedAt, Indicator: *o.Indicator,
	})
}

// beginning returns the first day of the period that a figure speaks of, or the day it was observed
// on where the period bears another name than those of the contract.
func beginning(o *city.Observation) time.Time {
	if _, from, _, err := subsystem.ParsePeriod(o.Indicator.Period, time.UTC); err == nil {
		return from
	}
	return o.ObservedAt.UTC().Truncate(24 * time.Hour)
}

// Manifest keeps a declaration of a subsystem, or its retirement.
func (e *effects) Manifest(at time.Time, m *city.Manifest) {
	if !e.replaying {
		e.pending.Manifests = append(e.pending.Manifests, store.Manifest{At: at, Manifest: *m})
	}
}

// Alarm keeps a transition of an alarm. That a device is gone is known from the inventory, which may
// have changed since the log was read first.
func (e *effects) Alarm(c city.AlarmChange) {
	if !e.replaying || c.Reason == string(city.ReasonRetired) {
		e.pending.Alarms = append(e.pending.Alarms, c)
	}
}

// Action keeps what somebody did.
func (e *effects) Action(at time.Time, a *city.Action, outcome city.Outcome) {
	if !e.replaying {
		e.pending.Actions = append(e.pending.Actions, store.Action{At: at, Action: *a, Outcome: outcome})
	}
}

// Rejection keeps a quarantined message, and what it says of a device that nobody registered. That
// such a device speaks a foreign dialect is no fault: it is only kept as discovered.
func (e *effects) Rejection(at time.Time, r *city.Rejection) {
	if e.replaying {
		return
	}
	if r.External != "" {
		e.pending.Sightings = append(e.pending.Sightings, store.Sighting{At: at, Rejection: *r})
		if dialect, _, _ := strings.Cut(r.External, ":"); dialect != city.NativeDialect {
			return
		}
	}
	e.pending.Rejections = append(e.pending.Rejections, store.Rejection{At: at, Seq: e.seq, Ordinal: e.ordinal, Rejection: *r})
}
