package store

import (
	"strings"
	"time"
	"unicode/utf8"
)

// clean makes text from outside fit for PostgreSQL, which takes neither U+0000 nor broken UTF-8:
// both become U+FFFD. One bad letter must not stop a partition.
func clean(s string) string {
	if utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 {
		return s
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

// clipped is the beginning of a text, clean, in at most that many bytes and whole letters.
func clipped(s string, most int) string {
	s = clean(s)
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most]
}

// dated brings a device's time into what PostgreSQL and RFC 3339 can hold, the years 1 to 9999, and
// to microseconds.
func dated(t time.Time) time.Time {
	first, last := time.Time{}, time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)
	switch {
	case t.Before(first):
		return first
	case t.After(last):
		return last
	}
	return t.UTC().Truncate(time.Microsecond)
}

// timeOrZero returns the zero time for nil, and UTC otherwise.
func timeOrZero(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}

// signed keeps the bits: PostgreSQL has no unsigned numbers.
func signed(n uint64) int64 { return int64(n) } //nolint:gosec // reversible, see unsigned

// unsigned undoes signed.
func unsigned(n int64) uint64 { return uint64(n) } //nolint:gosec // reversible, see signed
