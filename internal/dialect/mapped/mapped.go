// Package mapped reads whatever else devices publish, by configuration alone: rules say which topics
// belong to which device, and where a message has what. It knows no device and no product.
package mapped

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/subsystem"
)

// id of the dialect; also the kind of its observations, and what external ids begin with, unless
// settings say otherwise.
const id = "mapped"

// kindEvent is the kind of its events, unless settings say otherwise.
const kindEvent = "event"

// Dialect returns the dialect.
func Dialect() subsystem.Dialect {
	doc := "Any device whose messages can be described by rules: a topic with named segments, and paths to " +
		"metrics, states, availability, events and times."
	return subsystem.DefineDialect(id, doc, Settings{Identity: id}, open)
}

func open(b subsystem.Binding, s Settings) (subsystem.Feed, error) {
	if err := city.CheckID(s.Identity); err != nil {
		return subsystem.Feed{}, fmt.Errorf("identity: %w", err)
	}
	if len(s.Rules) == 0 {
		return subsystem.Feed{}, errors.New("rules: there are none")
	}
	if b.Zone == nil {
		b.Zone = time.UTC
	}
	declared := declaredStates(b.Spec, s.States)
	d := &decoder{head: s.Identity + ":"}
	var faults []error
	for i := range s.Rules {
		r, err := compile(&s.Rules[i], declared, b.Zone)
		if err != nil {
			faults = append(faults, fmt.Errorf("rule %q: %w", nameOf(&s.Rules[i]), err))
			continue
		}
		d.rules = append(d.rules, r)
	}
	if err := errors.Join(faults...); err != nil {
		return subsystem.Feed{}, err
	}
	topics, err := topics(d.rules, b.Root)
	if err != nil {
		return subsystem.Feed{}, err
	}
	return subsystem.Feed{Topics: topics, Decoder: d, Metrics: metrics(s.Metrics), States: states(s.States)}, nil
}

// nameOf returns what errors call a rule.
func nameOf(r *Rule) string {
	if r.Name != "" {
		return r.Name
	}
	return r.Topic
}

// topics returns the topics that an instance owns. Rules whose topics overlap share one that contains
// those of both.
func topics(rules []*rule, root string) ([]subsystem.Topic, error) {
	var all []subsystem.Topic
	for _, r := range rules {
		t := subsystem.Topic{Pattern: r.topic.pattern(), Kind: r.kind, Doc: "As rule " + r.name + " has it."}
		for i := 0; i < len(all); {
			shared, err := overlap(t.Pattern, all[i].Pattern, root)
			switch {
			case err != nil:
				return nil, fmt.Errorf("rule %q: %w", r.name, err)
			case !shared:
				i++
				continue
			case t.Kind != "" && all[i].Kind != "" && t.Kind != all[i].Kind:
				return nil, fmt.Errorf("rule %q: its topics overlap with others of kind %q; want the same kind", r.name, all[i].Kind)
			}
			t = share(t, all[i])
			all = slices.Delete(all, i, i+1)
			i = 0 // what both share may overlap with more
		}
		all = append(all, t)
	}
	for i := range all {
		if all[i].Kind == "" {
			all[i].Kind = id // everything on it is ignored
		}
	}
	return all, nil
}

func overlap(a, b, root string) (bool, error) {
	p, err := subsystem.ParsePattern(a, root)
	if err != nil {
		return false, err
	}
	q, err := subsystem.ParsePattern(b, root)
	if err != nil {
		return false, err
	}
	return p.Overlaps(q), nil
}

// share returns the narrowest topic that contains those of both: the same one, or everything below the
// literal levels that they have in common. They overlap, so their first levels are the same.
func share(a, b subsystem.Topic) subsystem.Topic {
	kind := a.Kind
	if kind == "" {
		kind = b.Kind
	}
	if a.Pattern == b.Pattern {
		return subsystem.Topic{Pattern: a.Pattern, Kind: kind, Doc: b.Doc}
	}
	var common []string
	others := strings.Split(b.Pattern, "/")
	for i, level := range strings.Split(a.Pattern, "/") {
		if i >= len(others) || level != others[i] || level == "#" || strings.HasPrefix(level, "{") {
			break
		}
		common = append(common, level)
	}
	return subsystem.Topic{Pattern: strings.Join(append(common, "#"), "/"), Kind: kind, Doc: "As the first rule has it that matches."}
}
