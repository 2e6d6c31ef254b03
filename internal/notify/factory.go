package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	jsonv2 "github.com/go-json-experiment/json"
)

// Environment is what channels are given of the center.
type Environment struct {
	Now  func() time.Time
	Zone *time.Location // in which people read times

	// Publish publishes on the broker that the center uses, and returns once the broker has
	// acknowledged the message.
	Publish func(ctx context.Context, topic string, payload []byte, retained bool) error
}

// OverMQTT is the kind of the channels that use Environment.Publish.
const OverMQTT = "mqtt"

// Factory makes channels of one kind.
type Factory struct {
	Kind string
	Doc  string // one line for people

	// Open makes a channel from its settings, a JSON object or nil. An unknown setting is an error that
	// names it. Nothing is connected to.
	Open func(e Environment, settings json.RawMessage) (Channel, error)
}

// Define makes a Factory from the default settings and a function that makes the channel from the
// settings as given. The defaults are copied for every opening, but not what they point to.
func Define[C any](kind, doc string, defaults C, open func(e Environment, settings C) (Channel, error)) Factory {
	return Factory{Kind: kind, Doc: doc, Open: func(e Environment, raw json.RawMessage) (Channel, error) {
		settings := defaults
		if len(raw) > 0 {
			if err := decodeStrictly(raw, &settings); err != nil {
				return nil, fmt.Errorf("settings: %w", err)
			}
		}
		c, err := open(e, settings)
		if err != nil {
			return nil, fmt.Errorf("settings: %w", err)
		}
		return c, nil
	}}
}

// decodeStrictly decodes one JSON value with no key that into does not have.
func decodeStrictly(raw []byte, into any) error {
	err := jsonv2.Unmarshal(raw, into, jsonv2.RejectUnknownMembers(true))
	if semantic, ok := errors.AsType[*jsonv2.SemanticError](err); ok {
		return faultOf(semantic)
	}
	return err
}

// faultOf says what is wrong and where, without the library's words for the types of Go.
func faultOf(e *jsonv2.SemanticError) error {
	where := string(e.JSONPointer)
	switch {
	case errors.Is(e, jsonv2.ErrUnknownName):
		return fmt.Errorf("unknown key %q", where[1:])
	case e.Err != nil && where != "":
		return fmt.Errorf("%s: %w", where[1:], e.Err)
	case e.Err != nil:
		return e.Err
	case where != "":
		return fmt.Errorf("%s: a JSON %v does not fit", where[1:], e.JSONKind)
	}
	return fmt.Errorf("a JSON %v does not fit", e.JSONKind)
}

// registry finds factories by kind.
func registry(factories []Factory) (map[string]Factory, error) {
	byKind := make(map[string]Factory, len(factories))
	for _, f := range factories {
		if _, twice := byKind[f.Kind]; twice {
			return nil, fmt.Errorf("channels of the kind %q are there twice", f.Kind)
		}
		byKind[f.Kind] = f
	}
	return byKind, nil
}
