package config

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"
)

// Report is a report that is made again and again, as the file says it. What report, parameters, every,
// format and addresses may be is checked where they are used.
type Report struct {
	Name       string
	Report     string
	Every      string
	At         time.Duration   // since midnight; 6:00 unless given
	Shifts     []time.Duration // since midnight
	Format     string          // xlsx unless given
	Lang       string          // vi unless given
	To         []string
	Parameters map[string]string
}

// reportsKey is the key of the file under which reports are.
const reportsKey = "reports"

func (f *File) takeReports(raw any) error {
	if raw == nil {
		return nil
	}
	list, ok := raw.([]any)
	if !ok {
		return fmt.Errorf("%s: want a list of reports, have %s", reportsKey, kindOf(raw))
	}
	var faults []error
	for i, item := range list {
		r, wrong := readReport(item)
		for _, fault := range wrong {
			faults = append(faults, fmt.Errorf("%s[%d]: %w", reportsKey, i, fault))
		}
		f.Reports = append(f.Reports, r)
	}
	return errors.Join(faults...)
}

func readReport(raw any) (r Report, faults []error) {
	keys, ok := raw.(map[string]any)
	if !ok {
		return r, []error{fmt.Errorf("want name, report and every, have %s", kindOf(raw))}
	}
	r = Report{At: 6 * time.Hour, Format: "xlsx", Lang: "vi"}
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		if err := setReport(&r, key, keys[key]); err != nil {
			faults = append(faults, err)
		}
	}
	for _, key := range []string{"name", "report", "every"} {
		if _, there := keys[key]; !there {
			faults = append(faults, fmt.Errorf("%q is missing", key))
		}
	}
	return r, faults
}

func setReport(r *Report, key string, value any) (err error) {
	switch key {
	case "name":
		r.Name, err = text(value)
	case "report":
		r.Report, err = text(value)
	case "every":
		r.Every, err = text(value)
	case "at":
		r.At, err = timeOfDay(value)
	case "shifts":
		r.Shifts, err = each(value, timeOfDay)
	case "format":
		r.Format, err = text(value)
	case "lang":
		r.Lang, err = text(value)
	case "to":
		r.To, err = each(value, text)
	case "parameters":
		r.Parameters, err = parameters(value)
	default:
		return fmt.Errorf("unknown key %q", key)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", key, err)
	}
	return nil
}

// timeOfDay reads a time such as "06:00". YAML without quotes would make a number of it.
func timeOfDay(value any) (time.Duration, error) {
	s, err := text(value)
	if err != nil {
		return 0, fmt.Errorf("%w; a time of day stands in quotes, as in \"06:00\"", err)
	}
	t, err := time.Parse("15:04", s)
	if err != nil {
		return 0, fmt.Errorf("%q is no time of day such as 06:00", s)
	}
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute, nil
}

// each reads a list.
func each[T any](value any, read func(any) (T, error)) ([]T, error) {
	list, ok := value.([]any)
	if !ok {
		return nil, fmt.Errorf("want a list, have %s", kindOf(value))
	}
	out := make([]T, 0, len(list))
	for i, item := range list {
		v, err := read(item)
		if err != nil {
			return nil, fmt.Errorf("[%d]: %w", i, err)
		}
		out = append(out, v)
	}
	return out, nil
}

// parameters reads a map to texts; numbers may stand without quotes.
func parameters(value any) (map[string]string, error) {
	object, ok := value.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("want a map, have %s", kindOf(value))
	}
	out := make(map[string]string, len(object))
	for _, key := range slices.Sorted(maps.Keys(object)) {
		switch v := object[key].(type) {
		case string:
			out[key] = v
		case int:
			out[key] = strconv.Itoa(v)
		case float64:
			out[key] = strconv.FormatFloat(v, 'f', -1, 64)
		default:
			return nil, fmt.Errorf("%s: want text or a number, have %s", key, kindOf(v))
		}
	}
	return out, nil
}
