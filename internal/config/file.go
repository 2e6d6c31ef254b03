package config

import (
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/rawbytes"
	"github.com/knadh/koanf/v2"
)

// unsplit keeps keys whole: flag names have no such character.
const unsplit = "\x00"

// envPrefix begins the name of every environment variable that is ours.
const envPrefix = "OPSCENTER_"

// Options returns what a parser needs to read Serve and its neighbours strictly. What only a file can
// say is put into only.
func Options(only *File) []kong.Option {
	return []kong.Option{
		kong.DefaultEnvars(strings.TrimSuffix(envPrefix, "_")),
		kong.Configuration(func(r io.Reader) (kong.Resolver, error) { return readFile(r, only) }),
	}
}

// CheckEnvironment returns an error that names the variables of environ, in the form NAME=value,
// that begin with OPSCENTER_ and that no flag of app reads.
func CheckEnvironment(app *kong.Application, environ []string) error {
	known := map[string]bool{}
	eachFlag(app.Node, func(f *kong.Flag) {
		for _, name := range f.Envs {
			known[name] = true
		}
	})
	var unknown []string
	for _, pair := range environ {
		name, _, _ := strings.Cut(pair, "=")
		if strings.HasPrefix(name, envPrefix) && !known[name] {
			unknown = append(unknown, name)
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	return fmt.Errorf("environment: unknown %s", strings.Join(unknown, ", "))
}

// flagValues is one configuration file as a source of flag values.
type flagValues struct{ values map[string]any }

func readFile(r io.Reader, only *File) (kong.Resolver, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	k := koanf.New(unsplit)
	if err := k.Load(rawbytes.Provider(text), yaml.Parser()); err != nil {
		return nil, fmt.Errorf("not YAML: %w", err)
	}
	values := k.Raw()
	if err := only.take(values); err != nil {
		return nil, err
	}
	return flagValues{values}, nil
}

// Validate returns an error that names every key of the file that is no flag of app.
func (f flagValues) Validate(app *kong.Application) error {
	known := map[string]bool{}
	eachFlag(app.Node, func(flag *kong.Flag) { known[flag.Name] = true })
	var unknown []string
	for _, key := range slices.Sorted(maps.Keys(f.values)) {
		if !known[key] || key == "config" {
			unknown = append(unknown, fmt.Sprintf("%q", key))
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	return fmt.Errorf("configuration file: unknown key %s", strings.Join(unknown, ", "))
}

// Resolve returns the file's value for a flag, or nil: also where an environment variable is set,
// since kong would otherwise let the file win over the environment.
func (f flagValues) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	for _, name := range flag.Envs {
		if _, set := os.LookupEnv(name); set {
			return nil, nil //nolint:nilnil // this is how a resolver says "not mine"
		}
	}
	value, ok := f.values[flag.Name]
	if !ok {
		return nil, nil //nolint:nilnil // this is how a resolver says "not mine"
	}
	if list, ok := value.([]any); ok {
		words := make([]string, len(list))
		for i, v := range list {
			words[i] = fmt.Sprint(v)
		}
		return strings.Join(words, ","), nil
	}
	return fmt.Sprint(value), nil
}

func eachFlag(n *kong.Node, visit func(*kong.Flag)) {
	for _, f := range n.Flags {
		visit(f)
	}
	for _, child := range n.Children {
		eachFlag(child, visit)
	}
}
