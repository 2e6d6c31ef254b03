package ingest

import (
	"time"

	"opscenter/internal/city"
	"opscenter/internal/subsystem"
)

const (
	sightingEvery = 30 * time.Second // between two entries about one device that nobody registered
	maxSightings  = 20_000           // devices whose last entry is remembered
)

// discover appends an entry about a device that a foreign system speaks of and nobody registered, so
// that it can be adopted. Such a device may talk for months before somebody does, so only now and
// then becomes an entry, with a sample of what it says; an announcement always does.
func (in *Ingest) discover(m *subsystem.Message, o *city.Observation, id string, why *refusal, entries []city.Entry) []city.Entry {
	if o.Announcement == nil && m.ReceivedAt.Sub(in.sightings[o.External]) < sightingEvery {
		return entries
	}
	if len(in.sightings) >= maxSightings {
		clear(in.sightings)
	}
	in.sightings[o.External] = m.ReceivedAt
	return append(entries, city.Entry{At: m.ReceivedAt, Rejection: &city.Rejection{
		Subsystem: id,
		Topic:     printable(m.Topic[:min(len(m.Topic), maxTopic)]),
		Shown:     shown(m.Payload),
		Code:      why.code,
		Reason:    maskPlates(printable(why.reason)),
		Retained:  m.Retained,

		External:     printable(o.External[:min(len(o.External), maxTopic)]),
		Announcement: o.Announcement,
	}})
}

// native names a device that speaks the center's own format and that nobody registered. One whose id
// nobody could register has no name.
func native(subsystem, device string) string {
	if city.CheckID(device) != nil {
		return ""
	}
	return city.NativeDialect + ":" + subsystem + "/" + device
}
