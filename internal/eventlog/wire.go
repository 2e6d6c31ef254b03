package eventlog

import "time"

//go:generate go run github.com/tinylib/msgp@v1.6.5 -file wire.go -o wire_gen.go -tests=false -io=false -unexported

//msgp:newtime
//msgp:timezone utc
//msgp:limit arrays:131072 maps:64
//msgp:tuple wireReading wireState

// A message holds at most 8 MiB, and so fewer entries than the limit: a corrupt length is an error and
// not a request for gigabytes.

// The form of a batch in the log is one byte, the version, and a msgpack map. Names that repeat are
// written once per batch, in Symbols, and referred to by their place there, counted from 1; 0 is the
// empty string. A field may be added under a new key without a new version, since readers skip
// keys that they do not know and writers leave out what is empty; a key never changes its meaning.

// version is the first byte of every batch.
const version = 1

type wireBatch struct {
	Symbols [][]byte    `msg:"s,omitempty"`
	Entries []wireEntry `msg:"e,omitempty"`
}

// wireEntry is one entry of any kind, with an observation's fields inlined.
type wireEntry struct {
	At        time.Time     `msg:"@,omitempty"`
	Flags     uint8         `msg:"f,omitempty"`
	Subsystem uint32        `msg:"s,omitempty"`
	Location  uint32        `msg:"l,omitempty"`
	Device    uint32        `msg:"d,omitempty"`
	Kind      uint32        `msg:"k,omitempty"`
	Channel   uint32        `msg:"c,omitempty"`
	Observed  time.Time     `msg:"o,omitempty"`
	Received  time.Time     `msg:"i,omitempty"`
	Seq       uint64        `msg:"n,omitempty"`
	Digest    uint64        `msg:"h,omitempty"`
	Readings  []wireReading `msg:"r,omitempty"`
	States    []wireState   `msg:"t,omitempty"`

	Event     *wireEvent     `msg:"e,omitempty"`
	Indicator *wireIndicator `msg:"j,omitempty"`
	Rejection *wireRejection `msg:"x,omitempty"`
	Manifest  *wireManifest  `msg:"m,omitempty"`
	Action    *wireAction    `msg:"a,omitempty"`
}

// The bits of wireEntry.Flags.
const (
	isObservation = 1 << iota // otherwise a rejection, or a clock mark
	isUndated                 // Observation.Undated
	isRetained                // Observation.Retained
	observedThen              // ObservedAt equals At and is left out
	receivedThen              // ReceivedAt equals At and is left out
	isDeaf                    // Entry.Deaf
)

type wireReading struct {
	Metric uint32
	Value  float64
}

type wireState struct {
	Name  uint32
	Value uint32
}

type wireEvent struct {
	ID          string    `msg:"i,omitempty"`
	Type        string    `msg:"t,omitempty"`
	Phase       string    `msg:"p,omitempty"`
	Severity    string    `msg:"s,omitempty"`
	Title       string    `msg:"n,omitempty"`
	Description string    `msg:"d,omitempty"`
	Lat         *float64  `msg:"y,omitempty"`
	Lon         *float64  `msg:"x,omitempty"`
	SpeedKmh    *float64  `msg:"v,omitempty"`
	LimitKmh    *float64  `msg:"l,omitempty"`
	EvidenceURL string    `msg:"u,omitempty"`
	Masked      string    `msg:"m,omitempty"`
	Sealed      []byte    `msg:"z,omitempty"`
	DueAt       time.Time `msg:"q,omitempty"`
}

type wireIndicator struct {
	Code        string   `msg:"c,omitempty"`
	Period      string   `msg:"p,omitempty"`
	Value       float64  `msg:"v,omitempty"`
	Scope       string   `msg:"s,omitempty"`
	Numerator   *float64 `msg:"n,omitempty"`
	Denominator *float64 `msg:"d,omitempty"`
	Revision    int      `msg:"r,omitempty"`
}

type wireManifest struct {
	Subsystem string `msg:"s,omitempty"`
	Document  []byte `msg:"d,omitempty"`
}

type wireAnnouncement struct {
	Name      string `msg:"n,omitempty"`
	Maker     string `msg:"a,omitempty"`
	Model     string `msg:"m,omitempty"`
	Firmware  string `msg:"f,omitempty"`
	Kind      string `msg:"k,omitempty"`
	Withdrawn bool   `msg:"w,omitempty"`
}

type wireRejection struct {
	Subsystem string `msg:"s,omitempty"`
	Topic     string `msg:"t,omitempty"`
	Sealed    []byte `msg:"z,omitempty"`
	Shown     string `msg:"p,omitempty"`
	Code      string `msg:"c,omitempty"`
	Reason    string `msg:"r,omitempty"`
	Retained  bool   `msg:"k,omitempty"`

	External     string            `msg:"e,omitempty"`
	Announcement *wireAnnouncement `msg:"a,omitempty"`
}

type wireAction struct {
	Key      string      `msg:"k,omitempty"`
	Verb     string      `msg:"v,omitempty"`
	Actor    string      `msg:"a,omitempty"`
	Reason   string      `msg:"r,omitempty"`
	Alarm    string      `msg:"l,omitempty"`
	Assignee string      `msg:"s,omitempty"`
	Until    time.Time   `msg:"u,omitempty"`
	Window   *wireWindow `msg:"w,omitempty"`
	WindowID string      `msg:"i,omitempty"`
}

type wireWindow struct {
	ID         string        `msg:"i,omitempty"`
	Device     string        `msg:"d,omitempty"`
	Location   string        `msg:"l,omitempty"`
	Area       string        `msg:"a,omitempty"`
	Subsystem  string        `msg:"s,omitempty"`
	Contractor string        `msg:"c,omitempty"`
	Start      time.Time     `msg:"b,omitempty"`
	Duration   time.Duration `msg:"u,omitempty"`
	Rule       string        `msg:"r,omitempty"`
	Mute       bool          `msg:"m,omitempty"`
	Title      string        `msg:"t,omitempty"`
}
