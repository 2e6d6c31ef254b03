package sparkplug

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"opscenter/internal/city"
	"opscenter/internal/dialect/mapping"
	"opscenter/internal/dialect/sparkplug/sparkplugpb"
	"opscenter/internal/subsystem"
)

// target is what a metric of Sparkplug becomes.
type target struct {
	mapping.Quantity
	raw bool // not from the settings: what is no number is ignored
}

// targets are what becomes of metrics, by their name in Sparkplug.
type targets struct {
	metrics  map[string]target
	unmapped bool
}

// newTargets returns the targets that the settings name, and the metrics that they declare.
func newTargets(s *Settings, spec *subsystem.Spec) (targets, []subsystem.Metric, error) {
	t := targets{metrics: make(map[string]target, len(s.Metrics)), unmapped: s.Unmapped}
	var declared []subsystem.Metric
	from := make(map[string]string, len(s.Metrics))
	for _, name := range slices.Sorted(maps.Keys(s.Metrics)) {
		to := s.Metrics[name]
		if err := to.Check(); err != nil {
			return targets{}, nil, fmt.Errorf("settings: %q: %w", name, err)
		}
		if other, twice := from[to.Metric]; twice {
			return targets{}, nil, fmt.Errorf("settings: metrics %q and %q both become %q", other, name, to.Metric)
		}
		from[to.Metric] = name
		t.metrics[name] = target{Quantity: to.Quantity}
		if d, lacking := to.Declare(spec, "The Sparkplug metric "+name+"."); lacking {
			declared = append(declared, d)
		}
	}
	return t, declared, nil
}

// find returns what becomes of a metric, and whether anything does. What Sparkplug itself needs a
// metric for is never kept.
func (t *targets) find(name string) (target, bool) {
	if to, ok := t.metrics[name]; ok {
		return to, true
	}
	if !t.unmapped || name == sessionMetric || strings.HasPrefix(name, "Node Control/") || strings.HasPrefix(name, "Device Control/") {
		return target{}, false
	}
	to := slug(name)
	return target{mapping.Quantity{Metric: to}, true}, to != ""
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
