// Package mapping is what the dialects have in common whose devices are described by configuration:
// where a value is in a message, and which metric it becomes here, by which scale and offset, in which
// unit and under which names.
package mapping

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/tidwall/gjson"
)

// Path is the way to a value in a JSON object: names with dots between, where a number is the place in
// a list, from 0, and a dot inside a name is written \. The empty path is the whole. It is made by
// UnmarshalText, and has no wildcards.
type Path struct {
	text  string
	query string // as gjson has it
}

const (
	maxPath  = 256
	maxNames = 16
)

// UnmarshalText reads a path as settings have it.
func (p *Path) UnmarshalText(text []byte) error {
	parsed, err := ParsePath(string(text))
	if err != nil {
		return err
	}
	*p = parsed
	return nil
}

// ParsePath reads a path. A name that is empty is an error.
func ParsePath(text string) (Path, error) {
	if text == "" {
		return Path{}, nil
	}
	if len(text) > maxPath {
		return Path{}, fmt.Errorf("path %.64q: longer than %d bytes", text, maxPath)
	}
	names := split(text)
	if len(names) > maxNames {
		return Path{}, fmt.Errorf("path %q: more than %d names", text, maxNames)
	}
	for i, name := range names {
		if name == "" {
			return Path{}, fmt.Errorf("path %q: a name is empty", text)
		}
		names[i] = gjson.Escape(name)
	}
	return Path{text: text, query: strings.Join(names, ".")}, nil
}

// split returns the names of a path.
func split(text string) []string {
	names := []string{""}
	last := &names[0]
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '\\' && i+1 < len(text) && text[i+1] == '.':
			i++
			*last += "."
		case text[i] == '.':
			names = append(names, "")
			last = &names[len(names)-1]
		default:
			*last += text[i : i+1]
		}
	}
	return names
}

// In returns the value to which the path leads, one that does not exist if it leads nowhere.
func (p Path) In(v gjson.Result) gjson.Result {
	if p.query == "" {
		return v
	}
	return v.Get(p.query)
}

// Whole reports whether the path is empty.
func (p Path) Whole() bool { return p.query == "" }

// String returns the path as it is written in settings.
func (p Path) String() string { return p.text }

var nameForm = regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}$`)

// CheckName returns an error unless name is one that a metric, a state or a kind can have.
func CheckName(name string) error {
	if !nameForm.MatchString(name) {
		return fmt.Errorf("%.64q: want a name of a-z, 0-9 and _, first a letter", name)
	}
	return nil
}
