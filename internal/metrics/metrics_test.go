package metrics_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"opscenter/internal/metrics"
)

// scrape returns the lines of a scrape that are ours, without buckets.
func scrape(t *testing.T, m *metrics.Metrics) []string {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", http.NoBody))
	body, err := io.ReadAll(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for line := range strings.Lines(string(body)) {
		if strings.HasPrefix(line, "opscenter_") && !strings.Contains(line, "_bucket") && !strings.HasPrefix(line, "opscenter_build_info") {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	return lines
}

func diff(t *testing.T, want, got any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
}

func TestEverythingThatHappensIsCounted(t *testing.T) {
	t.Parallel()
	m := metrics.New(prometheus.NewRegistry(), "1.2.3")
	m.Message("traffic", "observed")
	m.Message("traffic", "observed")
	m.Message("traffic", "ignored")
	m.Message("traffic", "malformed")
	m.Message("", "unroutable")
	m.Appended(256, 500*time.Millisecond)
	m.AppendFailed()
	m.Waiting(12)
	m.SetLogUsage(1024, 4096)
	m.ReadingsStored(900)
	m.Committed(1000, 3000, 2*time.Second)
	m.CommitFailed()
	m.FrameEncoded("changes", 100)
	m.FrameEncoded("changes", 50)
	m.FramesQueued(7)
	m.Resync()
	m.Closed("slow")
	m.NotificationSent("duty")
	m.NotificationAttemptFailed("duty")
	m.NotificationsFailed("duty", 3)
	m.NotificationsUnrouted(2)
	m.Request("/api/v1/devices/{id}", "GET", 404, time.Second)
	m.AlarmRaised("critical")
	m.AlarmAcknowledged(time.Minute)
	diff(t, []string{
		`opscenter_alarm_acknowledge_seconds_sum 60`,
		`opscenter_alarm_acknowledge_seconds_count 1`,
		`opscenter_alarms_raised_total{severity="critical"} 1`,
		`opscenter_alarms_raised_total{severity="warning"} 0`,
		`opscenter_http_request_seconds_sum{route="/api/v1/devices/{id}"} 1`,
		`opscenter_http_request_seconds_count{route="/api/v1/devices/{id}"} 1`,
		`opscenter_http_requests_total{code="404",method="GET",route="/api/v1/devices/{id}"} 1`,
		`opscenter_ingest_waiting_messages 12`,
		`opscenter_log_append_entries_sum 256`,
		`opscenter_log_append_entries_count 1`,
		`opscenter_log_append_failures_total 1`,
		`opscenter_log_append_seconds_sum 0.5`,
		`opscenter_log_append_seconds_count 1`,
		`opscenter_log_bytes 1024`,
		`opscenter_log_max_bytes 4096`,
		`opscenter_notification_attempt_failures_total{channel="duty"} 1`,
		`opscenter_notifications_failed_total{channel="duty"} 3`,
		`opscenter_notifications_sent_total{channel="duty"} 1`,
		`opscenter_notifications_unrouted_total 2`,
		`opscenter_observations_total{outcome="ignored",subsystem="traffic"} 1`,
		`opscenter_observations_total{outcome="observed",subsystem="traffic"} 2`,
		`opscenter_observations_total{outcome="quarantined",subsystem=""} 1`,
		`opscenter_observations_total{outcome="quarantined",subsystem="traffic"} 1`,
		`opscenter_quarantined_total{code="malformed",subsystem="traffic"} 1`,
		`opscenter_quarantined_total{code="unroutable",subsystem=""} 1`,
		`opscenter_readings_stored_total 900`,
		`opscenter_resyncs_total 1`,
		`opscenter_store_flush_failures_total 1`,
		`opscenter_store_flush_rows_sum 3000`,
		`opscenter_store_flush_rows_count 1`,
		`opscenter_store_flush_seconds_sum 2`,
		`opscenter_store_flush_seconds_count 1`,
		`opscenter_store_flushed_entries_total 1000`,
		`opscenter_stream_closed_total{reason="slow"} 1`,
		`opscenter_stream_frame_bytes_total{op="changes"} 150`,
		`opscenter_stream_frames_queued_total 7`,
		`opscenter_stream_frames_total{op="changes"} 2`,
	}, scrape(t, m))
}

func TestStatesAreAskedForAtEachScrape(t *testing.T) {
	t.Parallel()
	registry := prometheus.NewRegistry()
	m := metrics.New(registry, "1.2.3")
	cameras := 200
	m.Follow(metrics.Gauges{
		Devices:       func() map[string]int { return map[string]int{"ok": cameras, "stale": 3} },
		Ingest:        func() string { return "catching_up" },
		DataAge:       func() time.Duration { return 420 * time.Millisecond },
		Queues:        func() map[string]int { return map[string]int{"mqtt": 17} },
		LogLag:        func() map[string]float64 { return map[string]float64{"wall": 2, "recorder": 5} },
		ProjectionLag: func() time.Duration { return 3 * time.Second },
		Stream:        func() metrics.Stream { return metrics.Stream{Clients: 4, Views: 2, Subscriptions: 5, Deepest: 9} },
		Alarms: func() metrics.Alarms {
			return metrics.Alarms{Active: map[string]int{"critical": 3, "warning": 0}, Unacknowledged: 2, Flood: true}
		},
		Walls: func() []metrics.Wall {
			return []metrics.Wall{{Screen: "wall-3", Connected: true, Age: 5 * time.Second, Behind: 1, ClockOffset: -12 * time.Millisecond}}
		},
	})
	var states []string
	for _, line := range scrape(t, m) {
		if !strings.Contains(line, "_total") && !strings.Contains(line, "_seconds_") && !strings.Contains(line, "_entries_") &&
			!strings.Contains(line, "_rows_") && !strings.Contains(line, "_waiting_") && !strings.HasPrefix(line, "opscenter_log_bytes") &&
			!strings.HasPrefix(line, "opscenter_log_max") {
			states = append(states, line)
		}
	}
	diff(t, []string{
		`opscenter_alarm_flood 1`,
		`opscenter_alarms_active{severity="critical"} 3`,
		`opscenter_alarms_active{severity="warning"} 0`,
		`opscenter_alarms_unacknowledged 2`,
		`opscenter_data_age_seconds 0.42`,
		`opscenter_devices{status="ok"} 200`,
		`opscenter_devices{status="stale"} 3`,
		`opscenter_ingest_state{state="blind"} 0`,
		`opscenter_ingest_state{state="catching_up"} 1`,
		`opscenter_ingest_state{state="live"} 0`,
		`opscenter_log_lag_batches{reader="recorder"} 5`,
		`opscenter_log_lag_batches{reader="wall"} 2`,
		`opscenter_projection_lag_seconds 3`,
		`opscenter_queue_depth{queue="mqtt"} 17`,
		`opscenter_stream_queue_frames 9`,
		`opscenter_stream_subscriptions 5`,
		`opscenter_stream_views 2`,
		`opscenter_wall_behind_frames{screen="wall-3"} 1`,
		`opscenter_wall_clock_offset_seconds{screen="wall-3"} -0.012`,
		`opscenter_wall_connected{screen="wall-3"} 1`,
		`opscenter_wall_last_report_age_seconds{screen="wall-3"} 5`,
		`opscenter_websocket_clients 4`,
	}, states)
	cameras = 201
	if !strings.Contains(strings.Join(scrape(t, m), "\n"), `opscenter_devices{status="ok"} 201`) {
		t.Error("the second scrape shows the state of the first")
	}
	problems, err := testutil.GatherAndLint(registry)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		if strings.HasPrefix(p.Metric, "opscenter_") {
			t.Errorf("%s: %s", p.Metric, p.Text)
		}
	}
}

func TestWhatIsUnknownIsLeftOut(t *testing.T) {
	t.Parallel()
	m := metrics.New(prometheus.NewRegistry(), "1.2.3")
	before := scrape(t, m)
	m.Follow(metrics.Gauges{})
	diff(t, before, scrape(t, m))
}

func TestTheBuildIsNamed(t *testing.T) {
	t.Parallel()
	registry := prometheus.NewRegistry()
	metrics.New(registry, "1.2.3")
	n, err := testutil.GatherAndCount(registry, "opscenter_build_info", "go_goroutines")
	if err != nil || n != 2 {
		t.Errorf("%d of 2 metrics, %v", n, err)
	}
}
