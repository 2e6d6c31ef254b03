package httpapi_test

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"opscenter/internal/httpapi"
)

func TestProbesAnswer(t *testing.T) {
	t.Parallel()
	r := setup(t)
	status, body := r.get("/healthz")
	diff(t, http.StatusOK, status)
	diff(t, `{"status":"ok","version":"1.2.3"}`, body)
	status, body = r.get("/readyz")
	diff(t, http.StatusOK, status)
	diff(t, `{"ready":true,"checks":[{"name":"mqtt","ok":true}]}`, body)
	r.checks = append(r.checks, httpapi.Check{Name: "database", Error: "connection refused"})
	status, body = r.get("/readyz")
	diff(t, http.StatusServiceUnavailable, status)
	diff(t, `{"ready":false,"checks":[{"name":"mqtt","ok":true},{"name":"database","ok":false,"error":"connection refused"}]}`, body)
	_, body = r.get("/metrics")
	diff(t, "opscenter_up 1", body)
	status, _ = r.get("/api/v1/stream")
	diff(t, http.StatusTeapot, status)
	_, body = r.get("/api/v1/screens")
	diff(t, `{"items":[{"screen":"wall-3","build":"b1","remote":"","connected":true,"seqs":{"w1":5},"behind":0,`+
		`"clock_offset_ms":0,"last_seen":"2026-11-23T11:59:57Z","age_ms":3000}],"total":1}`, body)
}

func TestTheDescriptionNamesEveryRoute(t *testing.T) {
	t.Parallel()
	r := setup(t)
	_, body := r.get("/openapi.json")
	var d struct {
		OpenAPI    string
		Paths      map[string]map[string]any
		Components struct{ Schemas map[string]any }
	}
	if err := json.Unmarshal([]byte(body), &d); err != nil {
		t.Fatal(err)
	}
	diff(t, "3.1.0", d.OpenAPI)
	for path, methods := range map[string]string{
		"/healthz": "get", "/readyz": "get",
		"/api/v1/devices": "get", "/api/v1/devices/{id}": "get", "/api/v1/devices/{id}/history": "get",
		"/api/v1/locations": "get", "/api/v1/locations/{id}": "get", "/api/v1/subsystems": "get", "/api/v1/subsystems/{id}": "get",
		"/api/v1/areas": "get", "/api/v1/areas/{id}": "get", "/api/v1/quarantine": "get", "/api/v1/quarantine/{id}/replay": "post",
		"/api/v1/subsystems/{id}/indicators/{code}": "get", "/api/v1/inventory/discovered": "get",
		"/api/v1/inventory/discovered/{ref}": "delete", "/api/v1/inventory/discovered/{ref}/adopt": "post",
		"/api/v1/inventory": "get post", "/api/v1/screens": "get", "/api/v1/stream": "get",
	} {
		for method := range strings.FieldsSeq(methods) {
			if d.Paths[path][method] == nil {
				t.Errorf("%s %s is not described", method, path)
			}
		}
	}
	for _, schema := range []string{"Device", "Location", "Subsystem", "Area", "Quarantined", "ImportReport", "Figure", "Discovered", "Adoption", "Registered", "ErrorModel"} {
		if d.Components.Schemas[schema] == nil {
			t.Errorf("%s is not described", schema)
		}
	}
	if strings.Contains(body, "http://") || strings.Contains(strings.ReplaceAll(body, "https://example.com", ""), "https://") {
		t.Error("the description refers to somewhere else")
	}
	status, _ := r.get("/docs/")
	diff(t, http.StatusOK, status) // a route of the pages, not a documentation page from a CDN
}

func TestTheDescriptionOfTheTopicsIsServed(t *testing.T) {
	t.Parallel()
	response := setup(t).do(http.MethodGet, "/asyncapi.json", "")
	diff(t, http.StatusOK, response.StatusCode)
	diff(t, "application/vnd.aai.asyncapi+json;version=3.0.0", response.Header.Get("Content-Type"))
	diff(t, `{"asyncapi":"3.0.0"}`, bodyOf(t, response))
}

func TestPagesAreServedWithTheirCaching(t *testing.T) {
	t.Parallel()
	r := setup(t)
	const index = "<!doctype html><title>wall</title>"
	for target, want := range map[string][3]string{
		"/":                   {index, "no-cache", "text/html; charset=utf-8"},
		"/index.html":         {index, "no-cache", "text/html; charset=utf-8"},
		"/wall/main":          {index, "no-cache", "text/html; charset=utf-8"},
		"/favicon.svg":        {"<svg/>", "no-cache", "image/svg+xml"},
		"/assets/app-1a2b.js": {"export {}", "public, max-age=31536000, immutable", "text/javascript; charset=utf-8"},
	} {
		response := r.do(http.MethodGet, target, "")
		diff(t, want, [3]string{bodyOf(t, response), response.Header.Get("Cache-Control"), response.Header.Get("Content-Type")})
		diff(t, http.StatusOK, response.StatusCode)
	}
	r.problem(r.do(http.MethodGet, "/assets/", ""), http.StatusNotFound) // no listing
	r.problem(r.do(http.MethodGet, "/assets/secret", ""), http.StatusNotFound)
	r.problem(r.do(http.MethodGet, "/robots.txt", ""), http.StatusNotFound)
}

func TestPagesMayLoadNothingFromElsewhere(t *testing.T) {
	t.Parallel()
	r := setup(t)
	for _, target := range []string{"/", "/api/v1/devices", "/assets/app-1a2b.js", "/api/v1/none"} {
		h := r.do(http.MethodGet, target, "").Header
		diff(t, "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "+
			"connect-src 'self' ws://127.0.0.1:8080 wss://127.0.0.1:8080; worker-src 'self' blob:; manifest-src 'self'; "+
			"media-src 'self' blob:; base-uri 'none'; form-action 'self'; frame-ancestors 'self'", h.Get("Content-Security-Policy"))
		diff(t, "nosniff", h.Get("X-Content-Type-Options"))
		diff(t, "no-referrer", h.Get("Referrer-Policy"))
	}
}

func TestOnlyItsOwnNamesAreAnswered(t *testing.T) {
	t.Parallel()
	r := setup(t)
	for host, status := range map[string]int{
		"127.0.0.1:8080": 200, "127.8.0.1": 200, "localhost:8080": 200, "LOCALHOST": 200, "[::1]:8080": 200, "[::1]": 200,
		"wall.example:8080": 200, "Wall.Example": 200,
		"evil.example": 421, "evil.example:8080": 421, "127.0.0.1.evil.example": 421, "10.0.0.1:8080": 421, "": 421,
		"localhost.evil.example": 421, "xwall.example": 421,
	} {
		for _, target := range []string{"/healthz", "/", "/api/v1/stream"} {
			response := r.do(http.MethodGet, target, "", "Host", host)
			if refused := response.StatusCode == http.StatusMisdirectedRequest; refused != (status == http.StatusMisdirectedRequest) {
				t.Errorf("host %q, %s: status %d", host, target, response.StatusCode)
			}
		}
	}
	r.problem(r.do(http.MethodGet, "/healthz", "", "Host", "evil.example"), http.StatusMisdirectedRequest)
}

func TestForeignPagesMayChangeNothing(t *testing.T) {
	t.Parallel()
	r := setup(t)
	for _, test := range []struct {
		header []string
		status int
	}{
		{nil, 200}, // curl
		{[]string{"Origin", "http://127.0.0.1:8080"}, 200},
		{[]string{"Origin", "http://127.0.0.1:8080", "Sec-Fetch-Site", "same-origin"}, 200},
		{[]string{"Origin", "http://localhost:5173", "Sec-Fetch-Site", "cross-site"}, 200}, // allowed by config
		{[]string{"Origin", "http://evil.example"}, 403},
		{[]string{"Origin", "http://127.0.0.1:9999"}, 403},
		{[]string{"Origin", "null"}, 403},
		{[]string{"Sec-Fetch-Site", "cross-site"}, 403},
	} {
		response := r.do(http.MethodPost, "/api/v1/inventory", "type\n", test.header...)
		if response.StatusCode != test.status {
			t.Errorf("%v: status %d, want %d", test.header, response.StatusCode, test.status)
		}
	}
	r.problem(r.do(http.MethodPost, "/api/v1/inventory", "", "Origin", "http://evil.example"), http.StatusForbidden)
}

func TestRequestsAreCountedByRouteAndNeverByPath(t *testing.T) {
	t.Parallel()
	r := setup(t)
	r.get("/api/v1/devices/secret-name")
	r.get("/api/v1/unheard-of")
	r.do("BREW", "/pot", "")
	r.do(http.MethodGet, "/", "", "Host", "evil.example")
	diff(t, []string{"GET /api/v1/devices/{id} 404", "GET /api/ 404", "other / 404", "GET none 421"}, r.counted.requests)
}

func TestAHandlerThatPanicsIsAProblem(t *testing.T) {
	t.Parallel()
	handler, err := httpapi.New(httpapi.Config{Scrape: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("oh") })})
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, handler: handler}
	r.problem(r.do(http.MethodGet, "/metrics", ""), http.StatusInternalServerError)
}

func TestOnlyLoopbackAddressesAreListenedOn(t *testing.T) {
	t.Parallel()
	for addr, allowed := range map[string]bool{
		"127.0.0.1:8080": true, "127.1.2.3:0": true, "localhost:80": true, "[::1]:8080": true,
		":8080": false, "0.0.0.0:8080": false, "[::]:8080": false, "192.168.1.2:8080": false, "example.com:80": false,
		"127.0.0.1": false, "": false, "localhost.example.com:80": false,
	} {
		err := httpapi.CheckListen(addr)
		if (err == nil) != allowed {
			t.Errorf("%q: %v", addr, err)
		}
		if err != nil && !strings.Contains(err.Error(), "address") {
			t.Errorf("%q is refused without a reason: %v", addr, err)
		}
	}
}

func TestTheServerWaitsForNobodyForEver(t *testing.T) {
	t.Parallel()
	s := httpapi.NewServer(http.NotFoundHandler(), slog.New(slog.DiscardHandler))
	if s.ReadHeaderTimeout <= 0 || s.ReadTimeout <= 0 || s.WriteTimeout <= 0 || s.IdleTimeout <= 0 || s.MaxHeaderBytes <= 0 {
		t.Errorf("a limit is missing: %+v", s)
	}
}

func TestAnOriginThatIsNoneIsAnError(t *testing.T) {
	t.Parallel()
	if _, err := httpapi.New(httpapi.Config{Origins: []string{"localhost"}}); err == nil {
		t.Error("it was taken")
	}
}
