package app_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"opscenter/internal/app"
	"opscenter/internal/config"
	"opscenter/internal/store/storetest"
	"opscenter/internal/subsystem"
	"opscenter/subsystems/publicservice"
	"opscenter/subsystems/trafficsafety"
)

func settings(t *testing.T) app.Config {
	t.Helper()
	return app.Config{
		Serve: config.Serve{
			Listen: "127.0.0.1:0", Data: t.TempDir(), DatabaseURL: storetest.URL(t), Timezone: "Asia/Ho_Chi_Minh",
			MQTT: config.MQTT{Listen: "127.0.0.1:0", Root: "ioc/v1", ClientID: "opscenter"},
			Log:  config.Log{Partitions: 2, MaxMB: 64, MaxAge: time.Hour},
		},
		Factories: []subsystem.Factory{trafficsafety.Factory()},
		Web:       fstest.MapFS{"index.html": {Data: []byte("<p>wall")}},
		Logger:    slog.New(slog.DiscardHandler), Version: "test",
	}
}

// run runs a center until the test ends, and returns its address.
func run(t *testing.T, c app.Config) string {
	t.Helper()
	return start(t, c).HTTP
}

// start is like run, and returns all addresses.
func start(t *testing.T, c app.Config) app.Endpoints {
	t.Helper()
	endpoints, _ := running(t, c)
	return endpoints
}

// running runs a center until the test ends, or stop is called.
func running(t *testing.T, c app.Config) (endpoints app.Endpoints, stop func()) {
	t.Helper()
	a, err := app.New(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	t.Cleanup(stop)
	return a.Endpoints(), stop
}

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := new(http.Client).Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

func TestACenterBecomesReadyAndStopsClean(t *testing.T) {
	t.Parallel()
	url := run(t, settings(t))
	await(t, url+"/readyz", `"ready":true`)
	for _, metric := range []string{
		`opscenter_build_info{`, `opscenter_ingest_state{state="live"} 1`, `opscenter_devices{status="ok"} 0`, `opscenter_log_max_bytes 6.7108864e+07`,
	} {
		await(t, url+"/metrics", metric)
	}
	await(t, url+"/asyncapi.json", `"ioc/v1/trafficsafety/{location}/{device}/health"`)
}

func TestTheLegendNamesWhatSubsystemsTell(t *testing.T) {
	t.Parallel()
	c := settings(t)
	c.Factories = append(c.Factories, publicservice.Factory())
	url := run(t, c)
	for _, want := range []string{
		`{"name":"fps","names":{"vi":"Tốc độ khung hình","en":"Frame rate"},"unit":"fps","facet":"image","direction":"below","warning":80,"critical":50,"dead_band":5}`,
		`{"value":"no_signal","names":{"vi":"Không có tín hiệu","en":"No signal"},"status":"critical","reason":"no_stream"}`,
		`{"code":"on_time_ratio","names":{"vi":"Tỷ lệ hồ sơ giải quyết đúng hạn","en":"Dossiers resolved on time"},"unit":"%","period":"day","ratio":true,"good":"above","target":95,`,
	} {
		await(t, url+"/api/v1/legend", want)
	}
}

// await waits until the answer to a request contains want.
func await(t *testing.T, url, want string) {
	t.Helper()
	var body string
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if _, body = get(t, url); strings.Contains(body, want) {
			return
		}
	}
	t.Errorf("%s does not say %s but:\n%s", url, want, body)
}

func TestASecondCenterOnTheSameDataIsRefused(t *testing.T) {
	t.Parallel()
	c := settings(t)
	run(t, c)
	if _, err := app.New(t.Context(), c); err == nil || !strings.Contains(err.Error(), c.Data) || !strings.Contains(err.Error(), "another opscenter") {
		t.Errorf("got %v", err)
	}
}

func TestAnAddressBeyondLoopbackIsRefusedWithTheReason(t *testing.T) {
	t.Parallel()
	c := settings(t)
	c.Listen = "0.0.0.0:0"
	if _, err := app.New(t.Context(), c); err == nil || !strings.Contains(err.Error(), "loopback") {
		t.Errorf("got %v", err)
	}
}
