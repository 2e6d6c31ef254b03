package httpapi

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"opscenter/internal/city"
)

// Workload says what alarms ask of people.
type Workload interface {
	// Workload makes the figures of a period. The same period gives the same figures once it is recorded.
	Workload(ctx context.Context, from, to time.Time) (AlarmFigures, error)
}

// AlarmFigures are the figures of alarms in a period.
type AlarmFigures struct {
	From        time.Time      `json:"from"`
	To          time.Time      `json:"to" doc:"exclusive"`
	Operators   int            `json:"operators" doc:"as configured"`
	Method      []city.Names   `json:"method" nullable:"false" doc:"how the figures are made, sentence by sentence"`
	Raised      int            `json:"raised" doc:"new alarms"`
	BySeverity  map[string]int `json:"raised_by_severity"`
	MeanPerTen  float64        `json:"per_ten_minutes_mean" doc:"new alarms in ten minutes per operator"`
	MostPerTen  float64        `json:"per_ten_minutes_most" doc:"in the worst ten minutes, per operator"`
	Floods      int            `json:"floods"`
	FloodS      float64        `json:"flood_s" doc:"seconds in flood: more than ten new alarms per operator in the ten minutes before"`
	FloodShare  float64        `json:"flood_share" minimum:"0" maximum:"1" doc:"of the period"`
	Acknowledge AlarmTimes     `json:"acknowledge"`
	Clear       AlarmTimes     `json:"clear"`
	StandingAll int            `json:"standing" doc:"alarms on the list for more than 24 hours at the end of the period"`
	Standing    []AlarmWaiting `json:"standing_alarms" nullable:"false" doc:"oldest first, a hundred at most"`
	Chattering  []AlarmSource  `json:"chattering" nullable:"false" doc:"sources that were raised and cleared three times within a minute, most often first"`
	Worst       []AlarmSource  `json:"worst" nullable:"false" doc:"the ten sources with most new alarms"`
	Buckets     []AlarmBucket  `json:"buckets" nullable:"false" doc:"one for every ten minutes; none for a period of more than 31 days"`
}

// AlarmTimes sums up how long something took.
type AlarmTimes struct {
	Count  int      `json:"count"`
	Mean   *float64 `json:"mean_s,omitempty" doc:"absent if there is none"`
	Median *float64 `json:"median_s,omitempty" doc:"absent if there is none"`
}

// AlarmWaiting is an alarm that has been on the list for long.
type AlarmWaiting struct {
	Alarm string     `json:"alarm" doc:"id"`
	Key   string     `json:"key"`
	Title city.Names `json:"title"`
	Since time.Time  `json:"since"`
}

// AlarmSource is where alarms come from.
type AlarmSource struct {
	Key   string     `json:"key"`
	Title city.Names `json:"title" doc:"of its latest alarm"`
	Count int        `json:"count"`
}

// AlarmBucket counts new alarms in ten minutes.
type AlarmBucket struct {
	At     time.Time `json:"at"`
	Raised int       `json:"raised"`
}

type workloadInput struct {
	From time.Time `query:"from" doc:"RFC 3339; 24 hours before to, unless given"`
	To   time.Time `query:"to" doc:"RFC 3339; now, unless given"`
}

type workloadOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         AlarmFigures
}

// workload declares the route of the alarms' figures.
func (a *api) workload() {
	if a.Workload == nil {
		return
	}
	huma.Register(a.huma, get("get-alarm-figures", "/api/v1/alarms/figures", "What alarms ask of people"),
		func(ctx context.Context, in *workloadInput) (*workloadOutput, error) {
			from, to, err := a.span(in.From, in.To)
			if err != nil {
				return nil, a.fail(ctx, "figures", err)
			}
			figures, err := a.Workload.Workload(ctx, from, to)
			if err != nil {
				return nil, a.fail(ctx, "figures", err)
			}
			return &workloadOutput{CacheControl: noStore, Body: figures}, nil
		})
}
