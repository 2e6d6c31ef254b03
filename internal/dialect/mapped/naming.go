package mapped

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/tidwall/gjson"

	"opscenter/internal/dialect/loose"
	"opscenter/internal/dialect/mapping"
)

// naming makes a device's name from the segments of its topic and, where several devices speak on one
// topic, from a value of the message.
type naming struct {
	parts   []part
	index   *mapping.Path
	devices map[string]string
}

// part is a literal, or a segment of the topic.
type part struct {
	literal string
	segment int // -1: it is a literal
}

// segmentDevice is the segment that is the device's name unless a rule says otherwise.
const segmentDevice = "device"

func newNaming(r *Rule, t *template) (naming, error) {
	var n naming
	if r.Index != nil {
		if r.Index.Path.Whole() {
			return n, errors.New("index: a path is missing")
		}
		n.index, n.devices = &r.Index.Path, make(map[string]string, len(r.Index.Devices))
		for value, name := range r.Index.Devices {
			if err := checkDevice(name); err != nil {
				return n, fmt.Errorf("index: value %q: %w", value, err)
			}
			n.devices[string(value)] = name
		}
	}
	form := r.Device
	if form == "" && slices.Contains(t.names, segmentDevice) {
		form = "{" + segmentDevice + "}"
	}
	if form == "" && n.index == nil {
		return n, errors.New("it names no device: want a segment {device} in the topic, a device or an index")
	}
	var err error
	n.parts, err = parseParts(form, t)
	return n, err
}

func parseParts(form string, t *template) (parts []part, err error) {
	for rest := form; rest != ""; {
		literal, name, braced := strings.Cut(rest, "{")
		if literal != "" {
			parts = append(parts, part{literal: literal, segment: -1})
		}
		if !braced {
			return parts, nil
		}
		name, rest, braced = strings.Cut(name, "}")
		i := slices.Index(t.names, name)
		if !braced || i < 0 {
			return nil, fmt.Errorf("device %q: the topic has no segment {%s}", form, name)
		}
		parts = append(parts, part{segment: i})
	}
	return parts, nil
}

// name returns the name of the device that a message speaks of.
func (n *naming) name(at *segments, v gjson.Result) (string, error) {
	name := ""
	for i := range n.parts {
		if p := &n.parts[i]; p.segment < 0 {
			name += p.literal
		} else {
			name += at[p.segment]
		}
	}
	if n.index != nil {
		found := n.index.In(v)
		if !loose.There(found) {
			return "", fmt.Errorf("index %q: %w", n.index, loose.ErrMissing)
		}
		index, err := loose.Text(found)
		if err != nil {
			return "", fmt.Errorf("index %q: %w", n.index, err)
		}
		known, ok := n.devices[index]
		switch {
		case ok:
			return known, nil
		case name == "":
			name = index
		default:
			name += "/" + index
		}
	}
	return name, checkDevice(name)
}

const maxDevice = 128

// checkDevice returns an error unless name can be part of an external id.
func checkDevice(name string) error {
	odd := func(r rune) bool { return r == ';' || r == unicode.ReplacementChar || unicode.IsControl(r) }
	if name == "" || len(name) > maxDevice || strings.ContainsFunc(name, odd) {
		return fmt.Errorf("%.64q is no name of a device", name)
	}
	return nil
}
