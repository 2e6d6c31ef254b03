package subsystem

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Factory makes a subsystem from its part of the configuration.
type Factory struct {
	Spec Spec

	// Open reads the subsystem's own configuration, a JSON object or nil for the defaults, and
	// returns its decoder. An unknown key is an error that names it.
	Open func(config json.RawMessage) (Decoder, error)
}

// Define makes a Factory from a Spec, the default configuration, and a function that makes the
// decoder from the configuration as given. The defaults are copied for every opening, but not what
// they point to: they hold no maps, slices or pointers that a configuration could write through.
func Define[C any](spec Spec, defaults C, open func(C) (Decoder, error)) Factory {
	return Factory{Spec: spec, Open: func(raw json.RawMessage) (Decoder, error) {
		config := defaults
		if len(raw) > 0 {
			if err := decodeStrictly(raw, &config); err != nil {
				return nil, fmt.Errorf("subsystem %q: configuration: %w", spec.ID, err)
			}
		}
		d, err := open(config)
		if err != nil {
			return nil, fmt.Errorf("subsystem %q: %w", spec.ID, err)
		}
		return d, nil
	}}
}

// decodeStrictly decodes one JSON value, all of raw, with no key that config does not have.
func decodeStrictly(raw []byte, config any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(config); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("there is more after the value")
	}
	return nil
}
