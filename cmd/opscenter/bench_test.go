package main

import (
	"bytes"
	"strings"
	"testing"

	"opscenter/internal/app"
)

// A dialect that is listed has samples in the benchmark, and reads them.
func TestDecodeBenchmarkReadsItsSamples(t *testing.T) {
	t.Parallel()
	var out, errs bytes.Buffer
	center := app.Config{Factories: factories(), Dialects: dialects()}
	if status := run(center, []string{"bench", "decode", "--time=1ms"}, &out, &errs); status != 0 {
		t.Fatalf("status %d: %s", status, errs.String())
	}
	for _, d := range dialects() {
		if !strings.Contains(out.String(), "\n"+d.ID+" ") {
			t.Errorf("%s is not measured in:\n%s", d.ID, out.String())
		}
	}
}
