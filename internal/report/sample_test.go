package report_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"opscenter/internal/availability"
	"opscenter/internal/city"
	"opscenter/internal/report"
	"opscenter/internal/subsystem"
)

func diff(t *testing.T, what string, want, got any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

func hanoi(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Asia/Ho_Chi_Minh")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// values are what a report is asked for, as keys and values.
func values(t testing.TB, id string, pairs ...string) report.Values {
	t.Helper()
	d, known := report.Find(id)
	if !known {
		t.Fatalf("there is no report %q", id)
	}
	asked := make(map[string]string)
	for i := 0; i < len(pairs); i += 2 {
		asked[pairs[i]] = pairs[i+1]
	}
	v, err := d.Parse(asked)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// november is the period of the samples.
func november(t testing.TB) (from, to time.Time) {
	t.Helper()
	from = time.Date(2026, 11, 1, 0, 0, 0, 0, hanoi(t))
	return from, from.AddDate(0, 1, 0)
}

func areas() []city.Area {
	return []city.Area{{ID: "viet-tri", Name: "Phường Việt Trì"}, {ID: "gone", Name: "Xã cũ", EffectiveTo: time.Date(2025, 7, 1, 0, 0, 0, 0, time.UTC)}}
}

func placed(device, location, contractor string) []availability.Placement {
	area := "viet-tri"
	if location == "loc-2" {
		area = "gone"
	}
	names := map[string]string{"loc-1": "Ngã tư Tỉnh ủy, đường Hùng Vương", "loc-2": "Cầu Việt Trì <đầu cầu>"}
	return []availability.Placement{{
		Device: device, Name: "Camera " + device, Location: location, LocationName: names[location], Area: area, Contractor: contractor,
		From: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
	}}
}

// sample is a report of some cameras over November with something of everything.
func sampleAvailability(t testing.TB, pairs ...string) report.Report {
	t.Helper()
	from, to := november(t)
	a := report.NewAvailability(values(t, report.AvailabilityID, pairs...), areas(), from, to)
	for i, contractor := range []string{"vnpt", "Công ty CP Kỹ thuật số Đất Tổ", ""} {
		at := from.Add(time.Duration(i*50) * time.Hour)
		end := func(h float64) time.Time { return at.Add(time.Duration(h * float64(time.Hour))) }
		a.Device(placed(fmt.Sprintf("cam-%03d", i+1), fmt.Sprintf("loc-%d", i%2+1), contractor), []availability.Interval{
			{From: from.AddDate(0, -1, 0), To: at, Status: city.OK},
			{From: at, To: end(3.3375), Status: city.Critical},
			{From: end(3.3375), To: end(200), Status: city.Warning},
			{From: end(200), To: end(224), Status: city.Maintenance},
			{From: end(224), To: end(300), Status: city.OK},
			{From: end(300), To: end(310), Status: city.Stale},
			{From: end(310), To: end(311), Status: city.Critical},
			{From: end(311), Status: city.OK},
		})
	}
	return a.Report()
}

func stretch(from, to time.Time, s city.Status, r city.Reason, bad ...city.Facet) report.Stretch {
	facets := map[city.Facet]city.Status{city.Link: city.OK, city.Recording: city.OK, city.Image: city.Unknown}
	for _, f := range bad {
		facets[f] = s
	}
	return report.Stretch{From: from, To: to, Status: s, Reason: r, Facets: facets}
}

// day is the period of the fault list.
func today(t testing.TB) (from, to time.Time) {
	t.Helper()
	from = time.Date(2026, 11, 24, 0, 0, 0, 0, hanoi(t))
	return from, from.AddDate(0, 0, 1)
}

func sampleFaults(t testing.TB, pairs ...string) report.Report {
	t.Helper()
	from, to := today(t)
	at := func(hours float64) time.Time { return from.Add(time.Duration(hours * float64(time.Hour))) }
	l := report.NewFaults(values(t, report.FaultsID, pairs...), areas(), from, to)
	l.Device(placed("cam-002", "loc-1", "vnpt"), []report.Stretch{
		stretch(at(-30), at(2), city.Critical, city.ReasonOffline, city.Link),
		stretch(at(2), at(3.5), city.Critical, city.ReasonOffline, city.Link, city.Recording), // the same fault
		stretch(at(3.5), at(10), city.OK, ""),
		stretch(at(10), at(11), city.Stale, city.ReasonSilent, city.Link),
		stretch(at(11), at(12), city.Critical, "frozen", city.Image),
		stretch(at(12), at(20), city.Warning, "low_fps", city.Image),
		stretch(at(20), time.Time{}, city.Critical, "not_recording", city.Recording),
	})
	l.Device(placed("cam-001", "loc-2", ""), []report.Stretch{
		stretch(at(1), at(25), city.Critical, "odd_fault"), // over tomorrow: today it is open
	})
	l.Device(placed("cam-003", "loc-2", "fpt"), []report.Stretch{stretch(at(-5), at(0), city.Critical, "power"), stretch(at(0), time.Time{}, city.OK, "")})
	return l.Report()
}

func sampleAgeing(t testing.TB, pairs ...string) report.Report {
	t.Helper()
	_, to := today(t)
	a := report.NewAgeing(values(t, report.AgeingID, pairs...), areas(), to.AddDate(0, 0, -7), to)
	for i, age := range []time.Duration{24*time.Hour - time.Second, 24 * time.Hour, 72 * time.Hour, 7 * 24 * time.Hour, 30 * 24 * time.Hour, 5 * time.Hour} {
		s := stretch(to.Add(-age), time.Time{}, city.Stale, city.ReasonSilent, city.Link)
		a.Device(placed(fmt.Sprintf("cam-%03d", i+1), fmt.Sprintf("loc-%d", i%2+1), []string{"vnpt", "fpt"}[i%2]), &s)
	}
	for _, not := range []report.Stretch{
		stretch(to.Add(-time.Hour), to, city.Critical, "power"),              // over with the week
		stretch(to.Add(-time.Hour), time.Time{}, city.Warning, "low_fps"),    // none of the statuses
		stretch(to.Add(time.Minute), time.Time{}, city.Critical, "too late"), // after it
	} {
		a.Device(placed("cam-009", "loc-1", "vnpt"), &not)
	}
	return a.Report()
}

func sampleTraffic(t testing.TB, pairs ...string) report.Report {
	t.Helper()
	from, to := today(t)
	r := report.NewTraffic(values(t, report.TrafficID, pairs...), from, to)
	r.Location(&report.Passage{
		Location: "loc-1", Name: "Ngã tư Tỉnh ủy",
		Whole: report.Measures{Vehicles: new(float64(3600)), Flow: new(float64(1800)), Speed: new(31.25), Occupancy: new(12.34), Incidents: new(int64(1)), Violations: new(int64(7))},
		Steps: []report.Passed{
			{from.Add(7 * time.Hour), report.Measures{Vehicles: new(float64(2400)), Flow: new(float64(2400)), Speed: new(float64(30)), Occupancy: new(float64(20)), Incidents: new(int64(1)), Violations: new(int64(7))}},
			{from.Add(8 * time.Hour), report.Measures{Vehicles: new(float64(1200)), Flow: new(float64(1200)), Speed: new(33.75), Violations: new(int64(0))}},
		},
	})
	r.Location(&report.Passage{Location: "loc-2", Name: "Cầu Việt Trì", Whole: report.Measures{Incidents: new(int64(2))}, Steps: []report.Passed{{from, report.Measures{Incidents: new(int64(2))}}}})
	r.Note(city.Names{VI: "Vi phạm không còn được lưu.", EN: "Violations are no longer kept."})
	return r.Report()
}

func sampleIndicators(t testing.TB, pairs ...string) report.Report {
	t.Helper()
	from, to := november(t)
	r := report.NewIndicators(values(t, report.IndicatorsID, pairs...), from, to)
	s := &subsystem.Spec{ID: "publicservice", Names: city.Names{VI: "Dịch vụ hành chính công", EN: "Public services"}}
	onTime := &subsystem.Indicator{
		Code: "on_time", Names: city.Names{VI: "Đúng hạn", EN: "On time"}, Unit: "%", Period: subsystem.Daily, Scale: 100,
		Good: subsystem.Above, Target: new(float64(95)), Warning: new(float64(95)), Critical: new(float64(90)),
	}
	told := func(period string, value float64, revision int) report.Told {
		return report.Told{
			Indicator:  city.Indicator{Code: "on_time", Period: period, Value: value, Numerator: new(value), Denominator: new(float64(100)), Revision: revision},
			ObservedAt: from.Add(20 * time.Hour), ReceivedAt: from.Add(20*time.Hour + 1500*time.Millisecond),
		}
	}
	r.Indicator(s, onTime, []report.Told{told("2026-11-01", 95, 0), told("2026-11-02", 94.5, 2), told("2026-11-03", 12.34567, 1)})
	r.Indicator(s, &subsystem.Indicator{Code: "received", Names: city.Names{VI: "Hồ sơ tiếp nhận", EN: "Dossiers received"}, Period: subsystem.Daily}, []report.Told{{
		Indicator: city.Indicator{Code: "received", Period: "2026-11-01", Value: 1234567, Scope: "viet-tri"}, ObservedAt: from, ReceivedAt: from,
	}})
	return r.Report()
}

func sampleHandover(t testing.TB, pairs ...string) report.Report {
	t.Helper()
	from, _ := today(t)
	from = from.Add(6 * time.Hour)
	to := from.Add(8 * time.Hour)
	at := func(hours float64) time.Time { return from.Add(time.Duration(hours * float64(time.Hour))).UTC() }
	h := report.NewHandover(values(t, report.HandoverID, pairs...), areas(), from, to)
	dark := city.Alarm{
		ID: "a-1", Key: "location/loc-1/link", Location: "loc-1", Area: "viet-tri", Contractor: "vnpt", Severity: city.SeverityCritical, State: city.AlarmActive,
		Title: city.Names{VI: "12 camera mất kết nối ở Ngã tư Tỉnh ủy", EN: "12 cameras offline at Tỉnh ủy junction"}, Count: 12, RaisedAt: at(1),
	}
	blurred := city.Alarm{
		ID: "a-2", Location: "loc-2", Device: "cam-9", Contractor: "fpt", Severity: city.SeverityWarning, State: city.AlarmActive,
		Title: city.Names{VI: "Hình mờ", EN: "Picture blurred"}, Count: 1, RaisedAt: at(-20),
	}
	h.Change(&city.AlarmChange{Alarm: dark, N: 1, At: at(1), What: city.AlarmRaised})
	acknowledged := dark
	acknowledged.Acknowledged, acknowledged.AcknowledgedBy, acknowledged.Comment = true, "Lan", "Đã gọi điện lực"
	h.Change(&city.AlarmChange{Alarm: acknowledged, N: 2, At: at(1.5), What: city.AlarmAcknowledged, Actor: "Lan"})
	h.Change(&city.AlarmChange{Alarm: acknowledged, N: 3, At: at(1.75), What: city.AlarmCommented, Actor: "Lan", Reason: "Đã gọi điện lực"})
	h.Change(&city.AlarmChange{Alarm: acknowledged, N: 4, At: at(2), What: city.AlarmChanged}) // nobody's act
	over := city.Alarm{ID: "a-0", Location: "loc-1", Severity: city.SeverityWarning, State: city.AlarmCleared, Title: city.Names{VI: "Quá nóng", EN: "Overheated"}, Count: 1, RaisedAt: at(-2)}
	h.Change(&city.AlarmChange{Alarm: over, N: 2, At: at(3), What: city.AlarmOver})
	shelved := blurred
	shelved.ID, shelved.ShelvedUntil, shelved.ShelvedBy, shelved.ShelvedFor = "a-3", at(12), "Hùng", "Chờ thay ống kính"
	spokenFor := blurred
	spokenFor.ID, spokenFor.Suppressed = "a-4", true
	for _, a := range []city.Alarm{blurred, acknowledged, shelved, spokenFor} {
		h.Standing(&a)
	}
	h.Maintenance(placed("cam-005", "loc-1", "vnpt"), []report.Stretch{
		stretch(at(-1), at(2), city.Maintenance, city.ReasonPlanned), stretch(at(2), at(3), city.Critical, "power"),
	})
	h.Gap(at(-1), at(0.25))
	h.Gap(at(4), at(4.5))
	h.Gap(at(4.25), at(4.75)) // of another partition
	h.Gap(at(9), at(10))
	return h.Report()
}

// samples are one of each report.
func samples(t testing.TB) map[string]report.Report {
	t.Helper()
	return map[string]report.Report{
		"availability": sampleAvailability(t), "months": sampleAvailability(t, "group_by", "month", "within", "contractor"),
		"faults": sampleFaults(t), "ageing": sampleAgeing(t), "handover": sampleHandover(t), "traffic": sampleTraffic(t), "indicators": sampleIndicators(t),
	}
}
