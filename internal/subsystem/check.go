package subsystem

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"

	"opscenter/internal/city"
)

// nameForm is what metrics, states, kinds and words are called in topics, keys and Prometheus labels.
var nameForm = regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}$`)

// Check returns everything in the Spec that does not hold together, joined: what has no name in
// both languages or no documentation, what is declared twice, what names something that is not
// declared, thresholds on the wrong side of each other. Topic patterns are NewSet's to parse.
func (s *Spec) Check() error {
	c := checker{spec: s, taken: map[string]bool{}}
	if err := city.CheckID(s.ID); err != nil {
		c.fault("%w", err)
	}
	c.names("the subsystem", s.Names)
	c.doc("the subsystem", s.Doc)
	if s.Cadence <= 0 {
		c.fault("cadence %v: want more than 0", s.Cadence)
	}
	if len(s.Topics) == 0 {
		c.fault("no topics")
	}
	for i := range s.Topics {
		c.topic(&s.Topics[i])
	}
	for i := range s.Metrics {
		c.metric(&s.Metrics[i])
	}
	for i := range s.States {
		c.state(&s.States[i])
	}
	for i := range s.Aggregates {
		c.aggregate(&s.Aggregates[i])
	}
	for i := range s.Indicators {
		c.indicator(&s.Indicators[i])
	}
	for i := range s.Cases {
		c.cases(&s.Cases[i])
	}
	for i := range s.Indices {
		c.index(&s.Indices[i])
	}
	return errors.Join(c.faults...)
}

// Metric returns the declaration of a metric, or nil.
func (s *Spec) Metric(name string) *Metric {
	i := slices.IndexFunc(s.Metrics, func(m Metric) bool { return m.Name == name })
	if i < 0 {
		return nil
	}
	return &s.Metrics[i]
}

// State returns the declaration of a state, or nil.
func (s *Spec) State(name string) *State {
	i := slices.IndexFunc(s.States, func(st State) bool { return st.Name == name })
	if i < 0 {
		return nil
	}
	return &s.States[i]
}

// Indicator returns the declaration of an indicator, or nil.
func (s *Spec) Indicator(code string) *Indicator {
	i := slices.IndexFunc(s.Indicators, func(in Indicator) bool { return in.Code == code })
	if i < 0 {
		return nil
	}
	return &s.Indicators[i]
}

// checker collects the faults of one Spec.
type checker struct {
	spec   *Spec
	taken  map[string]bool // names of metrics, states and aggregates
	faults []error
}

func (c *checker) fault(format string, args ...any) {
	c.faults = append(c.faults, fmt.Errorf("subsystem %q: "+format, append([]any{c.spec.ID}, args...)...))
}

func (c *checker) names(what string, n city.Names) {
	if n.VI == "" {
		c.fault("%s has no Vietnamese name", what)
	}
	if n.EN == "" {
		c.fault("%s has no English name", what)
	}
}

func (c *checker) doc(what, doc string) {
	if doc == "" {
		c.fault("%s has no documentation", what)
	}
}

// declare checks what metrics, states and aggregates have in common.
func (c *checker) declare(what, id string, names city.Names, doc string) {
	if !nameForm.MatchString(id) {
		c.fault("%s: want a name of a-z, 0-9 and _, first a letter", what)
	}
	if c.taken[id] {
		c.fault("%s: the name is declared twice", what)
	}
	c.taken[id] = true
	c.names(what, names)
	c.doc(what, doc)
}

func (c *checker) facet(what string, f city.Facet) {
	switch f {
	case city.NoFacet, city.Link, city.Recording, city.Image:
	default:
		c.fault("%s: there is no facet %q", what, f)
	}
}

func (c *checker) topic(t *Topic) {
	what := fmt.Sprintf("topic %q", t.Pattern)
	if !nameForm.MatchString(t.Kind) {
		c.fault("%s: kind %q: want a name of a-z, 0-9 and _, first a letter", what, t.Kind)
	}
	if t.Kind == KindIndex && len(c.spec.Indices) > 0 {
		c.fault("%s: kind %q is that of what the center computes", what, t.Kind)
	}
	c.doc(what, t.Doc)
}

func (c *checker) metric(m *Metric) {
	what := fmt.Sprintf("metric %q", m.Name)
	c.declare(what, m.Name, m.Names, m.Doc)
	c.facet(what, m.Facet)
	if m.Of != "" && c.spec.Metric(m.Of) == nil {
		c.fault("%s is judged as a percentage of %q, which is no declared metric", what, m.Of)
	}
	if m.Warning == nil && m.Critical == nil {
		if m.Facet != city.NoFacet {
			c.fault("%s has a facet and no threshold that could spoil it", what)
		}
		return
	}
	c.thresholds(what, m)
}

func (c *checker) thresholds(what string, m *Metric) {
	for _, at := range []*float64{m.Warning, m.Critical} {
		if at != nil && (math.IsNaN(*at) || math.IsInf(*at, 0)) {
			c.fault("%s: threshold %v is not finite", what, *at)
		}
	}
	if !(m.DeadBand >= 0) || math.IsInf(m.DeadBand, 0) {
		c.fault("%s: a dead band of %v; want 0 or more", what, m.DeadBand)
	}
	if m.Reason == city.ReasonNone {
		c.fault("%s has thresholds and no reason to give", what)
	}
	both := m.Warning != nil && m.Critical != nil
	switch m.Direction {
	case Above:
		if both && *m.Critical < *m.Warning {
			c.fault("%s: above %v is critical and above %v only a warning", what, *m.Critical, *m.Warning)
		}
	case Below:
		if both && *m.Critical > *m.Warning {
			c.fault("%s: below %v is critical and below %v only a warning", what, *m.Critical, *m.Warning)
		}
		if m.Magnitude {
			c.fault("%s: a magnitude can only be bad above a threshold", what)
		}
	default:
		c.fault("%s: direction %q is neither above nor below", what, m.Direction)
	}
}

func (c *checker) state(s *State) {
	what := fmt.Sprintf("state %q", s.Name)
	c.declare(what, s.Name, s.Names, s.Doc)
	c.facet(what, s.Facet)
	if s.Name == city.AvailabilityState {
		c.fault("%s means the same in every subsystem and is not declared", what)
	}
	if s.Facet != city.NoFacet && len(s.Words) == 0 {
		c.fault("%s has a facet and no words that could spoil it", what)
	}
	seen := make(map[string]bool, len(s.Words))
	for _, w := range s.Words {
		which := fmt.Sprintf("%s: word %q", what, w.Value)
		if w.Value == "" || seen[w.Value] {
			c.fault("%s is empty or occurs twice", which)
		}
		seen[w.Value] = true
		c.names(which, w.Names)
		judged := w.Status == city.Warning || w.Status == city.Critical
		if judged && w.Reason == city.ReasonNone {
			c.fault("%s is %s without a reason", which, w.Status)
		}
	}
}

func (c *checker) aggregate(a *Aggregate) {
	what := fmt.Sprintf("aggregate %q", a.Name)
	c.declare(what, a.Name, a.Names, a.Doc)
	for _, window := range []string{"_1m", "_15m"} {
		c.taken[a.Name+window] = true
	}
	if !slices.ContainsFunc(c.spec.Topics, func(t Topic) bool { return t.Kind == a.Kind }) {
		c.fault("%s reads messages of kind %q, which no topic has", what, a.Kind)
	}
	if a.Method != RateSum && a.Method != WeightedMean {
		c.fault("%s: there is no method %q", what, a.Method)
	}
	for _, m := range []string{a.Value, a.Weight} {
		if c.spec.Metric(m) == nil {
			c.fault("%s reads %q, which is no declared metric", what, m)
		}
	}
	if !(a.Scale > 0) || math.IsInf(a.Scale, 0) {
		c.fault("%s: scale %v: want a number above 0", what, a.Scale)
	}
}

func (c *checker) indicator(i *Indicator) {
	what := fmt.Sprintf("indicator %q", i.Code)
	c.declare(what, i.Code, i.Names, i.Doc)
	switch i.Period {
	case Daily, Weekly, Monthly, Quarterly, Yearly:
	default:
		c.fault("%s: there is no period %q", what, i.Period)
	}
	if i.Scale < 0 || math.IsNaN(i.Scale) || math.IsInf(i.Scale, 0) {
		c.fault("%s: scale %v: want a number above 0, or 0 for what is no ratio", what, i.Scale)
	}
	if i.Good != "" && i.Good != Above && i.Good != Below {
		c.fault("%s: it is good %q, which is neither above nor below", what, i.Good)
	}
	if i.Warning != nil || i.Critical != nil {
		bad := map[Direction]Direction{Above: Below, Below: Above}[i.Good]
		c.thresholds(what, &Metric{Reason: i.Reason, Direction: bad, Warning: i.Warning, Critical: i.Critical})
	}
	if i.Target != nil && (math.IsNaN(*i.Target) || math.IsInf(*i.Target, 0)) {
		c.fault("%s: target %v is not finite", what, *i.Target)
	}
	if i.Cadence < 0 || i.ValidFor < 0 {
		c.fault("%s: a cadence or a validity below 0", what)
	}
	named := func(s Cases) bool { return slices.Contains(s.codes(), i.Code) }
	if i.Computed && !slices.ContainsFunc(c.spec.Cases, named) {
		c.fault("%s is computed of no cases", what)
	}
}

// cases checks that what is computed of cases is declared so.
func (c *checker) cases(s *Cases) {
	what := fmt.Sprintf("cases of kind %q", s.Kind)
	if !slices.ContainsFunc(c.spec.Topics, func(t Topic) bool { return t.Kind == s.Kind }) {
		c.fault("%s: no topic has this kind", what)
	}
	if s.DueAfter <= 0 {
		c.fault("%s are due after %v: want more than 0", what, s.DueAfter)
	}
	for _, code := range s.codes() {
		if i := c.spec.Indicator(code); code != "" && (i == nil || !i.Computed || i.Period != Daily) {
			c.fault("%s: %q is no computed daily indicator", what, code)
		}
	}
}

const maxIndexHours = 48

func (c *checker) index(x *Index) {
	what := fmt.Sprintf("index %q", x.Metric)
	for _, m := range append([]string{x.Metric}, x.Inputs...) {
		if c.spec.Metric(m) == nil {
			c.fault("%s: %q is no declared metric", what, m)
		}
	}
	if x.Hours < 1 || x.Hours > maxIndexHours || len(x.Inputs) == 0 || x.Compute == nil {
		c.fault("%s: want 1 to %d hours, inputs, and something that computes it", what, maxIndexHours)
	}
}
