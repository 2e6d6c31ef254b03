package native

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"opscenter/internal/dialect/loose"
)

// value is one JSON value as it was written, known to be valid. Its methods are strict: a number
// in quotes is not a number.
type value []byte

// kind returns the first character of the value, with '0' for every number.
func (v value) kind() jsontext.Kind {
	if c := v[0]; c != '-' && (c < '0' || c > '9') {
		return jsontext.Kind(c)
	}
	return '0'
}

// kindName is what people call a kind of JSON value.
func kindName(k jsontext.Kind) string {
	switch k {
	case 'n':
		return "null"
	case 't', 'f':
		return "a boolean"
	case '"':
		return "a string"
	case '0':
		return "a number"
	case '{':
		return "an object"
	case '[':
		return "an array"
	}
	return "no JSON value"
}

// number returns a finite number.
func (v value) number() (float64, error) {
	if v.kind() != '0' {
		return 0, fmt.Errorf("want a number, got %s", kindName(v.kind()))
	}
	f, err := strconv.ParseFloat(string(v), 64)
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
		return 0, errors.New("the number is not finite")
	}
	if f == 0 {
		return 0, nil // also for -0
	}
	return f, nil
}

// between returns a number in a closed range.
func (v value) between(least, most float64) (float64, error) {
	f, err := v.number()
	if err != nil {
		return 0, err
	}
	if f < least || f > most {
		return 0, fmt.Errorf("%v is out of range, want %s to %s", f, plain(least), plain(most))
	}
	return f, nil
}

func plain(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// maxCount bounds counts: a billion of anything in one message is a fault.
const maxCount = 1e9

// count returns a whole number of things.
func (v value) count() (float64, error) {
	f, err := v.between(0, maxCount)
	if err != nil {
		return 0, err
	}
	if f != math.Trunc(f) {
		return 0, fmt.Errorf("%v is not a whole number", f)
	}
	return f, nil
}

// boolean returns true or false.
func (v value) boolean() (bool, error) {
	switch v.kind() {
	case 't':
		return true, nil
	case 'f':
		return false, nil
	}
	return false, fmt.Errorf("want true or false, got %s", kindName(v.kind()))
}

// text returns the characters of a string. They may share the payload's memory.
func (v value) text() ([]byte, error) {
	if v.kind() != '"' {
		return nil, fmt.Errorf("want a string, got %s", kindName(v.kind()))
	}
	inner := v[1 : len(v)-1]
	if bytes.IndexByte(inner, '\\') < 0 {
		return inner, nil
	}
	unquoted, err := jsontext.AppendUnquote(nil, []byte(v))
	if err != nil {
		return nil, fmt.Errorf("the string cannot be read: %w", err)
	}
	return unquoted, nil
}

// line returns a string of at most that many characters, none of which is a control character
// other than a line break or a tab.
func (v value) line(most int) (string, error) {
	text, err := v.text()
	if err != nil {
		return "", err
	}
	if utf8.RuneCount(text) > most {
		return "", fmt.Errorf("more than %d characters", most)
	}
	control := func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' }
	if bytes.ContainsFunc(text, control) {
		return "", errors.New("a control character in the text")
	}
	return string(text), nil
}

// word returns the word that the string is.
func (v value) word(words []string) (string, error) {
	text, err := v.text()
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(words, func(w string) bool { return w == string(text) })
	if i < 0 {
		return "", fmt.Errorf("%q is none of %q", clip(text), words)
	}
	return words[i], nil
}

func clip(text []byte) []byte { return text[:min(len(text), 64)] }

// time returns a time in RFC 3339 with its offset, in UTC.
func (v value) time() (time.Time, error) {
	text, err := v.text()
	if err != nil {
		return time.Time{}, err
	}
	var t time.Time
	if err := t.UnmarshalText(text); err != nil {
		return time.Time{}, fmt.Errorf("%q is not a time in RFC 3339 with its offset", clip(text))
	}
	return loose.Plausible(t.UTC())
}
