package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"opscenter/internal/city"
)

// settled is how long ago a period must have ended: until then what happened in it may still be on its
// way to the database, and a report would not come out the same again.
const settled = time.Minute

// AvailabilityQuery says on what to report. From and To are whole seconds.
type AvailabilityQuery struct {
	From, To time.Time // inclusive, exclusive
	GroupBy  string    // device, location, area, contractor or month
	Within   string    // what the rows of each month are, of GroupBy month; empty: everything together
	SLA      float64   // %
}

// AvailabilityReport says how long devices worked, by group, and how that was counted.
type AvailabilityReport struct {
	From    time.Time         `json:"from"`
	To      time.Time         `json:"to" doc:"exclusive"`
	GroupBy string            `json:"group_by" enum:"device,location,area,contractor,month"`
	Within  string            `json:"within,omitempty" enum:"device,location,area,contractor" doc:"the rows of each month, of group_by=month"`
	SLA     float64           `json:"sla_pct"`
	Method  []city.Names      `json:"method" nullable:"false" doc:"how time is counted, sentence by sentence"`
	Items   []AvailabilityRow `json:"items" nullable:"false" doc:"by id; an empty id stands for what belongs to no group"`
	All     AvailabilityRow   `json:"all" doc:"all items together"`
}

// AvailabilityRow is one group. The four lengths add up to the period. Figures that nothing is known
// for are absent.
type AvailabilityRow struct {
	Month        string   `json:"month,omitempty" example:"2026-11" doc:"of the calendar, of group_by=month"`
	ID           string   `json:"id"`
	Name         string   `json:"name"`
	Devices      int      `json:"devices"`
	Period       int64    `json:"period_s" doc:"registered time of its devices"`
	Up           int64    `json:"up_s"`
	Down         int64    `json:"down_s" doc:"total length of its outages"`
	Unknown      int64    `json:"unknown_s"`
	Maintenance  int64    `json:"maintenance_s"`
	Outages      int64    `json:"outages"`
	Longest      int64    `json:"longest_outage_s,omitempty" doc:"down time of the longest outage"`
	MTTR         *float64 `json:"mttr_s,omitempty" doc:"mean time to restoration: down ÷ outages"`
	MTBF         *float64 `json:"mtbf_s,omitempty" doc:"mean operating time between failures: up ÷ outages"`
	Availability *float64 `json:"availability_pct,omitempty" doc:"up ÷ (up + down)"`
	Floor        *float64 `json:"floor_pct,omitempty" doc:"up ÷ (up + down + unknown): if all unknown time had been down"`
	Met          *bool    `json:"sla_met,omitempty" doc:"whether the availability is at least sla_pct"`
}

type availabilityInput struct {
	From    string  `query:"from" required:"true" example:"2026-11-01" doc:"a civic date, or RFC 3339 to the second"`
	To      string  `query:"to" required:"true" example:"2026-12-01" doc:"exclusive; at least a minute ago"`
	GroupBy string  `query:"group_by" enum:"device,location,area,contractor,month" default:"device"`
	Within  string  `query:"within" enum:"device,location,area,contractor" doc:"the rows of each month, of group_by=month; everything together, unless given"`
	SLA     float64 `query:"sla" minimum:"0" maximum:"100" default:"98" doc:"%, to compare the availability with"`
	ReportLook
}

// availabilityRoute declares the route of availability.
func (a *api) availabilityRoute() {
	op := get("report-availability", "/api/v1/reports/availability", "How long devices worked, and how that is counted")
	schema := a.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[AvailabilityReport](), true, "")
	op.Responses = reportResponses("The report; the same query gives the same bytes. As CSV, rows of type group, all, report and method.", schema)
	huma.Register(a.huma, op, a.availability)
}

func (a *api) availability(ctx context.Context, in *availabilityInput) (*exportOutput, error) {
	q := AvailabilityQuery{GroupBy: in.GroupBy, Within: in.Within, SLA: in.SLA}
	var err error
	if q.From, q.To, err = a.period(in.From, in.To); err != nil {
		return nil, a.fail(ctx, "report", err)
	}
	if q.Within != "" && q.GroupBy != "month" {
		return nil, a.fail(ctx, "report", fmt.Errorf("%w: within divides months: group_by must be month", ErrInvalid))
	}
	if in.Format == "xlsx" || in.Format == "html" {
		return a.reportDocument(ctx, ReportQuery{
			Report: "availability", From: q.From, To: q.To, Parameters: in.parameters(), Format: in.Format, Lang: in.Lang,
		})
	}
	report, err := a.Reports.Availability(ctx, q)
	if err != nil {
		return nil, a.fail(ctx, "report", err)
	}
	d, err := report.Document(in.Format)
	if err != nil {
		return nil, a.fail(ctx, "report", err)
	}
	return reportFile(&d, in.Format), nil
}

func (in *availabilityInput) parameters() map[string]string {
	parameters := map[string]string{"group_by": in.GroupBy, "sla": decimal(&in.SLA)}
	if in.Within != "" {
		parameters["within"] = in.Within
	}
	return parameters
}

// Document writes the report as json or csv.
func (r *AvailabilityReport) Document(format string) (ReportDocument, error) {
	d := ReportDocument{
		ContentType: "application/json",
		Name:        fmt.Sprintf("availability-%s-%s.%s", r.From.Format("20060102"), r.To.Format("20060102"), format),
	}
	var err error
	if format == "csv" {
		d.ContentType = "text/csv; charset=utf-8"
		d.Body, err = r.csv()
	} else {
		d.Body, err = json.Marshal(r)
	}
	return d, err
}

// period reads the time of a report, which must be over.
func (a *api) period(from, to string) (begin, end time.Time, err error) {
	if begin, err = a.parseMoment("from", from); err != nil {
		return begin, end, err
	}
	if end, err = a.parseMoment("to", to); err != nil {
		return begin, end, err
	}
	if begin, end, err = a.span(begin, end); err != nil {
		return begin, end, err
	}
	if last := a.Now().Add(-settled); end.After(last) {
		return begin, end, fmt.Errorf("%w: to must be at least a minute ago, by %s at the latest, so that the report stays the same",
			ErrInvalid, last.In(a.Zone).Format(time.RFC3339))
	}
	return begin, end, nil
}
