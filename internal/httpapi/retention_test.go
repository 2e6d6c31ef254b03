package httpapi_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"opscenter/internal/city"
	"opscenter/internal/httpapi"
)

// fakeRetention remembers what it was asked.
type fakeRetention struct {
	err error
	key string
	new httpapi.NewHold
}

func (f *fakeRetention) Retention(context.Context) ([]httpapi.KeptClass, error) {
	return []httpapi.KeptClass{{Class: "violations", Names: city.Names{VI: "Vi phạm", EN: "Violations"}, KeepS: 7776000, Oldest: noon, Bytes: 8192, Rows: 3}}, f.err
}

func (f *fakeRetention) Holds(context.Context) ([]httpapi.Hold, error) { return nil, f.err }

func (f *fakeRetention) PlaceHold(_ context.Context, key string, h httpapi.NewHold) (httpapi.Hold, error) {
	f.key, f.new = key, h
	return httpapi.Hold{ID: 7, Classes: h.Classes, From: h.From, Reason: h.Reason, PlacedBy: h.Actor, PlacedAt: noon, Standing: true}, f.err
}

func (f *fakeRetention) LiftHold(_ context.Context, key string, id int64, l httpapi.Lift) (httpapi.Hold, error) {
	f.key = key
	if id != 7 {
		return httpapi.Hold{}, fmt.Errorf("%w: hold %d", httpapi.ErrNotFound, id)
	}
	return httpapi.Hold{ID: id, Classes: []string{"all"}, LiftReason: l.Reason, LiftedBy: l.Actor, LiftedAt: noon}, f.err
}

func TestRetentionIsListedByClass(t *testing.T) {
	t.Parallel()
	r := setup(t)
	_, body := r.get("/api/v1/retention")
	diff(t, `{"items":[{"class":"violations","names":{"vi":"Vi phạm","en":"Violations"},"keep_s":7776000,"oldest":"2026-11-23T12:00:00Z","bytes":8192,"rows":3,"partitions":0,`+
		`"held":{"holds":[],"partitions":0,"rows":0},"due":{"partitions":0,"rows":0}}],"total":1}`, body)
	_, body = r.get("/api/v1/retention/holds")
	diff(t, `{"items":[],"total":0}`, body)
}

func TestAHoldIsPlacedAndLiftedByKeyWithActorAndReason(t *testing.T) {
	t.Parallel()
	r := setup(t)
	const holds = "/api/v1/retention/holds"
	post := func(path, body string, header ...string) *http.Response {
		return r.do(http.MethodPost, path, body, append(header, "Content-Type", "application/json")...)
	}
	const body = `{"classes":["violations"],"from":"2026-11-01T00:00:00+07:00","device":"cam-1","reason":"vụ án 12","actor":"Lan"}`
	response := post(holds, body, "Idempotency-Key", "k1")
	diff(t, http.StatusCreated, response.StatusCode)
	diff(t, `{"id":7,"classes":["violations"],"from":"2026-11-01T00:00:00+07:00","reason":"vụ án 12","placed_by":"Lan","placed_at":"2026-11-23T12:00:00Z","standing":true}`, bodyOf(t, response))
	diff(t, "k1", r.retention.key)
	diff(t, "cam-1", r.retention.new.Device)
	diff(t, true, r.retention.new.To.IsZero())

	response = post(holds+"/7/lift", `{"reason":"xong","actor":"Minh"}`, "Idempotency-Key", "k2")
	diff(t, http.StatusOK, response.StatusCode)
	diff(t, "hold 8", strings.TrimPrefix(r.problem(post(holds+"/8/lift", `{"reason":"xong","actor":"Minh"}`, "Idempotency-Key", "k3"), http.StatusNotFound), "not found: "))

	for _, bad := range []string{
		`{"classes":[],"from":"2026-11-01T00:00:00Z","reason":"r","actor":"a"}`,
		`{"classes":["all"],"reason":"r","actor":"a"}`,
		`{"classes":["all"],"from":"2026-11-01T00:00:00Z","to":"2026-11-01T00:00:00Z","reason":"r","actor":"a"}`,
		`{"classes":["all"],"from":"2026-11-01T00:00:00Z","reason":" ","actor":"a"}`,
		`{"classes":["all"],"from":"2026-11-01T00:00:00Z","reason":"r"}`,
	} {
		r.problem(post(holds, bad, "Idempotency-Key", "k4"), http.StatusUnprocessableEntity)
	}
	r.problem(post(holds, body), http.StatusUnprocessableEntity)
	r.retention.err = fmt.Errorf("%w: this key was used for another request", httpapi.ErrConflict)
	r.problem(post(holds, body, "Idempotency-Key", "k1"), http.StatusConflict)
}
