package sparkplug

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"opscenter/internal/city"
	"opscenter/internal/dialect/quantity"
	"opscenter/internal/dialect/sparkplug/sparkplugpb"
	"opscenter/internal/subsystem"
)

// target is what a metric of Sparkplug becomes.
type target struct {
	quantity.Quantity
	raw bool // not from the settings: what is no number is ignored
}

// mapping is what becomes of metrics, by their name in Sparkplug.
type mapping struct {
	metrics  map[string]target
	unmapped bool
}

// newMapping returns the mapping of the settings, and the metrics that it declares.
func newMapping(s *Settings, spec *subsystem.Spec) (mapping, []subsystem.Metric, error) {
	m := mapping{metrics: make(map[string]target, len(s.Metrics)), unmapped: s.Unmapped}
	var declared []subsystem.Metric
	from := make(map[string]string, len(s.Metrics))
	for _, name := range slices.Sorted(maps.Keys(s.Metrics)) {
		to := s.Metrics[name]
		if err := to.Check(); err != nil {
			return mapping{}, nil, fmt.Errorf("settings: %q: %w", name, err)
		}
		if other, twice := from[to.Metric]; twice {
			return mapping{}, nil, fmt.Errorf("settings: metrics %q and %q both become %q", other, name, to.Metric)
		}
		from[to.Metric] = name
		m.metrics[name] = target{Quantity: to}
		if d, lacking := to.Declare(spec, "The Sparkplug metric "+name+"."); lacking {
			declared = append(declared, d)
		}
	}
	return m, declared, nil
}

// find returns what becomes of a metric, and whether anything does. What Sparkplug itself needs a
// metric for is never kept.
func (m *mapping) find(name string) (target, bool) {
	if to, ok := m.metrics[name]; ok {
		return to, true
	}
	if !m.unmapped || name == sessionMetric || strings.HasPrefix(name, "Node Control/") || strings.HasPrefix(name, "Device Control/") {
		return target{}, false
	}
	to := slug(name)
	return target{quantity.Quantity{Metric: to}, true}, to != ""
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

// reading returns what a metric means, and whether it has a value.
func (to *target) reading(m *sparkplugpb.Payload_Metric, datatype uint32) (r city.Reading, there bool, err error) {
	if to.raw && !numeric(m) {
		return city.Reading{}, false, nil
	}
	f, there, err := number(m, datatype)
	if err != nil || !there {
		return city.Reading{}, false, err
	}
	r, err = to.Of(f)
	return r, err == nil, err
}
