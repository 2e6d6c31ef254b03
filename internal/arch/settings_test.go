package arch_test

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"opscenter/internal/config"
	"opscenter/internal/store"
)

// parser reads the settings of a center as the program does.
func parser(t *testing.T) *kong.Kong {
	t.Helper()
	options := append(config.Options(&config.File{}), kong.Name(module), kong.Exit(func(int) {}))
	p, err := kong.New(&config.Serve{}, options...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestReadmeStatesEveryFlagWithItsDefault(t *testing.T) {
	t.Parallel()
	text := readFile(t, "README.md")
	for _, flag := range parser(t).Model.Flags {
		if flag.Name == "help" {
			continue
		}
		row := "| `--" + flag.Name + "` | |"
		if flag.HasDefault {
			row = "| `--" + flag.Name + "` | `" + flag.Default + "` |"
		}
		if !strings.Contains(text, row) {
			t.Errorf("README.md has no row that begins with %s", row)
		}
	}
}

func TestReadmeStatesEveryClassOfDataWithItsDefault(t *testing.T) {
	t.Parallel()
	text := readFile(t, "README.md")
	for class, keep := range store.DefaultPolicy() {
		days := int(keep.Hours() / 24)
		said := fmt.Sprintf("%d days |", days)
		if days == 365 {
			said = "1 year |"
		} else if days%365 == 0 {
			said = fmt.Sprintf("%d years |", days/365)
		}
		row := regexp.MustCompile("\n\\| `" + class + "` \\|[^|\n]*\\| " + regexp.QuoteMeta(said))
		if !row.MatchString(text) {
			t.Errorf("README.md has no row of the class %s that ends with %s", class, said)
		}
	}
}

func TestDeployedConfigurationIsAccepted(t *testing.T) {
	t.Parallel()
	if _, err := parser(t).Parse([]string{"--config", filepath.Join(root, "deploy", "opscenter.yaml")}); err != nil {
		t.Error(err)
	}
}

// The commented settings are what an operator will switch on next.
func TestCommentedSettingsOfTheDeployedConfigurationExist(t *testing.T) {
	t.Parallel()
	known := make(map[string]bool)
	for _, flag := range parser(t).Model.Flags {
		known[flag.Name] = true
	}
	for line := range strings.Lines(readFile(t, "deploy/opscenter.yaml")) {
		setting, ok := strings.CutPrefix(line, "# ")
		key, _, found := strings.Cut(setting, ": ")
		if ok && found && !strings.Contains(key, " ") && !known[key] {
			t.Errorf("deploy/opscenter.yaml mentions %q, which is no setting", key)
		}
	}
}
