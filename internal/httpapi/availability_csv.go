package httpapi

import (
	"bytes"
	"encoding/csv"
	"strconv"
	"time"

	"opscenter/internal/city"
)

// csv writes the report as RFC 4180 CSV: one header, and every row has all columns. What a row is says
// its type: the group that was asked for, then all of them, then report with the period and the SLA,
// and method with a sentence, by language, so that whoever has the file has the method too.
func (r *AvailabilityReport) csv() ([]byte, error) {
	rows := [][]string{{
		"type", "id", "name", "devices", "period_s", "up_s", "down_s", "unknown_s", "maintenance_s", "outages",
		"mttr_s", "mtbf_s", "availability_pct", "floor_pct", "sla_met",
	}}
	for i := range r.Items {
		rows = append(rows, r.Items[i].record(r.GroupBy))
	}
	rows = append(rows, r.All.record("all"))
	r.addMonths(rows)
	width := len(rows[0])
	note := func(cells ...string) { rows = append(rows, append(cells, make([]string, width-len(cells))...)) }
	note("report", "from", r.From.Format(time.RFC3339))
	note("report", "to", r.To.Format(time.RFC3339))
	note("report", "sla_pct", decimal(&r.SLA))
	for _, language := range []struct {
		id string
		of func(city.Names) string
	}{
		{"vi", func(n city.Names) string { return n.VI }},
		{"en", func(n city.Names) string { return n.EN }},
	} {
		for _, sentence := range r.Method {
			note("method", language.id, language.of(sentence))
		}
	}
	var file bytes.Buffer
	w := csv.NewWriter(&file)
	w.UseCRLF = true
	if err := w.WriteAll(rows); err != nil {
		return nil, err
	}
	return file.Bytes(), nil
}

// addMonths adds the month as a last column to a report that is by month; others stay as they are.
func (r *AvailabilityReport) addMonths(rows [][]string) {
	if r.GroupBy != "month" {
		return
	}
	rows[0] = append(rows[0], "month")
	for i := range r.Items {
		rows[i+1] = append(rows[i+1], r.Items[i].Month)
	}
	rows[len(rows)-1] = append(rows[len(rows)-1], "")
}

func (r *AvailabilityRow) record(kind string) []string {
	met := ""
	if r.Met != nil {
		met = strconv.FormatBool(*r.Met)
	}
	return []string{
		kind, r.ID, r.Name, strconv.Itoa(r.Devices), whole(r.Period), whole(r.Up), whole(r.Down), whole(r.Unknown),
		whole(r.Maintenance), whole(r.Outages), decimal(r.MTTR), decimal(r.MTBF), decimal(r.Availability), decimal(r.Floor), met,
	}
}

func whole(n int64) string { return strconv.FormatInt(n, 10) }

func decimal(v *float64) string {
	if v == nil {
		return ""
	}
	return strconv.FormatFloat(*v, 'f', -1, 64)
}
