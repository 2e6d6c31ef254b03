package httpapi_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func (r *rig) addCameras() {
	for i, d := range []struct{ location, subsystem, kind, status, name string }{
		{"loc-1", "traffic", "camera.ptz", "ok", "Ngã Tư Sở"},
		{"loc-1", "traffic", "camera.overview", "critical", "Cầu Đất"},
		{"loc-2", "safety", "camerafake", "stale", "Nga My"},
		{"loc-2", "traffic", "detector", "warning", "NGÃ TƯ VỌNG"},
	} {
		r.city.set(fmt.Sprintf("device/cam-%d", i+1), fmt.Sprintf(
			`{"id":"cam-%d","location":%q,"subsystem":%q,"kind":%q,"status":%q,"name":%q,"extra":true}`,
			i+1, d.location, d.subsystem, d.kind, d.status, d.name))
	}
}

// ids returns the ids of a list's items, the total and the cursor of the next page.
func (r *rig) ids(target string) (ids []string, total int, next string) {
	r.t.Helper()
	status, body := r.get(target)
	var list struct {
		Items []struct{ ID string }
		Total int
		Next  string
	}
	if err := json.Unmarshal([]byte(body), &list); err != nil || status != http.StatusOK {
		r.t.Fatalf("%s: %d %s", target, status, body)
	}
	for _, item := range list.Items {
		ids = append(ids, item.ID)
	}
	return ids, list.Total, list.Next
}

func TestEntitiesAreGivenAsThePictureHoldsThem(t *testing.T) {
	t.Parallel()
	r := setup(t)
	r.city.set("device/cam-1", `{"id":"cam-1","name":"<Ngã Tư>","new_field":[1]}`)
	r.city.set("location/loc-1", `{"id":"loc-1"}`)
	r.city.set("subsystem/traffic", `{"id":"traffic"}`)
	r.city.set("area/viet-tri", `{"id":"viet-tri"}`)
	for target, want := range map[string]string{
		"/api/v1/devices":            `{"items":[{"id":"cam-1","name":"<Ngã Tư>","new_field":[1]}],"total":1}`,
		"/api/v1/devices/cam-1":      `{"id":"cam-1","name":"<Ngã Tư>","new_field":[1]}`,
		"/api/v1/locations":          `{"items":[{"id":"loc-1"}],"total":1}`,
		"/api/v1/locations/loc-1":    `{"id":"loc-1"}`,
		"/api/v1/subsystems":         `{"items":[{"id":"traffic"}],"total":1}`,
		"/api/v1/subsystems/traffic": `{"id":"traffic"}`,
		"/api/v1/areas":              `{"items":[{"id":"viet-tri"}],"total":1}`,
		"/api/v1/areas/viet-tri":     `{"id":"viet-tri"}`,
	} {
		status, body := r.get(target)
		diff(t, http.StatusOK, status)
		diff(t, want, body)
	}
	r.city.set("device/cam-1", ``)
	_, body := r.get("/api/v1/devices")
	diff(t, `{"items":[],"total":0}`, body)
}

func TestDevicesAreFiltered(t *testing.T) {
	t.Parallel()
	r := setup(t)
	r.addCameras()
	for query, want := range map[string]string{
		"":                                  "cam-1 cam-2 cam-3 cam-4",
		"location=loc-1":                    "cam-1 cam-2",
		"location=loc":                      "",
		"subsystem=safety":                  "cam-3",
		"status=critical":                   "cam-2",
		"status=critical,stale":             "cam-2 cam-3",
		"kind=camera":                       "cam-1 cam-2", // and not camerafake
		"kind=camera.ptz":                   "cam-1",
		"q=" + url.QueryEscape("nga tu"):    "cam-1 cam-4",
		"q=" + url.QueryEscape("NGÃ TƯ sở"): "cam-1",
		"q=dat":                             "cam-2",
		"q=CAM-3":                           "cam-3",
		"location=loc-2&subsystem=traffic":  "cam-4",
		"location=loc-2&status=ok":          "",
	} {
		ids, total, next := r.ids("/api/v1/devices?" + query)
		if got := strings.Join(ids, " "); got != want || total != len(ids) || next != "" {
			t.Errorf("%q gives %q, of %d, then %q; want %q", query, got, total, next, want)
		}
	}
	r.city.set("device/cam-3", `{"id":"cam-3","status":"ok"}`) // and filters follow the picture
	ids, _, _ := r.ids("/api/v1/devices?status=ok")
	diff(t, []string{"cam-1", "cam-3"}, ids)
}

func TestLocationsAreFiltered(t *testing.T) {
	t.Parallel()
	r := setup(t)
	r.city.set("location/loc-1", `{"id":"loc-1","name":"Bến xe","area":"a","status":"ok"}`)
	r.city.set("location/loc-2", `{"id":"loc-2","name":"Cầu","area":"b","status":"critical"}`)
	for query, want := range map[string]string{"area=a": "loc-1", "status=critical": "loc-2", "q=ben": "loc-1"} {
		ids, _, _ := r.ids("/api/v1/locations?" + query)
		diff(t, want, strings.Join(ids, " "))
	}
}

func TestPagesNeitherRepeatNorLeaveOutWhileThingsComeAndGo(t *testing.T) {
	t.Parallel()
	r := setup(t)
	for i := range 25 {
		r.city.set(fmt.Sprintf("device/cam-%02d", i), fmt.Sprintf(`{"id":"cam-%02d","status":"ok"}`, i))
	}
	var seen []string
	cursor := ""
	for pages := 0; ; pages++ {
		ids, total, next := r.ids("/api/v1/devices?status=ok&limit=10&cursor=" + cursor)
		seen = append(seen, ids...)
		if pages == 0 {
			diff(t, 25, total)
			r.city.set("device/cam-000", `{"id":"cam-000","status":"ok"}`) // before the cursor
			r.city.set("device/cam-09", ``)                                // the last of this page
			r.city.set("device/cam-24a", `{"id":"cam-24a","status":"ok"}`) // still to come
		}
		if cursor = next; next == "" {
			diff(t, 2, pages)
			break
		}
	}
	var want []string
	for i := range 25 {
		want = append(want, fmt.Sprintf("cam-%02d", i))
	}
	diff(t, append(want, "cam-24a"), seen)
}

func TestALastPageThatIsFullHasNoNext(t *testing.T) {
	t.Parallel()
	r := setup(t)
	r.addCameras()
	_, _, next := r.ids("/api/v1/devices?limit=4")
	diff(t, "", next)
	_, _, next = r.ids("/api/v1/devices?limit=3")
	ids, total, end := r.ids("/api/v1/devices?limit=3&cursor=" + next)
	diff(t, []string{"cam-4"}, ids)
	diff(t, 4, total)
	diff(t, "", end)
}

func TestFaultyQuestionsAreProblems(t *testing.T) {
	t.Parallel()
	r := setup(t)
	for target, status := range map[string]int{
		"/api/v1/devices/none":                                    404,
		"/api/v1/locations/none":                                  404,
		"/api/v1/nothing":                                         404,
		"/assets/none.js":                                         404,
		"/api/v1/devices?status=fine":                             422,
		"/api/v1/devices?limit=0":                                 422,
		"/api/v1/devices?limit=1001":                              422,
		"/api/v1/devices?cursor=%21":                              422,
		"/api/v1/quarantine?cursor=x":                             422,
		"/api/v1/devices/cam-1/history?from=yesterday":            422,
		"/api/v1/devices/cam-1/history?from=2027-01-01T00:00:00Z": 422,
		"/api/v1/devices/cam-1/history?from=2001-01-01T00:00:00Z": 422,
		"/api/v1/devices/none/history":                            404,
	} {
		r.problem(r.do(http.MethodGet, target, ""), status)
	}
	response := r.do(http.MethodDelete, "/api/v1/devices", "")
	diff(t, "GET", response.Header.Get("Allow"))
	diff(t, "/api/v1/devices takes GET", r.problem(response, http.StatusMethodNotAllowed))
	response = r.do(http.MethodPut, "/api/v1/inventory", "")
	diff(t, "GET, POST", response.Header.Get("Allow"))
	r.problem(response, http.StatusMethodNotAllowed)
	r.problem(r.do(http.MethodPost, "/", ""), http.StatusNotFound)
}
