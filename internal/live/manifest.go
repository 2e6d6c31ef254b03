package live

import (
	"slices"
	"strings"

	"opscenter/internal/city"
	"opscenter/internal/subsystem"
)

// savedManifest is a subsystem that was declared at run time, with the document in force, or none if
// it was retired.
type savedManifest struct {
	Subsystem string `json:"sub"`
	Document  []byte `json:"doc,omitempty"`
}

// replan makes the plans anew: those of the configured Specs, and those of the manifests in force.
func (p *Projection) replan(manifests []savedManifest) {
	p.plans, p.sums, p.order = map[string]*plan{}, map[string]*tally{}, nil
	p.declared, p.retired = manifests, map[string]bool{}
	for i := range p.specs {
		p.plan(&p.specs[i])
	}
	for _, m := range manifests {
		if spec, ok := p.specOf(m); ok {
			p.plan(&spec)
		} else {
			p.retired[m.Subsystem] = true // nobody says any more how to judge it
		}
	}
	widest := 1
	for _, pl := range p.plans {
		widest = max(widest, len(pl.facets))
	}
	p.scratch = make([]findings, widest+1)
}

// specOf returns what a manifest in force declares.
func (p *Projection) specOf(m savedManifest) (spec subsystem.Spec, ok bool) {
	if len(m.Document) == 0 || p.parse == nil {
		return subsystem.Spec{}, false
	}
	spec, err := p.parse(m.Document)
	return spec, err == nil && p.plans[spec.ID] == nil
}

func (p *Projection) plan(s *subsystem.Spec) {
	pl := newPlan(s)
	p.plans[pl.id] = pl
	p.sums[pl.id] = &tally{id: pl.id, names: pl.names}
	p.order = append(p.order, pl.id)
}

// declare takes in a manifest: the projection goes on from its own state with other plans. What the
// devices of the subsystem said stays as far as it is declared still.
func (p *Projection) declare(m *city.Manifest) {
	if p.parse == nil {
		return
	}
	s := p.save()
	i, known := slices.BinarySearchFunc(s.Manifests, m.Subsystem, func(s savedManifest, id string) int { return strings.Compare(s.Subsystem, id) })
	if !known {
		s.Manifests = slices.Insert(slices.Clone(s.Manifests), i, savedManifest{Subsystem: m.Subsystem})
	} else {
		s.Manifests = slices.Clone(s.Manifests)
	}
	s.Manifests[i].Document = m.Document

	before, others, wasRetired := p.devices, p.changes.others, p.retired[m.Subsystem]
	events := p.events.keys
	if err := p.resumeFrom(&s); err != nil {
		return // unreachable: the state is the projection's own
	}
	p.changes.others = others
	p.dismiss(before)
	if wasRetired && !p.retired[m.Subsystem] {
		p.readmit(m.Subsystem)
	}
	for key, e := range events {
		if p.events.keys[key] == nil {
			p.changes.gone(key, e.location.info.ID)
		}
	}
	if p.plans[m.Subsystem] == nil {
		p.changes.gone("subsystem/"+m.Subsystem, "")
	}
	p.markAll()
	if p.effects != nil {
		p.effects.Manifest(p.now.utc(), m)
	}
}

// dismiss says of devices that are shown no longer that nothing more will be known of them.
func (p *Projection) dismiss(before map[string]*device) {
	for _, d := range inOrder(before) {
		if p.devices[d.id()] != nil {
			continue
		}
		p.changes.gone(d.key, d.location.info.ID)
		if p.effects != nil {
			p.effects.Status(d.id(), StatusChange{
				Device: d.id(), At: max(p.now, d.changed+1).utc(), From: d.status, To: city.Unknown, Reason: city.ReasonRetired,
			})
		}
	}
}

// readmit notes that devices are shown again, from now on: what was before is history.
func (p *Projection) readmit(subsystem string) {
	for _, d := range p.devices {
		if d.info.Subsystem == subsystem && !d.introduced {
			d.readmitted = p.now
		}
	}
}

func inOrder(devices map[string]*device) []*device {
	list := make([]*device, 0, len(devices))
	for _, d := range devices {
		list = append(list, d)
	}
	slices.SortFunc(list, func(a, b *device) int { return strings.Compare(a.id(), b.id()) })
	return list
}
