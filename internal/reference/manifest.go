package reference

import "opscenter/internal/subsystem"

// addManifests adds the topic on which subsystems are declared at run time.
func (d *asyncDocument) addManifests(root string) error {
	m := asyncMessage{
		Name:    "manifest",
		Summary: "Declares a subsystem at run time, or changes what it declared. An empty payload retires it.",
	}
	if err := m.describe(manifest()); err != nil {
		return err
	}
	d.add("$manifest", asyncChannel{
		Address: root + "/$manifest/{subsystem}",
		Description: "A subsystem that is not built into the center. What it declares is then sent to " + root +
			"/{subsystem}/{location}/{device}/, in the kinds availability, reading, indicator and event.",
		Tags:       []asyncTag{{"$manifest"}},
		Parameters: map[string]asyncText{"subsystem": {"Id of the subsystem."}},
	}, m, true)
	return nil
}

// manifest describes what a subsystem declares of itself at run time.
func manifest() *subsystem.Payload {
	metric := object([]string{"name", "names"},
		text("name", "What it is called in messages."), names(), text("unit", "As shown."), text("doc", "What it means."),
		number("warning", "Threshold of a warning."), number("critical", "Threshold of what is critical."), direction(),
	)
	indicator := object([]string{"code", "names", "period"},
		text("code", "What it is called in messages."), names(), text("unit", "As shown."), text("doc", "What it means."), period(),
		number("scale", "Of a ratio: 100 for %."), number("target", "What people want it to reach."),
		number("warning", "Threshold of a warning."), number("critical", "Threshold of what is critical."), direction(),
		number("cadence_s", "Seconds between two figures."),
	)
	s := object([]string{"id", "names", "cadence_s"},
		text("id", "Id of the subsystem, as in the topic."), names(), text("doc", "What it is."),
		subsystem.Property{Name: "cadence_s", Schema: subsystem.Schema{
			Type: "number", Above: subsystem.At(0), Unit: "s", Description: "Between two messages of a device.",
		}},
		subsystem.Property{Name: "metrics", Schema: subsystem.Schema{Type: "array", Items: &metric}},
		subsystem.Property{Name: "indicators", Schema: subsystem.Schema{Type: "array", Items: &indicator}},
	)
	s.Description = "Other fields are refused."
	s.Examples = []any{exampleManifest()}
	return &subsystem.Payload{ContentType: subsystem.JSON, Schema: s}
}

func object(required []string, members ...subsystem.Property) subsystem.Schema {
	return subsystem.Schema{Type: "object", Required: required, Properties: members}
}

func text(name, about string) subsystem.Property {
	return subsystem.Property{Name: name, Schema: subsystem.Schema{Type: "string", Description: about}}
}

func number(name, about string) subsystem.Property {
	return subsystem.Property{Name: name, Schema: subsystem.Schema{Type: "number", Description: about}}
}

func names() subsystem.Property {
	s := object([]string{"vi", "en"}, text("vi", "In Vietnamese."), text("en", "In English."))
	s.Description = "What people call it."
	return subsystem.Property{Name: "names", Schema: s}
}

func direction() subsystem.Property {
	return subsystem.Property{Name: "direction", Schema: subsystem.Schema{
		Type: "string", Enum: []string{string(subsystem.Above), string(subsystem.Below)}, Description: "Which side of the thresholds is bad.",
	}}
}

func period() subsystem.Property {
	var words []string
	for _, p := range []subsystem.Period{subsystem.Daily, subsystem.Weekly, subsystem.Monthly, subsystem.Quarterly, subsystem.Yearly} {
		words = append(words, string(p))
	}
	return subsystem.Property{Name: "period", Schema: subsystem.Schema{Type: "string", Enum: words, Description: "The time that a figure speaks of."}}
}

func exampleManifest() any {
	type label struct {
		VI string `json:"vi"`
		EN string `json:"en"`
	}
	type metric struct {
		Name      string  `json:"name"`
		Names     label   `json:"names"`
		Warning   float64 `json:"warning"`
		Critical  float64 `json:"critical"`
		Direction string  `json:"direction"`
	}
	return struct {
		ID      string   `json:"id"`
		Names   label    `json:"names"`
		Cadence int      `json:"cadence_s"`
		Metrics []metric `json:"metrics"`
	}{
		ID: "parking", Names: label{"Bãi đỗ xe", "Parking"}, Cadence: 300,
		Metrics: []metric{{Name: "occupied_pct", Names: label{"Tỷ lệ lấp đầy", "Occupied"}, Warning: 90, Critical: 100, Direction: "above"}},
	}
}
