package live

import "time"

// Freshness is by kind of message: a camera that tells its health every ten seconds and its
// firmware once a day is not silent between two words of its firmware, and its health is not fresh
// because of them. The device itself is alive as long as anything that it said would be fresh.

// setWindows says how long the device, and each kind of its messages, may be quiet: three times the
// cadence that the inventory gives it, or else that of the kind, or else that of the subsystem.
func (d *device) setWindows() {
	d.window = forever
	if c := d.info.Cadence; c > 0 {
		d.window = span(c) * silence
	} else if d.plan.cadence > 0 {
		d.window = span(d.plan.cadence) * silence
	}
	for i := range d.kinds {
		d.kinds[i].window = d.windowOf(d.kinds[i].name)
	}
}

// windowOf returns how long a kind of the device's messages may be quiet.
func (d *device) windowOf(kind string) micros {
	if d.computes(kind) {
		return span(3 * time.Hour)
	}
	if c := d.plan.cadences[kind]; c > 0 && d.info.Cadence <= 0 {
		return c * silence
	}
	return d.window
}

// computes reports whether what is of that kind is not the device's own word.
func (d *device) computes(kind string) bool { return d.plan.hourly != nil && kind == kindIndex }

// cadenceOf is how often something is expected that may be quiet for so long; five minutes where
// nothing is said.
func cadenceOf(window micros) micros {
	if window == forever {
		return span(5 * time.Minute)
	}
	return window / silence
}

// until is when something is stale that was last seen then, and may be quiet for so long.
func until(seen, window micros) micros {
	if window == forever || seen > 0 {
		return seen.plus(window)
	}
	return 0
}

func (k *kind) until() micros { return until(k.seen, k.window) }

// validUntil is when the device is taken for silent: when the last of what it said becomes stale.
func (d *device) validUntil() micros {
	last := until(d.bare, d.window)
	for i := range d.kinds {
		if k := &d.kinds[i]; !d.computes(k.name) {
			last = max(last, k.until())
		}
	}
	return last
}

// deadline returns when the next of the device's values becomes stale, or the device itself, after t.
func (d *device) deadline(t micros) micros {
	next, last := forever, until(d.bare, d.window)
	for i := range d.kinds {
		k := &d.kinds[i]
		u := k.until()
		if u > t {
			next = min(next, u)
		}
		if !d.computes(k.name) {
			last = max(last, u)
		}
	}
	if d.heard && last > t {
		next = min(next, last)
	}
	return next
}
