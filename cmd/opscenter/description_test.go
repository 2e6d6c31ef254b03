package main

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/tools/txtar"

	"opscenter/internal/subsystem"
)

// open returns every subsystem of the program.
func open(t *testing.T) *subsystem.Set {
	t.Helper()
	set, err := subsystem.NewSet(subsystem.SetConfig{Root: "ioc/v1", Factories: factories()})
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// describe returns how a subsystem describes a kind of its messages.
func describe(t *testing.T, r *subsystem.Route) *subsystem.Payload {
	t.Helper()
	describer, ok := r.Decoder.(subsystem.Describer)
	if !ok {
		t.Fatalf("the decoder of %s does not describe its messages", r.Owner)
	}
	p := describer.Describe(r.Topic.Kind)
	if p == nil {
		t.Fatalf("%s does not describe kind %q", r.Owner, r.Topic.Kind)
	}
	return p
}

// A sample is what integrators copy, and what bench decode measures.
func TestSamplesOfEveryKindAreDecoded(t *testing.T) {
	t.Parallel()
	set := open(t)
	for i := range set.Routes() {
		r := &set.Routes()[i]
		payload, err := describe(t, r).Sample()
		if err != nil {
			t.Errorf("%s, kind %q: %v", r.Owner, r.Topic.Kind, err)
			continue
		}
		m := subsystem.Message{Kind: r.Topic.Kind, Payload: payload, ReceivedAt: time.Date(2026, 11, 23, 1, 15, 1, 0, time.UTC)}
		if _, err := r.Decoder.Decode(m); err != nil {
			t.Errorf("%s, kind %q: the sample %s: %v", r.Owner, r.Topic.Kind, payload, err)
		}
	}
}

// What the fixtures show to be read must fit the description, and what they show to be refused must
// not, unless the reason is one that JSON Schema has no words for.
func TestDescriptionsAgreeWithTheFixtures(t *testing.T) {
	t.Parallel()
	set := open(t)
	files, err := filepath.Glob("../../subsystems/*/testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d fixtures, %v", len(files), err)
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		sections := make(map[string]string)
		for _, f := range archive.Files {
			sections[f.Name] = strings.TrimSuffix(string(f.Data), "\n")
		}
		r, _, _ := set.Route(sections["topic"])
		payload, plain := sections["payload"]
		if r == nil || !plain {
			continue
		}
		misfit := fits(t, describe(t, r), payload)
		reason, refused := sections["error"]
		if !refused && misfit != nil {
			t.Errorf("%s is read, and does not fit the description: %v", filepath.Base(file), misfit)
		}
		if refused && misfit == nil && !beyondSchema(reason) {
			t.Errorf("%s is refused (%s), and fits the description", filepath.Base(file), strings.TrimSpace(reason))
		}
	}
}

// beyondSchema reports whether a refusal has a reason that no schema can state: arithmetic, the
// calendar, characters that are not to be seen, and names that occur twice.
func beyondSchema(reason string) bool {
	for _, part := range []string{
		"occurs twice", "control character", "between the years", "no such", " = ", "no declared metric", "has no value", "is not finite",
	} {
		if strings.Contains(reason, part) {
			return true
		}
	}
	return false
}

// fits validates a payload. A null counts as absent, which the schema does not say.
func fits(t *testing.T, p *subsystem.Payload, payload string) error {
	t.Helper()
	encoded, err := json.Marshal(&p.Schema)
	if err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(encoded))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft7)
	c.AssertFormat()
	if err := c.AddResource("payload.json", document); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("payload.json")
	if err != nil {
		t.Fatalf("%s: %v", encoded, err)
	}
	if p.ContentType == subsystem.Text {
		return schema.Validate(strings.TrimSpace(payload))
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(payload))
	if err != nil {
		return err
	}
	return schema.Validate(withoutNulls(value))
}

func withoutNulls(value any) any {
	if object, ok := value.(map[string]any); ok {
		for name, member := range object {
			if member == nil {
				delete(object, name)
			} else {
				object[name] = withoutNulls(member)
			}
		}
	}
	return value
}
