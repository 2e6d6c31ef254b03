package main

import (
	"bytes"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"opscenter/internal/app"
	"opscenter/internal/subsystem"
)

func readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestReadmeNamesEveryDialect(t *testing.T) {
	t.Parallel()
	text := readme(t)
	for _, d := range dialects() {
		if !strings.Contains(text, "\n| `"+d.ID+"` |") {
			t.Errorf("README.md has no row of the dialect %q", d.ID)
		}
	}
}

func TestDialectsOfTheReadmeAreAccepted(t *testing.T) {
	t.Parallel()
	block := regexp.MustCompile("(?s)```yaml\n(dialects:.*?)```").FindStringSubmatch(readme(t))
	if block == nil {
		t.Fatal("README.md has no example of dialects")
	}
	for _, id := range []string{"frigate", "onvif"} {
		if !slices.ContainsFunc(dialects(), func(d subsystem.Dialect) bool { return d.ID == id }) {
			t.Skipf("the program is built without the dialect %s", id)
		}
	}
	var out, errs bytes.Buffer
	center := app.Config{Factories: factories(), Dialects: dialects()}
	if status := run(center, []string{"check", "--config", write(t, "c.yaml", block[1])}, &out, &errs); status != 0 {
		t.Errorf("status %d: %s", status, errs.String())
	}
}
