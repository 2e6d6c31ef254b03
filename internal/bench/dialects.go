package bench

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// configureDialects writes a configuration with an instance of every dialect into dir, and returns the
// flags that have a center read it. What a dialect costs the others is then part of what is measured.
func configureDialects(dir string) ([]string, error) {
	type instance struct {
		Name      string          `json:"name"`
		Dialect   string          `json:"dialect"`
		Subsystem string          `json:"subsystem"`
		Settings  json.RawMessage `json:"settings,omitempty"`
	}
	var all []instance
	seen := make(map[string]bool)
	for _, s := range samples() {
		if seen[s.dialect+s.settings] {
			continue
		}
		seen[s.dialect+s.settings] = true
		name := fmt.Sprintf("%s-%d", s.dialect, len(all)+1)
		all = append(all, instance{name, s.dialect, sampleSubsystem, json.RawMessage(s.settings)})
	}
	text, err := json.Marshal(map[string]any{"dialects": all}) // JSON is YAML
	if err != nil {
		return nil, err
	}
	file := filepath.Join(dir, "dialects.yaml")
	return []string{"--config", file}, os.WriteFile(file, text, 0o600)
}
