package native

import (
	"fmt"
	"slices"
	"strings"

	"opscenter/internal/subsystem"
)

// describe says what the object looks like. What a field does not say of itself, the Spec says of the
// metric or state that it becomes.
func (obj *object) describe(spec *subsystem.Spec) *subsystem.Payload {
	s := subsystem.Schema{Type: "object"}
	for i := range obj.fields {
		f := &obj.fields[i]
		p := f.schema
		if m := spec.Metric(f.name); m != nil && p.Description == "" {
			p.Description, p.Unit = m.Doc, m.Unit
		}
		if st := spec.State(f.name); st != nil && p.Description == "" {
			p.Description = st.Doc
		}
		s.Properties = append(s.Properties, subsystem.Property{Name: f.name, Schema: p})
		if f.required {
			s.Required = append(s.Required, f.name)
		}
	}
	if obj.refine != nil {
		obj.refine(&s)
	}
	return &subsystem.Payload{ContentType: subsystem.JSON, Schema: s}
}

// described is how the period of a figure is written, and one such.
type described struct{ form, example string }

func periods() map[subsystem.Period]described {
	return map[subsystem.Period]described{
		subsystem.Daily:     {`^\d{4}-\d{2}-\d{2}$`, "2026-11-23"},
		subsystem.Weekly:    {`^\d{4}-W\d{2}$`, "2026-W47"},
		subsystem.Monthly:   {`^\d{4}-\d{2}$`, "2026-11"},
		subsystem.Quarterly: {`^\d{4}-Q[1-4]$`, "2026-Q4"},
		subsystem.Yearly:    {`^\d{4}$`, "2026"},
	}
}

// describeIndicators says in a schema what figure checks: which indicators there are to tell, for
// what periods, and which of them have parts.
func describeIndicators(spec *subsystem.Spec, s *subsystem.Schema) {
	var codes []string
	var groups []alike
	for i := range spec.Indicators {
		in := &spec.Indicators[i]
		if in.Computed {
			continue
		}
		codes = append(codes, in.Code)
		groups = group(groups, in)
		if len(s.Examples) == 0 {
			s.Examples = []any{exampleOf(in)}
		}
	}
	code := s.Property("indicator")
	code.Enum, code.Description = codes, "Which indicator."
	s.Property("period").Description = "The time that the figure speaks of, in the indicator's period."
	for i := range groups {
		s.AnyOf = append(s.AnyOf, groups[i].schema())
	}
}

// alike are indicators whose messages look the same.
type alike struct {
	period subsystem.Period
	ratio  bool
	codes  []string
	lines  []string // what each is
}

// group adds an indicator to those that are like it.
func group(groups []alike, in *subsystem.Indicator) []alike {
	i := slices.IndexFunc(groups, func(a alike) bool { return a.period == in.Period && a.ratio == in.Ratio() })
	if i < 0 {
		i = len(groups)
		groups = append(groups, alike{period: in.Period, ratio: in.Ratio()})
	}
	g := &groups[i]
	g.codes = append(g.codes, in.Code)
	g.lines = append(g.lines, fmt.Sprintf("%s: %s, %s", in.Code, in.Names.EN, unitOf(in)))
	return groups
}

func (a *alike) schema() subsystem.Schema {
	s := subsystem.Schema{Description: "By the " + string(a.period) + ". " + strings.Join(a.lines, "; ") + ".", Properties: subsystem.Properties{
		{Name: "indicator", Schema: subsystem.Schema{Enum: a.codes}},
		{Name: "period", Schema: subsystem.Schema{Pattern: periods()[a.period].form}},
	}}
	bare := subsystem.Schema{Required: []string{"value"}, Not: &subsystem.Schema{
		AnyOf: []subsystem.Schema{{Required: []string{"numerator"}}, {Required: []string{"denominator"}}},
	}}
	if a.ratio {
		s.AnyOf = []subsystem.Schema{{Required: []string{"numerator", "denominator"}}, bare}
	} else {
		s.Required, s.Not = bare.Required, bare.Not
	}
	return s
}

func unitOf(in *subsystem.Indicator) string {
	if in.Unit == "" {
		return "a count"
	}
	return "in " + in.Unit
}

// example is a figure as it is sent.
type example struct {
	TS          string   `json:"ts"`
	Indicator   string   `json:"indicator"`
	Period      string   `json:"period"`
	Value       *float64 `json:"value,omitempty"`
	Numerator   *float64 `json:"numerator,omitempty"`
	Denominator *float64 `json:"denominator,omitempty"`
}

func exampleOf(in *subsystem.Indicator) example {
	e := example{TS: "2026-11-23T08:15:00+07:00", Indicator: in.Code, Period: periods()[in.Period].example}
	if in.Ratio() {
		e.Numerator, e.Denominator = subsystem.At(1121), subsystem.At(1816)
	} else {
		e.Value = subsystem.At(1816)
	}
	return e
}
