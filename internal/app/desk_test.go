package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"opscenter/internal/app"
	"opscenter/internal/config"
	"opscenter/internal/httpapi"
	"opscenter/internal/mqtt"
	"opscenter/internal/store/storetest"
	"opscenter/internal/stream/streamclient"
	"opscenter/internal/subsystem"
	"opscenter/subsystems/trafficsafety"
)

// watch is a center with cameras whose faults are alarms at once, and what people do there.
type watch struct {
	*bank
	settings app.Config
	stop     func()
}

func newWatch(t *testing.T) *watch {
	t.Helper()
	c := settings(t)
	c.Factories = []subsystem.Factory{trafficsafety.Factory()}
	at := config.Duration(0)
	c.File.Alarms.Rules = []config.AlarmRule{{Subsystem: "trafficsafety", OnDelay: &at, OffDelay: &at}}
	w := &watch{settings: c, bank: &bank{t: t, database: c.DatabaseURL}}
	w.endpoints, w.stop = running(t, c)
	await(t, w.endpoints.HTTP+"/readyz", `"ready":true`)
	var err error
	w.publisher, err = mqtt.NewPublisher(t.Context(), mqtt.PublisherConfig{URL: w.endpoints.MQTT}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.publisher.Close(context.Background()) })
	csv := "type,id,name,area,lat,lon,location,subsystem,kind,contractor,cadence_s\n" // so seldom that none falls silent meanwhile
	for i := range 4 {
		csv += fmt.Sprintf("location,loc-%d,Ngã Tư %d,ward-1,21,105,,,,,\ndevice,cam-%d,Camera %d,,,,loc-%d,trafficsafety,camera,VNPT,3600\n", i, i, i, i, i)
	}
	w.request(http.MethodPost, "/api/v1/inventory", csv, http.StatusOK)
	return w
}

func (w *watch) image(camera int, state string) {
	w.t.Helper()
	w.publish(fmt.Sprintf("ioc/v1/trafficsafety/loc-%d/cam-%d/health", camera, camera),
		fmt.Sprintf(`{"ts":%q,"stream":"ok","image":%q}`, time.Now().Format(time.RFC3339Nano), state))
}

// obscured lets a camera's image be bad, and returns the id of its alarm.
func (w *watch) obscured(camera int) string {
	w.t.Helper()
	w.image(camera, "obscured")
	path := fmt.Sprintf("/api/v1/alarms?device=cam-%d", camera)
	await(w.t, w.endpoints.HTTP+path, `"total":1`)
	var list struct{ Items []httpapi.Alarm }
	decode(w.t, w.endpoints.HTTP+path, &list)
	if len(list.Items) != 1 {
		w.t.Fatalf("the alarms of camera %d are %+v", camera, list.Items)
	}
	return list.Items[0].ID
}

// act asks for something to be done by a key, and returns the answer.
func (w *watch) act(method, path, key, body string, status int) (text string) {
	w.t.Helper()
	request, err := http.NewRequestWithContext(w.t.Context(), method, w.endpoints.HTTP+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Idempotency-Key", key)
	response, err := new(http.Client).Do(request)
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	if response.StatusCode != status {
		w.t.Errorf("%s %s: status %d, want %d: %s", method, path, response.StatusCode, status, data)
	}
	return string(data)
}

func (w *watch) has(text string, wanted ...string) {
	w.t.Helper()
	for _, want := range wanted {
		if !strings.Contains(text, want) {
			w.t.Errorf("%s is not in %s", want, text)
		}
	}
}

func TestAnAlarmIsDealtWithFromBeginningToEnd(t *testing.T) {
	t.Parallel()
	w := newWatch(t)
	id := w.obscured(1)
	one := "/api/v1/alarms/" + id
	w.has(w.act(http.MethodPost, one+"/assign", "k1", `{"actor":"Lan","assignee":"Minh"}`, 200), `"assignee":"Minh"`, `"repeated":false`)
	w.has(w.act(http.MethodPost, one+"/comment", "k2", `{"actor":"Minh","reason":"ống kính bẩn"}`, 200), `"comment":"ống kính bẩn"`)
	w.has(w.act(http.MethodPost, one+"/shelve", "k3", `{"actor":"Lan","reason":"chờ thợ","minutes":60}`, 200), `"shelved_for":"chờ thợ"`)
	w.has(w.request(http.MethodGet, "/api/v1/alarms?state=hidden", "", 200), id, `"total":1`)
	w.has(w.request(http.MethodGet, "/api/v1/alarms?state=active", "", 200), `"total":0`)
	w.has(w.act(http.MethodPost, one+"/unshelve", "k4", `{"actor":"Lan"}`, 200), `"outcome":"done"`)
	w.has(w.act(http.MethodPost, one+"/unshelve", "k5", `{"actor":"Lan"}`, 409), "is not shelved")
	w.has(w.act(http.MethodPost, one+"/unshelve", "k5", `{"actor":"Lan"}`, 409), "is not shelved")
	w.has(w.act(http.MethodPost, one+"/shelve", "k6", `{"actor":"Lan","reason":"x","minutes":2000}`, 422), "until: ", "24h0m0s")
	w.has(w.act(http.MethodPost, "/api/v1/alarms/nothing/acknowledge", "k7", `{"actor":"Lan"}`, 404), `there is no alarm`)

	w.image(1, "ok")
	await(t, w.endpoints.HTTP+"/api/v1/alarms?state=cleared", id)
	// With this it goes off the list, and what it was in the end is still answered, also the second time.
	for _, repeated := range []string{"false", "true"} {
		w.has(w.act(http.MethodPost, one+"/acknowledge", "k8", `{"actor":"Lan","reason":"xong"}`, 200),
			`"outcome":"done"`, `"repeated":`+repeated, `"acknowledged_by":"Lan"`, `"closed_at":`)
	}
	w.has(w.act(http.MethodPost, one+"/comment", "k9", `{"actor":"Lan","reason":"nữa"}`, 409), "is closed since")
	w.has(w.act(http.MethodPost, one+"/comment", "k8", `{"actor":"Lan","reason":"nữa"}`, 422), `the key \"k8\" was used before, to acknowledge alarm/`)

	w.has(w.request(http.MethodGet, "/api/v1/alarms", "", 200), `"total":0`)
	w.has(w.request(http.MethodGet, "/api/v1/alarms?state=closed&q=nga+tu+1", "", 200), id, `"total":1`)
	w.has(w.request(http.MethodGet, one, "", 200), `"what":"raised"`, `"what":"assigned","severity":`, `"assignee":"Minh"`,
		`"actor":"Minh","why":"ống kính bẩn","key":"k2"`, `"what":"shelved"`, `"what":"closed"`)
	w.has(w.request(http.MethodGet, "/api/v1/alarms/figures", "", 200), `"raised":1,`, `"acknowledge":{"count":1,"mean_s":`, `"worst":[{"key":"device/cam-1/image"`)
	w.has(w.request(http.MethodGet, "/api/v1/audit?object=alarm/"+id, "", 200), `"total":6`, `"verb":"acknowledge"`, `"outcome":"refused"`)
	for _, metric := range []string{
		`opscenter_alarms_raised_total{severity="critical"} `, `opscenter_alarm_acknowledge_seconds_count 1`, `opscenter_alarms_active{severity="critical"} 0`,
		`opscenter_alarms_unacknowledged 0`, `opscenter_alarm_flood 0`,
	} {
		await(t, w.endpoints.HTTP+"/metrics", metric)
	}
}

func TestAFloodIsAcknowledgedInOneGo(t *testing.T) {
	t.Parallel()
	w := newWatch(t)
	var ids []string
	for camera := range 4 {
		ids = append(ids, w.obscured(camera))
	}
	const all = "/api/v1/alarms/acknowledge"
	w.has(w.act(http.MethodPost, all, "k1", fmt.Sprintf(`{"actor":"Lan","alarms":[%q,%q,"nothing"]}`, ids[0], ids[0]), 200),
		`"done":1,"remaining":0`, `{"alarm":"nothing","outcome":"no_such"}`)
	w.has(w.act(http.MethodPost, all, "k2", `{"actor":"Lan","reason":"mưa","filter":{"reason":"obscured","area":"ward-1"}}`, 200), `"done":3,"remaining":0`)
	w.has(w.act(http.MethodPost, all, "k1", fmt.Sprintf(`{"actor":"Lan","alarms":[%q]}`, ids[0]), 200), `"done":1`)
	var list struct{ Items []httpapi.Alarm }
	decode(t, w.endpoints.HTTP+"/api/v1/alarms?limit=2", &list)
	for _, a := range list.Items {
		if !a.Acknowledged || a.AcknowledgedBy != "Lan" {
			t.Errorf("%+v", a)
		}
	}
	await(t, w.endpoints.HTTP+"/api/v1/audit", `"total":4`)
}

func TestPagesOfTheListNeitherRepeatNorLeaveOut(t *testing.T) {
	t.Parallel()
	w := newWatch(t)
	for camera := range 4 {
		w.obscured(camera)
	}
	for _, state := range []string{"open", "all"} {
		var seen []string
		for next := ""; ; {
			var list struct {
				Items []httpapi.Alarm
				Next  string
				Total int
			}
			await(t, w.endpoints.HTTP+"/api/v1/alarms?state="+state, `"total":4`)
			decode(t, w.endpoints.HTTP+"/api/v1/alarms?limit=1&state="+state+"&cursor="+next, &list)
			for _, a := range list.Items {
				seen = append(seen, a.Device)
			}
			if next = list.Next; next == "" {
				break
			}
		}
		if got := strings.Join(seen, " "); got != "cam-3 cam-2 cam-1 cam-0" {
			t.Errorf("%s: %s", state, got)
		}
	}
}

func TestPeopleActOverTheStreamAsOverHTTP(t *testing.T) {
	t.Parallel()
	w := newWatch(t)
	id := w.obscured(2)
	c, err := streamclient.Dial(t.Context(), "ws"+strings.TrimPrefix(w.endpoints.HTTP, "http")+"/api/v1/stream", streamclient.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	act := func(key, verb string) streamclient.Message {
		frame := map[string]any{"op": "act", "id": "a1", "key": key, "action": map[string]any{"verb": verb, "alarm": id, "actor": "Lan", "reason": "x"}}
		if err := c.Send(frame); err != nil {
			t.Fatal(err)
		}
		for {
			m, err := c.Next()
			if err != nil {
				t.Fatal(err)
			}
			if m.Op != "heartbeat" {
				return m
			}
		}
	}
	for _, want := range []string{"done", "repeated"} {
		if m := act("s1", "comment"); m.Op != "acted" || m.Key != "s1" || m.Outcome != want {
			t.Errorf("%+v, want %s", m, want)
		}
	}
	if m := act("s2", "unshelve"); m.Outcome != "refused" {
		t.Errorf("%+v", m)
	}
	if m := act("s3", "shelve"); m.Code != "bad_request" || !strings.Contains(m.Message, "until: when it expires must be said") {
		t.Errorf("%+v", m)
	}
	if m := act("s4", "maintain"); m.Code != "bad_request" || !strings.Contains(m.Message, `verb: "maintain" is none of`) {
		t.Errorf("%+v", m)
	}
	// The same key is the same action whichever way it comes.
	w.has(w.act(http.MethodPost, "/api/v1/alarms/"+id+"/comment", "s1", `{"actor":"Lan","reason":"x"}`, 200), `"repeated":true`)
}

func TestMaintenanceIsPlannedAndEnded(t *testing.T) {
	t.Parallel()
	w := newWatch(t)
	plan := `{"actor":"Lan","reason":"vệ sinh ống kính","location":"loc-1","minutes":60,"title":"Vệ sinh"}`
	var window httpapi.Window
	text := w.act(http.MethodPost, "/api/v1/maintenance", "k1", plan, 201)
	if err := json.Unmarshal([]byte(text), &window); err != nil {
		t.Fatal(err)
	}
	if window.State != "active" || len(window.Times) != 1 || window.PlannedBy != "Lan" {
		t.Errorf("planned %+v", window)
	}
	await(t, w.endpoints.HTTP+"/api/v1/devices/cam-1", `"status":"maintenance"`)
	w.has(w.act(http.MethodPost, "/api/v1/maintenance", "k1", plan, 201), `"id":"`+window.ID+`"`)
	w.has(w.request(http.MethodGet, "/api/v1/maintenance", "", 200), `"total":1`, `"reason":"vệ sinh ống kính"`)
	weekly := `{"actor":"Lan","reason":"x","contractor":"VNPT","start":"2030-01-01T02:00:00+07:00","minutes":90,"rule":"FREQ=WEEKLY;BYDAY=TU"}`
	w.has(w.act(http.MethodPost, "/api/v1/maintenance", "k2", weekly, 201), `"state":"upcoming"`, `"from":"2030-01-29T02:00:00+07:00"`)
	for body, want := range map[string]string{
		`{"actor":"Lan","reason":"x","device":"cam-9","minutes":1}`:                                `device: there is no device \"cam-9\"`,
		`{"actor":"Lan","reason":"x","location":"loc-1","subsystem":"s","minutes":1}`:              `subsystem: there is no subsystem \"s\"`,
		`{"actor":"Lan","reason":"x","area":"w","minutes":1}`:                                      `area: there is no area \"w\"`,
		`{"actor":"Lan","reason":"x","contractor":"w","minutes":1}`:                                `contractor: there is no contractor \"w\"`,
		`{"actor":"Lan","reason":"x","minutes":1}`:                                                 `no device, location, area, subsystem or contractor`,
		`{"actor":"Lan","reason":"x","device":"cam-1","minutes":1,"rule":"FREQ=SOMETIMES"}`:        `FREQ=SOMETIMES`,
		`{"actor":"Lan","reason":"x","device":"cam-1","minutes":1,"start":"2020-01-01T00:00:00Z"}`: `over before it is planned`,
	} {
		w.has(w.act(http.MethodPost, "/api/v1/maintenance", "bad", body, 422), want)
	}
	w.has(w.act(http.MethodDelete, "/api/v1/maintenance/"+window.ID, "k3", `{"actor":"Minh","reason":"xong sớm"}`, 200),
		`"state":"cancelled"`, `"cancelled_by":"Minh"`, `"cancel_reason":"xong sớm"`)
	w.has(w.act(http.MethodDelete, "/api/v1/maintenance/"+window.ID+"?actor=Minh", "k4", "", 404), `there is no maintenance`)
	await(t, w.endpoints.HTTP+"/api/v1/devices/cam-1", `"status":"unknown"`)
	await(t, w.endpoints.HTTP+"/api/v1/maintenance?state=past", window.ID) // once the database knows it
	w.has(w.request(http.MethodGet, "/api/v1/maintenance?state=past", "", 200), window.ID, `"total":1`)

	w.has(w.act(http.MethodPost, "/api/v1/devices/cam-2/mute", "k5", `{"actor":"Minh","reason":"trên cột","minutes":45}`, 201), `"mute":true`, `"state":"active"`)
	w.has(w.act(http.MethodPost, "/api/v1/devices/cam-9/mute", "k6", `{"actor":"Minh","reason":"x","minutes":45}`, 404), `there is no device`)
	await(t, w.endpoints.HTTP+"/api/v1/devices/cam-2", `"status":"maintenance"`)
}

func TestTheAuditIsVerifiedWhetherOrNotTheCenterRuns(t *testing.T) {
	t.Parallel()
	w := newWatch(t)
	id := w.obscured(1)
	for i := range 3 {
		w.act(http.MethodPost, "/api/v1/alarms/"+id+"/comment", fmt.Sprint("k", i), `{"actor":"Lan","reason":"x"}`, 200)
	}
	await(t, w.endpoints.HTTP+"/api/v1/audit", `"total":3`)
	verify := func(head string) (string, error) {
		var out bytes.Buffer
		err := app.VerifyAudit(t.Context(), w.settings.Serve, head, &out)
		return out.String(), err
	}
	running, err := verify("")
	if err != nil || !strings.Contains(running, "3 rows checked: all are as they were written") {
		t.Fatalf("%s %v", running, err)
	}
	w.stop()
	stopped, err := verify("")
	if err != nil || stopped != running {
		t.Errorf("%s %v, when it ran %s", stopped, err, running)
	}
	_, head, _ := strings.Cut(strings.TrimSpace(strings.SplitAfter(running, "\n")[0]), "head ")
	if _, err := verify(head); err != nil {
		t.Error(err)
	}
	if _, err := verify(strings.Repeat("0", 64)); err == nil || !strings.Contains(err.Error(), "no row has the expected hash") {
		t.Errorf("got %v", err)
	}
	if _, err := verify("0"); err == nil || !strings.Contains(err.Error(), "want 64 hexadecimal digits") {
		t.Errorf("got %v", err)
	}
	storetest.Rows(t, w.database, `ALTER TABLE audit DISABLE TRIGGER audit_append_only`)
	storetest.Rows(t, w.database, `UPDATE audit SET actor = 'Minh' WHERE n = 2`)
	if _, err := verify(""); err == nil || !strings.Contains(err.Error(), "row 2: hash") {
		t.Errorf("got %v", err)
	}
}

// What people do is known after a restart as before it.
func TestActionsOutliveTheCenter(t *testing.T) {
	t.Parallel()
	w := newWatch(t)
	id := w.obscured(1)
	w.act(http.MethodPost, "/api/v1/alarms/"+id+"/acknowledge", "k1", `{"actor":"Lan","reason":"biết rồi"}`, 200)
	w.stop()
	endpoints, _ := running(t, w.settings)
	await(t, endpoints.HTTP+"/readyz", `"ready":true`)
	w.endpoints = endpoints
	w.has(w.request(http.MethodGet, "/api/v1/alarms/"+id, "", 200), `"acknowledged_by":"Lan"`, `"key":"k1"`)
	w.has(w.act(http.MethodPost, "/api/v1/alarms/"+id+"/acknowledge", "k1", `{"actor":"Lan","reason":"biết rồi"}`, 200), `"repeated":true`)
	w.has(w.request(http.MethodGet, "/api/v1/audit", "", 200), `"total":1`)
}
