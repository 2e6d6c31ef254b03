package app_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"opscenter/internal/httpapi"
)

// asking asks a center for an hour.
func asking(center, report string, hour time.Time) string {
	return fmt.Sprintf("%s/api/v1/reports/%s?from=%s&to=%s", center, report,
		url.QueryEscape(hour.Format(time.RFC3339)), url.QueryEscape(hour.Add(time.Hour).Format(time.RFC3339)))
}

func TestACenterMakesEveryReportInEveryFormat(t *testing.T) {
	t.Parallel()
	c := settings(t)
	hour := remembered(t, c.DatabaseURL)
	center := run(t, c)
	await(t, asking(center, "availability", hour), `"group_by":"device"`)
	var kinds struct{ Items []httpapi.ReportKind }
	decode(t, center+"/api/v1/reports", &kinds)
	if len(kinds.Items) < 5 {
		t.Fatalf("only %d reports are listed", len(kinds.Items))
	}
	for _, kind := range kinds.Items {
		for _, format := range kind.Formats {
			address := asking(center, kind.ID, hour) + "&format=" + format
			status, first := get(t, address)
			if _, second := get(t, address); status != http.StatusOK || first == "" || first != second {
				t.Errorf("%s: status %d, %d bytes, then %d", address, status, len(first), len(second))
			}
		}
	}
	if _, page := get(t, asking(center, "faults", hour)+"&format=html&lang=en"); !strings.Contains(page, "<h1>Device faults</h1>") {
		t.Errorf("no English page: %.500s", page)
	}
	if _, style := get(t, center+"/api/v1/reports/print.css"); !strings.Contains(style, "@page") {
		t.Errorf("no stylesheet: %.100s", style)
	}
	for address, want := range map[string]int{
		asking(center, "nonsense", hour):                          http.StatusNotFound,
		asking(center, "faults", hour) + "&colour=red":            http.StatusUnprocessableEntity,
		asking(center, "faults", hour) + "&status=ok":             http.StatusUnprocessableEntity,
		asking(center, "faults", hour) + "&status=stale&status=x": http.StatusUnprocessableEntity,
	} {
		if status, body := get(t, address); status != want {
			t.Errorf("%s: status %d, want %d: %s", address, status, want, body)
		}
	}
}

func TestReportsSayWhatHappened(t *testing.T) {
	t.Parallel()
	c := settings(t)
	hour := remembered(t, c.DatabaseURL)
	center := run(t, c)
	await(t, asking(center, "availability", hour), `"group_by":"device"`)
	type table struct {
		Key   string
		Rows  []map[string]any
		Total map[string]any
	}
	rows := func(address, key string) []map[string]any {
		var report struct{ Tables []table }
		decode(t, address, &report)
		for _, t := range report.Tables {
			if t.Key == key {
				return t.Rows
			}
		}
		t.Fatalf("%s has no table %s", address, key)
		return nil
	}
	faults := rows(asking(center, "faults", hour), "faults")
	if len(faults) != 2 || faults[0]["device"] != "cam-1" || faults[0]["duration_s"] != 1800.0 || faults[0]["to"] == nil ||
		faults[1]["device"] != "cam-2" || faults[1]["status"] != "stale" || faults[1]["in_period_s"] != 1200.0 || faults[1]["to"] != nil {
		t.Errorf("faults %v", faults)
	}
	open := rows(asking(center, "ageing", hour), "open")
	if len(open) != 1 || open[0]["device"] != "cam-2" || open[0]["age_s"] != 1200.0 || open[0]["class"] != "under_1d" {
		t.Errorf("open %v", open)
	}
	steps := rows(asking(center, "traffic", hour), "steps")
	if len(steps) != 1 || steps[0]["location"] != "loc-1" || steps[0]["vehicles"] != 900.0 || steps[0]["vehicle_flow"] != 900.0 || steps[0]["speed_kmh"] != 36.7 {
		t.Errorf("traffic %v", steps)
	}
}

func TestAReportIsMadeAsAJob(t *testing.T) {
	t.Parallel()
	c := settings(t)
	hour := remembered(t, c.DatabaseURL)
	center := run(t, c)
	await(t, asking(center, "availability", hour), `"group_by":"device"`)
	order, err := json.Marshal(httpapi.ReportOrder{
		Report: "availability", From: hour.Format(time.RFC3339), To: hour.Add(time.Hour).Format(time.RFC3339),
		Parameters: map[string]string{"group_by": "contractor"}, Format: "csv",
	})
	if err != nil {
		t.Fatal(err)
	}
	send := func(method, address, key string, body []byte) (*http.Response, string) {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), method, center+address, bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/json")
		if key != "" {
			request.Header.Set("Idempotency-Key", key)
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = response.Body.Close() }()
		answer, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return response, string(answer)
	}
	response, body := send(http.MethodPost, "/api/v1/reports/jobs", "once", order)
	if response.StatusCode != http.StatusAccepted {
		t.Fatalf("status %d: %s", response.StatusCode, body)
	}
	job := response.Header.Get("Location")
	if again, _ := send(http.MethodPost, "/api/v1/reports/jobs", "once", order); again.Header.Get("Location") != job {
		t.Errorf("the same key made another job: %s", again.Header.Get("Location"))
	}
	other := bytes.Replace(order, []byte("contractor"), []byte("location"), 1)
	if conflict, body := send(http.MethodPost, "/api/v1/reports/jobs", "once", other); conflict.StatusCode != http.StatusConflict {
		t.Errorf("the same key for something else: %d %s", conflict.StatusCode, body)
	}
	await(t, center+job, `"state":"done"`)
	_, made := get(t, center+job+"/result")
	if _, direct := get(t, asking(center, "availability", hour)+"&group_by=contractor&format=csv"); made != direct {
		t.Errorf("the job made\n%s\nand the route\n%s", made, direct)
	}
	await(t, center+"/api/v1/reports/jobs", `"total":1`)
	if removed, body := send(http.MethodDelete, job, "", nil); removed.StatusCode != http.StatusNoContent {
		t.Errorf("removing: %d %s", removed.StatusCode, body)
	}
	if status, _ := get(t, center+job); status != http.StatusNotFound {
		t.Errorf("it is still there: %d", status)
	}
}
