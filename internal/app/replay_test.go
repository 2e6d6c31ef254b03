package app_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"opscenter/internal/app"
	"opscenter/internal/mqtt"
	"opscenter/internal/stream/streamclient"
)

// square is a center with one camera at one location.
type square struct {
	*bank
	stop func()
}

func newSquare(t *testing.T, c app.Config) *square {
	t.Helper()
	s := &square{bank: &bank{t: t, database: c.DatabaseURL}}
	s.endpoints, s.stop = running(t, c)
	await(t, s.endpoints.HTTP+"/readyz", `"ready":true`)
	var err error
	if s.publisher, err = mqtt.NewPublisher(t.Context(), mqtt.PublisherConfig{URL: s.endpoints.MQTT}, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.publisher.Close(context.Background()) })
	return s
}

const squareCSV = "type,id,name,area,lat,lon,location,subsystem,kind\nlocation,loc-1,Quảng trường,w,21,105,,,\n" +
	"device,cam-1,Camera,,,,loc-1,trafficsafety,camera.overview\n"

// says publishes the camera's health with its frame rate, and waits until the wall shows it.
func (s *square) says(fps int) {
	s.t.Helper()
	s.publish("ioc/v1/trafficsafety/loc-1/cam-1/health", fmt.Sprintf(`{"ts":%q,"stream":"ok","fps":%d}`, time.Now().Format(time.RFC3339Nano), fps))
	await(s.t, s.endpoints.HTTP+"/api/v1/devices/cam-1", fmt.Sprintf(`"fps":{"value":%d,`, fps))
}

func (s *square) at(moment time.Time) string {
	return s.endpoints.HTTP + "/api/v1/board?at=" + url.QueryEscape(moment.Format(time.RFC3339))
}

// What was a few seconds ago is in the log and not in the archive yet; after a restart it is.
func TestACenterShowsWhatItShowedSecondsAgo(t *testing.T) {
	t.Parallel()
	c := settings(t)
	s := newSquare(t, c)
	s.request(http.MethodPost, "/api/v1/inventory", squareCSV, http.StatusOK)
	s.says(25)
	then := time.Now().Truncate(time.Second).Add(2 * time.Second) // by then the archive has begun
	_, camera := get(t, s.endpoints.HTTP+"/api/v1/devices/cam-1")
	await(t, s.at(then), `"fps":{"value":25,`) // until then has come, it is refused
	s.says(3)
	check := func() {
		t.Helper()
		var board struct{ Entities map[string]json.RawMessage }
		decode(t, s.at(then), &board)
		if was := string(board.Entities["device/cam-1"]); was != strings.TrimSpace(camera) {
			t.Errorf("the camera was\n%s and is said to have been\n%s", camera, was)
		}
		if len(board.Entities) < 4 || board.Entities["location/loc-1"] == nil || board.Entities["system"] != nil {
			t.Errorf("the picture has %d entities", len(board.Entities))
		}
	}
	check()
	if status, body := get(t, s.at(then.Add(-time.Hour))); status != http.StatusNotFound || !strings.Contains(body, "the archive begins at ") {
		t.Errorf("before the archive: %d %s", status, body)
	}
	var span struct{ From, To time.Time }
	if decode(t, s.endpoints.HTTP+"/api/v1/board/span", &span); span.From.After(then) || span.From.Before(then.Add(-time.Minute)) || span.To.Before(then) {
		t.Errorf("pictures are known of %s, which does not have %s", span, then)
	}
	if status, body := get(t, s.at(span.From)); status != http.StatusOK {
		t.Errorf("the first picture: %d %s", status, body)
	}
	if status, _ := get(t, s.at(span.From.Add(-time.Second))); status != http.StatusNotFound {
		t.Errorf("the second before the first picture: %d", status)
	}
	if status, body := get(t, s.at(then.Add(time.Hour))); status != http.StatusUnprocessableEntity || !strings.Contains(body, "in the future") {
		t.Errorf("in the future: %d %s", status, body)
	}
	s.stop()
	s = newSquare(t, c)
	check()
}

func TestACenterPlaysItsPast(t *testing.T) {
	t.Parallel()
	c := settings(t)
	s := newSquare(t, c)
	s.request(http.MethodPost, "/api/v1/inventory", squareCSV, http.StatusOK)
	s.says(25)
	then := time.Now().Truncate(time.Second).Add(2 * time.Second)
	await(t, s.at(then), `"fps":{"value":25,`)
	s.says(3)
	address := "ws" + strings.TrimPrefix(s.endpoints.HTTP, "http") + "/api/v1/replay?speed=20&from="
	if _, err := streamclient.Dial(t.Context(), address+url.QueryEscape(then.Add(time.Hour).Format(time.RFC3339)), streamclient.Options{}); err == nil || !strings.Contains(err.Error(), "422") {
		t.Errorf("from the future: %v", err)
	}
	if _, err := streamclient.Dial(t.Context(), address+then.UTC().Format(time.RFC3339), streamclient.Options{Origin: "http://evil.test"}); err == nil || !strings.Contains(err.Error(), "403") {
		t.Errorf("from another site: %v", err)
	}
	for n := range 5 { // more than there may be at a time, so each must make room
		client, err := streamclient.Dial(t.Context(), address+then.UTC().Format(time.RFC3339), streamclient.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := client.Subscribe(streamclient.Subscription{ID: "w", Keys: []string{"device/*"}}); err != nil {
			t.Fatal(err)
		}
		first, err := client.Next()
		if err != nil || !strings.Contains(string(first.Entities["device/cam-1"]), `"fps":{"value":25,`) {
			t.Fatalf("it begins with %+v, %v", first, err)
		}
		for ended := false; !ended; {
			m, err := client.Next()
			if err != nil {
				t.Fatal(err)
			}
			ended = m.Op == "heartbeat" && m.Ingest == "replay_ended"
		}
		if n == 4 {
			return // the center stops all the same
		}
		if err := client.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
