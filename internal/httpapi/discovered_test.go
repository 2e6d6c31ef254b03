package httpapi_test

import (
	"fmt"
	"net/http"
	"testing"

	"opscenter/internal/httpapi"
)

const discovered = "/api/v1/inventory/discovered"

func TestDiscoveredDevicesAreListed(t *testing.T) {
	t.Parallel()
	r := setup(t)
	status, body := r.get(discovered + "?dialect=frigate&subsystem=traffic&q=C%E1%BB%ADa&limit=1")
	diff(t, http.StatusOK, status)
	diff(t, `{"items":[{"ref":"0a1b2c3d4e5f","external_id":"frigate:front_door","dialect":"frigate","identity":"front_door","subsystem":"traffic",`+
		`"topic":"frigate/x","sample":"{}","name":"Cửa","maker":"","model":"","firmware":"","kind":"","first_seen":"2026-11-23T12:00:00Z",`+
		`"last_seen":"2026-11-23T12:01:00Z","sightings":3}],"next":"ZnJpZ2F0ZTpmcm9udF9kb29y","total":12}`, body)
	diff(t, httpapi.DiscoveredQuery{Dialect: "frigate", Subsystem: "traffic", Text: "Cửa", Limit: 1}, r.store.seen)
	status, _ = r.get(discovered + "?cursor=ZnJpZ2F0ZTpmcm9udF9kb29y")
	diff(t, http.StatusOK, status)
	diff(t, httpapi.DiscoveredQuery{After: "frigate:front_door", Limit: 100}, r.store.seen)
	r.problem(r.do(http.MethodGet, discovered+"?cursor=%25", ""), http.StatusUnprocessableEntity)
}

func TestADiscoveredDeviceIsAdopted(t *testing.T) {
	t.Parallel()
	r := setup(t)
	response := r.do(http.MethodPost, discovered+"/0a1b2c3d4e5f/adopt",
		`{"id":"cam-9","location":"loc-1","name":"Cổng","kind":"camera.ptz","parent":"nvr-1","contractor":"VNPT","model":"Q1","cadence_s":30,"expected_fps":25}`,
		"Content-Type", "application/json")
	diff(t, `{"id":"cam-9","name":"Cổng","location":"loc-1","subsystem":"","kind":"","external_id":"frigate:front_door","parent":"",`+
		`"contractor":"","model":"","cadence_s":0,"expected_fps":0,"registered_at":"2026-11-23T12:00:00Z"}`, bodyOf(t, response))
	diff(t, http.StatusCreated, response.StatusCode)
	diff(t, "/api/v1/devices/cam-9", response.Header.Get("Location"))
	diff(t, httpapi.Adoption{
		ID: "cam-9", Location: "loc-1", Name: "Cổng", Kind: "camera.ptz", Parent: "nvr-1", Contractor: "VNPT", Model: "Q1", CadenceS: 30, ExpectedFPS: 25,
	}, r.store.adopted)
}

func TestAnAdoptionThatDoesNotFitIsAProblem(t *testing.T) {
	t.Parallel()
	r := setup(t)
	adopt := func(ref, body string) *http.Response {
		return r.do(http.MethodPost, discovered+"/"+ref+"/adopt", body, "Content-Type", "application/json")
	}
	diff(t, `discovered "x": not found`, r.problem(adopt("x", `{}`), http.StatusNotFound))
	for _, body := range []string{``, `[]`, `{"colour":"red"}`, `{"cadence_s":-1}`, `{"id":7}`} {
		response := adopt("0a1b2c3d4e5f", body)
		if response.StatusCode != http.StatusUnprocessableEntity && response.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: status %d", body, response.StatusCode)
		}
	}
	r.store.err = fmt.Errorf(`%w: id "cam-9" belongs to device "cam-9"`, httpapi.ErrConflict)
	diff(t, `conflict: id "cam-9" belongs to device "cam-9"`, r.problem(adopt("0a1b2c3d4e5f", `{"id":"cam-9"}`), http.StatusConflict))
	r.store.err = fmt.Errorf(`%w: location: there is no location "x"`, httpapi.ErrInvalid)
	diff(t, `invalid: location: there is no location "x"`, r.problem(adopt("0a1b2c3d4e5f", `{"id":"cam-9"}`), http.StatusUnprocessableEntity))
}

func TestADiscoveredDeviceIsForgotten(t *testing.T) {
	t.Parallel()
	r := setup(t)
	diff(t, http.StatusNoContent, r.do(http.MethodDelete, discovered+"/0a1b2c3d4e5f", "").StatusCode)
	diff(t, `discovered "x": not found`, r.problem(r.do(http.MethodDelete, discovered+"/x", ""), http.StatusNotFound))
}
