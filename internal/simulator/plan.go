package simulator

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// plan is a list of faults, understood: how often things fail by themselves, and what is to fail
// when.
//
//	list   = item { "," item }
//	item   = "none" | "x" NUMBER | TARGET ":" CLASS [ "@" AFTER ] [ "+" FOR ]
//
// TARGET is the id of a device or a location; AFTER counts from the start of the simulation and FOR
// from the beginning of the fault, both as Go durations.
type plan struct {
	pace   float64 // times the natural rate; 0: never
	forced []forced
}

type forced struct {
	column int // where it starts in the text, counted in characters from 1
	target string
	class  Class
	after  time.Duration
	lasts  time.Duration // 0: for good
}

func parsePlan(text string) (plan, error) {
	p := plan{pace: 1}
	if strings.TrimSpace(text) == "" {
		return p, nil
	}
	offset := 0
	for item := range strings.SplitSeq(text, ",") {
		lead := len(item) - len(strings.TrimLeft(item, " \t"))
		column := utf8.RuneCountInString(text[:offset+lead]) + 1
		offset += len(item) + 1
		if err := p.add(strings.TrimSpace(item), column); err != nil {
			return plan{}, err
		}
	}
	return p, nil
}

func (p *plan) add(item string, column int) error {
	target, fault, found := strings.Cut(item, ":")
	if !found {
		return p.setPace(item, column)
	}
	if target == "" {
		return faultAt(column, "no device or location before the colon in %q", item)
	}
	f := forced{column: column, target: target}
	at := column + utf8.RuneCountInString(target) + 1 // of what follows the colon
	fault, lasts, found := strings.Cut(fault, "+")
	if found {
		d, err := time.ParseDuration(lasts)
		if err != nil || d <= 0 {
			return faultAt(at+utf8.RuneCountInString(fault)+1, "%q after the + is no positive duration such as 5m", lasts)
		}
		f.lasts = d
	}
	name, after, found := strings.Cut(fault, "@")
	if found {
		d, err := time.ParseDuration(after)
		if err != nil || d < 0 {
			return faultAt(at+utf8.RuneCountInString(name)+1, "%q after the @ is no duration such as 60s", after)
		}
		f.after = d
	}
	if f.class, found = classNamed(name); !found {
		return faultAt(at, "unknown fault %q: there are %s", name, classNames())
	}
	p.forced = append(p.forced, f)
	return nil
}

func (p *plan) setPace(item string, column int) error {
	if item == "none" {
		p.pace = 0
		return nil
	}
	number, found := strings.CutPrefix(item, "x")
	pace, err := strconv.ParseFloat(number, 64)
	if !found || err != nil || pace < 0 || math.IsInf(pace, 0) || math.IsNaN(pace) {
		return faultAt(column, "%q is neither none, nor a pace such as x10, nor a fault such as cam-017:obscured@60s+5m", item)
	}
	p.pace = pace
	return nil
}

func faultAt(column int, format string, args ...any) error {
	return fmt.Errorf("%w: at character %d: %s", ErrFaults, column, fmt.Sprintf(format, args...))
}
