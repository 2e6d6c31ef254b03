package subsystem

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Sample returns a message that fits the description, with every field in it: an example for people,
// and work for measurements.
func (p *Payload) Sample() ([]byte, error) {
	if p.ContentType == Text {
		if len(p.Schema.Enum) == 0 {
			return nil, fmt.Errorf("%s without words", Text)
		}
		return []byte(p.Schema.Enum[0]), nil
	}
	value, err := p.Schema.sample()
	if err != nil {
		return nil, err
	}
	return value, nil
}

// What stands in samples wherever the limits allow it: for a time, a number, and a number of things.
const (
	sampleTime   = "2026-11-23T08:15:00+07:00"
	sampleNumber = 12.5
	sampleCount  = 12
)

func (s *Schema) sample() (json.RawMessage, error) {
	switch {
	case len(s.Examples) > 0:
		return json.Marshal(s.Examples[0])
	case len(s.Enum) > 0:
		return json.Marshal(s.Enum[0])
	case s.Format == "date-time":
		return json.Marshal(sampleTime)
	case len(s.AnyOf) > 0 && s.Type == "":
		return s.AnyOf[0].sample()
	}
	switch s.Type {
	case "object":
		return s.sampleObject()
	case "number":
		return json.Marshal(s.within(sampleNumber))
	case "integer":
		return json.Marshal(int64(s.within(sampleCount)))
	case "boolean":
		return json.RawMessage("true"), nil
	case "string":
		if s.Pattern == "" {
			return json.RawMessage(`"text"`), nil
		}
	}
	return nil, fmt.Errorf("a %s of form %q has no example", s.Type, s.Pattern)
}

func (s *Schema) sampleObject() (json.RawMessage, error) {
	members := make([]string, len(s.Properties))
	for i := range s.Properties {
		p := &s.Properties[i]
		value, err := p.Schema.sample()
		if err != nil {
			return nil, fmt.Errorf("field %q: %w", p.Name, err)
		}
		members[i] = fmt.Sprintf("%q:%s", p.Name, value)
	}
	return json.RawMessage("{" + strings.Join(members, ",") + "}"), nil
}

// within returns the number nearest to f that the schema's limits allow.
func (s *Schema) within(f float64) float64 {
	if s.Minimum != nil && f < *s.Minimum {
		return *s.Minimum
	}
	if s.Maximum != nil && f > *s.Maximum {
		return *s.Maximum
	}
	return f
}
