package config

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// takeRetention reads how long each class of data is kept. Which classes there are is the store's to
// say.
func (f *File) takeRetention(raw any) error {
	if raw == nil {
		return nil
	}
	byClass, ok := raw.(map[string]any)
	if !ok {
		return fmt.Errorf("%s: want a map from class to how long it is kept, have %s", retentionKey, kindOf(raw))
	}
	f.Retention = make(map[string]time.Duration, len(byClass))
	var faults []error
	for _, class := range slices.Sorted(maps.Keys(byClass)) {
		keep, err := keepFor(byClass[class])
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %s: %w", retentionKey, class, err))
		}
		f.Retention[class] = keep
	}
	return errors.Join(faults...)
}

// keepFor reads days such as 30d, a duration such as 36h, or 0, which is for ever. Any other bare
// number would leave the unit to be guessed.
func keepFor(value any) (time.Duration, error) {
	if value == 0 {
		return 0, nil
	}
	s, err := text(value)
	if err != nil {
		return 0, fmt.Errorf("%w; say days, as in 30d, a duration, as in 36h, or 0 for ever", err)
	}
	if number, ok := strings.CutSuffix(s, "d"); ok {
		const longest = 100 * 365 // days
		if days, err := strconv.Atoi(number); err == nil && days >= 0 && days <= longest {
			return time.Duration(days) * 24 * time.Hour, nil
		}
	} else if d, err := time.ParseDuration(s); err == nil && d >= 0 {
		return d, nil
	}
	return 0, fmt.Errorf("%q is neither days, such as 30d, nor a duration, such as 36h, nor 0 for ever", s)
}
