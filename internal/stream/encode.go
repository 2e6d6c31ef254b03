package stream

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/gorilla/websocket"
)

// The frames that clients get.
const (
	opSnapshot     = "snapshot"
	opResumed      = "resumed"
	opChanges      = "changes"
	opHeartbeat    = "heartbeat"
	opUnsubscribed = "unsubscribed"
	opActed        = "acted"
	opError        = "error"
)

// The codes of an error frame.
const (
	codeBadRequest  = "bad_request"
	codeTooMany     = "too_many"
	codeResync      = "resync"
	codeUnavailable = "unavailable"
)

// change is one entity's new value; nil where it was removed.
type change struct {
	key   string
	value []byte
}

// frame is one frame for every subscription of a view. Its body is encoded once, and the whole once
// for each subscription id, which is usually the same for all.
type frame struct {
	op       string
	seq      uint64
	body     []byte // what follows the id
	prepared map[string]*websocket.PreparedMessage
}

const maxPrepared = 64 // ids for which one frame is kept encoded

// message returns the frame as a subscription with that id gets it, and its size in bytes.
func (f *frame) message(id string) (*websocket.PreparedMessage, int, error) {
	head := strconv.AppendQuote(nil, f.op)
	head = append(append(append([]byte(`{"op":`), head...), `,"id":`...), quote(id)...)
	size := len(head) + len(f.body)
	if m := f.prepared[id]; m != nil {
		return m, size, nil
	}
	whole := make([]byte, 0, size)
	whole = append(append(whole, head...), f.body...)
	m, err := websocket.NewPreparedMessage(websocket.TextMessage, whole)
	if err != nil {
		return nil, 0, fmt.Errorf("prepare a %s frame: %w", f.op, err)
	}
	if f.prepared == nil || len(f.prepared) >= maxPrepared {
		f.prepared = make(map[string]*websocket.PreparedMessage, 1)
	}
	f.prepared[id] = m
	return m, size, nil
}

func changesFrame(seq uint64, changes []change) *frame {
	body := strconv.AppendUint([]byte(`,"seq":`), seq, 10)
	body = appendChanges(body, changes)
	return &frame{op: opChanges, seq: seq, body: append(body, '}')}
}

func resumedFrame(epoch string, seq, missed uint64, changes []change) *frame {
	body := appendPosition(nil, epoch, seq)
	body = strconv.AppendUint(append(body, `,"missed":`...), missed, 10)
	body = appendChanges(body, changes)
	return &frame{op: opResumed, seq: seq, body: append(body, '}')}
}

func snapshotFrame(epoch string, seq uint64, entities []change) *frame {
	size := 128
	for i := range entities {
		size += len(entities[i].key) + len(entities[i].value) + 8
	}
	body := appendPosition(make([]byte, 0, size), epoch, seq)
	body = append(body, `,"entities":{`...)
	for i := range entities {
		if i > 0 {
			body = append(body, ',')
		}
		body = append(append(body, quote(entities[i].key)...), ':')
		body = append(body, entities[i].value...)
	}
	return &frame{op: opSnapshot, seq: seq, body: append(body, `}}`...)}
}

func appendPosition(to []byte, epoch string, seq uint64) []byte {
	to = append(append(to, `,"epoch":`...), quote(epoch)...)
	return strconv.AppendUint(append(to, `,"seq":`...), seq, 10)
}

func appendChanges(to []byte, changes []change) []byte {
	to = append(to, `,"changes":[`...)
	for i := range changes {
		if i > 0 {
			to = append(to, ',')
		}
		to = append(append(to, `{"key":`...), quote(changes[i].key)...)
		to = append(to, `,"value":`...)
		if changes[i].value == nil {
			to = append(to, `null}`...)
			continue
		}
		to = append(append(to, changes[i].value...), '}')
	}
	return append(to, ']')
}

// quote writes a JSON string. Keys and ids are short and plain, so the quick way nearly always does.
func quote(s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return jsonOf(s)
		}
	}
	to := make([]byte, 0, len(s)+2)
	return append(append(append(to, '"'), s...), '"')
}

type heartbeat struct {
	Op      string            `json:"op"`
	Time    time.Time         `json:"time"`
	Ingest  string            `json:"ingest"`
	DataAge int64             `json:"data_age_ms"`
	Seqs    map[string]uint64 `json:"seqs"`
}

type answer struct {
	Op      string `json:"op"`
	ID      string `json:"id,omitempty"`
	Code    string `json:"code,omitempty"`
	Message string `json:"message,omitempty"`
}

// jsonOf encodes what cannot fail to encode.
func jsonOf(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		return []byte("null")
	}
	return data
}
