package subsystem

import (
	"bytes"
	"encoding/json"
)

// Describer is a Decoder that can say what its messages look like. What it says comes from what it
// reads them by, so that descriptions cannot drift from it.
type Describer interface {
	// Describe returns what messages of the kind look like, or nil if nothing reads the kind.
	Describe(kind string) *Payload
}

// The content types of payloads.
const (
	JSON = "application/json"
	Text = "text/plain"
)

// Payload is what the messages of one kind look like.
type Payload struct {
	ContentType string // JSON or Text
	Schema      Schema
}

// Schema describes one value as JSON Schema does (draft 7), as far as messages need it. It is made
// of plain values and encodes to JSON. What it does not say is allowed.
type Schema struct {
	Type        string     `json:"type,omitempty"` // object, array, string, number, integer or boolean; empty where AnyOf says it
	Format      string     `json:"format,omitempty"`
	Description string     `json:"description,omitempty"`
	Unit        string     `json:"x-unit,omitempty"` // as in Metric
	Enum        []string   `json:"enum,omitempty"`
	Pattern     string     `json:"pattern,omitempty"`
	MaxLength   int        `json:"maxLength,omitempty"` // characters
	Minimum     *float64   `json:"minimum,omitempty"`
	Above       *float64   `json:"exclusiveMinimum,omitempty"`
	Maximum     *float64   `json:"maximum,omitempty"`
	Required    []string   `json:"required,omitempty"`
	Properties  Properties `json:"properties,omitempty"`
	AtLeast     int        `json:"minProperties,omitempty"`
	Items       *Schema    `json:"items,omitempty"`
	AnyOf       []Schema   `json:"anyOf,omitempty"`
	Not         *Schema    `json:"not,omitempty"`
	Examples    []any      `json:"examples,omitempty"`
}

// Properties are the members of an object in the order in which they are documented and, as a rule,
// sent. They encode to an object in this order.
type Properties []Property

// Property is one member of an object.
type Property struct {
	Name   string
	Schema Schema
}

// MarshalJSON encodes the properties as one object.
func (p Properties) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i := range p {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(p[i].Name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(&p[i].Schema)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// Property returns a member of an object by its name, or nil.
func (s *Schema) Property(name string) *Schema {
	for i := range s.Properties {
		if s.Properties[i].Name == name {
			return &s.Properties[i].Schema
		}
	}
	return nil
}
