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
		Address:     root + "/$manifest/{subsystem}",
		Description: "A subsystem that is not built into the center. What it declares is then sent to " + root + "/{subsystem}/{location}/{device}/, in the kinds availability, reading, indicator and event.",
		Tags:        []asyncTag{{"$manifest"}},
		Parameters:  map[string]asyncText{"subsystem": {"Id of the subsystem."}},
	}, m, true)
	return nil
}

// manifest describes what a subsystem declares of itself at run time.
func manifest() *subsystem.Payload {
	text := func(about string) subsystem.Schema { return subsystem.Schema{Type: "string", Description: about} }
	number := func(about string) subsystem.Schema { return subsystem.Schema{Type: "number", Description: about} }
	names := subsystem.Schema{
		Type: "object", Required: []string{"vi", "en"}, Description: "What people call it.",
		Properties: subsystem.Properties{{Name: "vi", Schema: text("In Vietnamese.")}, {Name: "en", Schema: text("In English.")}},
	}
	metric := subsystem.Schema{Type: "object", Required: []string{"name", "names"}, Properties: subsystem.Properties{
		{Name: "name", Schema: text("What it is called in messages.")},
		{Name: "unit", Schema: text("As shown.")},
		{Name: "names", Schema: names},
		{Name: "warning", Schema: number("Threshold of a warning.")},
		{Name: "critical", Schema: number("Threshold of what is critical.")},
		{Name: "direction", Schema: subsystem.Schema{
			Type: "string", Enum: []string{string(subsystem.Above), string(subsystem.Below)}, Description: "Which side of the thresholds is bad.",
		}},
	}}
	indicator := subsystem.Schema{Type: "object"}
	return &subsystem.Payload{ContentType: subsystem.JSON, Schema: subsystem.Schema{
		Type: "object", Required: []string{"id", "names"}, Properties: subsystem.Properties{
			{Name: "id", Schema: text("Id of the subsystem, as in the topic.")},
			{Name: "names", Schema: names},
			{Name: "metrics", Schema: subsystem.Schema{Type: "array", Items: &metric}},
			{Name: "indicators", Schema: subsystem.Schema{Type: "array", Items: &indicator}},
			{Name: "cadence_s", Schema: subsystem.Schema{Type: "number", Above: subsystem.At(0), Unit: "s", Description: "Between two messages of a device."}},
		},
		Examples: []any{exampleManifest()},
	}}
}

func exampleManifest() any {
	type names struct {
		VI string `json:"vi"`
		EN string `json:"en"`
	}
	type metric struct {
		Name      string  `json:"name"`
		Unit      string  `json:"unit"`
		Names     names   `json:"names"`
		Warning   float64 `json:"warning"`
		Critical  float64 `json:"critical"`
		Direction string  `json:"direction"`
	}
	return struct {
		ID      string   `json:"id"`
		Names   names    `json:"names"`
		Metrics []metric `json:"metrics"`
		Cadence int      `json:"cadence_s"`
	}{
		"streetlight",
		names{"Chiếu sáng công cộng", "Street lighting"},
		[]metric{{"lamps_out", "", names{"Đèn hỏng", "Lamps out"}, 5, 20, "above"}},
		300,
	}
}
