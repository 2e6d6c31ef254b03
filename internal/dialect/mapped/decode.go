package mapped

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"opscenter/internal/city"
	"opscenter/internal/dialect/loose"
	"opscenter/internal/dialect/mapping"
	"opscenter/internal/subsystem"
)

// decoder reads messages by the first rule that matches.
type decoder struct {
	head  string // what external ids begin with
	rules []*rule
}

var errNothing = errors.New("nothing that it maps is in the message")

// Decode reads one message. One that no rule matches says nothing, and neither does an empty payload,
// which is how a retained message is deleted.
func (d *decoder) Decode(m subsystem.Message) ([]city.Observation, error) {
	var at segments
	c := content{payload: m.Payload}
	for _, r := range d.rules {
		if !r.topic.match(m.Topic, &at) {
			continue
		}
		if len(m.Payload) == 0 || (r.ignore && len(r.when) == 0) {
			return nil, nil
		}
		v, err := c.as(r.form)
		switch {
		case err == nil && !r.applies(v):
			continue
		case r.ignore:
			return nil, nil
		}
		var said []city.Observation
		if err == nil {
			said, err = d.say(r, &m, &at, v)
		}
		if err != nil {
			return nil, r.fault(err)
		}
		return said, nil
	}
	return nil, nil
}

// fault returns an error that wraps subsystem.ErrPayload, once, and names the rule.
func (r *rule) fault(err error) error {
	if errors.Is(err, subsystem.ErrPayload) {
		return fmt.Errorf("rule %q: %w", r.name, err)
	}
	return fmt.Errorf("%w: rule %q: %w", subsystem.ErrPayload, r.name, err)
}

// applies reports whether a message has what the rule wants of it.
func (r *rule) applies(v gjson.Result) bool {
	for i := range r.when {
		value, err := loose.Text(r.when[i].path.In(v))
		if err != nil || !slices.Contains(r.when[i].values, value) {
			return false
		}
	}
	return true
}

// say returns what a message says by a rule: one observation of what is measured, and one of what
// happened.
func (d *decoder) say(r *rule, m *subsystem.Message, at *segments, v gjson.Result) ([]city.Observation, error) {
	device, err := r.device.name(at, v)
	if err != nil {
		return nil, err
	}
	o := city.Observation{Kind: r.kind, External: d.head + device, ObservedAt: m.ReceivedAt, Undated: true}
	if err := r.clock.date(v, &o); err != nil {
		return nil, err
	}
	happened := o
	if err := r.read(v, &o); err != nil {
		return nil, err
	}
	said := make([]city.Observation, 0, 2)
	if len(o.Readings)+len(o.States) > 0 {
		said = append(said, o)
	}
	if r.event != nil {
		there, err := r.event.read(v, device, &happened)
		if err != nil {
			return nil, err
		}
		if there {
			said = append(said, happened)
		}
	}
	if len(said) == 0 && !r.optional {
		return nil, errNothing
	}
	return said, nil
}

// read reads availability, readings and states, as far as they are there.
func (r *rule) read(v gjson.Result, o *city.Observation) error {
	if len(r.measures) > 0 {
		o.Readings = make([]city.Reading, 0, len(r.measures))
	}
	for i := range r.measures {
		reading, there, err := r.measures[i].Read(v)
		if err != nil {
			return fmt.Errorf("metric %q: %w", r.measures[i].Metric, err)
		}
		if there {
			o.Readings = append(o.Readings, reading)
		}
	}
	if r.availability != nil {
		a := *r.availability
		if v.Type != gjson.JSON {
			a.path = mapping.Path{}
		}
		if err := a.read(v, o); err != nil {
			return err
		}
	}
	for i := range r.states {
		if err := r.states[i].read(v, o); err != nil {
			return err
		}
	}
	return nil
}

// read adds a state, if it is there.
func (c *choice) read(v gjson.Result, o *city.Observation) error {
	found := c.path.In(v)
	if !loose.There(found) {
		return nil
	}
	word, err := c.word(found)
	if err != nil {
		return fmt.Errorf("state %q: %w", c.state, err)
	}
	o.States = append(o.States, city.State{Name: c.state, Value: word})
	return nil
}

// word returns what a value is called here.
func (c *choice) word(v gjson.Result) (string, error) {
	said, err := loose.Text(v)
	if err != nil {
		return "", err
	}
	if word, ok := c.words[said]; ok {
		return word, nil
	}
	if c.only || said == "" || len(said) > maxWord || strings.ContainsFunc(said, unicode.IsControl) {
		return "", fmt.Errorf("%.64q is none of its words", said)
	}
	return said, nil
}

const maxWord = 64

// content is a payload, read when it is needed: as an object once, however many rules there are.
type content struct {
	payload []byte
	read    bool
	object  gjson.Result
	err     error
}

// as returns the payload in the form that a rule wants. A text is a value without a raw form, in which
// no path but the empty one leads anywhere.
func (c *content) as(want form) (gjson.Result, error) {
	if want == object || (want == either && bytes.HasPrefix(bytes.TrimLeft(c.payload, " \t\r\n"), []byte("{"))) {
		if !c.read {
			c.object, c.err = loose.Object(c.payload)
			c.read = true
		}
		return c.object, c.err
	}
	if len(c.payload) > maxText || !utf8.Valid(c.payload) {
		return gjson.Result{}, errNoText
	}
	return gjson.Result{Type: gjson.String, Str: string(c.payload)}, nil
}

const maxText = 256

var errNoText = fmt.Errorf("neither a JSON object nor a text of up to %d bytes", maxText)
