package httpapi

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"opscenter/internal/city"
)

// Legend says what everything that subsystems tell is called, in which unit it is, and what is good or
// bad of it. Walls and reports read it, so that nothing needs to be repeated in the live picture.
type Legend struct {
	Subsystems []LegendSubsystem `json:"subsystems" nullable:"false"`
}

// LegendSubsystem is one subsystem, built in or declared at run time.
type LegendSubsystem struct {
	ID         string            `json:"id"`
	Names      city.Names        `json:"names"`
	Doc        string            `json:"doc"`
	CadenceS   float64           `json:"cadence_s" doc:"between two messages of a device, unless the inventory says otherwise"`
	Metrics    []LegendMetric    `json:"metrics" nullable:"false"`
	States     []LegendState     `json:"states" nullable:"false"`
	Aggregates []LegendAggregate `json:"aggregates" nullable:"false"`
	Indicators []LegendIndicator `json:"indicators" nullable:"false"`
}

// LegendMetric is a number that devices report.
type LegendMetric struct {
	Name      string     `json:"name"`
	Names     city.Names `json:"names"`
	Unit      string     `json:"unit"`
	Facet     string     `json:"facet,omitempty"`
	Direction string     `json:"direction,omitempty" enum:"above,below" doc:"the side of the thresholds that is bad"`
	Warning   *float64   `json:"warning,omitempty"`
	Critical  *float64   `json:"critical,omitempty"`
	DeadBand  float64    `json:"dead_band,omitempty" doc:"how far a value must come back before it is well again"`
}

// LegendState is a condition in words.
type LegendState struct {
	Name  string       `json:"name"`
	Names city.Names   `json:"names"`
	Facet string       `json:"facet,omitempty"`
	Words []LegendWord `json:"words" nullable:"false"`
}

// LegendWord is one of the words of a state, and what it means.
type LegendWord struct {
	Value  string     `json:"value"`
	Names  city.Names `json:"names"`
	Status string     `json:"status" enum:"ok,warning,critical,stale,unknown,maintenance"`
	Reason string     `json:"reason,omitempty"`
}

// LegendAggregate is a reading of locations.
type LegendAggregate struct {
	Name  string     `json:"name"`
	Names city.Names `json:"names"`
	Unit  string     `json:"unit"`
}

// LegendIndicator is a figure of a line of business for a period.
type LegendIndicator struct {
	Code     string     `json:"code"`
	Names    city.Names `json:"names"`
	Unit     string     `json:"unit"`
	Period   string     `json:"period" enum:"day,week,month,quarter,year"`
	Ratio    bool       `json:"ratio" doc:"it has a numerator and a denominator"`
	Good     string     `json:"good,omitempty" enum:"above,below" doc:"which way people want it to go"`
	Target   *float64   `json:"target,omitempty"`
	Warning  *float64   `json:"warning,omitempty"`
	Critical *float64   `json:"critical,omitempty"`
	Computed bool       `json:"computed,omitempty" doc:"made by the center from cases"`
	CadenceS float64    `json:"cadence_s" doc:"how often it is told"`
}

type legendOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         Legend
}

// legend declares the route of what everything is called.
func (a *api) legend() {
	if a.Legend == nil {
		return
	}
	huma.Register(a.huma, get("get-legend", "/api/v1/legend", "What everything is called, in which unit, and what is good of it"),
		func(context.Context, *struct{}) (*legendOutput, error) {
			return &legendOutput{CacheControl: noStore, Body: a.Legend()}, nil
		})
}
