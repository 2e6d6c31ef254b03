package mapped

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// template matches topics: levels that are literal, {name} for any one level, and at most one
// {name...} for one or more levels, wherever it stands.
type template struct {
	before []level  // the levels before {name...}, or all
	open   bool     // whether there is a {name...}
	after  []level  // the levels after it
	names  []string // of the segments in braces, in their order
}

// level is a literal, or a segment in braces if that is empty.
type level struct{ literal string }

// maxSegments bounds the segments in braces of a template.
const maxSegments = 8

// segments are the levels of a topic that stand where a template has braces.
type segments [maxSegments]string

var segmentForm = regexp.MustCompile(`^\{([a-z][a-z0-9_]*)(\.\.\.)?\}$`)

// parseTemplate parses a template. Its first level is a literal, so that an instance owns no topics
// of others.
func parseTemplate(text string) (*template, error) {
	t := &template{}
	for i, segment := range strings.Split(text, "/") {
		if err := t.add(segment); err != nil {
			return nil, fmt.Errorf("topic %q: level %q: %w", text, segment, err)
		}
		if i == 0 && len(t.names) > 0 {
			return nil, fmt.Errorf("topic %q: the first level is not literal", text)
		}
	}
	return t, nil
}

func (t *template) add(segment string) error {
	l := level{literal: segment}
	if strings.ContainsAny(segment, "+#{}\x00") || segment == "" {
		m := segmentForm.FindStringSubmatch(segment)
		switch {
		case m == nil:
			return errors.New("want a literal, {name} or {name...}")
		case slices.Contains(t.names, m[1]):
			return errors.New("the name occurs twice")
		case len(t.names) == maxSegments:
			return fmt.Errorf("more than %d names", maxSegments)
		case m[2] != "" && t.open:
			return errors.New("only one segment may stand for several levels")
		}
		t.names = append(t.names, m[1])
		if m[2] != "" {
			t.open = true
			return nil
		}
		l.literal = ""
	}
	if t.open {
		t.after = append(t.after, l)
	} else {
		t.before = append(t.before, l)
	}
	return nil
}

// pattern returns the topic pattern that an instance owns for the template. MQTT has a wildcard for
// several levels at the end only, so what follows {name...} is matched here alone.
func (t *template) pattern() string {
	var levels []string
	name := 0
	for _, l := range t.before {
		if l.literal == "" {
			l.literal = "{" + t.names[name] + "}"
			name++
		}
		levels = append(levels, l.literal)
	}
	if t.open {
		levels = append(levels, "#")
	}
	return strings.Join(levels, "/")
}

// match reports whether the template matches a topic, and notes the segments, which share the topic's
// memory.
func (t *template) match(topic string, at *segments) bool {
	rest, more, n := topic, true, 0
	for _, l := range t.before {
		if !more {
			return false
		}
		var segment string
		segment, rest, more = strings.Cut(rest, "/")
		if !l.take(segment, at, &n) {
			return false
		}
	}
	if !t.open {
		return !more
	}
	return more && t.matchOpen(rest, at, n)
}

// matchOpen matches what is left of a topic with {name...} and the levels after it, from the end.
func (t *template) matchOpen(rest string, at *segments, several int) bool {
	n := several + 1
	end := len(rest)
	for range t.after {
		end = strings.LastIndexByte(rest[:end], '/')
		if end < 0 {
			return false
		}
	}
	if end == 0 {
		return false // no level is left, or one that is empty
	}
	at[several] = rest[:end]
	tail, _ := strings.CutPrefix(rest[end:], "/")
	for _, l := range t.after {
		var segment string
		segment, tail, _ = strings.Cut(tail, "/")
		if !l.take(segment, at, &n) {
			return false
		}
	}
	return true
}

// take matches one level, and notes it as the n-th segment if it is one.
func (l level) take(segment string, at *segments, n *int) bool {
	if l.literal != "" {
		return l.literal == segment
	}
	if segment == "" {
		return false
	}
	at[*n] = segment
	*n++
	return true
}
