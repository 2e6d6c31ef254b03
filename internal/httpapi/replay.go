package httpapi

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

const replayPath = "/api/v1/replay"

// ReplayQuery says what to play.
type ReplayQuery struct {
	From  time.Time
	To    time.Time // zero: not said
	Speed float64   // seconds of the past per second
}

// replays declares the route that plays the past.
func (a *api) replays() {
	a.mux.HandleFunc("GET "+replayPath, a.play)
	op := get("replay", replayPath, "The past over WebSocket, subprotocol opscenter.v1, with the operations pause, play and seek besides")
	op.Parameters = []*huma.Param{
		{Name: "from", In: "query", Required: true, Schema: &huma.Schema{Type: huma.TypeString}, Description: "RFC 3339 to the second, or civic local time"},
		{Name: "to", In: "query", Schema: &huma.Schema{Type: huma.TypeString}, Description: "an hour after from unless given; never later than now"},
		{Name: "speed", In: "query", Schema: &huma.Schema{Type: huma.TypeNumber}, Description: "seconds of the past per second, 0.1 to 3600; 1 unless given"},
	}
	op.Responses = map[string]*huma.Response{"101": {Description: "Switching protocols."}}
	a.huma.OpenAPI().AddOperation(&op)
}

// play answers with a stream of the past, or with a problem document.
func (a *api) play(w http.ResponseWriter, r *http.Request) {
	q, err := a.replayQuery(r.URL.Query())
	if err == nil {
		err = a.Past.Replay(w, r, q)
	}
	if err == nil {
		return
	}
	err = a.fail(r.Context(), "a replay", err)
	if later, ok := errors.AsType[huma.HeadersError](err); ok {
		maps.Copy(w.Header(), later.GetHeaders())
	}
	if refused, ok := errors.AsType[huma.StatusError](err); ok {
		problem(w, refused.GetStatus(), refused.Error())
	}
}

func (a *api) replayQuery(values url.Values) (q ReplayQuery, err error) {
	if q.From, err = a.parseInstant("from", values.Get("from")); err != nil {
		return q, err
	}
	if to := values.Get("to"); to != "" {
		if q.To, err = a.parseInstant("to", to); err != nil {
			return q, err
		}
	}
	q.Speed = 1
	if speed := values.Get("speed"); speed != "" {
		if q.Speed, err = strconv.ParseFloat(speed, 64); err != nil {
			return q, fmt.Errorf("%w: speed: %.40q is not a number", ErrInvalid, speed)
		}
	}
	return q, nil
}
