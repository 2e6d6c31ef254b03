package ingest

import "time"

// Outcomes of a message other than the codes of rejections.
const (
	Observed   = "observed"   // it became one or several observations
	Ignored    = "ignored"    // its decoder has no use for it, by rule
	Discovered = "discovered" // nobody registered the device that it speaks of, and it can be adopted
)

// Metrics counts what ingest does. Its methods must be quick and are called from two goroutines.
type Metrics interface {
	// Message counts one message. subsystem is empty if none owns its topic; outcome is Observed,
	// Ignored, Discovered or the code of its rejection.
	Message(subsystem, outcome string)

	// Appended counts a batch of so many entries, and how long it took to be durable.
	Appended(entries int, took time.Duration)

	// AppendFailed counts an attempt to append that failed and will be repeated.
	AppendFailed()

	// Waiting says how many messages wait to be decoded.
	Waiting(messages int)
}

type uncounted struct{}

func (uncounted) Message(string, string)      {}
func (uncounted) Appended(int, time.Duration) {}
func (uncounted) AppendFailed()               {}
func (uncounted) Waiting(int)                 {}
