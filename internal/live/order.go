package live

import "opscenter/internal/city"

// series is what one device says of one kind and channel, in the order of its own clock.
type series struct {
	kind     uint8
	channel  string
	last     micros // ObservedAt of the newest
	received micros // when that one came
	reports  *reports
}

// repeated reports whether a message was delivered before, and remembers it. Only a message that
// bears its own time can be told from another that says the same: a device may well go online,
// offline and online, each time in the same words.
func (d *device) repeated(o *city.Observation) bool {
	f := fingerprint(o)
	if f == 0 {
		return false
	}
	for i := range d.digests {
		if d.digests[i] == f {
			return true
		}
	}
	d.digests[d.oldest] = f
	d.oldest = (d.oldest + 1) % ringSize
	return false
}

// fingerprint tells apart the observations of one message, which share its digest. It is 0 for
// what cannot be told from a repetition.
func fingerprint(o *city.Observation) uint64 {
	if o.Digest == 0 || o.Undated {
		return 0
	}
	h := mix(o.Digest, uint64(o.ObservedAt.UnixNano()))
	h = mixText(h, o.Kind)
	h = mixText(h, o.Channel)
	if len(o.Readings) > 0 {
		h = mixText(h, o.Readings[0].Metric)
	}
	if len(o.States) > 0 {
		h = mixText(h, o.States[0].Name)
	}
	if o.Event != nil {
		h = mixText(h, o.Event.ID)
		h = mixText(h, string(o.Event.Phase))
	}
	if i := o.Indicator; i != nil {
		h = mixText(mixText(mixText(h, i.Code), i.Scope), i.Period)
		h = mix(h, uint64(i.Revision)) //nolint:gosec // any number will do
	}
	return max(h, 1)
}

const fnvPrime = 1099511628211

func mix(h, x uint64) uint64 { return (h ^ x) * fnvPrime }

func mixText(h uint64, text string) uint64 {
	for i := range len(text) {
		h = (h ^ uint64(text[i])) * fnvPrime
	}
	return mix(h, uint64(len(text)))
}

// find returns the series of an observation, made if it is new.
func (d *device) find(o *city.Observation, kind uint8) *series {
	for i := range d.series {
		if s := &d.series[i]; s.kind == kind && s.channel == o.Channel {
			return s
		}
	}
	fresh := series{kind: kind, channel: o.Channel}
	if len(d.series) < maxSeries {
		d.series = append(d.series, fresh)
		return &d.series[len(d.series)-1]
	}
	oldest := &d.series[0]
	for i := range d.series {
		if d.series[i].received < oldest.received {
			oldest = &d.series[i]
		}
	}
	*oldest = fresh
	return oldest
}

// late reports whether an observation is older than, or as old as, what its series said last, and
// so belongs to history alone. A device whose clock is set back must not be taken for late for
// ever, so what is not a replay is taken as it comes if
//   - the last one came from the future, by more than a cadence, and this one does not: the clock
//     was wrong and has been repaired; or
//   - nothing newer has come for one and a half cadences: the clock was set back. Messages that
//     overtook each other do not wait that long, and the device is not stale yet.
func (s *series) late(o *city.Observation, observed, now, cadence micros) bool {
	if o.Undated || s.received == 0 || observed > s.last {
		return false
	}
	if o.Retained {
		return true
	}
	if s.last > now.plus(cadence) && observed <= now.plus(cadence) {
		return false
	}
	return now-s.received < cadence+cadence/2
}

// evidence returns the latest time at which the device was certainly alive if it sent this, or 0 if
// that cannot be known. A message that may be a replay proves only its own time, if it has one; one
// without proves something only by being news.
func (d *device) evidence(o *city.Observation, observed, now, cadence micros) micros {
	switch {
	case !o.Retained:
		return now
	case o.Undated && (d.heard || availability(o) == city.Online):
		return now // it is not what was said last; and the broker vouches for who is online
	case o.Undated:
		return 0
	case observed <= now:
		return observed
	case observed <= now.plus(cadence):
		return now // a clock a little fast
	}
	return 0
}
