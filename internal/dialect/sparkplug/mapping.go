package sparkplug

import (
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"

	"opscenter/internal/city"
	"opscenter/internal/dialect/sparkplug/sparkplugpb"
	"opscenter/internal/subsystem"
)

// Metric says what one metric of Sparkplug becomes: the reading value × Scale + Offset.
type Metric struct {
	Metric string  `json:"metric"`
	Scale  float64 `json:"scale"` // 0: 1
	Offset float64 `json:"offset"`

	// Unit and Names declare the metric, unless the subsystem does already. Without names it is kept
	// raw, without unit and judgement.
	Unit  string     `json:"unit"`
	Names city.Names `json:"names"`

	raw bool // not from the settings: what is no number is ignored
}

// mapping is what becomes of metrics, by their name in Sparkplug.
type mapping struct {
	metrics  map[string]Metric
	unmapped bool
}

var metricForm = regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}$`)

// newMapping returns the mapping of the settings, and the metrics that it declares.
func newMapping(s *Settings, spec *subsystem.Spec) (mapping, []subsystem.Metric, error) {
	m := mapping{metrics: make(map[string]Metric, len(s.Metrics)), unmapped: s.Unmapped}
	var declared []subsystem.Metric
	from := make(map[string]string, len(s.Metrics))
	for _, name := range slices.Sorted(maps.Keys(s.Metrics)) {
		to := s.Metrics[name]
		if !metricForm.MatchString(to.Metric) {
			return mapping{}, nil, fmt.Errorf("settings: metric %q: %q: want a name of a-z, 0-9 and _, first a letter", name, to.Metric)
		}
		if (to.Names.VI == "") != (to.Names.EN == "") {
			return mapping{}, nil, fmt.Errorf("settings: metric %q: a name in one language only: want vi and en, or neither", name)
		}
		if other, twice := from[to.Metric]; twice {
			return mapping{}, nil, fmt.Errorf("settings: metrics %q and %q both become %q", other, name, to.Metric)
		}
		from[to.Metric] = name
		if to.Scale == 0 {
			to.Scale = 1
		}
		m.metrics[name] = to
		if to.Names.EN != "" && spec.Metric(to.Metric) == nil {
			declared = append(declared, subsystem.Metric{
				Name: to.Metric, Names: to.Names, Unit: to.Unit, Doc: "The Sparkplug metric " + name + ".",
			})
		}
	}
	return m, declared, nil
}

// find returns what becomes of a metric, and whether anything does. What Sparkplug itself needs a
// metric for is never kept.
func (m *mapping) find(name string) (Metric, bool) {
	if to, ok := m.metrics[name]; ok {
		return to, true
	}
	if !m.unmapped || name == sessionMetric || strings.HasPrefix(name, "Node Control/") || strings.HasPrefix(name, "Device Control/") {
		return Metric{}, false
	}
	to := slug(name)
	return Metric{Metric: to, Scale: 1, raw: true}, to != ""
}

// slug makes a name of lower-case letters, digits and underscores: inputs_temperature_1 of
// "Inputs/Temperature 1".
func slug(name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "_"):
			b.WriteByte('_')
		}
	}
	s := strings.TrimRight(b.String(), "_")
	if s == "" {
		return ""
	}
	const most = 60
	return "raw_" + s[:min(len(s), most)]
}

// value returns the number that a metric means, and whether it has one.
func (s *Metric) value(m *sparkplugpb.Payload_Metric, datatype uint32) (f float64, there bool, err error) {
	if s.raw && !numeric(m) {
		return 0, false, nil
	}
	if f, there, err = number(m, datatype); err != nil || !there {
		return 0, false, err
	}
	f = f*s.Scale + s.Offset
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return 0, false, fmt.Errorf("it is not finite when scaled by %v", s.Scale)
	}
	return f, true, nil
}
