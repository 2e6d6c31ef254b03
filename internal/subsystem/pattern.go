package subsystem

import (
	"errors"
	"fmt"
	"strings"
)

// Pattern is a parsed topic pattern: levels separated by '/', each a literal, a segment in braces,
// which matches one level that is not empty, or, as the last one, "#", which matches any number of
// levels, none among them. It is immutable.
type Pattern struct {
	text     string
	levels   []level
	location int // index of the {location} level, or -1
	device   int // index of the {device} level, or -1
	open     bool
}

// level is one level of a pattern.
type level struct {
	literal string // empty for a segment in braces
}

func (l level) matches(segment string) bool {
	if l.literal == "" {
		return segment != ""
	}
	return l.literal == segment
}

// maxLevels bounds patterns; MQTT topics of real devices have fewer than fifteen levels.
const maxLevels = 32

// ParsePattern parses a pattern such as "{root}/trafficsafety/{location}/{device}/health". {root}
// may only come first and is replaced by root, which may have several levels. {location} and
// {device} may occur once each.
func ParsePattern(pattern, root string) (Pattern, error) {
	p := Pattern{text: pattern, location: -1, device: -1}
	if rest, ok := strings.CutPrefix(pattern, "{root}/"); ok {
		if err := checkRoot(root); err != nil {
			return Pattern{}, err
		}
		p.text = root + "/" + rest
	}
	for segment := range strings.SplitSeq(p.text, "/") {
		if p.open {
			return Pattern{}, fmt.Errorf(`topic pattern %q: "#" must be the last level`, pattern)
		}
		if err := p.add(segment); err != nil {
			return Pattern{}, fmt.Errorf("topic pattern %q: %w", pattern, err)
		}
	}
	if len(p.levels) == 0 || len(p.levels) > maxLevels {
		return Pattern{}, fmt.Errorf("topic pattern %q: %d levels, want 1 to %d", pattern, len(p.levels), maxLevels)
	}
	return p, nil
}

func (p *Pattern) add(segment string) error {
	name, braced := strings.CutPrefix(segment, "{")
	switch {
	case segment == "":
		return errors.New("an empty level")
	case segment == "#":
		p.open = true
		return nil
	case !braced:
		if strings.ContainsAny(segment, "+#{}\x00") {
			return fmt.Errorf("level %q: a wildcard or a brace inside a literal", segment)
		}
		p.levels = append(p.levels, level{literal: segment})
		return nil
	}
	name, closed := strings.CutSuffix(name, "}")
	if !closed || name == "" || strings.ContainsAny(name, "+#{}\x00") {
		return fmt.Errorf("level %q is not a name in braces", segment)
	}
	switch name {
	case "root":
		return errors.New("{root} must come first")
	case "location":
		if p.location >= 0 {
			return errors.New("{location} occurs twice")
		}
		p.location = len(p.levels)
	case "device":
		if p.device >= 0 {
			return errors.New("{device} occurs twice")
		}
		p.device = len(p.levels)
	}
	p.levels = append(p.levels, level{})
	return nil
}

// checkRoot returns an error unless root is a topic prefix: literal levels, none of them empty.
func checkRoot(root string) error {
	if root == "" || strings.HasPrefix(root, "$") || strings.ContainsAny(root, "+#{}\x00") ||
		strings.HasPrefix(root, "/") || strings.HasSuffix(root, "/") || strings.Contains(root, "//") {
		return fmt.Errorf("topic root %q: want levels such as ioc/v1, none empty, without wildcards", root)
	}
	return nil
}

// String returns the pattern with its root in place.
func (p Pattern) String() string { return p.text }

// Filter returns the MQTT topic filter that matches the same topics.
func (p Pattern) Filter() string {
	segments := make([]string, 0, len(p.levels)+1)
	for _, l := range p.levels {
		if l.literal == "" {
			segments = append(segments, "+")
		} else {
			segments = append(segments, l.literal)
		}
	}
	if p.open {
		segments = append(segments, "#")
	}
	return strings.Join(segments, "/")
}

// Match reports whether the pattern matches a topic, and returns the topic's {location} and
// {device} levels, empty where the pattern has none. They share the topic's memory.
func (p Pattern) Match(topic string) (location, device string, ok bool) {
	rest, more := topic, true
	for i := range p.levels {
		if !more {
			return "", "", false
		}
		var segment string
		segment, rest, more = strings.Cut(rest, "/")
		if !p.levels[i].matches(segment) {
			return "", "", false
		}
		switch i {
		case p.location:
			location = segment
		case p.device:
			device = segment
		}
	}
	if more && !p.open {
		return "", "", false
	}
	return location, device, true
}

// Overlaps reports whether there is a topic that both patterns match.
func (p Pattern) Overlaps(other Pattern) bool {
	for i := range min(len(p.levels), len(other.levels)) {
		a, b := p.levels[i].literal, other.levels[i].literal
		if a != "" && b != "" && a != b {
			return false
		}
	}
	switch {
	case len(p.levels) < len(other.levels):
		return p.open
	case len(p.levels) > len(other.levels):
		return other.open
	}
	return true
}
