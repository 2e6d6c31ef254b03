package sparkplug

import (
	"fmt"

	"opscenter/internal/dialect/sparkplug/sparkplugpb"
	"opscenter/internal/subsystem"
)

// maxHeld bounds what is remembered, in edge nodes, devices and metrics together. A birth beyond it is
// read, and its data too where it bears names; data by alias is refused.
const maxHeld = 1 << 18

// births is what the last births of edge nodes and devices said. It follows from the messages alone.
type births struct {
	edges map[string]*edge // by GROUP/EDGE
	held  int
	most  int // that may be held
}

// edge is one edge node since its last birth.
type edge struct {
	session *uint64 // bdSeq of the birth; nil if it was not heard, or had none
	own     *definitions
	devices map[string]*definitions
}

// definitions are the metrics of one sender.
type definitions struct {
	byAlias map[uint64]definition
	byName  map[string]definition
}

type definition struct {
	name     string
	datatype uint32
}

func newBirths() *births { return &births{edges: make(map[string]*edge), most: maxHeld} }

// define reads the metrics that a birth defines.
func define(p *sparkplugpb.Payload) (definitions, error) {
	d := definitions{byName: make(map[string]definition, len(p.GetMetrics()))}
	for i, m := range p.GetMetrics() {
		if m.GetName() == "" {
			return definitions{}, fmt.Errorf("%w: metric %d of a birth has no name", subsystem.ErrPayload, i)
		}
		is := definition{m.GetName(), m.GetDatatype()}
		d.byName[is.name] = is
		if m.Alias == nil {
			continue
		}
		if was, twice := d.byAlias[m.GetAlias()]; twice && was != is {
			return definitions{}, fmt.Errorf("%w: the alias %d is that of %.64q and of %.64q", subsystem.ErrPayload, m.GetAlias(), was.name, is.name)
		}
		if d.byAlias == nil {
			d.byAlias = make(map[uint64]definition, len(p.GetMetrics()))
		}
		d.byAlias[m.GetAlias()] = is
	}
	return d, nil
}

// find returns what a metric is: by its name, or else by its alias, of which it reports false if no
// birth defines it. The type in the message goes before that in the birth.
func (d *definitions) find(m *sparkplugpb.Payload_Metric) (is definition, ok bool) {
	switch {
	case m.GetName() != "":
		is.name = m.GetName()
		if d != nil {
			is.datatype = d.byName[is.name].datatype
		}
	case m.Alias == nil:
		return definition{}, true
	case d == nil:
		return definition{}, false
	default:
		if is, ok = d.byAlias[m.GetAlias()]; !ok {
			return definition{}, false
		}
	}
	if m.Datatype != nil {
		is.datatype = m.GetDatatype()
	}
	return is, true
}

// size is what it takes to hold them.
func (d *definitions) size() int {
	if d == nil {
		return 0
	}
	return 1 + len(d.byName)
}

// note remembers a birth in the place of the one before. With the birth of an edge node, those of its
// devices are over: they are born again.
func (b *births) note(a *address, d definitions, session *uint64) {
	e := b.edges[a.node()]
	if a.device == "" {
		b.forget(e)
		delete(b.edges, a.node())
		e = nil
	} else if e != nil {
		b.held -= e.devices[a.device].size()
		delete(e.devices, a.device)
	}
	if b.held+1+d.size() > b.most {
		return
	}
	if e == nil {
		e = &edge{devices: make(map[string]*definitions)}
		b.edges[a.node()] = e
		b.held++
	}
	b.held += d.size()
	if a.device == "" {
		e.session, e.own = session, &d
	} else {
		e.devices[a.device] = &d
	}
}

func (b *births) forget(e *edge) {
	if e == nil {
		return
	}
	b.held -= 1 + e.own.size()
	for _, d := range e.devices {
		b.held -= d.size()
	}
}

// of returns what the last birth of a sender defined, or nil if none was heard.
func (b *births) of(a *address) *definitions {
	e := b.edges[a.node()]
	switch {
	case e == nil:
		return nil
	case a.device == "":
		return e.own
	}
	return e.devices[a.device]
}

// ends reports whether a death is that of the session that the last birth began. Where one of them does
// not say, it counts. A broker may publish the will of a session that was replaced long ago.
func (b *births) ends(a *address, death *uint64) bool {
	e := b.edges[a.node()]
	return e == nil || e.session == nil || death == nil || *e.session == *death
}

const sessionMetric = "bdSeq"

// session returns the number of the session in which a birth or a death was sent, or nil.
func session(p *sparkplugpb.Payload) *uint64 {
	for _, m := range p.GetMetrics() {
		if m.GetName() != sessionMetric {
			continue
		}
		switch v := m.GetValue().(type) {
		case *sparkplugpb.Payload_Metric_LongValue:
			return &v.LongValue
		case *sparkplugpb.Payload_Metric_IntValue:
			n := uint64(v.IntValue)
			return &n
		}
	}
	return nil
}
