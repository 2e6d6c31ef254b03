package httpapi_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"opscenter/internal/httpapi"
)

// fakePast is a past that is always the picture of the rig.
type fakePast struct {
	city   *fakeCity
	at     time.Time
	replay httpapi.ReplayQuery
	busy   bool
}

func (f *fakePast) Replay(w http.ResponseWriter, _ *http.Request, q httpapi.ReplayQuery) error {
	f.replay = q
	if f.busy {
		return fmt.Errorf("%w: too many", httpapi.ErrUnavailable)
	}
	w.WriteHeader(http.StatusTeapot)
	return nil
}

func (f *fakePast) Board(_ context.Context, at time.Time) (httpapi.Source, error) {
	f.at = at
	switch {
	case at.After(noon):
		return nil, fmt.Errorf("%w: in the future", httpapi.ErrInvalid)
	case at.Before(noon.AddDate(0, 0, -30)):
		return nil, fmt.Errorf("%w: the archive begins at noon", httpapi.ErrNotFound)
	}
	return f.city, nil
}

func (f *fakePast) Span(context.Context) (from, to time.Time, err error) {
	if f.busy {
		return from, to, fmt.Errorf("%w: the archive is empty yet", httpapi.ErrNotFound)
	}
	return noon.AddDate(0, 0, -30), noon, nil
}

func pastRig(t *testing.T) *rig {
	t.Helper()
	r := setup(t)
	for _, id := range []string{"1", "2"} {
		r.city.set("location/loc-"+id, `{"id":"loc-`+id+`"}`)
		r.city.set("device/cam-"+id, `{"id":"cam-`+id+`"}`)
	}
	r.city.set("city", `{"status":"ok"}`)
	return r
}

func TestThePictureOfAPastMomentIsGiven(t *testing.T) {
	t.Parallel()
	r := pastRig(t)
	for query, want := range map[string]string{
		"":                               `"city":{"status":"ok"},"device/cam-1":{"id":"cam-1"},"device/cam-2":{"id":"cam-2"},"location/loc-1":{"id":"loc-1"},"location/loc-2":{"id":"loc-2"}`,
		"&keys=city,device/*":            `"city":{"status":"ok"},"device/cam-1":{"id":"cam-1"},"device/cam-2":{"id":"cam-2"}`,
		"&keys=device/cam-2,device/cam":  `"device/cam-2":{"id":"cam-2"}`,
		"&location=loc-2":                `"location/loc-2":{"id":"loc-2"}`, // the rig's devices are nowhere
		"&location=loc-2&keys=device/*":  ``,
		"&location=loc-2&keys=*":         `"location/loc-2":{"id":"loc-2"}`,
		"&location=loc-1&keys=l*,city,*": `"location/loc-1":{"id":"loc-1"}`,
	} {
		status, body := r.get("/api/v1/board?at=2026-11-23T10:00:00Z" + query)
		diff(t, http.StatusOK, status)
		diff(t, `{"at":"2026-11-23T17:00:00+07:00","entities":{`+want+`}}`, body)
	}
}

func TestAMomentMayBeToldByTheCitysClocks(t *testing.T) {
	t.Parallel()
	r := pastRig(t)
	for text, want := range map[string]time.Time{
		"2026-11-23T10:00:00Z":            noon.Add(-2 * time.Hour),
		"2026-11-23T17:00:00%2b07:00":     noon.Add(-2 * time.Hour),
		"2026-11-23T17:00:00":             noon.Add(-2 * time.Hour),
		"2026-11-23T17:00":                noon.Add(-2 * time.Hour),
		"2026-11-23":                      noon.Add(-19 * time.Hour),
		"2026-11-23T19:00:00&location=l1": noon,
	} {
		if status, body := r.get("/api/v1/board?at=" + text); status != http.StatusOK || !r.past.at.Equal(want) {
			t.Errorf("%s: %d %s, asked for %s", text, status, body, r.past.at)
		}
	}
}

func TestMomentsThatCannotBeAreRefused(t *testing.T) {
	t.Parallel()
	r := pastRig(t)
	for query, want := range map[string]struct {
		status int
		detail string
	}{
		"at=yesterday":                                   {422, "invalid: at must be a date such as 2026-11-01 or a time in RFC 3339"},
		"at=2026-11-23T10:00:00.5Z":                      {422, "invalid: at must be a whole second"},
		"at=2026-11-23T10:00:00.5":                       {422, "invalid: at must be a date such as 2026-11-01 or a time in RFC 3339"},
		"at=2026-11-24T00:00:00Z":                        {422, "invalid: in the future"},
		"at=2026-01-01T00:00:00Z":                        {404, "not found: the archive begins at noon"},
		"at=2026-11-23T10:00:00Z&keys=device/*/x":        {422, `invalid: keys: "device/*/x" is neither a key nor a beginning that ends in *`},
		"at=2026-11-23T10:00:00Z&location=Ng%c3%a3%20t6": {422, `invalid: location: id "Ngã t6" is not a slug: 1 to 64 of a-z 0-9 _ . -, first a letter or digit`},
	} {
		detail := r.problem(r.do(http.MethodGet, "/api/v1/board?"+query, ""), want.status)
		diff(t, want.detail, detail)
	}
	r.problem(r.do(http.MethodGet, "/api/v1/board", ""), 422)
}

func TestItIsToldOfWhatTimePicturesAreKnown(t *testing.T) {
	t.Parallel()
	r := pastRig(t)
	status, body := r.get("/api/v1/board/span")
	diff(t, http.StatusOK, status)
	diff(t, `{"from":"2026-10-24T19:00:00+07:00","to":"2026-11-23T19:00:00+07:00"}`, body)
	r.past.busy = true
	diff(t, "not found: the archive is empty yet", r.problem(r.do(http.MethodGet, "/api/v1/board/span", ""), http.StatusNotFound))
}

func TestAReplayIsAskedForAsItIsWished(t *testing.T) {
	t.Parallel()
	r := pastRig(t)
	for query, want := range map[string]httpapi.ReplayQuery{
		"from=2026-11-23T10:00:00Z":                                  {From: noon.Add(-2 * time.Hour), Speed: 1},
		"from=2026-11-23T17:00:00&to=2026-11-23T18:00:00&speed=62.5": {From: noon.Add(-2 * time.Hour), To: noon.Add(-time.Hour), Speed: 62.5},
	} {
		response := r.do(http.MethodGet, "/api/v1/replay?"+query, "")
		diff(t, http.StatusTeapot, response.StatusCode)
		_ = response.Body.Close()
		if got := r.past.replay; !got.From.Equal(want.From) || !got.To.Equal(want.To) || got.Speed != want.Speed {
			t.Errorf("%s was taken for %+v", query, got)
		}
	}
	for _, query := range []string{"", "from=x", "from=2026-11-23T10:00:00Z&to=x", "from=2026-11-23T10:00:00Z&speed=x"} {
		r.problem(r.do(http.MethodGet, "/api/v1/replay?"+query, ""), http.StatusUnprocessableEntity)
	}
	r.past.busy = true
	response := r.do(http.MethodGet, "/api/v1/replay?from=2026-11-23T10:00:00Z", "")
	diff(t, "5", response.Header.Get("Retry-After"))
	r.problem(response, http.StatusServiceUnavailable)
}
