package app

import (
	"cmp"

	"opscenter/internal/httpapi"
	"opscenter/internal/subsystem"
)

// legend says what everything is called that the center's subsystems tell at the moment.
func (a *App) legend() httpapi.Legend {
	specs := a.ingest.Subsystems().Specs()
	l := httpapi.Legend{Subsystems: make([]httpapi.LegendSubsystem, len(specs))}
	for i := range specs {
		l.Subsystems[i] = legendOf(&specs[i])
	}
	return l
}

func legendOf(s *subsystem.Spec) httpapi.LegendSubsystem {
	l := httpapi.LegendSubsystem{
		ID: s.ID, Names: s.Names, Doc: s.Doc, CadenceS: s.Cadence.Seconds(),
		Metrics:    make([]httpapi.LegendMetric, len(s.Metrics)),
		States:     make([]httpapi.LegendState, len(s.States)),
		Aggregates: make([]httpapi.LegendAggregate, len(s.Aggregates)),
		Indicators: make([]httpapi.LegendIndicator, len(s.Indicators)),
	}
	for i := range s.Metrics {
		m := &s.Metrics[i]
		l.Metrics[i] = httpapi.LegendMetric{
			Name: m.Name, Names: m.Names, Unit: m.Unit, Facet: string(m.Facet),
			Direction: string(m.Direction), Warning: m.Warning, Critical: m.Critical, DeadBand: m.DeadBand,
		}
	}
	for i := range s.States {
		st := &s.States[i]
		words := make([]httpapi.LegendWord, len(st.Words))
		for j, w := range st.Words {
			words[j] = httpapi.LegendWord{Value: w.Value, Names: w.Names, Status: w.Status.String(), Reason: string(w.Reason)}
		}
		l.States[i] = httpapi.LegendState{Name: st.Name, Names: st.Names, Facet: string(st.Facet), Words: words}
	}
	for i := range s.Aggregates {
		g := &s.Aggregates[i]
		l.Aggregates[i] = httpapi.LegendAggregate{Name: g.Name, Names: g.Names, Unit: g.Unit}
	}
	for i := range s.Indicators {
		in := &s.Indicators[i]
		l.Indicators[i] = httpapi.LegendIndicator{
			Code: in.Code, Names: in.Names, Unit: in.Unit, Period: string(in.Period), Ratio: in.Ratio(), Good: string(in.Good),
			Target: in.Target, Warning: in.Warning, Critical: in.Critical, Computed: in.Computed,
			CadenceS: cmp.Or(in.Cadence, s.Cadence).Seconds(),
		}
	}
	return l
}
