package main

import (
	"encoding/json"
	"testing"

	"opscenter/internal/dialect/native"
	"opscenter/internal/reference"
)

// The example of a manifest that integrators find in the description of the topics is a good one.
func TestTheDescribedManifestIsGood(t *testing.T) {
	t.Parallel()
	text, err := reference.AsyncAPI(open(t))
	if err != nil {
		t.Fatal(err)
	}
	var document struct {
		Components struct {
			Messages map[string]struct {
				Examples []struct {
					Payload json.RawMessage `json:"payload"`
				} `json:"examples"`
			} `json:"messages"`
		} `json:"components"`
	}
	if err := json.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	examples := document.Components.Messages["$manifest.manifest"].Examples
	if len(examples) == 0 {
		t.Error("no manifest is described by an example")
	}
	for _, example := range examples {
		if _, err := native.ParseManifest(example.Payload); err != nil {
			t.Errorf("%s: %v", example.Payload, err)
		}
	}
}
