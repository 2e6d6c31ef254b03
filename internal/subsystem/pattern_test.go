package subsystem_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"opscenter/internal/subsystem"
)

func parse(t interface{ Fatal(args ...any) }, pattern string) subsystem.Pattern {
	p, err := subsystem.ParsePattern(pattern, "ioc/v1")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPatternMatchesAndNamesLevels(t *testing.T) {
	t.Parallel()
	const health = "{root}/trafficsafety/{location}/{device}/health"
	for _, c := range []struct {
		pattern, topic, location, device string
		ok                               bool
	}{
		{health, "ioc/v1/trafficsafety/loc-005/cam-017/health", "loc-005", "cam-017", true},
		{health, "ioc/v1/trafficsafety/loc-005/cam-017/flow", "", "", false},
		{health, "ioc/v1/trafficsafety/loc-005/cam-017", "", "", false},
		{health, "ioc/v1/trafficsafety/loc-005/cam-017/health/", "", "", false},
		{health, "ioc/v1/trafficsafety//cam-017/health", "", "", false},
		{health, "/ioc/v1/trafficsafety/loc-005/cam-017/health", "", "", false},
		{health, "", "", "", false},
		{"axis/{device}/event/#", "axis/00408C/event/tns:onvif/VideoSource", "", "00408C", true},
		{"axis/{device}/event/#", "axis/00408C/event", "", "00408C", true},
		{"axis/{device}/event/#", "axis/00408C", "", "", false},
		{"tms-v2/{station}/{sensor}", "tms-v2/23001/5122", "", "", true},
		{"{device}/at/{location}", "cam-1/at/loc-2", "loc-2", "cam-1", true},
	} {
		location, device, ok := parse(t, c.pattern).Match(c.topic)
		if location != c.location || device != c.device || ok != c.ok {
			t.Errorf("%s on %s: got %q, %q, %v", c.pattern, c.topic, location, device, ok)
		}
	}
}

func TestPatternBecomesAFilter(t *testing.T) {
	t.Parallel()
	for pattern, want := range map[string]string{
		"{root}/trafficsafety/{location}/{device}/health": "ioc/v1/trafficsafety/+/+/health",
		"axis/{device}/event/#":                           "axis/+/event/#",
	} {
		if got := parse(t, pattern).Filter(); got != want {
			t.Errorf("%s: got %s, want %s", pattern, got, want)
		}
	}
}

func TestPatternsThatAreNone(t *testing.T) {
	t.Parallel()
	for pattern, want := range map[string]string{
		"":                               "an empty level",
		"a//b":                           "an empty level",
		"a/":                             "an empty level",
		"a/+/b":                          "a wildcard or a brace",
		"a#":                             "a wildcard or a brace",
		"#":                              "0 levels",
		"a/#/b":                          `must be the last`,
		"a/{location":                    "not a name in braces",
		"a/{}":                           "not a name in braces",
		"a/x{location}":                  "a wildcard or a brace",
		"a/{root}/b":                     "{root} must come first",
		"{root}":                         "{root} must come first",
		"{location}/{location}":          "{location} occurs twice",
		"{device}/x/{device}":            "{device} occurs twice",
		strings.Repeat("a/", 40):         "an empty level",
		strings.Repeat("a/b/", 20) + "c": "41 levels",
	} {
		if _, err := subsystem.ParsePattern(pattern, "ioc/v1"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want an error with %q", pattern, err, want)
		}
	}
	for _, root := range []string{"", "/ioc", "ioc/", "ioc//v1", "ioc/+", "ioc/#", "$SYS", "{root}"} {
		if _, err := subsystem.ParsePattern("{root}/a", root); err == nil || !strings.Contains(err.Error(), "topic root") {
			t.Errorf("root %q: got %v, want an error", root, err)
		}
	}
}

// matchesByDefinition is what MQTT says a filter matches, written the slow way.
func matchesByDefinition(filter, topic []string) bool {
	switch {
	case len(filter) == 1 && filter[0] == "#":
		return true
	case len(filter) == 0 || len(topic) == 0:
		return len(filter) == len(topic)
	case filter[0] != "+" && filter[0] != topic[0]:
		return false
	}
	return matchesByDefinition(filter[1:], topic[1:])
}

func levels(most int) *rapid.Generator[[]string] {
	return rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "{x}"}), 1, most)
}

func topics(most int) *rapid.Generator[[]string] {
	return rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b"}), 1, most)
}

func drawPattern(t *rapid.T, name string) subsystem.Pattern {
	segments := levels(4).Draw(t, name)
	if rapid.Bool().Draw(t, name+" open") {
		segments = append(segments, "#")
	}
	return parse(t, strings.Join(segments, "/"))
}

func TestPatternMatchesWhatItsFilterMatches(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := drawPattern(t, "pattern")
		topic := topics(6).Draw(t, "topic")
		_, _, got := p.Match(strings.Join(topic, "/"))
		if want := matchesByDefinition(strings.Split(p.Filter(), "/"), topic); got != want {
			t.Fatalf("%s on %v: got %v", p, topic, got)
		}
	})
}

func TestPatternsOverlapWhenATopicMatchesBoth(t *testing.T) {
	t.Parallel()
	var all []string // every topic of up to five levels of two words
	for size := 1; size <= 5; size++ {
		for bits := range 1 << size {
			words := make([]string, size)
			for i := range words {
				words[i] = string(rune('a' + bits>>i&1))
			}
			all = append(all, strings.Join(words, "/"))
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		p, q := drawPattern(t, "p"), drawPattern(t, "q")
		want := false
		for _, topic := range all {
			_, _, a := p.Match(topic)
			_, _, b := q.Match(topic)
			want = want || (a && b)
		}
		if got := p.Overlaps(q); got != want || q.Overlaps(p) != got {
			t.Fatalf("%s and %s: got %v, want %v", p, q, got, want)
		}
	})
}
