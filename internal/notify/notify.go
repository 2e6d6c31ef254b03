// Package notify tells people of alarms. Transitions of alarms wait in the outbox, where they were put
// in the transaction that stored them. A dispatcher leads each along the routes of the configuration
// into a group, and makes of what is pending in a group one message for each channel; a sender for
// each channel sends what waits for it, in order, until the receiver has confirmed it. Everything
// that decides is a pure function; everything that was decided is in the database.
package notify

import (
	"context"
	"errors"
	"time"

	"opscenter/internal/city"
)

// Channel is a way to reach people. Send returns nil once the receiver has confirmed the message. It
// may be called again with the same message, which has the same id then, but never by two at once.
// An error is temporary, and the message is sent again, unless Permanent says otherwise. The
// context bounds one attempt.
type Channel interface {
	Send(ctx context.Context, m Message) error
}

// The types of messages: what happened to the alarms that they speak of.
const (
	TypeRaised     = "alarm.raised"
	TypeWorsened   = "alarm.worsened"
	TypeEscalated  = "alarm.escalated"
	TypeAckExpired = "alarm.ack_expired"
	TypeReturned   = "alarm.returned"
	TypeRepeated   = "alarm.repeated" // nothing happened, and nobody acknowledged it
	TypeCleared    = "alarm.cleared"
	TypeSummary    = "alarm.summary" // too many at once for one by one
	TypeTest       = "test"
)

// Message is what a channel sends. Its JSON is stored, and so are the names in it part of the
// contract with receivers.
type Message struct {
	ID    string     `json:"id"` // unique for ever, and the same at every attempt
	Type  string     `json:"type"`
	At    time.Time  `json:"timestamp"` // when it was made
	Title city.Names `json:"title"`     // one line
	Route string     `json:"route,omitempty"`
	Group string     `json:"group,omitempty"` // what the alarms have in common: area=viet-tri
	Link  string     `json:"link,omitempty"`  // where people see more

	Total  int     `json:"total"`            // alarms that it speaks of
	Counts []Count `json:"counts,omitempty"` // of a summary: how many of which kind
	Alarms []Item  `json:"alarms"`           // all of them; of a summary the worst
}

// Count is how many alarms of a summary are alike.
type Count struct {
	Type     string        `json:"type"`
	Severity city.Severity `json:"severity"`
	Reason   city.Reason   `json:"reason"`
	Area     string        `json:"area,omitempty"`
	Alarms   int           `json:"alarms"`
}

// Item is an alarm in a message, as it was when the message was made.
type Item struct {
	ID             string          `json:"id"`
	Type           string          `json:"type"` // what happened to it: alarm.raised
	At             time.Time       `json:"at"`   // when that happened
	Key            string          `json:"key"`
	Severity       city.Severity   `json:"severity"`
	State          city.AlarmState `json:"state"`
	Reason         city.Reason     `json:"reason"`
	Title          city.Names      `json:"title"`
	Advice         city.Names      `json:"advice"`
	Location       string          `json:"location"`
	Area           string          `json:"area,omitempty"`
	Device         string          `json:"device,omitempty"`
	Subsystem      string          `json:"subsystem,omitempty"`
	Contractor     string          `json:"contractor,omitempty"`
	Count          int             `json:"count"`
	Level          int             `json:"level"`
	Since          time.Time       `json:"since"`     // when it began, before any delay
	RaisedAt       time.Time       `json:"raised_at"` // when it became an alarm
	ClearedAt      time.Time       `json:"cleared_at,omitzero"`
	Acknowledged   bool            `json:"acknowledged"`
	AcknowledgedBy string          `json:"acknowledged_by,omitempty"`
	Assignee       string          `json:"assignee,omitempty"`
	Link           string          `json:"link,omitempty"`
}

// SendError is why a message was not confirmed, where a channel knows more than that.
type SendError struct {
	err       error
	permanent bool
	answered  bool
	after     time.Duration
}

// Error is the error of what went wrong.
func (f *SendError) Error() string { return f.err.Error() }

// Unwrap returns what went wrong.
func (f *SendError) Unwrap() error { return f.err }

// Permanent marks an error as one that will be the same however often the message is sent.
func Permanent(err error) error { return &SendError{err: err, permanent: true, answered: true} }

// Refused marks a temporary error as the receiver's answer to this very message: others may be taken.
func Refused(err error) error { return &SendError{err: err, answered: true} }

// Later marks a temporary error with how long the receiver wants to be left alone; zero: it did not say.
func Later(err error, after time.Duration) error { return &SendError{err: err, after: max(0, after)} }

// failureOf returns what is known of an error.
func failureOf(err error) SendError {
	if f, ok := errors.AsType[*SendError](err); ok {
		return *f
	}
	return SendError{err: err}
}

// Verdict returns what a channel's error says of the message: whether it will never be taken, and
// whether the receiver answered at all.
func Verdict(err error) (permanent, answered bool) {
	f := failureOf(err)
	return f.permanent, f.answered
}

// RetryAfter returns how long a channel's error asks to be left alone; 0 if it does not.
func RetryAfter(err error) time.Duration { return failureOf(err).after }
