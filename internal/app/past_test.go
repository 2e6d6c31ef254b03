package app_test

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"opscenter/internal/city"
	"opscenter/internal/httpapi"
	"opscenter/internal/store"
)

// remembered fills a database with what two cameras did three days ago, and returns when that was.
func remembered(t *testing.T, databaseURL string) time.Time {
	t.Helper()
	s, err := store.Open(t.Context(), store.Config{URL: databaseURL})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	hour := time.Now().Add(-72 * time.Hour).Truncate(time.Hour)
	inv, err := city.NewInventory(0, []city.Area{{ID: "new", Name: "Mới", EffectiveFrom: hour.Add(30 * time.Minute)}},
		[]city.Location{{ID: "loc-1", Name: "Cầu", Area: "new"}}, []city.Device{
			{ID: "cam-1", Location: "loc-1", Subsystem: "trafficsafety", Contractor: "vnpt", RegisteredAt: hour.Add(-time.Hour)},
			{ID: "cam-2", Location: "loc-1", Subsystem: "trafficsafety", Contractor: "fpt", RegisteredAt: hour},
		})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.ApplyInventory(t.Context(), inv); err != nil {
		t.Fatal(err)
	}
	const partition = 99 // none of the center's
	epoch, _, err := s.Claim(t.Context(), partition)
	if err != nil {
		t.Fatal(err)
	}
	change := func(device string, s city.Status, minute int) store.StatusChange {
		return store.StatusChange{Device: device, Status: s, At: hour.Add(time.Duration(minute) * time.Minute)}
	}
	flow := func(device string, hours int, sum ...float64) store.Rollup {
		return store.Rollup{
			Device: device, Kind: "flow", Metrics: []string{"vehicles", "window_s", "speed_kmh", "speed_kmh*vehicles"}, Span: store.Hour,
			Bucket: hour.Add(time.Duration(hours) * time.Hour), N: 60, Sum: sum, Min: sum, Max: sum,
		}
	}
	err = s.Commit(t.Context(), partition, epoch, &store.Write{
		Seq: 1,
		Statuses: []store.StatusChange{
			change("cam-1", city.OK, -60), change("cam-1", city.Critical, 15), change("cam-1", city.OK, 45), change("cam-1", city.Maintenance, 50),
			change("cam-2", city.OK, 10), change("cam-2", city.Stale, 40),
			change("cam-1", city.OK, 90), change("cam-2", city.OK, 90), // from here on the center goes on by itself
		},
		Rollups: []store.Rollup{
			flow("cam-1", 0, 600, 3600, 3000, 30_000), flow("cam-2", 0, 300, 3600, 2400, 3000),
			flow("cam-1", 2, 0, 3600, 0, 0),
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return hour
}

func decode(t *testing.T, address string, into any) {
	t.Helper()
	status, body := get(t, address)
	if status != http.StatusOK {
		t.Fatalf("%s: %d %s", address, status, body)
	}
	if err := json.Unmarshal([]byte(body), into); err != nil {
		t.Fatalf("%s: %v", address, err)
	}
}

func TestACenterAccountsForItsPast(t *testing.T) {
	t.Parallel()
	c := settings(t)
	hour := remembered(t, c.DatabaseURL)
	center := run(t, c)
	query := fmt.Sprintf("%s/api/v1/reports/availability?from=%s&to=%s", center,
		url.QueryEscape(hour.Format(time.RFC3339)), url.QueryEscape(hour.Add(time.Hour).Format(time.RFC3339)))
	await(t, query, `"group_by":"device"`) // once the database knows the present
	minutes := func(id, name string, devices int, period, up, down, unknown, maintenance, outages int64) httpapi.AvailabilityRow {
		return httpapi.AvailabilityRow{
			ID: id, Name: name, Devices: devices, Period: 60 * period, Up: 60 * up, Down: 60 * down, Unknown: 60 * unknown,
			Maintenance: 60 * maintenance, Outages: outages, Longest: 60 * down, // of one outage at the most
		}
	}
	for group, want := range map[string][]httpapi.AvailabilityRow{
		"contractor": {minutes("fpt", "fpt", 1, 60, 30, 0, 30, 0, 0), minutes("vnpt", "vnpt", 1, 60, 20, 30, 0, 10, 1)},
		"location":   {minutes("loc-1", "Cầu", 2, 120, 50, 30, 30, 10, 1)},
		"area":       {minutes("", "", 2, 60, 35, 15, 10, 0, 1), minutes("new", "Mới", 2, 60, 15, 15, 20, 10, 1)},
	} {
		var report httpapi.AvailabilityReport
		decode(t, query+"&group_by="+group, &report)
		for i := range report.Items {
			row := &report.Items[i]
			row.MTTR, row.MTBF, row.Availability, row.Floor, row.Met = nil, nil, nil, nil, nil
		}
		if diff := cmp.Diff(want, report.Items); diff != "" {
			t.Errorf("by %s (-want +got):\n%s", group, diff)
		}
	}
	_, first := get(t, query+"&format=csv")
	if _, second := get(t, query+"&format=csv"); first != second {
		t.Errorf("one query gave two reports:\n%s\n%s", first, second)
	}
}

func TestACenterShowsWhatWasMeasured(t *testing.T) {
	t.Parallel()
	c := settings(t)
	hour := remembered(t, c.DatabaseURL)
	center := run(t, c)
	point := func(hours int, mean, least, most float64, n int) httpapi.SeriesPoint {
		return httpapi.SeriesPoint{From: hour.Add(time.Duration(hours) * time.Hour), Mean: mean, Min: least, Max: most, N: n}
	}
	flow := []httpapi.SeriesPoint{point(0, 900, 900, 900, 120), point(2, 0, 0, 0, 60)}
	speed := []httpapi.SeriesPoint{point(0, 33000.0/900, 33000.0/900, 33000.0/900, 120)} // no vehicle, no speed
	for path, want := range map[string][]httpapi.SeriesPoint{
		"locations/loc-1/history?metric=vehicle_flow":          flow,
		"locations/loc-1/history?metric=speed":                 speed,
		"locations/loc-1/history?metric=vehicles":              {point(0, 900.0/120, 300, 600, 120), point(2, 0, 0, 0, 60)},
		"subsystems/trafficsafety/history?metric=vehicle_flow": flow,
		"subsystems/trafficsafety/history?metric=speed":        speed,
		"areas/new/history?metric=vehicle_flow":                flow, // where they were at the end of the hour
		"areas/old/history?metric=vehicle_flow":                nil,
	} {
		var answer httpapi.SeriesAnswer
		address := fmt.Sprintf("%s/api/v1/%s&step=1h&from=%s&to=%s", center, path,
			url.QueryEscape(hour.Format(time.RFC3339)), url.QueryEscape(hour.Add(3*time.Hour).Format(time.RFC3339)))
		if want == nil {
			if status, body := get(t, address); status != http.StatusNotFound {
				t.Errorf("%s: %d %s", path, status, body)
			}
			continue
		}
		decode(t, address, &answer)
		if answer.Source != "hour" || answer.StepS != 3600 || answer.Approximate || !strings.Contains(path, answer.Location+answer.Area+answer.Subsystem+"/") {
			t.Errorf("%s: %+v", path, answer)
		}
		if diff := cmp.Diff(want, answer.Items); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
	}
	var answer httpapi.SeriesAnswer
	decode(t, center+"/api/v1/devices/cam-1/series?metric=speed_kmh&step=1d&from="+url.QueryEscape(hour.Add(-48*time.Hour).Format(time.RFC3339)), &answer)
	sum, n := 0.0, 0
	for _, p := range answer.Items {
		sum, n = sum+p.Mean*float64(p.N), n+p.N
	}
	if math.Abs(sum-3000) > 1e-6 || n != 120 || answer.Unit != "km/h" || answer.StepS != 86400 {
		t.Errorf("got %+v", answer)
	}
	for _, path := range []string{"locations/loc-1", "subsystems/trafficsafety"} {
		if status, body := get(t, center+"/api/v1/"+path+"/history?metric=colour"); status != http.StatusUnprocessableEntity || !strings.Contains(body, "vehicle_flow") {
			t.Errorf("a reading that nobody declares: %d %s", status, body)
		}
	}
}
