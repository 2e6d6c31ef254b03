package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

const streamPath = "/api/v1/stream"

// Check is one thing that must be well for the center to be of use. Error is empty when it is.
type Check struct {
	Name  string `json:"name" example:"mqtt"`
	OK    bool   `json:"ok"`
	Error string `json:"error,omitempty"`
}

// Screen is what a wall last said of itself.
type Screen struct {
	Screen      string            `json:"screen"`
	Build       string            `json:"build"`
	Remote      string            `json:"remote" doc:"address that it connects from"`
	Connected   bool              `json:"connected"`
	Seqs        map[string]uint64 `json:"seqs" doc:"the last frame that it has shown, by subscription"`
	Behind      uint64            `json:"behind" doc:"frames that it had not yet shown when it reported"`
	ClockOffset float64           `json:"clock_offset_ms" doc:"its clock less the server's"`
	LastSeen    time.Time         `json:"last_seen" doc:"when it last reported"`
}

type screen struct {
	Screen
	Age int64 `json:"age_ms" doc:"since it last reported"`
}

type healthOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Status  string `json:"status" enum:"ok"`
		Version string `json:"version"`
	}
}

type readyOutput struct {
	CacheControl string `header:"Cache-Control"`
	Status       int
	Body         struct {
		Ready  bool    `json:"ready"`
		Checks []Check `json:"checks" nullable:"false"`
	}
}

type screensOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         List[screen]
}

// probes declares what supervisors and monitoring ask.
func (a *api) probes() {
	huma.Register(a.huma, get("health", "/healthz", "Whether the process is alive"),
		func(context.Context, *struct{}) (*healthOutput, error) {
			out := &healthOutput{CacheControl: noStore}
			out.Body.Status, out.Body.Version = "ok", a.Version
			return out, nil
		})
	if a.Ready != nil {
		ready := get("ready", "/readyz", "Whether the center is of use: status 200, otherwise 503")
		huma.Register(a.huma, ready, a.ready)
		described := a.huma.OpenAPI().Paths["/readyz"].Get.Responses
		described["503"] = &huma.Response{Description: "It is not; the checks say why.", Content: described["200"].Content}
	}
	if a.Scrape != nil {
		a.mux.Handle("GET /metrics", a.Scrape)
	}
}

func (a *api) ready(ctx context.Context, _ *struct{}) (*readyOutput, error) {
	out := &readyOutput{CacheControl: noStore, Status: http.StatusOK}
	out.Body.Ready, out.Body.Checks = true, a.Ready(ctx)
	for _, c := range out.Body.Checks {
		if !c.OK {
			out.Body.Ready, out.Status = false, http.StatusServiceUnavailable
		}
	}
	return out, nil
}

// screens declares the route of the walls that reported.
func (a *api) screens() {
	if a.Screens == nil {
		return
	}
	huma.Register(a.huma, get("list-screens", "/api/v1/screens", "Walls that reported, and when"),
		func(context.Context, *struct{}) (*screensOutput, error) {
			out := &screensOutput{CacheControl: noStore}
			out.Body.Items = []screen{}
			for _, s := range a.Screens() {
				out.Body.Items = append(out.Body.Items, screen{Screen: s, Age: a.Now().Sub(s.LastSeen).Milliseconds()})
			}
			out.Body.Total = len(out.Body.Items)
			return out, nil
		})
}

// streaming mounts the stream.
func (a *api) streaming() {
	if a.Stream == nil {
		return
	}
	a.mux.Handle("GET "+streamPath, a.Stream)
	op := get("stream", streamPath, "The live picture over WebSocket, subprotocol opscenter.v1")
	op.Responses = map[string]*huma.Response{"101": {Description: "Switching protocols."}}
	a.huma.OpenAPI().AddOperation(&op)
}

// describe serves the description of everything declared so far, and that of the MQTT topics.
func (a *api) describe() error {
	description, err := json.Marshal(a.huma.OpenAPI())
	if err != nil {
		return fmt.Errorf("describe the HTTP interface: %w", err)
	}
	a.mux.HandleFunc("GET /openapi.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/vnd.oai.openapi+json;version=3.1")
		w.Header().Set("Cache-Control", "no-cache")
		_, _ = w.Write(description)
	})
	if a.AsyncAPI != nil {
		a.mux.HandleFunc("GET /asyncapi.json", a.topics)
	}
	return nil
}

// topics describes the MQTT topics. Subsystems come and go at run time, so it is asked for each time.
func (a *api) topics(w http.ResponseWriter, r *http.Request) {
	description, err := a.AsyncAPI()
	if err != nil {
		a.Log.ErrorContext(r.Context(), "the topics cannot be described", "error", err)
		problem(w, http.StatusInternalServerError, "the server's log says why")
		return
	}
	w.Header().Set("Content-Type", "application/vnd.aai.asyncapi+json;version=3.0.0")
	w.Header().Set("Cache-Control", "no-cache")
	_, _ = w.Write(description)
}
