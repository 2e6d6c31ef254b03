package live

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"opscenter/internal/city"
	"opscenter/internal/subsystem"
)

// The reasons of thresholds that have none of their own: that a limit is passed, and not which.
const (
	aboveLimit city.Reason = "above_limit"
	belowLimit city.Reason = "below_limit"
)

// called says what a reason is called at a device; nil is none. Where the center's words do not know the
// reason, or say nothing of what it is about, the names of what gives it do.
func (p *Projection) called(r city.Reason, d *device) city.Names {
	words := p.alarms.words
	if _, known := words[r]; d == nil || known && r != aboveLimit && r != belowLimit {
		return words.Name(r)
	}
	switch m, s, w := d.plan.giver(r); {
	case m != nil && m.below:
		return phrase(m.names, words.Name(belowLimit))
	case m != nil:
		return phrase(m.names, words.Name(aboveLimit))
	case s != nil:
		return phrase(s.names, w.Names)
	}
	return words.Name(r)
}

// giver returns the metric, or the state and its word, that gives a reason; nothing if several do.
func (p *plan) giver(r city.Reason) (*metric, *stateDef, *subsystem.Word) {
	var by *metric
	var state *stateDef
	var word *subsystem.Word
	found := 0
	for _, m := range p.metrics {
		if m.reason == r {
			by = m
			found++
		}
	}
	for _, s := range p.states {
		for i := range s.words {
			if s.words[i].Reason == r {
				state, word = s, &s.words[i]
				found++
			}
		}
	}
	if found != 1 {
		return nil, nil, nil
	}
	return by, state, word
}

// phrase puts two names one after the other.
func phrase(a, b city.Names) city.Names {
	return city.Names{VI: a.VI + " " + uncapitalized(b.VI), EN: a.EN + " " + uncapitalized(b.EN)}
}

func uncapitalized(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	if size == 0 || s == strings.ToUpper(s) {
		return s
	}
	return string(unicode.ToLower(first)) + s[size:]
}
