// Package city is the vocabulary of an operations center: areas, locations and devices, what is
// observed of them, and how well they are. It knows no transport, no storage and no clock; every
// other package speaks in these words. Values of this package are plain data: they are safe to
// share between goroutines as long as nobody writes to them.
package city

import (
	"fmt"
	"regexp"
)

// Names is one name in the two languages of a center.
type Names struct {
	VI string `json:"vi"`
	EN string `json:"en"`
}

var slug = regexp.MustCompile(`^[a-z0-9][a-z0-9_.-]{0,63}$`)

// CheckID returns an error unless id is a slug: 1 to 64 characters of a to z, 0 to 9, '_', '.' and
// '-', the first of them a letter or a digit.
func CheckID(id string) error {
	if slug.MatchString(id) {
		return nil
	}
	return fmt.Errorf("id %q is not a slug: 1 to 64 of a-z 0-9 _ . -, first a letter or digit", id)
}
