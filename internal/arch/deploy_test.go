package arch_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"opscenter/internal/metrics"
)

// exported returns the name of every metric that the program can export.
func exported() map[string]bool {
	registry := prometheus.NewRegistry()
	metrics.New(registry, "test").Follow(metrics.Gauges{})
	descriptions := make(chan *prometheus.Desc)
	go func() {
		defer close(descriptions)
		registry.Describe(descriptions)
	}()
	name := regexp.MustCompile(`fqName: "([^"]+)"`)
	names := make(map[string]bool)
	for d := range descriptions {
		if m := name.FindStringSubmatch(d.String()); m != nil {
			names[m[1]] = true
		}
	}
	return names
}

// mentioned returns the metrics that PromQL in a text names. A histogram is meant by its buckets.
func mentioned(text string) []string {
	names := regexp.MustCompile(`\b(?:opscenter|process|go)_[a-z0-9_]+`).FindAllString(text, -1)
	for i, name := range names {
		names[i] = strings.TrimSuffix(name, "_bucket")
	}
	return names
}

func TestDeployedRulesAndDashboardsNameMetricsThatExist(t *testing.T) {
	t.Parallel()
	exists := exported()
	for _, file := range []string{"deploy/alerts.yml", "deploy/dashboard.json"} {
		names := mentioned(readFile(t, file))
		if len(names) == 0 {
			t.Errorf("%s names no metric", file)
		}
		for _, name := range names {
			if !exists[name] {
				t.Errorf("%s names the metric %s, which the program does not export", file, name)
			}
		}
	}
}

func TestDashboardShowsEveryMetricOfTheCenter(t *testing.T) {
	t.Parallel()
	shown := make(map[string]bool)
	for _, name := range mentioned(readFile(t, "deploy/dashboard.json")) {
		shown[name] = true
	}
	for name := range exported() {
		if strings.HasPrefix(name, "opscenter_") && !shown[name] {
			t.Errorf("the dashboard does not show %s", name)
		}
	}
}

func TestDashboardIsWellFormed(t *testing.T) {
	t.Parallel()
	var dashboard struct {
		UID    string
		Panels []struct {
			ID      int
			Type    string
			Title   string
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal([]byte(readFile(t, "deploy/dashboard.json")), &dashboard); err != nil {
		t.Fatal(err)
	}
	seen := make(map[int]bool)
	for _, p := range dashboard.Panels {
		if seen[p.ID] {
			t.Errorf("panel %q: id %d occurs twice", p.Title, p.ID)
		}
		seen[p.ID] = true
		if p.Type != "row" && len(p.Targets) == 0 {
			t.Errorf("panel %q asks for nothing", p.Title)
		}
	}
	if dashboard.UID == "" || len(dashboard.Panels) == 0 {
		t.Error("the dashboard has no uid or no panels")
	}
}
