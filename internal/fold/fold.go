// Package fold makes text comparable for people who search: case and diacritics do not count.
package fold

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Text returns what is left of a text when case and marks do not count, so that "nga tu" finds "Ngã Tư".
func Text(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r):
			return -1
		case r == 'đ' || r == 'Đ':
			return 'd'
		}
		return unicode.ToLower(r)
	}, norm.NFD.String(text))
}
