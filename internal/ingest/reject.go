package ingest

import (
	"strings"
	"time"

	"opscenter/internal/city"
)

// Codes of rejections.
const (
	Unroutable      = "unroutable"       // no subsystem owns the topic
	Oversize        = "oversize"         // the payload is too long to be read
	Malformed       = "malformed"        // the decoder cannot read the payload
	Unregistered    = "unregistered"     // nobody registered the device
	Misplaced       = "misplaced"        // the device is registered elsewhere
	UnknownLocation = "unknown_location" // nobody registered the location
	Panicked        = "panicked"         // the decoder has a fault
)

const (
	maxPayload = 256 << 10 // bytes that are decoded; of a longer payload so many are kept
	maxShown   = 4 << 10   // bytes of a payload that people see
	maxTopic   = 1 << 10   // bytes of a topic that are kept
)

// refusal is why a message is not observed.
type refusal struct {
	code   string
	reason string
}

// reject appends the entry of a message that is put into quarantine.
func (in *Ingest) reject(m *Message, at time.Time, subsystem string, why *refusal, entries []city.Entry) []city.Entry {
	return append(entries, city.Entry{At: at, Rejection: &city.Rejection{
		Subsystem: subsystem,
		Topic:     printable(m.Topic[:min(len(m.Topic), maxTopic)]),
		Sealed:    in.seal.Seal(m.Payload[:min(len(m.Payload), maxPayload)]),
		Shown:     shown(m.Payload),
		Code:      why.code,
		Reason:    maskPlates(printable(why.reason)),
		Retained:  m.Retained,
	}})
}

// printable makes foreign text fit for a database and a browser: UTF-8 without NUL.
func printable(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
}
