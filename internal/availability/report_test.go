package availability_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"opscenter/internal/availability"
	"opscenter/internal/city"
)

func placed(device, location, area, contractor string, from, to float64) availability.Placement {
	p := availability.Placement{
		Device: device, Name: "Camera " + device, Location: location, LocationName: "Place " + location,
		Area: area, Contractor: contractor, From: at(from),
	}
	if to != 0 {
		p.To = at(to)
	}
	return p
}

func areas() []city.Area {
	return []city.Area{{ID: "new", Name: "New", EffectiveFrom: at(60)}, {ID: "old", Name: "Old", EffectiveTo: at(60)}, {ID: "past", Name: "Past", EffectiveTo: at(-1)}}
}

func report(group availability.Group) ([]availability.Row, availability.Row) {
	r := availability.NewReport(group, areas(), at(0), at(100))
	r.Device([]availability.Placement{placed("b", "loc-1", "old", "vnpt", -10, 40), placed("b", "loc-2", "new", "vnpt", 40, 0)},
		[]availability.Interval{was(0, 50, city.OK), since(50, city.Critical)})
	r.Device([]availability.Placement{placed("a", "loc-1", "old", "fpt", 30, 90)}, []availability.Interval{since(0, city.OK)})
	r.Device([]availability.Placement{placed("gone", "loc-1", "past", "fpt", -90, -50)}, []availability.Interval{since(-90, city.OK)})
	r.Device([]availability.Placement{placed("c", "loc-2", "past", "", 90, 0)}, nil)
	return r.Rows()
}

func TestTimeBelongsToWhereTheDeviceWas(t *testing.T) {
	t.Parallel()
	a := availability.Sums{Period: 60, Up: 60}
	total := availability.Row{Devices: 3, Sums: availability.Sums{Period: 170, Up: 110, Down: 50, Unknown: 10, Outages: 1}}
	for group, want := range map[availability.Group][]availability.Row{
		availability.ByDevice: {
			{ID: "a", Name: "Camera a", Devices: 1, Sums: a},
			{ID: "b", Name: "Camera b", Devices: 1, Sums: availability.Sums{Period: 100, Up: 50, Down: 50, Outages: 1, Longest: 50}},
			{ID: "c", Name: "Camera c", Devices: 1, Sums: availability.Sums{Period: 10, Unknown: 10}},
		},
		availability.ByLocation: {
			{ID: "loc-1", Name: "Place loc-1", Devices: 2, Sums: availability.Sums{Period: 100, Up: 100}},
			{ID: "loc-2", Name: "Place loc-2", Devices: 2, Sums: availability.Sums{Period: 70, Up: 10, Down: 50, Unknown: 10, Outages: 1, Longest: 50}},
		},
		availability.ByContractor: {
			{ID: "", Devices: 1, Sums: availability.Sums{Period: 10, Unknown: 10}},
			{ID: "fpt", Name: "fpt", Devices: 1, Sums: a},
			{ID: "vnpt", Name: "vnpt", Devices: 1, Sums: availability.Sums{Period: 100, Up: 50, Down: 50, Outages: 1, Longest: 50}},
		},
		availability.ByArea: {
			{ID: "", Devices: 3, Sums: availability.Sums{Period: 60, Up: 40, Down: 10, Unknown: 10, Outages: 1, Longest: 10}},
			{ID: "new", Name: "New", Devices: 1, Sums: availability.Sums{Period: 40, Down: 40, Outages: 1, Longest: 40}},
			{ID: "old", Name: "Old", Devices: 2, Sums: availability.Sums{Period: 70, Up: 70}},
		},
	} {
		rows, all := report(group)
		diff(t, string(group), want, rows)
		wanted := total
		wanted.Outages, wanted.Longest = all.Outages, all.Longest // one that goes on across a boundary of an area counts on both sides
		diff(t, string(group)+", all", wanted, all)
	}
}

// However devices move, and whatever days in whatever zone are reported on, every row adds up, and all
// groups divide the same time.
func TestEveryGroupDividesTheSameTime(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		zone, err := time.LoadLocation(rapid.SampledFrom([]string{"Asia/Ho_Chi_Minh", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"}).Draw(r, "zone"))
		if err != nil {
			r.Fatal(err)
		}
		day := rapid.IntRange(-40, 40).Draw(r, "day") // around the end of summer time, half an hour of it at Lord Howe
		from := time.Date(2026, 10, 25+day, 0, 0, 0, 0, zone)
		to := from.AddDate(0, 0, rapid.IntRange(0, 3).Draw(r, "days"))
		moves, h := placements(r), stepped(r)
		var periods []int64
		for _, group := range []availability.Group{availability.ByDevice, availability.ByLocation, availability.ByArea, availability.ByContractor} {
			report := availability.NewReport(group, areas(), from, to)
			report.Device(moves, h)
			rows, total := report.Rows()
			var sum availability.Sums
			for _, row := range rows {
				if row.Up+row.Down+row.Unknown+row.Maintenance != row.Period {
					r.Fatalf("%s: %+v does not add up", group, row)
				}
				sum.Add(row.Sums)
			}
			if sum != total.Sums {
				r.Fatalf("%s: rows are %+v, all is %+v", group, sum, total.Sums)
			}
			periods = append(periods, sum.Period, sum.Up, sum.Down, sum.Unknown)
		}
		for i, n := range periods {
			if n != periods[i%4] {
				r.Fatalf("groups differ: %v", periods)
			}
		}
		if periods[0] > to.Unix()-from.Unix() {
			r.Fatalf("a device has %d s of %d", periods[0], to.Unix()-from.Unix())
		}
	})
}

func placements(r *rapid.T) []availability.Placement {
	var out []availability.Placement
	now := rapid.Float64Range(-4e6, 1e6).Draw(r, "registered")
	for range rapid.IntRange(1, 4).Draw(r, "moves") {
		until := now + rapid.Float64Range(0.001, 2e6).Draw(r, "stays")
		out = append(out, placed("a", rapid.SampledFrom([]string{"loc-1", "loc-2"}).Draw(r, "location"),
			rapid.SampledFrom([]string{"", "old", "new"}).Draw(r, "area"), rapid.SampledFrom([]string{"", "vnpt"}).Draw(r, "contractor"), now, until))
		now = until
	}
	return out
}
