package report_test

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"opscenter/internal/availability"
	"opscenter/internal/city"
	"opscenter/internal/report"
	"opscenter/internal/subsystem"
)

// cells returns some columns of the rows of a table.
func cells(t *testing.T, r *report.Report, table string, keys ...string) [][]report.Cell {
	t.Helper()
	for i := range r.Tables {
		if r.Tables[i].Key != table {
			continue
		}
		out := make([][]report.Cell, len(r.Tables[i].Rows))
		for n, row := range r.Tables[i].Rows {
			for _, key := range keys {
				for c := range r.Tables[i].Columns {
					if r.Tables[i].Columns[c].Key == key {
						out[n] = append(out[n], row[c])
					}
				}
			}
		}
		return out
	}
	t.Fatalf("%s has no table %s", r.ID, table)
	return nil
}

// codes shows words by their codes.
func codes(rows [][]report.Cell) [][]any {
	out := make([][]any, len(rows))
	for i, row := range rows {
		for _, c := range row {
			switch c := c.(type) {
			case report.Word:
				out[i] = append(out[i], c.Code)
			case report.Text:
				out[i] = append(out[i], string(c))
			case report.Whole:
				out[i] = append(out[i], int(c))
			case report.Real:
				out[i] = append(out[i], float64(c))
			case report.Moment:
				out[i] = append(out[i], time.Time(c).Format("02 15:04"))
			case nil:
				out[i] = append(out[i], nil)
			}
		}
	}
	return out
}

func TestAFaultIsOneThingThatWentOn(t *testing.T) {
	t.Parallel()
	r := sampleFaults(t)
	diff(t, "faults", [][]any{
		{"cam-002", "Phường Việt Trì", "critical", "offline", "link,recording", "22 18:00", "24 03:30", 120600, 12600, "false"},
		{"cam-002", "Phường Việt Trì", "stale", "silent", "link", "24 10:00", "24 11:00", 3600, 3600, "false"},
		{"cam-002", "Phường Việt Trì", "critical", "frozen", "image", "24 11:00", "24 12:00", 3600, 3600, "false"},
		{"cam-002", "Phường Việt Trì", "critical", "not_recording", "recording", "24 20:00", nil, 14400, 14400, "true"},
		{"cam-001", nil, "critical", "odd_fault", nil, "24 01:00", nil, 82800, 82800, "true"}, // what comes tomorrow nobody knows today
	}, codes(cells(t, &r, "faults", "device", "area", "status", "reason", "facets", "from", "to", "duration_s", "in_period_s", "open")))
	r = sampleFaults(t, "status", "warning", "location", "loc-1")
	diff(t, "warnings only", [][]any{{"cam-002", "low_fps"}}, codes(cells(t, &r, "faults", "device", "reason")))
	r = sampleFaults(t, "contractor", "vnpt")
	diff(t, "of one contractor", [][]any{{"vnpt", 1, 4, 1, 23400 + 10800}},
		codes(cells(t, &r, "contractors", "contractor", "devices", "faults", "still_open", "in_period_s")))
}

func TestAgesFallIntoTheirClasses(t *testing.T) {
	t.Parallel()
	r := sampleAgeing(t)
	diff(t, "oldest first", [][]any{
		{"cam-005", 30 * 86400, "over_30d"},
		{"cam-004", 7 * 86400, "from_7d"},
		{"cam-003", 3 * 86400, "from_3d"},
		{"cam-002", 86400, "from_1d"},
		{"cam-001", 86399, "under_1d"},
		{"cam-006", 5 * 3600, "under_1d"},
	}, codes(cells(t, &r, "open", "device", "age_s", "class")))
	diff(t, "by contractor", [][]any{{"fpt", 1, 1, 0, 1, 0, 3}, {"vnpt", 1, 0, 1, 0, 1, 3}},
		codes(cells(t, &r, "contractors", "contractor", "under_1d", "from_1d", "from_3d", "from_7d", "over_30d", "faults")))
	diff(t, "by area", [][]any{{"", 3}, {"Phường Việt Trì", 3}}, codes(cells(t, &r, "areas", "area", "faults")))
}

func TestAShiftHandsOverWhatItLeaves(t *testing.T) {
	t.Parallel()
	r := sampleHandover(t)
	diff(t, "summary", [][]any{{1, 1, 2, 1, 2, 2, 1, 3600}},
		codes(cells(t, &r, "summary", "opened", "cleared", "open", "unacknowledged", "hidden", "acts", "maintenance", "blind_s")))
	diff(t, "open, worst first", [][]any{
		{"a-1", "critical", "24 07:00", 7 * 3600, "Lan", "Đã gọi điện lực", 12}, {"a-2", "warning", "23 10:00", 28 * 3600, nil, nil, 1},
	}, codes(cells(t, &r, "open", "alarm", "severity", "raised_at", "age_s", "acknowledged_by", "comment", "count")))
	diff(t, "hidden", [][]any{{"a-3", "shelved", "24 18:00", "Hùng", "Chờ thay ống kính"}, {"a-4", "suppressed", nil, nil, nil}},
		codes(cells(t, &r, "hidden", "alarm", "hidden", "shelved_until", "shelved_by", "why")))
	diff(t, "opened", [][]any{{"a-1", "24 07:00"}}, codes(cells(t, &r, "opened", "alarm", "at")))
	diff(t, "cleared", [][]any{{"a-0", "24 09:00", 5 * 3600}}, codes(cells(t, &r, "cleared", "alarm", "at", "lasted_s")))
	diff(t, "said", [][]any{{"Lan", "acknowledged", nil}, {"Lan", "commented", "Đã gọi điện lực"}}, codes(cells(t, &r, "acts", "actor", "what", "why")))
	diff(t, "maintenance, of the shift", [][]any{{"cam-005", "24 05:00", "24 08:00", 7200}}, codes(cells(t, &r, "maintenance", "device", "from", "to", "in_period_s")))
	diff(t, "blind", [][]any{{"24 06:00", "24 06:15", 900}, {"24 10:00", "24 10:45", 2700}}, codes(cells(t, &r, "gaps", "from", "to", "lasted_s")))
	diff(t, "the reader is told", 1, len(r.Notes))
	r = sampleHandover(t, "contractor", "fpt")
	diff(t, "of one contractor", [][]any{{0, 0, 1, 0, 0}}, codes(cells(t, &r, "summary", "opened", "cleared", "open", "acts", "maintenance")))
}

func TestTrafficShowsItsPeakAndLeavesGaps(t *testing.T) {
	t.Parallel()
	r := sampleTraffic(t)
	diff(t, "locations", [][]any{{"loc-1", 3600.0, 31.3, 1, 7, 2400.0, "24 07:00"}, {"loc-2", nil, nil, 2, nil, nil, nil}},
		codes(cells(t, &r, "locations", "location", "vehicles", "speed_kmh", "incidents", "violations", "peak_flow", "peak_from")))
	diff(t, "all", []any{"all", nil, 3600.0, nil, nil, nil, 3, 7, nil, nil}, codes([][]report.Cell{r.Tables[0].Total})[0])
	diff(t, "hours", [][]any{{"loc-1", "24 07:00", 20.0}, {"loc-1", "24 08:00", nil}, {"loc-2", "24 00:00", nil}},
		codes(cells(t, &r, "steps", "location", "from", "occupancy_pct")))
}

func TestIndicatorsStandAgainstTheirTargets(t *testing.T) {
	t.Parallel()
	r := sampleIndicators(t)
	diff(t, "rows", [][]any{
		{"on_time", "2026-11-01", 95.0, 100.0, 95.0, 0.0, "true", "ok", 0}, // at a threshold is not beyond it
		{"on_time", "2026-11-02", 94.5, 100.0, 95.0, -0.5, "false", "warning", 2},
		{"on_time", "2026-11-03", 12.3457, 100.0, 95.0, -82.6543, "false", "critical", 1},
		{"received", "2026-11-01", 1234567.0, nil, nil, nil, nil, "ok", 0},
	}, codes(cells(t, &r, "publicservice", "indicator", "period", "value", "denominator", "target", "gap", "target_met", "status", "revision")))
	diff(t, "as of the second after the last was received", "2026-11-01T20:00:02+07:00", r.AsOf.Format(time.RFC3339))
	r = sampleIndicators(t, "as_of", "2026-11-30T00:00:00Z")
	diff(t, "as of what was asked for", "2026-11-30T07:00:00+07:00", r.AsOf.Format(time.RFC3339))
}

func TestIndicatorsThatAreNotWantedAreNotThere(t *testing.T) {
	t.Parallel()
	s, in := &subsystem.Spec{ID: "health"}, &subsystem.Indicator{Code: "visits", Period: subsystem.Daily}
	for _, test := range []struct {
		asked []string
		want  bool
	}{
		{nil, true},
		{[]string{"subsystem", "health"}, true},
		{[]string{"subsystem", "tourism"}, false},
		{[]string{"period", "day"}, true},
		{[]string{"period", "month"}, false},
	} {
		v := values(t, report.IndicatorsID, test.asked...)
		diff(t, "wanted", test.want, v.Wants(s, in))
	}
}

func TestParametersAreRefusedByName(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		id, key, value, want string
	}{
		{report.AvailabilityID, "colour", "red", `parameter "colour": the report availability has none of this name`},
		{report.AvailabilityID, "group_by", "colour", `parameter group_by: "colour" is none of device, location, area, contractor, month`},
		{report.AvailabilityID, "sla", "101", `parameter sla: "101" is no number from 0 to 100`},
		{report.AvailabilityID, "sla", "NaN", `parameter sla: "NaN" is no number from 0 to 100`},
		{report.FaultsID, "status", "stale,ok", `parameter status: "ok" is none of critical, warning, stale, unknown, maintenance`},
		{report.FaultsID, "location", "Việt Trì", `parameter location: id "Việt Trì" is not a slug: 1 to 64 of a-z 0-9 _ . -, first a letter or digit`},
		{report.IndicatorsID, "as_of", "yesterday", `parameter as_of: "yesterday" is no time in RFC 3339`},
	} {
		d, _ := report.Find(test.id)
		_, err := d.Parse(map[string]string{test.key: test.value})
		if !errors.Is(err, report.ErrParameter) {
			t.Fatalf("%s=%s: %v", test.key, test.value, err)
		}
		diff(t, test.key, test.want, err.Error())
	}
}

// However devices live, each row of the availability report adds up to its period to the second, in
// every group and month, and so does the total; and its bar is as wide as a bar is.
func TestRowsOfTheAvailabilityReportAddUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		zone, err := time.LoadLocation(rapid.SampledFrom([]string{"Asia/Ho_Chi_Minh", "Europe/Helsinki", "America/Asuncion"}).Draw(r, "zone"))
		if err != nil {
			r.Fatal(err)
		}
		from := time.Date(rapid.IntRange(1970, 2030).Draw(r, "year"), time.Month(rapid.IntRange(1, 12).Draw(r, "month")), 1, 0, 0, 0, 0, zone)
		to := from.AddDate(0, rapid.IntRange(1, 5).Draw(r, "months"), 0)
		d, _ := report.Find(report.AvailabilityID)
		v, err := d.Parse(map[string]string{
			"group_by": rapid.SampledFrom([]string{"device", "location", "area", "contractor", "month"}).Draw(r, "group"),
			"within":   rapid.SampledFrom([]string{"", "device", "contractor"}).Draw(r, "within"),
		})
		if err != nil {
			r.Fatal(err)
		}
		a := report.NewAvailability(v, areas(), from, to)
		devices := rapid.IntRange(1, 3).Draw(r, "devices")
		for n := range devices {
			now := from.Add(-time.Duration(rapid.Int64Range(0, int64(100*time.Hour)).Draw(r, "before")))
			var history []availability.Interval
			for range rapid.IntRange(0, 6).Draw(r, "intervals") {
				next := now.Add(time.Duration(rapid.Int64Range(1, int64(60*24*time.Hour)).Draw(r, "length")))
				history = append(history, availability.Interval{From: now, To: next, Status: rapid.SampledFrom(city.Statuses()).Draw(r, "status")})
				now = next.Add(rapid.SampledFrom([]time.Duration{0, time.Hour, -time.Hour, 1500 * time.Millisecond}).Draw(r, "clock step"))
			}
			a.Device([]availability.Placement{{Device: string(rune('a' + n)), Location: "l", Area: "viet-tri", From: from.AddDate(-1, 0, 0)}}, history)
		}
		made := a.Report()
		table := made.Tables[0]
		for _, row := range append(table.Rows, table.Total) {
			at := make(map[string]int64)
			for i, c := range table.Columns {
				if n, ok := row[i].(report.Whole); ok {
					at[c.Key] = int64(n)
				}
			}
			if at["up_s"]+at["down_s"]+at["unknown_s"]+at["maintenance_s"] != at["period_s"] {
				r.Fatalf("%v does not add up", row)
			}
			if row[0] == table.Total[0] && at["period_s"] != int64(devices)*(to.Unix()-from.Unix()) {
				r.Fatalf("all devices have %d s of %d", at["period_s"], int64(devices)*(to.Unix()-from.Unix()))
			}
		}
	})
}
