package live

import (
	"cmp"
	"math"
	"slices"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/subsystem"
)

// plan is a Spec made ready for projecting.
type plan struct {
	id         string
	names      city.Names
	cadence    time.Duration
	cadences   map[string]micros // of the kinds of messages that its topics bring
	metrics    map[string]*metric
	states     map[string]*stateDef
	facets     []city.Facet // the link first, which every device has, then as declared
	indicators map[string]*indicatorDef
	cases      []*subsystem.Cases
	hourly     *hourlyPlan   // nil: no index is computed
	windows    []*windowPlan // by the kind of message that they read
}

const (
	noFacet   = -1 // judged, but spoils no facet
	linkFacet = 0
)

// metric is a Spec's metric, or one that a device reports though no Spec declares it.
type metric struct {
	name      string
	names     city.Names
	unit      string
	rank      int // position in the Spec; undeclared ones come last, by name
	facet     int
	reason    city.Reason
	below     bool
	magnitude bool
	of        string
	warning   float64 // NaN: never
	critical  float64 // NaN: never
	deadBand  float64
}

func (m *metric) judged() bool { return m.warning == m.warning || m.critical == m.critical }

// stateDef is a Spec's state. One that no Spec declares has no words and spoils nothing.
type stateDef struct {
	name  string
	names city.Names
	rank  int
	facet int
	words []subsystem.Word
	other *subsystem.Word // for words that are not listed; nil: they are not judged
}

func newPlan(s *subsystem.Spec) *plan {
	p := &plan{
		id: s.ID, names: s.Names, cadence: s.Cadence,
		metrics: make(map[string]*metric, len(s.Metrics)),
		states:  make(map[string]*stateDef, len(s.States)),
		windows: windowPlans(s.Aggregates),
	}
	p.cadences = declaredCadences(s)
	p.indicators = make(map[string]*indicatorDef, len(s.Indicators))
	for i := range s.Indicators {
		p.indicators[s.Indicators[i].Code] = newIndicatorDef(s, &s.Indicators[i])
	}
	for i := range s.Cases {
		p.cases = append(p.cases, &s.Cases[i])
	}
	p.hourly = newHourlyPlan(s.Indices)
	p.facets = declaredFacets(s)
	for i, m := range s.Metrics {
		p.metrics[m.Name] = &metric{
			name: m.Name, names: m.Names, unit: m.Unit, rank: i, facet: p.facetIndex(m.Facet), reason: m.Reason,
			below: m.Direction == subsystem.Below, magnitude: m.Magnitude, of: m.Of,
			warning: orNaN(m.Warning), critical: orNaN(m.Critical), deadBand: m.DeadBand,
		}
	}
	for i, st := range s.States {
		d := &stateDef{name: st.Name, names: st.Names, rank: i, facet: p.facetIndex(st.Facet), words: st.Words}
		for j := range d.words {
			if v := d.words[j].Value; v == "" || v == "*" {
				d.other = &d.words[j]
			}
		}
		p.states[st.Name] = d
	}
	return p
}

// declaredCadences returns the cadence of each kind of message that has one of its own. Where several
// topics bring one kind, it is the longest, since a device may speak on any of them.
func declaredCadences(s *subsystem.Spec) map[string]micros {
	cadences := make(map[string]micros)
	for i := range s.Topics {
		t := &s.Topics[i]
		cadences[t.Kind] = max(cadences[t.Kind], span(cmp.Or(t.Cadence, s.Cadence)))
	}
	return cadences
}

func declaredFacets(s *subsystem.Spec) []city.Facet {
	facets := []city.Facet{city.Link}
	for _, known := range []city.Facet{city.Recording, city.Image} {
		inMetrics := slices.ContainsFunc(s.Metrics, func(m subsystem.Metric) bool { return m.Facet == known })
		inStates := slices.ContainsFunc(s.States, func(st subsystem.State) bool { return st.Facet == known })
		if inMetrics || inStates {
			facets = append(facets, known)
		}
	}
	for _, st := range s.States {
		if st.Facet != city.NoFacet && !slices.Contains(facets, st.Facet) {
			facets = append(facets, st.Facet)
		}
	}
	for _, m := range s.Metrics {
		if m.Facet != city.NoFacet && !slices.Contains(facets, m.Facet) {
			facets = append(facets, m.Facet)
		}
	}
	return facets
}

func (p *plan) facetIndex(f city.Facet) int { return slices.Index(p.facets, f) }

// window returns what is kept of the reports of a kind, or nil if nothing is.
func (p *plan) window(kind string) *windowPlan {
	for _, w := range p.windows {
		if w.kind == kind {
			return w
		}
	}
	return nil
}

// metric returns the metric of that name, declared or not.
func (p *plan) metric(name string) *metric {
	if m := p.metrics[name]; m != nil {
		return m
	}
	return &metric{name: name, rank: math.MaxInt, facet: noFacet, warning: math.NaN(), critical: math.NaN()}
}

// state returns the state of that name, declared or not.
func (p *plan) state(name string) *stateDef {
	if s := p.states[name]; s != nil {
		return s
	}
	return &stateDef{name: name, rank: math.MaxInt, facet: noFacet}
}

// word returns what a value means, or nil if it is not judged.
func (s *stateDef) word(value string) *subsystem.Word {
	for i := range s.words {
		if s.words[i].Value == value {
			return &s.words[i]
		}
	}
	return s.other
}

func byMetric(a, b *metric) int {
	return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.name, b.name))
}

func byState(a, b *stateDef) int {
	return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.name, b.name))
}

func orNaN(threshold *float64) float64 {
	if threshold == nil {
		return math.NaN()
	}
	return *threshold
}
