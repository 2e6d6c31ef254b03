package reference

import (
	"fmt"

	"opscenter/internal/city"
	"opscenter/internal/subsystem"
)

func writeIndicators(p *page, s *subsystem.Spec) {
	if len(s.Indicators) == 0 {
		return
	}
	p.section("Indicators")
	p.paragraph("Thresholds are defaults.")
	rows := make([][]string, len(s.Indicators))
	for i := range s.Indicators {
		in := &s.Indicators[i]
		cadence := orElse(in.Cadence, s.Cadence)
		every := Duration(cadence)
		if in.Computed {
			every = "computed"
		}
		rows[i] = []string{
			code(in.Code), in.Names.EN, in.Names.VI, in.Unit, string(in.Period), every,
			Duration(orElse(in.ValidFor, missedCadences*cadence)), wanted(in), judgedIndicator(in), meaning(in),
		}
	}
	p.table([]string{"indicator", "English", "Tiếng Việt", "unit", "period", "told every", "stale after", "wanted", "judged", "meaning"}, rows)
}

// wanted says which way people want an indicator to go, and how far.
func wanted(in *subsystem.Indicator) string {
	way := map[subsystem.Direction]string{subsystem.Above: "high", subsystem.Below: "low"}[in.Good]
	if in.Target == nil {
		return way
	}
	target := "target " + withUnit(*in.Target, in.Unit)
	if way == "" {
		return target
	}
	return way + ", " + target
}

// judgedIndicator speaks of the side that is bad, which is the other one than the good.
func judgedIndicator(in *subsystem.Indicator) string {
	bad := map[subsystem.Direction]subsystem.Direction{subsystem.Above: subsystem.Below, subsystem.Below: subsystem.Above}[in.Good]
	return judged(string(bad)+" ", in.Unit, in.Warning, in.Critical, in.Reason, city.NoFacet)
}

func meaning(in *subsystem.Indicator) string {
	text := sentence(in.Doc)
	if in.Ratio() {
		text += fmt.Sprintf(" Numerator ÷ denominator × %s.", plain(in.Scale))
	}
	return text
}

func writeCases(p *page, s *subsystem.Spec) {
	if len(s.Cases) == 0 {
		return
	}
	p.section("Cases")
	for i := range s.Cases {
		c := &s.Cases[i]
		p.paragraph("Messages of kind %s are cases that somebody works off. One that does not say when it is due is due %s after its start. "+
			"The center computes for each civic day:", code(c.Kind), Duration(c.DueAfter))
		var rows [][]string
		for _, computed := range []struct{ code, what string }{
			{c.New, "cases opened that day"},
			{c.Open, "cases open now"},
			{c.Overdue, "open cases that are past their time"},
			{c.Closed, "cases closed that day"},
			{c.Hours, "median hours from opening to closing, over the cases closed in the last 30 days"},
		} {
			if computed.code != "" {
				rows = append(rows, []string{code(computed.code), computed.what})
			}
		}
		p.table([]string{"indicator", "what it counts"}, rows)
	}
}

func writeIndices(p *page, s *subsystem.Spec) {
	if len(s.Indices) == 0 {
		return
	}
	p.section("Computed metrics")
	p.paragraph("The center computes them for each device when a civic hour ends, from hourly means.")
	rows := make([][]string, len(s.Indices))
	for i := range s.Indices {
		x := &s.Indices[i]
		rows[i] = []string{code(x.Metric), codes(x.Inputs), fmt.Sprintf("%d h", x.Hours)}
	}
	p.table([]string{"metric", "from", "over the last"}, rows)
}
