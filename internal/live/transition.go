package live

import (
	"slices"

	"opscenter/internal/city"
)

// begin says from when on a device was registered and not heard of: since its registration, or
// since the first entry where that is later or unknown.
func (p *Projection) begin(d *device, now micros) {
	at := microsOf(d.info.RegisteredAt)
	if at == 0 || at > now {
		at = now
	}
	at = max(at, d.readmitted)
	d.since, d.changed = at, at
	if p.effects != nil {
		p.effects.Status(d.id(), StatusChange{
			Device: d.id(), At: at.utc(), From: city.Unknown, To: city.Unknown,
			Reason: city.ReasonNeverHeard, Facets: d.facetStatuses(), Initial: d.readmitted == 0,
		})
	}
}

// publish makes the device's verdict the one that is shown, as of t, and does the same for what
// hangs on it where that matters. changed says whether a facet may have become another.
func (p *Projection) publish(d *device, t micros, changed bool) {
	p.keep(d, t)
	v := d.effective()
	if v.status != d.status || v.reason != d.reason || (changed && d.facetsMoved()) {
		p.transition(d, v, t)
	}
	down := d.cut || d.severed()
	if down == d.down {
		return
	}
	d.down = down
	for _, child := range d.children {
		p.publish(child, t, false)
	}
}

// effective is what is shown of a device: its own verdict, unless something overrules it. This is
// the one place where that is decided.
func (d *device) effective() verdict {
	if d.maintained() {
		return verdict{city.Maintenance, city.ReasonPlanned}
	}
	if d.severed() {
		return verdict{city.Unknown, city.ReasonParentDown}
	}
	return d.own
}

// severed reports whether anything that the device hangs on is offline or silent.
func (d *device) severed() bool {
	for above := d.parent; above != nil; above = above.parent {
		if above.cut {
			return true
		}
	}
	return false
}

// facetsMoved reports whether the facets differ from those last shown.
func (d *device) facetsMoved() bool { return !slices.Equal(d.facets, d.shown) }

// transition makes a verdict the one that is shown. Its time is t, or later by as little as keeps
// the device's times apart.
func (p *Projection) transition(d *device, v verdict, t micros) {
	at := max(t, d.changed+1)
	from := d.status
	d.changed = at
	d.reason = v.reason
	copy(d.shown, d.facets)
	if v.status != from {
		d.status, d.since = v.status, at
		p.recount(d, from, v.status)
	}
	p.mark(d)
	if p.effects != nil {
		p.effects.Status(d.id(), StatusChange{
			Device: d.id(), At: at.utc(), From: from, To: v.status, Reason: v.reason, Facets: d.facetStatuses(),
		})
	}
}

// facetStatuses returns the facets that are shown.
func (d *device) facetStatuses() []FacetStatus {
	list := make([]FacetStatus, 0, len(d.facets))
	for i, f := range d.plan.facets {
		if v := d.facets[i]; d.shows(i) {
			list = append(list, FacetStatus{Facet: f, Status: v.status, Reason: v.reason})
		}
	}
	return list
}

// shows reports whether a facet is shown: cameras have all of them, other devices the link and
// what they were heard to have.
func (d *device) shows(facet int) bool {
	return facet == linkFacet || d.facets[facet].status != city.Unknown || d.camera()
}
