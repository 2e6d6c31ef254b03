package native

import "opscenter/internal/subsystem"

// The schemas of fields are made of the same limits and words that the fields are read by.

// about returns a schema with a description.
func about(s subsystem.Schema, description string) subsystem.Schema {
	s.Description = description
	return s
}

func plainNumber(description string) subsystem.Schema {
	return subsystem.Schema{Type: "number", Description: description}
}

func numberSchema(least, most float64) subsystem.Schema {
	return subsystem.Schema{Type: "number", Minimum: &least, Maximum: &most}
}

func countSchema() subsystem.Schema {
	s := numberSchema(0, maxCount)
	s.Type = "integer"
	return s
}

func sequenceSchema() subsystem.Schema {
	return subsystem.Schema{Type: "integer", Minimum: subsystem.At(0), Description: "The device's own counter, which grows."}
}

func countsSchema(classes []string) subsystem.Schema {
	s := subsystem.Schema{Type: "object", Description: "Counts by class; other classes are ignored."}
	for _, class := range classes {
		s.Properties = append(s.Properties, subsystem.Property{Name: class, Schema: countSchema()})
	}
	return s
}

func wordSchema(words []string) subsystem.Schema {
	return subsystem.Schema{Type: "string", Enum: words}
}

func textSchema(most int, description string) subsystem.Schema {
	return subsystem.Schema{Type: "string", MaxLength: most, Description: description}
}

func timeSchema(description string) subsystem.Schema {
	return subsystem.Schema{Type: "string", Format: "date-time", Description: description}
}

// slugSchema is of what city.CheckID takes.
func slugSchema(description string) subsystem.Schema {
	return subsystem.Schema{
		Type: "string", Pattern: `^[a-z0-9][a-z0-9_.-]{0,63}$`, Description: description, Examples: []any{"other"},
	}
}

// idSchema is of visible ASCII characters without a slash.
func idSchema() subsystem.Schema {
	return subsystem.Schema{
		Type: "string", Pattern: `^[!-.0-~]{1,128}$`, Examples: []any{"2026-000417"},
		Description: "The sender's id of the event, the same in all its messages.",
	}
}

func addressSchema() subsystem.Schema {
	return subsystem.Schema{
		Type: "string", Format: "uri", Pattern: `^https?://`, MaxLength: maxURL,
		Description: "Where the evidence is.", Examples: []any{"https://evidence.example.org/2026-000417.jpg"},
	}
}

func labelSchema(name string) subsystem.Schema {
	description, example := "Number or name of the lane.", any(2)
	if name == "direction" {
		description, example = "The direction of traffic, as a word or a number.", "north"
	}
	return subsystem.Schema{Description: description, Examples: []any{example}, AnyOf: []subsystem.Schema{
		countSchema(), {Type: "string", MaxLength: maxLabel, Pattern: `^[^:\n\r\t]*$`},
	}}
}

func valuesSchema(spec *subsystem.Spec) subsystem.Schema {
	s := subsystem.Schema{Type: "object", AtLeast: 1, Description: "Numbers by metric. Others than these are ignored, and one of these must be there."}
	for i := range spec.Metrics {
		m := &spec.Metrics[i]
		s.Properties = append(s.Properties, subsystem.Property{Name: m.Name, Schema: subsystem.Schema{
			Type: "number", Description: m.Doc, Unit: m.Unit,
		}})
	}
	return s
}
