package native

import (
	"errors"
	"strings"

	"opscenter/internal/city"
)

// channel makes a field that is one part of the channel "lane:direction". The fields may come in
// any order, so the part that is there already is kept.
func channel(name string, first bool) Field {
	return Field{name: name, schema: labelSchema(name), read: func(v value, o *city.Observation) error {
		part, err := v.label()
		if err != nil {
			return err
		}
		lane, direction, _ := strings.Cut(o.Channel, ":")
		if first {
			lane = part
		} else {
			direction = part
		}
		if lane != "" || direction != "" {
			o.Channel = lane + ":" + direction
		}
		return nil
	}}
}

const maxLabel = 32 // characters

// label returns a number of things, or a word without a colon, as text.
func (v value) label() (string, error) {
	if v.kind() == '0' {
		if _, err := v.count(); err != nil {
			return "", err
		}
		return string(v), nil
	}
	text, err := v.line(maxLabel)
	if err != nil {
		return "", err
	}
	if strings.ContainsAny(text, ":\n\r\t") {
		return "", errors.New("a colon, a line break or a tab in the name")
	}
	return text, nil
}
