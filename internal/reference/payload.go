package reference

import (
	"fmt"
	"slices"
	"strings"

	"opscenter/internal/subsystem"
)

// writePayloads says what the messages of each kind look like, with an example.
func writePayloads(p *page, o *subsystem.Open) error {
	describer, ok := o.Decoder.(subsystem.Describer)
	if !ok {
		return nil
	}
	var told []string
	for i := range o.Spec.Topics {
		kind := o.Spec.Topics[i].Kind
		payload := describer.Describe(kind)
		if payload == nil || slices.Contains(told, kind) {
			continue
		}
		told = append(told, kind)
		if err := writePayload(p, kind, payload); err != nil {
			return fmt.Errorf("kind %q: %w", kind, err)
		}
	}
	return nil
}

func writePayload(p *page, kind string, payload *subsystem.Payload) error {
	p.subsection("Messages of kind " + code(kind))
	sample, err := payload.Sample()
	if err != nil {
		return err
	}
	if payload.ContentType == subsystem.Text {
		p.paragraph("Plain text: %s.", codes(payload.Schema.Enum))
		return nil
	}
	p.table([]string{"field", "", "value", "unit", "meaning"}, fieldRows("", &payload.Schema))
	p.block("json", string(sample))
	return nil
}

// fieldRows has a row for every field of an object, and below it for every field of that.
func fieldRows(prefix string, s *subsystem.Schema) [][]string {
	var rows [][]string
	for i := range s.Properties {
		f := &s.Properties[i]
		required := ""
		if slices.Contains(s.Required, f.Name) {
			required = "required"
		}
		rows = append(rows, []string{code(prefix + f.Name), required, valueOf(&f.Schema), f.Schema.Unit, sentence(f.Schema.Description)})
		rows = append(rows, fieldRows(prefix+f.Name+".", &f.Schema)...)
	}
	return rows
}

// valueOf says in words what values a schema allows.
func valueOf(s *subsystem.Schema) string {
	switch {
	case len(s.Enum) > 0:
		return codes(s.Enum)
	case s.Format == "date-time":
		return "time"
	case s.Format == "uri":
		return "http or https address"
	case s.Type == "" && len(s.AnyOf) > 0:
		either := make([]string, len(s.AnyOf))
		for i := range s.AnyOf {
			either[i] = valueOf(&s.AnyOf[i])
		}
		return strings.Join(either, ", or ")
	}
	switch s.Type {
	case "integer":
		return "whole number" + limits(s)
	case "number":
		return "number" + limits(s)
	case "boolean":
		return "`true`, `false`"
	case "string":
		return "text" + form(s)
	}
	return s.Type
}

func limits(s *subsystem.Schema) string {
	var parts []string
	switch {
	case s.Above != nil:
		parts = append(parts, "above "+plain(*s.Above))
	case s.Minimum != nil:
		parts = append(parts, "from "+plain(*s.Minimum))
	}
	if s.Maximum != nil {
		parts = append(parts, "to "+plain(*s.Maximum))
	}
	if len(parts) == 0 {
		return ""
	}
	return ", " + strings.Join(parts, " ")
}

func form(s *subsystem.Schema) string {
	switch {
	case s.MaxLength > 0:
		return fmt.Sprintf(", at most %d characters", s.MaxLength)
	case s.Pattern != "":
		return " of the form " + code(s.Pattern)
	}
	return ""
}
