package app

import (
	"context"

	"opscenter/internal/ingest"
	"opscenter/internal/mqtt"
)

// source gives ingest what the broker delivers, and what is replayed from quarantine.
type source struct {
	broker   <-chan mqtt.Message
	replayed chan ingest.Message
}

func newSource(broker <-chan mqtt.Message) *source {
	return &source{broker: broker, replayed: make(chan ingest.Message)}
}

// Next implements ingest.Source.
func (s *source) Next(ctx context.Context) (ingest.Message, bool) {
	select {
	case m := <-s.broker:
		return fromBroker(m), true
	case m := <-s.replayed:
		return m, true
	case <-ctx.Done():
		return ingest.Message{}, false
	}
}

// More implements ingest.Source.
func (s *source) More() (ingest.Message, bool) {
	select {
	case m := <-s.broker:
		return fromBroker(m), true
	default:
		return ingest.Message{}, false
	}
}

// Waiting implements ingest.Source.
func (s *source) Waiting() int { return len(s.broker) }

// replay gives ingest a message and returns when it is durable, or with the error of ctx.
func (s *source) replay(ctx context.Context, m ingest.Message) error {
	kept := make(chan struct{})
	m.Ack = func() { close(kept) }
	select {
	case s.replayed <- m:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case <-kept:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func fromBroker(m mqtt.Message) ingest.Message {
	return ingest.Message{Topic: m.Topic, Payload: m.Payload, Retained: m.Retained, ReceivedAt: m.ReceivedAt, Ack: m.Ack}
}
