package live

import (
	"math"

	"opscenter/internal/city"
)

// verdict is how well something is, and why.
type verdict struct {
	status city.Status
	reason city.Reason
}

// worsen takes the other verdict if it is worse. Unknown is no verdict: it never counts beside one.
func (v *verdict) worsen(status city.Status, reason city.Reason) {
	if status == city.Unknown || (v.status != city.Unknown && status.Rank() <= v.status.Rank()) {
		return
	}
	*v = verdict{status, reason}
}

// findings collects verdicts while a device is assessed.
type findings struct {
	verdict
	lapsed bool // something that was judged has become stale
}

func (f *findings) judge(fresh bool, status city.Status, reason city.Reason) {
	if fresh {
		f.worsen(status, reason)
	} else {
		f.lapsed = true
	}
}

// settle returns the verdict: that of fresh values, or stale if there were only old ones.
func (f *findings) settle() verdict {
	if f.status == city.Unknown && f.lapsed {
		return verdict{city.Stale, city.ReasonSilent}
	}
	return f.verdict
}

// assess judges what is held of a device as of a time, and reports whether any verdict changed. A
// facet is as bad as its worst fresh value; the device is as bad as its worst facet that anything
// is known of, or its worst value that belongs to no facet.
func (p *Projection) assess(d *device, t micros) bool {
	found := p.scratch[:len(d.plan.facets)+1] // the last: what belongs to no facet
	clear(found)
	var fresh [maxKinds]bool
	for i := range d.kinds {
		fresh[i] = d.kinds[i].until() > t
	}
	for i := range d.readings {
		r := &d.readings[i]
		status, reason := r.metric.judge(d, r.value, r.judged)
		r.judged, r.status = status, status
		if !fresh[r.kind] {
			r.status = city.Stale
		}
		if r.metric.judged() && status != city.Unknown {
			place(found, r.metric.facet).judge(fresh[r.kind], status, reason)
		}
	}
	for i := range d.states {
		s := &d.states[i]
		if word := s.def.word(s.value); word != nil && word.Status != city.Unknown {
			place(found, s.def.facet).judge(fresh[s.kind], word.Status, word.Reason)
		}
	}
	return d.conclude(found, t)
}

func place(found []findings, facet int) *findings {
	if facet == noFacet {
		return &found[len(found)-1]
	}
	return &found[facet]
}

// conclude turns findings into the device's facets and its own verdict.
func (d *device) conclude(found []findings, t micros) bool {
	link := d.link(found[linkFacet].verdict, t)
	d.cut = link.status == city.Stale || (link.status == city.Critical && link.reason == city.ReasonOffline)
	own, changed := link, d.facets[linkFacet] != link
	d.facets[linkFacet] = link
	d.loose = verdict{}
	for i := linkFacet + 1; i < len(found); i++ {
		v := found[i].settle()
		if link.status == city.Maintenance {
			v = link // it says that it is out of service: what was said before says nothing of it now
		}
		own.worsen(v.status, v.reason)
		if i < len(d.facets) {
			changed = changed || d.facets[i] != v
			d.facets[i] = v
		} else {
			d.loose = v
		}
	}
	if own.status == city.Unknown && !d.heard {
		own.reason = city.ReasonNeverHeard
	}
	changed = changed || d.own != own
	d.own = own
	return changed
}

// link judges the link: whoever is heard answers, unless it says otherwise.
func (d *device) link(said verdict, t micros) verdict {
	switch {
	case d.offline:
		return verdict{city.Critical, city.ReasonOffline}
	case !d.heard:
		return verdict{city.Unknown, city.ReasonNone}
	case d.validUntil() <= t:
		return verdict{city.Stale, city.ReasonSilent}
	}
	link := verdict{status: city.OK}
	link.worsen(said.status, said.reason)
	return link
}

// judge judges a value: ok where nothing is declared to be bad, unknown where what it is compared
// with is not known. A value is above or below a threshold only beyond it; and where the one before it
// was, until it is back by the dead band.
func (m *metric) judge(d *device, value float64, was city.Status) (city.Status, city.Reason) {
	if !m.judged() {
		return city.OK, city.ReasonNone
	}
	if m.of != "" {
		whole, ok := d.whole(m.of)
		if !ok {
			return city.Unknown, city.ReasonNone
		}
		value = value / whole * 100
	}
	if m.magnitude {
		value = math.Abs(value)
	}
	switch {
	case m.beyond(value, m.critical, was == city.Critical):
		return city.Critical, m.reason
	case m.beyond(value, m.warning, was == city.Critical || was == city.Warning):
		return city.Warning, m.reason
	}
	return city.OK, city.ReasonNone
}

func (m *metric) beyond(value, threshold float64, was bool) bool {
	band := 0.0
	if was {
		band = m.deadBand
	}
	if m.below {
		return value < threshold+band
	}
	return value > threshold-band
}

// expectedFPS is the metric for which the inventory can have a value of its own.
const expectedFPS = "expected_fps"

// whole returns what a metric is a part of: the inventory's value, or else the device's own.
func (d *device) whole(of string) (float64, bool) {
	if of == expectedFPS && d.info.ExpectedFPS > 0 {
		return d.info.ExpectedFPS, true
	}
	for i := range d.readings {
		if r := &d.readings[i]; r.metric.name == of {
			return r.value, r.value > 0
		}
	}
	return 0, false
}
