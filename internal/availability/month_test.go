package availability_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"opscenter/internal/availability"
	"opscenter/internal/city"
)

// zones have whole and broken offsets, offsets that were changed by law, days that never were, and
// clocks that change at midnight, also at that of the first of a month.
func zones() []string {
	return []string{
		"Asia/Ho_Chi_Minh", "Europe/Helsinki", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe", "America/St_Johns",
		"America/Asuncion", "America/Sao_Paulo", "Asia/Amman", "Asia/Beirut", "Pacific/Apia", "Africa/Casablanca", "UTC",
	}
}

func load(t interface{ Fatal(...any) }, name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// drawnMonths draws a period of some months that begins and ends anywhere within them.
func drawnMonths(r *rapid.T, zone *time.Location) (from, to time.Time) {
	year := rapid.IntRange(1905, 2037).Draw(r, "year")
	from = time.Date(year, time.Month(rapid.IntRange(1, 12).Draw(r, "month")), 1, 0, 0, 0, 0, zone)
	from = from.Add(time.Duration(rapid.Int64Range(0, 40*86400).Draw(r, "into it")) * time.Second)
	return from, from.Add(time.Duration(rapid.Int64Range(1, 400*86400).Draw(r, "length")) * time.Second)
}

// lives draws a history over a period: silence, changes within a second, and clocks that step back.
func lives(r *rapid.T, from, to time.Time) []availability.Interval {
	var out []availability.Interval
	now := from.Add(-time.Duration(rapid.Int64Range(-5, 90*86400).Draw(r, "before")) * time.Second)
	for range rapid.IntRange(0, 10).Draw(r, "intervals") {
		begin := now.Add(rapid.SampledFrom([]time.Duration{0, 0, 0, time.Millisecond, time.Hour, -time.Hour, -31 * time.Second, 24 * time.Hour}).Draw(r, "step"))
		now = begin.Add(time.Duration(rapid.Int64Range(1, int64(60*24*time.Hour)).Draw(r, "length")))
		out = append(out, availability.Interval{From: begin, To: now, Status: rapid.SampledFrom(city.Statuses()).Draw(r, "status")})
	}
	if len(out) > 0 && rapid.Bool().Draw(r, "open") {
		out[len(out)-1].To = time.Time{}
	}
	return out
}

// Whatever a device's history is, and whatever clocks and the law of the zone do: in every month the
// four numbers add up to the time that the month has of the period, and all months to the whole.
func TestMonthsAddUpInEveryZone(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		zone := load(r, rapid.SampledFrom(zones()).Draw(r, "zone"))
		from, to := drawnMonths(r, zone)
		history := lives(r, from, to)
		report := availability.NewMonthly(availability.ByMonth, zone, nil, from, to)
		report.Device([]availability.Placement{{Device: "cam", From: from.AddDate(-1, 0, 0)}}, history)
		rows, total := report.Rows()
		whole := availability.Account(history, from, to)
		whole.Outages, whole.Longest = total.Outages, total.Longest // one across a boundary is one in each month, and shorter
		if total.Sums != whole || whole.Period != to.Unix()-from.Unix() {
			r.Fatalf("%s to %s: months add up to %+v, the whole is %+v", from, to, total.Sums, whole)
		}
		seconds := make(map[string]int64)
		for _, row := range rows {
			if row.Up+row.Down+row.Unknown+row.Maintenance != row.Period {
				r.Fatalf("%+v does not add up", row)
			}
			seconds[row.Month] += row.Period
		}
		for at := from; at.Before(to); { // hour by hour, as a calendar on the wall would
			next := at.Add(time.Hour)
			if next.After(to) {
				next = to
			}
			if first, last := at.In(zone).Format("2006-01"), next.Add(-time.Second).In(zone).Format("2006-01"); first == last {
				seconds[first] -= next.Unix() - at.Unix()
			} else {
				for s := at; s.Before(next); s = s.Add(time.Second) {
					seconds[s.In(zone).Format("2006-01")]--
				}
			}
			at = next
		}
		for month, left := range seconds {
			if left != 0 {
				r.Fatalf("%s in %s: %d s too many", month, zone, left)
			}
		}
	})
}

// However devices move, the months of every group divide the same time.
func TestMonthsOfEveryGroupDivideTheSameTime(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		zone := load(r, rapid.SampledFrom(zones()).Draw(r, "zone"))
		from := time.Date(2026, time.Month(rapid.IntRange(8, 11).Draw(r, "month")), 1, 0, 0, 0, 0, zone)
		to := from.AddDate(0, rapid.IntRange(1, 4).Draw(r, "months"), 0)
		moves, h := placements(r), stepped(r)
		var all []availability.Sums
		for _, group := range []availability.Group{
			availability.ByMonth, availability.ByDevice, availability.ByLocation, availability.ByArea, availability.ByContractor,
		} {
			report := availability.NewMonthly(group, zone, areas(), from, to)
			report.Device(moves, h)
			rows, total := report.Rows()
			var sum availability.Sums
			for _, row := range rows {
				sum.Add(row.Sums)
			}
			if sum != total.Sums {
				r.Fatalf("%s: rows are %+v, all is %+v", group, sum, total.Sums)
			}
			sum.Outages, sum.Longest = 0, 0
			all = append(all, sum)
			if sum != all[0] {
				r.Fatalf("groups differ: %+v", all)
			}
		}
	})
}

func TestAnOutageAcrossTheEndOfAMonthIsOneInEach(t *testing.T) {
	t.Parallel()
	hanoi := load(t, "Asia/Ho_Chi_Minh")
	end := time.Date(2026, 11, 1, 0, 0, 0, 0, hanoi)
	report := availability.NewMonthly(availability.ByContractor, hanoi, nil, end.AddDate(0, -1, 0), end.AddDate(0, 1, 0))
	report.Device([]availability.Placement{{Device: "cam", Contractor: "vnpt", From: end.AddDate(-1, 0, 0)}}, []availability.Interval{
		{From: end.AddDate(-1, 0, 0), To: end.Add(-time.Hour), Status: city.OK},
		{From: end.Add(-time.Hour), To: end.Add(2 * time.Hour), Status: city.Critical},
		{From: end.Add(2 * time.Hour), Status: city.OK},
	})
	rows, total := report.Rows()
	row := func(month string, up, down int64) availability.Row {
		return availability.Row{
			Month: month, ID: "vnpt", Name: "vnpt", Devices: 1,
			Sums: availability.Sums{Period: up + down, Up: up, Down: down, Outages: 1, Longest: down},
		}
	}
	diff(t, "rows", []availability.Row{row("2026-10", 31*86400-3600, 3600), row("2026-11", 30*86400-7200, 7200)}, rows)
	diff(t, "total", availability.Sums{Period: 61 * 86400, Up: 61*86400 - 10800, Down: 10800, Outages: 2, Longest: 7200}, total.Sums)
}
