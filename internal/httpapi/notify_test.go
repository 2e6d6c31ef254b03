package httpapi_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"opscenter/internal/httpapi"
)

// fakeNotifications has one channel, which fails.
type fakeNotifications struct{ query httpapi.DeliveryQuery }

func (f *fakeNotifications) Channels(context.Context) (httpapi.ChannelList, error) {
	return httpapi.ChannelList{Unrouted24h: 3, Items: []httpapi.Channel{
		{Name: "duty", Kind: "webhook", State: "failing", Since: noon, Error: "503", Queued: 2},
	}}, nil
}

func (f *fakeNotifications) Test(_ context.Context, channel string) (httpapi.TestOutcome, error) {
	if channel != "duty" {
		return httpapi.TestOutcome{}, fmt.Errorf("%w: channel %q", httpapi.ErrNotFound, channel)
	}
	return httpapi.TestOutcome{ID: "msg_1", Error: "503"}, nil
}

func (f *fakeNotifications) Deliveries(_ context.Context, q httpapi.DeliveryQuery) (httpapi.DeliveryPage, error) {
	f.query = q
	return httpapi.DeliveryPage{Total: 9, Next: 41, Items: []httpapi.Delivery{{
		ID: "msg_1", Channel: "duty", Type: "alarm.raised", State: "sent", MadeAt: noon, Attempts: 2, AttemptedAt: noon.Add(time.Second),
		EndedAt: noon.Add(time.Second), Alarms: []string{"a1"}, Message: json.RawMessage(`{"id":"msg_1"}`),
	}}}, nil
}

func TestWhoWasToldIsAnswered(t *testing.T) {
	t.Parallel()
	r := setup(t)
	status, body := r.get("/api/v1/channels")
	diff(t, http.StatusOK, status)
	diff(t, `{"items":[{"name":"duty","kind":"webhook","state":"failing","since":"2026-11-23T12:00:00Z","error":"503","queued":2}],"unrouted_24h":3}`, body)

	_, body = r.get("/api/v1/deliveries?channel=duty&state=sent&alarm=a1&limit=5&cursor=50")
	diff(t, `{"items":[{"id":"msg_1","channel":"duty","type":"alarm.raised","state":"sent","made_at":"2026-11-23T12:00:00Z","attempts":2,`+
		`"attempted_at":"2026-11-23T12:00:01Z","ended_at":"2026-11-23T12:00:01Z","alarms":["a1"],"message":{"id":"msg_1"}}],"next":"41","total":9}`, body)
	diff(t, httpapi.DeliveryQuery{Channel: "duty", State: "sent", Alarm: "a1", Before: 50, Limit: 5}, r.notified.query)
	status, _ = r.get("/api/v1/deliveries?state=lost")
	diff(t, http.StatusUnprocessableEntity, status)

	diff(t, `{"id":"msg_1","confirmed":false,"error":"503"}`, bodyOf(t, r.do(http.MethodPost, "/api/v1/channels/duty/test", "")))
	diff(t, `not found: channel "fax"`, r.problem(r.do(http.MethodPost, "/api/v1/channels/fax/test", ""), http.StatusNotFound))
}
