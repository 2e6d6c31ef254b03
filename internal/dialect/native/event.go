package native

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"

	"opscenter/internal/city"
	"opscenter/internal/subsystem"
)

// Limits of the texts of an event, in characters.
const (
	maxID          = 128
	maxTitle       = 256
	maxDescription = 4096
	maxURL         = 2048
	maxPlate       = 32
)

const maxSpeed = 500 // km/h, above which a speed is a fault of the detector

func eventField(name string, schema subsystem.Schema, read func(v value, e *city.Event) error) Field {
	return Field{name: name, schema: schema, read: func(v value, o *city.Observation) error { return read(v, o.Event) }}
}

// eventID is the sender's id: visible ASCII characters without a slash, so that it can be part of
// an address.
func eventID() Field {
	return eventField("id", idSchema(), func(v value, e *city.Event) error {
		text, err := v.text()
		if err != nil {
			return err
		}
		odd := func(r rune) bool { return r <= ' ' || r >= 0x7f || r == '/' }
		if len(text) == 0 || len(text) > maxID || bytes.ContainsFunc(text, odd) {
			return fmt.Errorf("want 1 to %d visible ASCII characters without a slash", maxID)
		}
		e.ID = string(text)
		return nil
	}).Must()
}

// Type is what happened, in one of these words.
func Type(words ...string) Field {
	return eventField("type", about(wordSchema(words), "What happened."), func(v value, e *city.Event) (err error) {
		e.Type, err = v.word(words)
		return err
	})
}

// Phase is where the event stands, in the field state: one of these.
func Phase(phases ...city.Phase) Field {
	words := make([]string, len(phases))
	for i, p := range phases {
		words[i] = string(p)
	}
	return eventField("state", about(wordSchema(words), "Where the event stands."), func(v value, e *city.Event) error {
		word, err := v.word(words)
		e.Phase = city.Phase(word)
		return err
	})
}

// Severity is minor, major or critical.
func Severity() Field {
	words := []string{"minor", "major", "critical"}
	return eventField("severity", about(wordSchema(words), "How bad it is."), func(v value, e *city.Event) (err error) {
		e.Severity, err = v.word(words)
		return err
	})
}

// Title is one line of free text of at most 256 characters.
func Title() Field {
	return eventField("title", textSchema(maxTitle, "One line for people."), func(v value, e *city.Event) (err error) {
		e.Title, err = v.line(maxTitle)
		return err
	})
}

// Description is free text of at most 4,096 characters.
func Description() Field {
	return eventField("description", textSchema(maxDescription, "More for people."), func(v value, e *city.Event) (err error) {
		e.Description, err = v.line(maxDescription)
		return err
	})
}

// Latitude is the field lat in degrees, WGS 84.
func Latitude() Field {
	return eventNumber("lat", -90, 90, subsystem.Schema{Unit: "°", Description: "Latitude, WGS 84.", Examples: []any{21.323}}, func(e *city.Event) **float64 { return &e.Lat })
}

// Longitude is the field lon in degrees, WGS 84.
func Longitude() Field {
	return eventNumber("lon", -180, 180, subsystem.Schema{Unit: "°", Description: "Longitude, WGS 84.", Examples: []any{105.402}}, func(e *city.Event) **float64 { return &e.Lon })
}

// Speed is the field speed_kmh of an event.
func Speed() Field {
	return eventNumber("speed_kmh", 0, maxSpeed, subsystem.Schema{Unit: "km/h", Description: "The speed that was measured."}, func(e *city.Event) **float64 { return &e.SpeedKmh })
}

// Limit is the field limit_kmh of an event: the speed that is allowed.
func Limit() Field {
	return eventNumber("limit_kmh", 0, maxSpeed, subsystem.Schema{Unit: "km/h", Description: "The speed that is allowed."}, func(e *city.Event) **float64 { return &e.LimitKmh })
}

func eventNumber(name string, least, most float64, schema subsystem.Schema, at func(*city.Event) **float64) Field {
	schema.Type, schema.Minimum, schema.Maximum = "number", &least, &most
	return eventField(name, schema, func(v value, e *city.Event) error {
		f, err := v.between(least, most)
		if err != nil {
			return err
		}
		*at(e) = &f
		return nil
	})
}

// Evidence is the field evidence_url: an http or https address, which a browser may open.
func Evidence() Field {
	return eventField("evidence_url", addressSchema(), func(v value, e *city.Event) error {
		text, err := v.line(maxURL)
		if err != nil {
			return err
		}
		u, err := url.Parse(text)
		if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
			return errors.New("want an http or https address")
		}
		e.EvidenceURL = text
		return nil
	})
}

// NumberPlate is the field plate: personal data, so what it holds is never part of an error.
func NumberPlate() Field {
	return eventField("plate", textSchema(maxPlate, "The number plate: personal data, encrypted on arrival and shown masked."), func(v value, e *city.Event) error {
		text, err := v.line(maxPlate)
		if err != nil {
			return err
		}
		e.Plate.Clear = text
		return nil
	})
}
