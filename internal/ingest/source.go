package ingest

import (
	"context"
	"time"
)

// Message is one message from the broker.
type Message struct {
	Topic      string
	Payload    []byte
	Retained   bool
	ReceivedAt time.Time
	Ack        func() // tells the broker that the message is kept; called once, in the order of receipt
}

// Source gives messages in the order of their receipt. One goroutine uses it.
type Source interface {
	// Next waits for a message; there is none when ctx has ended or the source is closed and empty.
	Next(ctx context.Context) (Message, bool)

	// More returns a message if one is waiting.
	More() (Message, bool)

	// Waiting returns about how many messages are waiting.
	Waiting() int
}

// From makes a Source of a channel of messages of another type. It is closed when the channel is.
func From[M any](messages <-chan M, convert func(M) Message) Source {
	return queue[M]{messages: messages, convert: convert}
}

type queue[M any] struct {
	messages <-chan M
	convert  func(M) Message
}

func (q queue[M]) Next(ctx context.Context) (Message, bool) {
	select {
	case m, open := <-q.messages:
		if !open {
			return Message{}, false
		}
		return q.convert(m), true
	case <-ctx.Done():
		return Message{}, false
	}
}

func (q queue[M]) More() (Message, bool) {
	select {
	case m, open := <-q.messages:
		if !open {
			return Message{}, false
		}
		return q.convert(m), true
	default:
		return Message{}, false
	}
}

func (q queue[M]) Waiting() int { return len(q.messages) }
