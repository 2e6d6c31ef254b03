package camera

import (
	"strings"
	"unicode"
)

// Clip returns the beginning of a foreign text that the center keeps: at most 64 bytes of valid
// UTF-8, without control characters, in memory of its own.
func Clip(text string) string {
	text = strings.Map(printable, strings.ToValidUTF8(text[:min(len(text), maxNote)], ""))
	return strings.Clone(text)
}

func printable(r rune) rune {
	if unicode.IsControl(r) {
		return -1
	}
	return r
}
