package reference

import (
	"fmt"
	"strings"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/subsystem"
)

// missedCadences is after how many cadences without a message a value is stale.
const missedCadences = 3

// document describes one subsystem: all that its Spec declares, and what its messages look like as
// far as its decoder says so.
func document(o *subsystem.Open) ([]byte, error) {
	s := &o.Spec
	p := newPage(s.Names.EN + " · " + s.Names.VI)
	p.paragraph("%s", cell(sentence(s.Doc)))
	p.paragraph("Its id is %s. A device speaks every %s, unless its kind of message or the inventory says otherwise; "+
		"what it said is stale after three times as long, %s. There is more in the subsystem's [README](../../subsystems/%s/README.md).",
		code(s.ID), Duration(s.Cadence), Duration(missedCadences*s.Cadence), s.ID)
	writeTopics(p, s)
	if err := writePayloads(p, o); err != nil {
		return nil, fmt.Errorf("subsystem %q: %w", s.ID, err)
	}
	writeMetrics(p, s)
	writeStates(p, s)
	writeAggregates(p, s)
	writeIndicators(p, s)
	writeCases(p, s)
	writeIndices(p, s)
	return p.bytes(), nil
}

func writeTopics(p *page, s *subsystem.Spec) {
	p.section("Topics")
	rows := make([][]string, len(s.Topics))
	for i := range s.Topics {
		t := &s.Topics[i]
		doc := sentence(t.Doc)
		if t.EventOnly {
			doc += " The device need not be registered."
		}
		rows[i] = []string{code(t.Pattern), t.Kind, rhythm(t, s), doc}
	}
	p.table([]string{"topic", "kind", "every", "what it says"}, rows)
}

// rhythm says how often messages of a topic come.
func rhythm(t *subsystem.Topic, s *subsystem.Spec) string {
	if t.EventOnly || t.Kind == city.AvailabilityState {
		return "as it happens"
	}
	return Duration(orElse(t.Cadence, s.Cadence))
}

func orElse(d, otherwise time.Duration) time.Duration {
	if d > 0 {
		return d
	}
	return otherwise
}

func writeMetrics(p *page, s *subsystem.Spec) {
	if len(s.Metrics) == 0 {
		return
	}
	p.section("Metrics")
	p.paragraph("Thresholds are defaults: alarms.thresholds of the configuration file changes them. A value that was beyond one is well again when it is back by the dead band.")
	rows := make([][]string, len(s.Metrics))
	for i := range s.Metrics {
		m := &s.Metrics[i]
		rows[i] = []string{code(m.Name), m.Names.EN, m.Names.VI, m.Unit, judgedMetric(m), sentence(m.Doc)}
	}
	p.table([]string{"metric", "English", "Tiếng Việt", "unit", "judged", "meaning"}, rows)
}

func judgedMetric(m *subsystem.Metric) string {
	unit := m.Unit
	if m.Of != "" {
		unit = "% of " + code(m.Of)
	}
	direction := string(m.Direction) + " "
	if m.Magnitude {
		direction += "±"
	}
	text := judged(direction, unit, m.Warning, m.Critical, m.Reason, m.Facet)
	if m.DeadBand > 0 && text != "" {
		text += "; dead band " + withUnit(m.DeadBand, unit)
	}
	return text
}

// judged says where thresholds are and what crossing them means.
func judged(direction, unit string, warning, critical *float64, reason city.Reason, facet city.Facet) string {
	var parts []string
	if warning != nil {
		parts = append(parts, "warning "+direction+withUnit(*warning, unit))
	}
	if critical != nil {
		parts = append(parts, "critical "+direction+withUnit(*critical, unit))
	}
	if len(parts) == 0 {
		return ""
	}
	text := strings.Join(parts, ", ") + ": " + code(string(reason))
	if facet != city.NoFacet {
		text += " of " + string(facet)
	}
	return text
}

func writeStates(p *page, s *subsystem.Spec) {
	if len(s.States) == 0 {
		return
	}
	p.section("States")
	for i := range s.States {
		st := &s.States[i]
		p.subsection(code(st.Name) + " " + st.Names.EN + " · " + st.Names.VI)
		facet := ""
		if st.Facet != city.NoFacet {
			facet = " It is about the facet " + string(st.Facet) + "."
		}
		p.paragraph("%s%s", cell(sentence(st.Doc)), facet)
		if len(st.Words) == 0 {
			continue
		}
		rows := make([][]string, len(st.Words))
		for w := range st.Words {
			word := &st.Words[w]
			reason := ""
			if word.Reason != city.ReasonNone {
				reason = code(string(word.Reason))
			}
			rows[w] = []string{code(word.Value), word.Names.EN, word.Names.VI, word.Status.String(), reason}
		}
		p.table([]string{"word", "English", "Tiếng Việt", "status", "reason"}, rows)
	}
}

func writeAggregates(p *page, s *subsystem.Spec) {
	if len(s.Aggregates) == 0 {
		return
	}
	p.section("Readings of a location")
	p.paragraph("They are made of its devices' reports over the last 5 minutes, and over 1 and 15 minutes with `_1m` and `_15m` after the name.")
	rows := make([][]string, len(s.Aggregates))
	for i := range s.Aggregates {
		a := &s.Aggregates[i]
		rows[i] = []string{code(a.Name), a.Names.EN, a.Names.VI, a.Unit, a.Kind, sentence(a.Doc)}
	}
	p.table([]string{"reading", "English", "Tiếng Việt", "unit", "from", "how"}, rows)
}
