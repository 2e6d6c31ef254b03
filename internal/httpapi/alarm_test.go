package httpapi_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/httpapi"
)

// fakeDesk is everything about alarms; it fails with err if that is set.
type fakeDesk struct {
	err error

	query   httpapi.AlarmQuery
	action  city.Action
	choice  httpapi.AlarmChoice
	windows httpapi.WindowQuery
	audit   httpapi.AuditQuery
	noted   []byte
	verdict httpapi.AuditVerdict
	from    time.Time
	to      time.Time
}

func noSignal() city.Alarm {
	return city.Alarm{
		ID: "a-1", Key: "device/cam-1/link", Location: "loc-1", Device: "cam-1", Severity: city.SeverityCritical, State: city.AlarmActive,
		Reason: "no_signal", Title: city.Names{VI: "Mất tín hiệu", EN: "No signal"}, Count: 1, Occurrences: 1, Since: noon, RaisedAt: noon,
	}
}

func (f *fakeDesk) Alarms(_ context.Context, q httpapi.AlarmQuery) (httpapi.AlarmPage, error) {
	f.query = q
	return httpapi.AlarmPage{Items: []httpapi.Alarm{{Alarm: noSignal()}}, Next: "there", Total: 7}, f.err
}

func (f *fakeDesk) Alarm(_ context.Context, id string) (httpapi.AlarmStory, error) {
	if id != "a-1" {
		return httpapi.AlarmStory{}, fmt.Errorf("%w: there is no alarm %q", httpapi.ErrNotFound, id)
	}
	return httpapi.AlarmStory{Alarm: httpapi.Alarm{Alarm: noSignal(), ClosedAt: noon.Add(time.Hour)}, Transitions: 1, History: []httpapi.Transition{
		{N: 1, At: noon, What: city.AlarmShelved, Severity: city.SeverityCritical, Reason: "no_signal", Count: 1, Actor: "Lan", Why: "thợ", Until: noon.Add(time.Hour), Key: "k1"},
	}}, f.err
}

func (f *fakeDesk) Act(_ context.Context, a city.Action) (httpapi.Acted, error) {
	f.action = a
	alarm := httpapi.Alarm{Alarm: noSignal()}
	return httpapi.Acted{Outcome: city.Done, Alarm: &alarm}, f.err
}

func (f *fakeDesk) Acknowledge(_ context.Context, a city.Action, which httpapi.AlarmChoice) (httpapi.AllActed, error) {
	f.action, f.choice = a, which
	return httpapi.AllActed{Done: 1, Remaining: 3, Items: []httpapi.AlarmOutcome{{Alarm: "a-1", Outcome: city.Done}}}, f.err
}

func (f *fakeDesk) Windows(_ context.Context, q httpapi.WindowQuery) (httpapi.WindowPage, error) {
	f.windows = q
	return httpapi.WindowPage{Items: []httpapi.Window{{ID: "w-1", State: "active", Device: "cam-1", Start: noon, Minutes: 90, Times: []httpapi.WindowTime{{From: noon, To: noon.Add(90 * time.Minute)}}}}, Next: "w-1", Total: 2}, f.err
}

func (f *fakeDesk) Maintain(_ context.Context, a city.Action) (httpapi.Window, error) {
	f.action = a
	return httpapi.Window{ID: "w-1", State: "active", Times: []httpapi.WindowTime{}}, f.err
}

func (f *fakeDesk) Resume(_ context.Context, a city.Action) (httpapi.Window, error) {
	f.action = a
	return httpapi.Window{ID: a.WindowID, State: "cancelled", Times: []httpapi.WindowTime{}}, f.err
}

func (f *fakeDesk) Audit(_ context.Context, q httpapi.AuditQuery) (httpapi.AuditPage, error) {
	f.audit = q
	return httpapi.AuditPage{More: true, Total: 9, Items: []httpapi.AuditRow{{
		Partition: 1, N: 4, At: noon.Add(123456 * time.Microsecond), Actor: "Lan", Verb: "comment", Object: "alarm/a-1", Reason: "đã gọi", Key: "k1", Outcome: "done",
		Document: []byte(`{"key":"k1"}`), Prev: "00", Hash: "ff",
	}}}, f.err
}

func (f *fakeDesk) VerifyAudit(_ context.Context, noted []byte) (httpapi.AuditVerdict, error) {
	f.noted = noted
	return f.verdict, f.err
}

func (f *fakeDesk) Workload(_ context.Context, from, to time.Time) (httpapi.AlarmFigures, error) {
	f.from, f.to = from, to
	return httpapi.AlarmFigures{Raised: 12, Standing: []httpapi.AlarmWaiting{}, Buckets: []httpapi.AlarmBucket{}}, f.err
}

// post sends a JSON body with a key, and returns the response.
func (r *rig) post(target, body string) *http.Response {
	r.t.Helper()
	return r.do(http.MethodPost, target, body, "Content-Type", "application/json", "Idempotency-Key", "k1")
}

func TestAlarmsAreListed(t *testing.T) {
	t.Parallel()
	r := setup(t)
	status, body := r.get("/api/v1/alarms?state=hidden&severity=critical&location=loc-1&area=w&device=cam-1&subsystem=traffic&reason=no_signal&q=Ng%C3%A3&limit=1" +
		"&from=2026-11-23T00:00:00Z&to=2026-11-24T00:00:00Z")
	diff(t, http.StatusOK, status)
	diff(t, `{"items":[{"id":"a-1","key":"device/cam-1/link","location":"loc-1","device":"cam-1","severity":"critical","state":"active","reason":"no_signal",`+
		`"title":{"vi":"Mất tín hiệu","en":"No signal"},"advice":{"vi":"","en":""},"count":1,"children":0,"occurrences":1,"since":"2026-11-23T12:00:00Z",`+
		`"raised_at":"2026-11-23T12:00:00Z","acknowledged":false,"suppressed":false,"out_of_service":false,"flapping":false,"level":0}],"next":"dGhlcmU","total":7}`, body)
	midnight := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	diff(t, httpapi.AlarmQuery{
		State: "hidden", Severity: "critical", Location: "loc-1", Area: "w", Device: "cam-1", Subsystem: "traffic", Reason: "no_signal", Text: "Ngã",
		From: midnight, To: midnight.AddDate(0, 0, 1), Limit: 1,
	}, r.desk.query)
	r.get("/api/v1/alarms?cursor=dGhlcmU")
	diff(t, httpapi.AlarmQuery{State: "open", After: "there", Limit: 100}, r.desk.query)
	r.problem(r.do(http.MethodGet, "/api/v1/alarms?state=strange", ""), http.StatusUnprocessableEntity)
}

func TestAnAlarmComesWithWhoDidWhatAboutIt(t *testing.T) {
	t.Parallel()
	r := setup(t)
	_, body := r.get("/api/v1/alarms/a-1")
	if want := `"closed_at":"2026-11-23T13:00:00Z","transitions":1,"history":[{"n":1,"at":"2026-11-23T12:00:00Z","what":"shelved","severity":"critical",` +
		`"reason":"no_signal","count":1,"actor":"Lan","why":"thợ","until":"2026-11-23T13:00:00Z","key":"k1"}]}`; !strings.HasSuffix(body, want) {
		t.Errorf("got %s, want at its end %s", body, want)
	}
	diff(t, `not found: there is no alarm "a-2"`, r.problem(r.do(http.MethodGet, "/api/v1/alarms/a-2", ""), http.StatusNotFound))
}

func TestEveryActionSaysWhoAndWhy(t *testing.T) {
	t.Parallel()
	later := noon.Add(30 * time.Minute)
	for body, want := range map[string]city.Action{
		`acknowledge {"actor":"Lan"}`:                                          {Verb: city.Acknowledge},
		`acknowledge {"actor":"Lan","reason":"x","minutes":30}`:                {Verb: city.Acknowledge, Reason: "x", Until: later},
		`assign {"actor":"Lan","assignee":"Minh"}`:                             {Verb: city.Assign, Assignee: "Minh"},
		`assign {"actor":"Lan","assignee":""}`:                                 {Verb: city.Assign},
		`comment {"actor":"Lan","reason":"đã gọi"}`:                            {Verb: city.Comment, Reason: "đã gọi"},
		`shelve {"actor":"Lan","reason":"thợ","until":"2026-11-23T12:30:00Z"}`: {Verb: city.Shelve, Reason: "thợ", Until: later},
		`unshelve {"actor":"Lan"}`:                                             {Verb: city.Unshelve},
	} {
		r := setup(t)
		verb, body, _ := strings.Cut(body, " ")
		response := r.post("/api/v1/alarms/a-1/"+verb, body)
		diff(t, http.StatusOK, response.StatusCode)
		diff(t, "k1", response.Header.Get("Idempotency-Key"))
		if text := bodyOf(t, response); !strings.HasPrefix(text, `{"outcome":"done","repeated":false,"alarm":{"id":"a-1",`) {
			t.Errorf("%s: %s", verb, text)
		}
		want.Key, want.Alarm, want.Actor = "k1", "a-1", "Lan"
		diff(t, want, r.desk.action)
	}
}

func TestAnActionThatSaysTooLittleIsRefused(t *testing.T) {
	t.Parallel()
	r := setup(t)
	for _, request := range []string{
		`acknowledge {}`, `acknowledge {"actor":""}`, `acknowledge {"actor":"Lan","colour":"red"}`, `acknowledge {"actor":"Lan","minutes":-1}`,
		`acknowledge {"actor":"Lan","until":"tomorrow"}`, `acknowledge {"actor":"Lan","minutes":1,"until":"2026-11-23T12:30:00Z"}`,
		`assign {"actor":"Lan"}`, `comment {"actor":"Lan"}`, `comment {"actor":"Lan","reason":""}`, `shelve {"actor":"Lan","minutes":5}`, `unshelve {}`,
	} {
		verb, body, _ := strings.Cut(request, " ")
		r.problem(r.post("/api/v1/alarms/a-1/"+verb, body), http.StatusUnprocessableEntity)
	}
	diff(t, city.Action{}, r.desk.action)
	for _, key := range []string{strings.Repeat("k", 129), "a b", "ã"} {
		r.problem(r.do(http.MethodPost, "/api/v1/alarms/a-1/unshelve", `{"actor":"Lan"}`, "Content-Type", "application/json", "Idempotency-Key", key), http.StatusUnprocessableEntity)
	}
}

// A client that chose no key can still ask again: the answer says which it was, also when it is a problem.
func TestTheServerMakesAKeyAndSaysIt(t *testing.T) {
	t.Parallel()
	r := setup(t)
	send := func() *http.Response {
		return r.do(http.MethodPost, "/api/v1/alarms/a-1/unshelve", `{"actor":"Lan"}`, "Content-Type", "application/json")
	}
	first, second := send().Header.Get("Idempotency-Key"), send().Header.Get("Idempotency-Key")
	if first == "" || first == second || second != r.desk.action.Key {
		t.Errorf("keys %q and %q; the desk got %q", first, second, r.desk.action.Key)
	}
	for status, err := range map[int]error{
		http.StatusNotFound: httpapi.ErrNotFound, http.StatusConflict: httpapi.ErrConflict,
		http.StatusUnprocessableEntity: httpapi.ErrInvalid, http.StatusServiceUnavailable: httpapi.ErrUnavailable,
	} {
		r.desk.err = fmt.Errorf("%w: because", err)
		response := send()
		r.problem(response, status)
		if response.Header.Get("Idempotency-Key") != r.desk.action.Key {
			t.Errorf("%d: the key is %q", status, response.Header.Get("Idempotency-Key"))
		}
		if status == http.StatusServiceUnavailable && response.Header.Get("Retry-After") == "" {
			t.Error("when to ask again is not said")
		}
	}
}

func TestSeveralAlarmsAreAcknowledgedAtOnce(t *testing.T) {
	t.Parallel()
	r := setup(t)
	const target = "/api/v1/alarms/acknowledge"
	diff(t, `{"done":1,"remaining":3,"items":[{"alarm":"a-1","outcome":"done"}]}`, bodyOf(t, r.post(target, `{"actor":"Lan","alarms":["a-1","a-2"]}`)))
	diff(t, httpapi.AlarmChoice{Alarms: []string{"a-1", "a-2"}}, r.desk.choice)
	r.post(target, `{"actor":"Lan","reason":"mất điện","filter":{"reason":"no_signal","area":"w"},"minutes":60}`)
	diff(t, httpapi.AlarmChoice{Filter: &httpapi.AlarmFilter{Reason: "no_signal", Area: "w"}}, r.desk.choice)
	diff(t, city.Action{Key: "k1", Verb: city.Acknowledge, Actor: "Lan", Reason: "mất điện", Until: noon.Add(time.Hour)}, r.desk.action)
	for _, body := range []string{`{"actor":"Lan"}`, `{"actor":"Lan","alarms":[],"filter":null}`, `{"actor":"Lan","alarms":["a"],"filter":{}}`} {
		r.problem(r.post(target, body), http.StatusUnprocessableEntity)
	}
}

func TestMaintenanceIsPlannedListedAndCancelled(t *testing.T) {
	t.Parallel()
	r := setup(t)
	response := r.post("/api/v1/maintenance", `{"actor":"Lan","reason":"vệ sinh","location":"loc-1","contractor":"VNPT","start":"2026-11-24T02:00:00+07:00",`+
		`"end":"2026-11-24T03:30:00+07:00","rule":"FREQ=WEEKLY","title":"Vệ sinh"}`)
	diff(t, http.StatusCreated, response.StatusCode)
	w := r.desk.action.Window
	w.Start = w.Start.UTC()
	diff(t, &city.Window{
		Location: "loc-1", Contractor: "VNPT", Start: time.Date(2026, 11, 23, 19, 0, 0, 0, time.UTC), Duration: 90 * time.Minute, Rule: "FREQ=WEEKLY", Title: "Vệ sinh",
	}, w)
	r.post("/api/v1/maintenance", `{"actor":"Lan","reason":"x","device":"cam-1","minutes":30}`)
	diff(t, city.Action{Key: "k1", Verb: city.Maintain, Actor: "Lan", Reason: "x", Window: &city.Window{Device: "cam-1", Start: noon, Duration: 30 * time.Minute}}, r.desk.action)
	for _, body := range []string{`{"actor":"Lan","reason":"x","device":"cam-1"}`, `{"actor":"Lan","device":"cam-1","minutes":3}`, `{"actor":"Lan","reason":"x","minutes":3,"end":"2026-11-24T02:00:00Z"}`} {
		r.problem(r.post("/api/v1/maintenance", body), http.StatusUnprocessableEntity)
	}

	r.post("/api/v1/devices/cam-1/mute", `{"actor":"Minh","reason":"trên cột","minutes":45}`)
	diff(t, &city.Window{Device: "cam-1", Start: noon, Duration: 45 * time.Minute, Mute: true}, r.desk.action.Window)
	r.problem(r.post("/api/v1/devices/cam-1/mute", `{"actor":"Minh","reason":"x","minutes":481}`), http.StatusUnprocessableEntity)

	_, body := r.get("/api/v1/maintenance?state=past&limit=1&cursor=dy0x")
	diff(t, httpapi.WindowQuery{State: "past", After: "w-1", Limit: 1}, r.desk.windows)
	diff(t, `{"items":[{"id":"w-1","state":"active","device":"cam-1","start":"2026-11-23T12:00:00Z","minutes":90,`+
		`"times":[{"from":"2026-11-23T12:00:00Z","to":"2026-11-23T13:30:00Z"}]}],"next":"dy0x","total":2}`, body)

	resume := city.Action{Key: "k2", Verb: city.Resume, Actor: "Lan", Reason: "xong", WindowID: "w-1"}
	diff(t, http.StatusOK, r.do(http.MethodDelete, "/api/v1/maintenance/w-1?actor=Lan&reason=xong", "", "Idempotency-Key", "k2").StatusCode)
	diff(t, resume, r.desk.action)
	r.desk.action = city.Action{}
	diff(t, http.StatusOK, r.do(http.MethodDelete, "/api/v1/maintenance/w-1", `{"actor":"Lan","reason":"xong"}`, "Idempotency-Key", "k2", "Content-Type", "application/json").StatusCode)
	diff(t, resume, r.desk.action)
}

func TestTheAuditIsReadAndVerified(t *testing.T) {
	t.Parallel()
	r := setup(t)
	_, body := r.get("/api/v1/audit?actor=Lan&object=alarm/a-1&limit=1")
	diff(t, httpapi.AuditQuery{Actor: "Lan", Object: "alarm/a-1", Limit: 1}, r.desk.audit)
	cursor := "MjAyNi0xMS0yM1QxMjowMDowMC4xMjM0NTZaIDEgNA"
	diff(t, `{"items":[{"partition":1,"n":4,"at":"2026-11-23T12:00:00.123456Z","actor":"Lan","verb":"comment","object":"alarm/a-1","reason":"đã gọi","key":"k1",`+
		`"outcome":"done","document":{"key":"k1"},"prev":"00","hash":"ff"}],"next":"`+cursor+`","total":9}`, body)
	r.get("/api/v1/audit?cursor=" + cursor)
	diff(t, httpapi.AuditPlace{At: noon.Add(123456 * time.Microsecond), Partition: 1, N: 4}, r.desk.audit.Before)
	r.problem(r.do(http.MethodGet, "/api/v1/audit?cursor=eA", ""), http.StatusUnprocessableEntity)

	r.desk.verdict = httpapi.AuditVerdict{Rows: 2, Fault: &httpapi.AuditFault{Partition: 1, N: 3, What: "gap", Message: "row 3 is missing"}}
	_, body = r.get("/api/v1/audit/verify?expect_head=" + strings.Repeat("0f", 32))
	diff(t, `{"ok":false,"rows":2,"chains":[],"fault":{"partition":1,"n":3,"what":"gap","message":"row 3 is missing"}}`, body)
	diff(t, strings.Repeat("\x0f", 32), string(r.desk.noted))
	r.problem(r.do(http.MethodGet, "/api/v1/audit/verify?expect_head=0f", ""), http.StatusUnprocessableEntity)
}

func TestFiguresOfAlarmsAreOfTheLastDayUnlessSaidOtherwise(t *testing.T) {
	t.Parallel()
	r := setup(t)
	_, body := r.get("/api/v1/alarms/figures")
	if !strings.Contains(body, `"raised":12,`) {
		t.Errorf("got %s", body)
	}
	diff(t, []time.Time{noon.AddDate(0, 0, -1), noon}, []time.Time{r.desk.from, r.desk.to})
	r.get("/api/v1/alarms/figures?from=2026-11-01T00:00:00Z&to=2026-11-02T00:00:00Z")
	diff(t, time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), r.desk.from)
	r.problem(r.do(http.MethodGet, "/api/v1/alarms/figures?from=2026-11-02T00:00:00Z&to=2026-11-01T00:00:00Z", ""), http.StatusUnprocessableEntity)
}
