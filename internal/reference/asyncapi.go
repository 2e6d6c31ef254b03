package reference

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"opscenter/internal/city"
	"opscenter/internal/subsystem"
)

// interfaceVersion is that of the messages, not of the program: its first number grows when one that
// was good is refused.
const interfaceVersion = "1.0.0"

// asyncDocument is a description of all topics in AsyncAPI 3.0, https://www.asyncapi.com/docs/reference/specification/v3.0.0.
type asyncDocument struct {
	AsyncAPI           string                    `json:"asyncapi"`
	Info               asyncInfo                 `json:"info"`
	DefaultContentType string                    `json:"defaultContentType"`
	Channels           map[string]asyncChannel   `json:"channels"`
	Operations         map[string]asyncOperation `json:"operations"`
	Components         asyncComponents           `json:"components"`
}

type asyncInfo struct {
	Title       string `json:"title"`
	Version     string `json:"version"`
	Description string `json:"description"`
}

type asyncChannel struct {
	Address     string               `json:"address"`
	Description string               `json:"description"`
	Tags        []asyncTag           `json:"tags"`
	Parameters  map[string]asyncText `json:"parameters,omitempty"`
	Messages    map[string]asyncRef  `json:"messages"`
}

type asyncTag struct {
	Name string `json:"name"`
}

type asyncText struct {
	Description string `json:"description"`
}

type asyncRef struct {
	Ref string `json:"$ref"`
}

// asyncOperation is what the center does with a channel: it receives.
type asyncOperation struct {
	Action   string        `json:"action"`
	Channel  asyncRef      `json:"channel"`
	Bindings asyncBindings `json:"bindings"`
	Messages []asyncRef    `json:"messages"`
}

// asyncBindings are those of MQTT, https://github.com/asyncapi/bindings/tree/master/mqtt.
type asyncBindings struct {
	MQTT struct {
		QoS     int    `json:"qos"`
		Retain  bool   `json:"retain"`
		Version string `json:"bindingVersion"`
	} `json:"mqtt"`
}

type asyncComponents struct {
	Messages map[string]asyncMessage `json:"messages"`
}

type asyncMessage struct {
	Name        string            `json:"name"`
	Summary     string            `json:"summary"`
	ContentType string            `json:"contentType,omitempty"`
	Payload     *subsystem.Schema `json:"payload,omitempty"`
	Examples    []asyncExample    `json:"examples,omitempty"`
}

type asyncExample struct {
	Payload json.RawMessage `json:"payload"`
}

// AsyncAPI describes every topic of the set in AsyncAPI 3.0, as JSON: those of subsystems with the
// schema of each kind of message, those of dialects as far as their makers' formats need no
// description here, and that of manifests, which declare subsystems at run time.
func AsyncAPI(set *subsystem.Set) ([]byte, error) {
	d := asyncDocument{
		AsyncAPI: "3.0.0",
		Info: asyncInfo{
			Title: "opscenter", Version: interfaceVersion,
			Description: "What the center receives over MQTT 3.1.1. Times are RFC 3339 with their offset; fields that are not named are ignored, and null counts as absent. " +
				"A message that cannot be read is kept in quarantine with the reason.",
		},
		DefaultContentType: subsystem.JSON,
		Channels:           make(map[string]asyncChannel),
		Operations:         make(map[string]asyncOperation),
		Components:         asyncComponents{Messages: make(map[string]asyncMessage)},
	}
	for i := range set.Routes() {
		if err := d.addRoute(&set.Routes()[i]); err != nil {
			return nil, err
		}
	}
	if err := d.addManifests(set.Root()); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(&d)
	return b.Bytes(), err
}

func (d *asyncDocument) addRoute(r *subsystem.Route) error {
	m := asyncMessage{Name: r.Topic.Kind, Summary: sentence(r.Topic.Doc)}
	if describer, ok := r.Decoder.(subsystem.Describer); ok {
		if payload := describer.Describe(r.Topic.Kind); payload != nil {
			if err := m.describe(payload); err != nil {
				return fmt.Errorf("%s: kind %q: %w", r.Owner, r.Topic.Kind, err)
			}
		}
	}
	owner, tags := r.Open.Spec.ID, []asyncTag{{r.Open.Spec.ID}}
	if r.Instance != "" {
		owner, tags = r.Instance, append(tags, asyncTag{r.Instance})
	}
	address, parameters := addressOf(r.Pattern.String())
	d.add(owner, asyncChannel{
		Address: address, Parameters: parameters, Tags: tags,
		Description: "Owned by " + r.Owner + ". " + m.Summary,
	}, m, r.Topic.Kind == city.AvailabilityState)
	return nil
}

// describe adds the schema of a payload to a message, with an example.
func (m *asyncMessage) describe(p *subsystem.Payload) error {
	sample, err := p.Sample()
	if err != nil {
		return err
	}
	if p.ContentType == subsystem.Text {
		if sample, err = json.Marshal(string(sample)); err != nil {
			return err
		}
	}
	m.ContentType, m.Payload, m.Examples = p.ContentType, &p.Schema, []asyncExample{{sample}}
	return nil
}

// add adds a channel with its one message and its one operation, under a name of their own.
func (d *asyncDocument) add(owner string, c asyncChannel, m asyncMessage, retain bool) {
	id := owner + "." + m.Name
	for n := 2; d.Channels[id].Address != ""; n++ {
		id = fmt.Sprintf("%s.%s.%d", owner, m.Name, n)
	}
	c.Messages = map[string]asyncRef{m.Name: {"#/components/messages/" + id}}
	d.Channels[id] = c
	d.Components.Messages[id] = m
	o := asyncOperation{
		Action: "receive", Channel: asyncRef{"#/channels/" + id},
		Messages: []asyncRef{{"#/channels/" + id + "/messages/" + m.Name}},
	}
	o.Bindings.MQTT.QoS, o.Bindings.MQTT.Retain, o.Bindings.MQTT.Version = 1, retain, "0.2.0"
	d.Operations[id] = o
}

// rest is what AsyncAPI, which has no wildcards, calls the levels that "#" stands for.
const rest = "rest"

// addressOf returns a topic pattern as an address, and its parameters.
func addressOf(pattern string) (string, map[string]asyncText) {
	parameters := make(map[string]asyncText)
	levels := strings.Split(pattern, "/")
	for i, level := range levels {
		if level == "#" {
			levels[i] = "{" + rest + "}"
			parameters[rest] = asyncText{"Any number of further levels."}
		}
		if name, ok := strings.CutPrefix(level, "{"); ok {
			name = strings.TrimSuffix(name, "}")
			parameters[name] = asyncText{parameter(name)}
		}
	}
	return strings.Join(levels, "/"), parameters
}

func parameter(name string) string {
	switch name {
	case "location":
		return "Id of a location of the inventory."
	case "device":
		return "Id of the device."
	}
	return "One level of the topic."
}
