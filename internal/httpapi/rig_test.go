package httpapi_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"opscenter/internal/city"
	"opscenter/internal/httpapi"
)

// fakeCity is a picture in memory.
type fakeCity struct {
	mu       sync.Mutex
	entities map[string][]byte
}

func (f *fakeCity) set(key, json string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if json == "" {
		delete(f.entities, key)
		return
	}
	f.entities[key] = []byte(json)
}

func (f *fakeCity) Cut(read func(city.Picture)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	read((*fakePicture)(f))
}

type fakePicture fakeCity

func (p *fakePicture) Entity(key string) ([]byte, bool) {
	e, ok := p.entities[key]
	return e, ok
}

func (p *fakePicture) Each(prefix string, visit func(key, location string)) {
	for _, key := range slices.Sorted(maps.Keys(p.entities)) {
		if strings.HasPrefix(key, prefix) {
			visit(key, "")
		}
	}
}

// fakeStore is history, quarantine and inventory; it fails with err if that is set.
type fakeStore struct {
	err error

	from, to time.Time
	query    httpapi.QuarantineQuery
	figures  httpapi.FigureQuery
	seen     httpapi.DiscoveredQuery
	adopted  httpapi.Adoption
	imported string
	dryRun   bool
}

func (f *fakeStore) DeviceHistory(_ context.Context, device string, from, to time.Time) ([]httpapi.Interval, error) {
	f.from, f.to = from, to
	if device != "cam-1" {
		return nil, f.err
	}
	return []httpapi.Interval{
		{From: noon.Add(-2 * time.Hour), To: noon.Add(-time.Hour), Status: city.OK},
		{From: noon.Add(-time.Hour), Status: city.Critical, Reason: "no_signal", Facets: map[city.Facet]city.Status{city.Link: city.Critical}},
	}, f.err
}

func (f *fakeStore) Quarantine(_ context.Context, q httpapi.QuarantineQuery) (httpapi.QuarantinePage, error) {
	f.query = q
	return httpapi.QuarantinePage{
		Items: []httpapi.Quarantined{{ID: 7, At: noon, Topic: "ioc/v1/x", Code: "malformed", Reason: "ts: missing", Payload: "{}"}},
		Next:  7, Total: 12,
	}, f.err
}

func (f *fakeStore) Replay(_ context.Context, id int64) error {
	if id != 7 {
		return fmt.Errorf("quarantine %d: %w", id, httpapi.ErrNotFound)
	}
	return f.err
}

func (f *fakeStore) Export(_ context.Context, w io.Writer) error {
	_, _ = io.WriteString(w, "type,id\nlocation,")
	if f.err == nil {
		_, _ = io.WriteString(w, "loc-1\n")
	}
	return f.err
}

func (f *fakeStore) Import(_ context.Context, r io.Reader, dryRun bool) (httpapi.ImportReport, error) {
	file, err := io.ReadAll(r)
	f.imported, f.dryRun = string(file), dryRun
	return httpapi.ImportReport{DryRun: dryRun, Added: []httpapi.InventoryChange{{Type: "location", ID: "loc-1", Name: "Ngã Tư"}}},
		errors.Join(err, f.err)
}

func (f *fakeStore) Figures(_ context.Context, q httpapi.FigureQuery) (httpapi.FigurePage, error) {
	f.figures = q
	if q.Code != "on_time" {
		return httpapi.FigurePage{}, f.err
	}
	parts := [2]float64{143, 150}
	return httpapi.FigurePage{More: true, Total: 12, Items: []httpapi.Figure{
		{Period: "2026-W46", Begins: "2026-11-09", Value: 90, ObservedAt: noon, ReceivedAt: noon},
		{
			Period: "2026-W47", Begins: "2026-11-16", Scope: "ward-1", Value: 95.5, Numerator: &parts[0], Denominator: &parts[1], Revision: 2,
			ObservedAt: noon, ReceivedAt: noon.Add(time.Second), Device: "desk-1", Location: "loc-1",
		},
	}}, f.err
}

func (f *fakeStore) Discovered(_ context.Context, q httpapi.DiscoveredQuery) (httpapi.DiscoveredPage, error) {
	f.seen = q
	return httpapi.DiscoveredPage{More: true, Total: 12, Items: []httpapi.Discovered{{
		Ref: "0a1b2c3d4e5f", External: "frigate:front_door", Dialect: "frigate", Identity: "front_door", Subsystem: "traffic", Topic: "frigate/x",
		Sample: "{}", Name: "Cửa", FirstSeen: noon, LastSeen: noon.Add(time.Minute), Sightings: 3,
	}}}, f.err
}

func (f *fakeStore) Adopt(_ context.Context, ref string, a httpapi.Adoption) (httpapi.Registered, error) {
	f.adopted = a
	if ref != "0a1b2c3d4e5f" {
		return httpapi.Registered{}, fmt.Errorf("discovered %q: %w", ref, httpapi.ErrNotFound)
	}
	return httpapi.Registered{ID: a.ID, Name: a.Name, Location: a.Location, ExternalID: "frigate:front_door", RegisteredAt: noon}, f.err
}

func (f *fakeStore) Forget(_ context.Context, ref string) error {
	if ref != "0a1b2c3d4e5f" {
		return fmt.Errorf("discovered %q: %w", ref, httpapi.ErrNotFound)
	}
	return f.err
}

// noon is when every test takes place.
var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) //nolint:gochecknoglobals // never written

type counted struct {
	mu       sync.Mutex
	requests []string
}

func (c *counted) Request(route, method string, status int, _ time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.requests = append(c.requests, fmt.Sprint(method, " ", route, " ", status))
}

type rig struct {
	notified  *fakeNotifications
	t         *testing.T
	handler   http.Handler
	city      *fakeCity
	store     *fakeStore
	memory    *fakeMemory
	desk      *fakeDesk
	jobs      *fakeJobs
	past      *fakePast
	retention *fakeRetention
	backups   *fakeBackups
	counted   *counted
	checks    []httpapi.Check
}

func setup(t *testing.T) *rig {
	t.Helper()
	r := &rig{
		t: t, city: &fakeCity{entities: make(map[string][]byte)}, store: &fakeStore{}, memory: &fakeMemory{}, jobs: &fakeJobs{}, desk: &fakeDesk{}, retention: &fakeRetention{}, backups: &fakeBackups{}, notified: &fakeNotifications{}, counted: &counted{},
		checks: []httpapi.Check{{Name: "mqtt", OK: true}},
	}
	r.past = &fakePast{city: r.city}
	handler, err := httpapi.New(httpapi.Config{
		Version: "1.2.3", Picture: r.city, History: r.store, Quarantine: r.store, Inventory: r.store, Indicators: r.store, Discovery: r.store, Metrics: r.counted,
		Series: r.memory, Reports: r.memory, ReportJobs: r.jobs, ReportStyle: []byte("@page {}"), Desk: r.desk, Maintenance: r.desk, Audit: r.desk, Workload: r.desk, Past: r.past, Retention: r.retention, Backups: r.backups, Notifications: r.notified, Token: "the token", Zone: time.FixedZone("", 7*3600),
		Ready: func(context.Context) []httpapi.Check { return r.checks },
		Screens: func() []httpapi.Screen {
			return []httpapi.Screen{{Screen: "wall-3", Build: "b1", Connected: true, Seqs: map[string]uint64{"w1": 5}, LastSeen: noon.Add(-3 * time.Second)}}
		},
		Stream:   http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }),
		Scrape:   http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "opscenter_up 1\n") }),
		AsyncAPI: func() ([]byte, error) { return []byte(`{"asyncapi":"3.0.0"}`), nil },
		Web: fstest.MapFS{
			"index.html":          {Data: []byte("<!doctype html><title>wall</title>")},
			"assets/app-1a2b.js":  {Data: []byte("export {}")},
			"favicon.svg":         {Data: []byte("<svg/>")},
			"assets/secret/x.txt": {Data: []byte("x")},
		},
		Hosts: []string{"wall.example"}, Origins: []string{"http://localhost:5173"},
		Now: func() time.Time { return noon },
	})
	if err != nil {
		t.Fatal(err)
	}
	r.handler = handler
	return r
}

func (r *rig) do(method, target, body string, header ...string) *http.Response {
	r.t.Helper()
	request := httptest.NewRequestWithContext(r.t.Context(), method, target, strings.NewReader(body))
	request.Host = "127.0.0.1:8080"
	for i := 0; i < len(header); i += 2 {
		if header[i] == "Host" {
			request.Host = header[i+1]
			continue
		}
		request.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	r.handler.ServeHTTP(w, request)
	return w.Result()
}

// get returns the status and the body of a request that is answered in JSON or text.
func (r *rig) get(target string) (int, string) {
	r.t.Helper()
	response := r.do(http.MethodGet, target, "")
	return response.StatusCode, bodyOf(r.t, response)
}

func bodyOf(t *testing.T, response *http.Response) string {
	t.Helper()
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(body))
}

// problem checks that a response is a problem document of that status, and returns its detail.
func (r *rig) problem(response *http.Response, status int) string {
	r.t.Helper()
	body := bodyOf(r.t, response)
	if got := response.Header.Get("Content-Type"); got != "application/problem+json" {
		r.t.Errorf("content type %q: %s", got, body)
	}
	var p struct {
		Title, Detail string
		Status        int
	}
	if err := json.Unmarshal([]byte(body), &p); err != nil {
		r.t.Fatalf("%v: %s", err, body)
	}
	if p.Status != status || response.StatusCode != status || p.Title == "" {
		r.t.Errorf("want a problem of status %d, got status %d: %s", status, response.StatusCode, body)
	}
	return p.Detail
}

func diff(t *testing.T, want, got any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
}
