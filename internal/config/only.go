package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/rawbytes"
	"github.com/knadh/koanf/v2"

	"opscenter/internal/subsystem"
)

// File is what only the configuration file can say, since it has more structure than a flag.
type File struct {
	Subsystems map[string]json.RawMessage // each subsystem's own settings by id
	Dialects   []subsystem.Instance       // in the order of the file
	Alarms     Alarms
	Retention  map[string]time.Duration // how long each class of data is kept, by its id; 0: for ever
	Notify     Notify
	Reports    []Report // in the order of the file
}

// The keys of the file that are no flags.
const (
	subsystemsKey = "subsystems"
	dialectsKey   = "dialects"
	alarmsKey     = "alarms"
	retentionKey  = "retention"
)

// ReadFile reads YAML that holds nothing but what a File does. An unknown key is an error that names
// it.
func ReadFile(text []byte) (File, error) {
	k := koanf.New(unsplit)
	if err := k.Load(rawbytes.Provider(text), yaml.Parser()); err != nil {
		return File{}, fmt.Errorf("not YAML: %w", err)
	}
	var f File
	values := k.Raw()
	if err := f.take(values); err != nil {
		return File{}, err
	}
	for _, key := range slices.Sorted(maps.Keys(values)) {
		return File{}, fmt.Errorf("unknown key %q", key)
	}
	return f, nil
}

// take moves what belongs to File out of the file's values. It returns every fault, joined.
func (f *File) take(values map[string]any) error {
	taken := func(key string) any {
		defer delete(values, key)
		return values[key]
	}
	return errors.Join(
		f.takeSubsystems(taken(subsystemsKey)),
		f.takeDialects(taken(dialectsKey)),
		f.takeRetention(taken(retentionKey)),
		strictly(alarmsKey, taken(alarmsKey), &f.Alarms), f.Alarms.check(),
		f.Notify.take(taken),
		f.takeReports(taken(reportsKey)),
	)
}

func (f *File) takeSubsystems(raw any) error {
	if raw == nil {
		return nil
	}
	byID, ok := raw.(map[string]any)
	if !ok {
		return fmt.Errorf("%s: want a map from subsystem to its settings, have %s", subsystemsKey, kindOf(raw))
	}
	f.Subsystems = make(map[string]json.RawMessage, len(byID))
	for _, id := range slices.Sorted(maps.Keys(byID)) {
		encoded, err := json.Marshal(byID[id])
		if err != nil {
			return fmt.Errorf("%s: %s: %w", subsystemsKey, id, err)
		}
		f.Subsystems[id] = encoded
	}
	return nil
}

func (f *File) takeDialects(raw any) error {
	if raw == nil {
		return nil
	}
	list, ok := raw.([]any)
	if !ok {
		return fmt.Errorf("%s: want a list of instances, have %s", dialectsKey, kindOf(raw))
	}
	var faults []error
	for i, item := range list {
		instance, wrong := readInstance(item)
		for _, fault := range wrong {
			faults = append(faults, fmt.Errorf("%s[%d]: %w", dialectsKey, i, fault))
		}
		f.Dialects = append(f.Dialects, instance)
	}
	return errors.Join(faults...)
}

// readInstance reads one instance of a dialect. What its settings mean is the dialect's to say.
func readInstance(raw any) (in subsystem.Instance, faults []error) {
	keys, ok := raw.(map[string]any)
	if !ok {
		return in, []error{fmt.Errorf("want name, dialect and subsystem, have %s", kindOf(raw))}
	}
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		if err := setInstance(&in, key, keys[key]); err != nil {
			faults = append(faults, err)
		}
	}
	for _, key := range []string{"name", "dialect", "subsystem"} {
		if _, there := keys[key]; !there {
			faults = append(faults, fmt.Errorf("%q is missing", key))
		}
	}
	return in, faults
}

func setInstance(in *subsystem.Instance, key string, value any) (err error) {
	switch key {
	case "name":
		in.Name, err = text(value)
	case "dialect":
		in.Dialect, err = text(value)
	case "subsystem":
		in.Subsystem, err = text(value)
	case "cadence":
		in.Cadence, err = cadence(value)
	case "settings":
		in.Settings, err = settings(value)
	default:
		return fmt.Errorf("unknown key %q", key)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", key, err)
	}
	return nil
}

func text(value any) (string, error) {
	s, ok := value.(string)
	switch {
	case !ok:
		return "", fmt.Errorf("want text, have %s", kindOf(value))
	case s == "":
		return "", errors.New("it is empty")
	}
	return s, nil
}

// cadence reads a duration such as 60s. A bare number would leave the unit to be guessed.
func cadence(value any) (time.Duration, error) {
	s, err := text(value)
	if err != nil {
		return 0, fmt.Errorf("%w; a duration has its unit, as in 60s", err)
	}
	d, err := time.ParseDuration(s)
	if err != nil || d <= 0 {
		return 0, fmt.Errorf("%q is no duration above 0, such as 60s", s)
	}
	return d, nil
}

func settings(value any) (json.RawMessage, error) {
	object, ok := value.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("want a map, have %s", kindOf(value))
	}
	return json.Marshal(object)
}

// kindOf is what people call the kind of a value of a YAML file.
func kindOf(value any) string {
	switch value.(type) {
	case nil:
		return "nothing"
	case string:
		return "text"
	case bool:
		return "a boolean"
	case int, int64, uint64, float64:
		return "a number"
	case []any:
		return "a list"
	case map[string]any:
		return "a map"
	}
	return fmt.Sprintf("a %T", value)
}
