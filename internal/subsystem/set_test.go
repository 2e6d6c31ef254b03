package subsystem_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"opscenter/internal/city"
	"opscenter/internal/subsystem"
)

// silent is a decoder that has no use for any message.
type silent struct{}

func (silent) Decode(subsystem.Message) ([]city.Observation, error) { return nil, nil }

type config struct {
	Zone string `json:"zone"`
}

func spec(id string, patterns ...string) subsystem.Spec {
	s := subsystem.Spec{ID: id, Names: city.Names{VI: "Tên", EN: "Name"}, Doc: "For tests.", Cadence: time.Minute}
	for i, p := range patterns {
		s.Topics = append(s.Topics, subsystem.Topic{Pattern: p, Kind: fmt.Sprintf("kind_%d", i), Doc: "A topic."})
	}
	return s
}

func factory(s subsystem.Spec) subsystem.Factory {
	return subsystem.Define(s, config{Zone: "UTC"}, func(c config) (subsystem.Decoder, error) {
		if _, err := time.LoadLocation(c.Zone); err != nil {
			return nil, err
		}
		return silent{}, nil
	})
}

func newSet(t testing.TB, specs ...subsystem.Spec) *subsystem.Set {
	t.Helper()
	var factories []subsystem.Factory
	for _, s := range specs {
		factories = append(factories, factory(s))
	}
	set, err := subsystem.NewSet(subsystem.SetConfig{Root: "ioc/v1", Factories: factories})
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func TestSetRoutesATopicToItsOwner(t *testing.T) {
	t.Parallel()
	set := newSet(t,
		spec("one", "{root}/one/{location}/{device}/a", "{root}/one/{location}/{device}/b"),
		spec("two", "{root}/two/{device}/{location}", "axis/{device}/event/#", "axis/{device}/status/now"),
		spec("three", "{root}/{any}/three/x/y"),
	)
	for _, c := range []struct {
		topic, id, kind, location, device string
	}{
		{"ioc/v1/one/l/d/a", "one", "kind_0", "l", "d"},
		{"ioc/v1/one/l/d/b", "one", "kind_1", "l", "d"},
		{"ioc/v1/one/l/d/c", "", "", "", ""},
		{"ioc/v1/one/l//a", "", "", "", ""},
		{"ioc/v1/two/d/l", "two", "kind_0", "l", "d"},
		{"axis/d/event/a/b/c", "two", "kind_1", "", "d"},
		{"axis/d/event", "two", "kind_1", "", "d"},
		{"axis/d/status/now", "two", "kind_2", "", "d"},
		{"ioc/v1/one/three/x/y", "three", "kind_0", "", ""}, // the literal level leads nowhere here
		{"", "", "", "", ""},
		{strings.Repeat("/", 60000), "", "", "", ""},
	} {
		r, location, device := set.Route(c.topic)
		if (r != nil) != (c.id != "") {
			t.Errorf("%.40s: got %v", c.topic, r)
			continue
		}
		if r != nil && (r.Open.Spec.ID != c.id || r.Topic.Kind != c.kind || location != c.location || device != c.device) {
			t.Errorf("%s: got %s, %s, %q, %q", c.topic, r.Open.Spec.ID, r.Topic.Kind, location, device)
		}
	}
}

func TestSetSubscribesToEverythingUnderTheRootOnce(t *testing.T) {
	t.Parallel()
	set := newSet(t, spec("one", "{root}/one/{location}"), spec("two", "ioc/v1/two/{device}", "axis/{device}/event/#"))
	want := []string{"ioc/v1/#", "axis/+/event/#"}
	if diff := cmp.Diff(want, set.Filters()); diff != "" {
		t.Error(diff)
	}
}

func TestSetNamesEveryFault(t *testing.T) {
	t.Parallel()
	failing := factory(spec("failing", "{root}/failing"))
	_, err := subsystem.NewSet(subsystem.SetConfig{Root: "ioc/v1", Factories: []subsystem.Factory{
		factory(spec("one", "{root}/one/{location}/{device}/a")),
		factory(spec("two", "{root}/{what}/x/{device}/a")),
		factory(spec("one", "{root}/other")),
		factory(spec("three", "{root}/three/+")),
		factory(spec("four", "{root}/four/{location}", "{root}/four/x")),
		factory(spec("five", "{root}/five")),
		factory(subsystem.Spec{ID: "six"}),
		failing,
	}, Settings: map[string]json.RawMessage{
		"seven":   json.RawMessage(`{}`),
		"five":    json.RawMessage(`{"zone":"UTC","zoom":1}`),
		"failing": json.RawMessage(`{"zone":"Mars/Olympus"}`),
		"four":    json.RawMessage(`{"zone":"UTC"} {}`),
	}})
	if err == nil {
		t.Fatal("it was accepted")
	}
	for _, want := range []string{
		`"ioc/v1/{what}/x/{device}/a" of subsystem "two" overlaps topic "ioc/v1/one/{location}/{device}/a" of subsystem "one"`,
		`subsystem "one": the id occurs twice`,
		`subsystem "three": topic pattern "{root}/three/+"`,
		`"ioc/v1/four/x" of subsystem "four" overlaps topic "ioc/v1/four/{location}" of subsystem "four"`,
		`subsystem "five": configuration: json: unknown field "zoom"`,
		`subsystem "six": no topics`,
		`subsystem "seven": there is no such subsystem`,
		`subsystem "failing": unknown time zone Mars/Olympus`,
		`subsystem "four": configuration: there is more after the value`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no fault %q in:\n%v", want, err)
		}
	}
}

func TestSetListsItsSubsystemsInOrder(t *testing.T) {
	t.Parallel()
	set := newSet(t, spec("b", "{root}/b"), spec("a", "{root}/a"))
	if specs := set.Specs(); len(specs) != 2 || specs[0].ID != "b" || specs[1].ID != "a" || set.All()[1].Spec.ID != "a" {
		t.Errorf("got %v", specs)
	}
	if set.ByID("a") != set.All()[1] || set.ByID("c") != nil || set.Root() != "ioc/v1" {
		t.Error("wrong subsystem, or root")
	}
}

func TestConfigurationOfOneOpeningDoesNotReachTheNext(t *testing.T) {
	t.Parallel()
	var zones []string
	f := subsystem.Define(spec("one", "{root}/one"), config{Zone: "UTC"}, func(c config) (subsystem.Decoder, error) {
		zones = append(zones, c.Zone)
		return silent{}, nil
	})
	for _, raw := range []string{`{"zone":"Asia/Ho_Chi_Minh"}`, ``, `{}`} {
		if _, err := f.Open(json.RawMessage(raw)); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{"Asia/Ho_Chi_Minh", "UTC", "UTC"}, zones); diff != "" {
		t.Error(diff)
	}
}

func manySubsystems() []subsystem.Spec {
	var specs []subsystem.Spec
	for i := range 1000 {
		id := fmt.Sprintf("s%d", i)
		specs = append(specs, spec(id, "{root}/"+id+"/{location}/{device}/health", "{root}/"+id+"/{location}/{device}/flow", "{root}/"+id+"/{location}/{device}/event"))
	}
	return specs
}

func TestRouteDoesNotAllocate(t *testing.T) { //nolint:paralleltest // it counts allocations
	set := newSet(t, manySubsystems()...)
	topic := "ioc/v1/s777/loc-005/cam-017/flow"
	if n := testing.AllocsPerRun(100, func() { set.Route(topic) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkRoute(b *testing.B) {
	for name, specs := range map[string][]subsystem.Spec{"topics=3": manySubsystems()[:1], "topics=3000": manySubsystems()} {
		b.Run(name, func(b *testing.B) {
			set := newSet(b, specs...)
			b.ReportAllocs()
			for b.Loop() {
				if r, _, _ := set.Route("ioc/v1/s0/loc-005/cam-017/flow"); r == nil {
					b.Fatal("lost")
				}
			}
		})
	}
}

func TestRouteFindsThePatternThatMatches(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := spec("one")
		var patterns []subsystem.Pattern
		for range rapid.IntRange(1, 6).Draw(t, "patterns") {
			p := drawPattern(t, "pattern")
			if !slices.ContainsFunc(patterns, p.Overlaps) {
				patterns = append(patterns, p)
				s.Topics = append(s.Topics, subsystem.Topic{Pattern: p.String(), Kind: "kind", Doc: "A topic."})
			}
		}
		set, err := subsystem.NewSet(subsystem.SetConfig{Root: "ioc/v1", Factories: []subsystem.Factory{factory(s)}})
		if err != nil {
			t.Fatal(err)
		}
		topic := strings.Join(topics(6).Draw(t, "topic"), "/")
		got, _, _ := set.Route(topic)
		at := slices.IndexFunc(patterns, func(p subsystem.Pattern) bool { _, _, ok := p.Match(topic); return ok })
		if (got != nil) != (at >= 0) || (got != nil && got.Pattern.String() != patterns[at].String()) {
			t.Fatalf("%s in %v: got %v", topic, patterns, got)
		}
	})
}
