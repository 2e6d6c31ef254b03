package stream

import (
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"
)

// The operations that clients may ask for.
const (
	opSubscribe   = "subscribe"
	opUnsubscribe = "unsubscribe"
	opReport      = "report"
	opAct         = "act"
)

// request is one frame from a client. Unknown fields are ignored, so that a newer client can talk
// to an older server.
type request struct {
	Op string `json:"op"`
	ID string `json:"id"`

	Keys     []string  `json:"keys"`
	Location string    `json:"location"`
	MaxRate  *float64  `json:"max_rate"` // frames/s
	Resume   *position `json:"resume"`

	Screen      string            `json:"screen"`
	Build       string            `json:"build"`
	Seqs        map[string]uint64 `json:"seqs"`
	ClockOffset float64           `json:"clock_offset_ms"`

	Key    string         `json:"key"`
	Action *actionRequest `json:"action"`
}

// position is a place in the frames of a view.
type position struct {
	Epoch string `json:"epoch"`
	Seq   uint64 `json:"seq"`
}

// parseRequest reads one frame. Its errors are for frames that make no sense at all, and are short
// enough for the reason of a close frame.
func parseRequest(data []byte) (*request, error) {
	if !utf8.Valid(data) {
		return nil, errors.New("malformed frame: not UTF-8")
	}
	var r request
	if err := json.Unmarshal(data, &r); err != nil {
		if wrongType, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
			return nil, fmt.Errorf("malformed frame: %.30q cannot be a %.20s", wrongType.Field, wrongType.Value)
		}
		return nil, errors.New("malformed frame: not a JSON object")
	}
	if r.Op == "" {
		return nil, errors.New("malformed frame: no op")
	}
	return &r, nil
}

// checkID checks what every request that is answered needs.
func checkID(id string) error {
	if id == "" || len(id) > maxIDLength {
		return fmt.Errorf("id: 1 to %d bytes are needed, not %d", maxIDLength, len(id))
	}
	return nil
}
