package simulator

import (
	"cmp"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"opscenter/internal/city"
)

// LinesConfig says which lines of business live beside the cameras, and from when on.
type LinesConfig struct {
	Root    string // of the native topics, without a slash at its end; empty: ioc/v1
	Seed    uint64
	Start   time.Time
	Zone    *time.Location // of the civic day; nil: UTC+7
	Devices []city.Device  // of every subsystem; cameras and recorders are left alone

	// Manifests are published, retained, before anything else, by the id of the subsystem that each
	// declares.
	Manifests map[string][]byte
}

// Lines is the rest of the city: the systems of its offices, which tell indicators and cases, and
// sensors of many makers. Which of them a device is follows from its subsystem and its external id.
// What it says of a day depends on the seed and the day, so that a run may be repeated at any time
// without contradicting the one before. It is not safe for concurrent use.
type Lines struct {
	speakers []speaker
	out      []Publication
}

// speaker is something that has something to say now and then.
type speaker struct {
	next  time.Time
	every time.Duration
	say   func(at time.Time) []Publication
}

// NewLines makes the lines of business of the devices given. It fails if a device has an external id
// in a tongue that no sensor here speaks.
func NewLines(c LinesConfig) (*Lines, error) {
	if c.Zone == nil {
		c.Zone = time.FixedZone("+07", 7*60*60)
	}
	c.Root = cmp.Or(c.Root, "ioc/v1")
	l := &Lines{}
	if len(c.Manifests) > 0 {
		l.speakers = append(l.speakers, speaker{next: c.Start, every: 10 * time.Minute, say: declare(c.Root, c.Manifests)})
	}
	var faults []error
	for i := range c.Devices {
		d := &c.Devices[i]
		if isCamera(d) || isRecorder(d) {
			continue
		}
		t := teller{
			base: strings.Join([]string{c.Root, d.Subsystem, d.Location, d.ID}, "/") + "/", name: nameOf(d), seed: c.Seed,
			zone: c.Zone, device: d, rng: random(c.Seed, "line "+d.ID),
		}
		says, err := t.speakers()
		faults = append(faults, err)
		for _, s := range says {
			s.next = c.Start.Add(time.Second + time.Duration(t.rng.Int64N(int64(4*time.Second))))
			l.speakers = append(l.speakers, s)
		}
	}
	return l, errors.Join(faults...)
}

// Step implements Source.
func (l *Lines) Step(now time.Time) []Publication {
	l.out = l.out[:0]
	for len(l.speakers) > 0 {
		next := slices.MinFunc(l.speakers, func(a, b speaker) int { return a.next.Compare(b.next) })
		if next.next.After(now) {
			return l.out
		}
		for i := range l.speakers {
			if s := &l.speakers[i]; s.next.Equal(next.next) {
				l.out = append(l.out, s.say(s.next)...)
				s.next = s.next.Add(s.every)
			}
		}
	}
	return l.out
}

// declare publishes manifests.
func declare(root string, manifests map[string][]byte) func(time.Time) []Publication {
	return func(at time.Time) []Publication {
		var out []Publication
		for id, document := range manifests {
			out = append(out, Publication{At: at, Kind: KindAvailability, Topic: root + "/$manifest/" + id, Retained: true, Payload: document})
		}
		return out
	}
}

// teller is one device or system that is no camera.
type teller struct {
	base   string // its native topic up to the kind of message
	name   string // in its own tongue
	seed   uint64
	zone   *time.Location
	device *city.Device
	rng    *rand.Rand
}

// nameOf returns what a device calls itself: what follows the last slash or colon of its external id.
func nameOf(d *city.Device) string {
	return d.ExternalID[strings.LastIndexAny(d.ExternalID, "/:")+1:]
}

// speakers returns everything that the device says, each with its cadence.
func (t *teller) speakers() ([]speaker, error) {
	if dialect, _, foreign := strings.Cut(t.device.ExternalID, ":"); foreign {
		return t.foreign(dialect)
	}
	present := speaker{every: 24 * time.Hour, say: func(at time.Time) []Publication {
		return []Publication{{At: at, Kind: KindAvailability, Topic: t.base + KindAvailability, Retained: true, Payload: []byte(city.Online)}}
	}}
	switch {
	case t.device.Kind == "system" && reportsOnly(t.device.Subsystem):
		return t.office(), nil
	case t.device.Kind == "system":
		return append(t.office(), present), nil
	}
	return append(t.sensor(), present), nil
}

// native returns a message in the center's own format.
func (t *teller) native(at time.Time, kind string, fields map[string]any) Publication {
	fields["ts"] = at.In(t.zone).Format(stamp)
	return Publication{At: at, Kind: kind, Topic: t.base + kind, Payload: encode(fields)}
}

// encode returns v in JSON. Everything that is said here can be encoded.
func encode(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		return []byte("{}")
	}
	return text
}

// Together returns a source of everything that several say, in the order in which it came due.
func Together(sources ...Source) Source { return together(sources) }

type together []Source

// Step implements Source.
func (t together) Step(now time.Time) []Publication {
	var all []Publication
	for _, s := range t {
		all = append(all, s.Step(now)...)
	}
	slices.SortStableFunc(all, func(a, b Publication) int { return a.At.Compare(b.At) })
	return all
}
