package ingest

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"opscenter/internal/city"
)

// sealPlate encrypts an event's number plate. The plate is also masked where the event's texts
// repeat it; its id and the address of its evidence are left as they are, since they must work.
func (in *Ingest) sealPlate(e *city.Event) {
	plain := e.Plate.Clear
	if plain == "" {
		return
	}
	e.Plate = city.Plate{Masked: mask(plain), Sealed: in.seal.Seal([]byte(plain))}
	e.Title = strings.ReplaceAll(e.Title, plain, e.Plate.Masked)
	e.Description = strings.ReplaceAll(e.Description, plain, e.Plate.Masked)
}

// mask keeps the first two and the last two characters of a plate, and none of one that has four
// or fewer.
func mask(plate string) string {
	characters := []rune(plate)
	hidden := characters
	if len(characters) > 4 {
		hidden = characters[2 : len(characters)-2]
	}
	for i := range hidden {
		hidden[i] = '*'
	}
	return string(characters)
}

// plateName is a name that speaks of plates, up to the word that does.
const plateName = `[\pL\d_-]*(?:plate|licen[cs]e|bien[_ -]?so|biển[_ -]?số|bks)`

// What may be a plate in a text of unknown form: whatever follows a name that speaks of plates, in
// JSON, in what was meant to be JSON, in XML or in a query, or is the value beside such a name; and
// whatever looks like a plate of Việt Nam. Go's expressions take time in proportion to the text.
var (
	plateKey = regexp.MustCompile(`(?i)` + plateName + `[\pL\d_-]*[\\"']*\s*(?:,?\s*[\\"']*value[\\"']*\s*)?[:=>]\s*`)

	// The value of an object or an element whose name comes after it, or may have been cut off.
	named = regexp.MustCompile(`(?i)[{}<>][^{}<>]*?value[\\"']*\s*[:=]([^{}<>]*?)(?:name[\\"']*\s*[:=]\s*[\\"']*` + plateName + `|\z)`)

	plate  = regexp.MustCompile(`(?i)\b\d{2}[ -]?[A-ZĐ][A-ZĐ\d]?[ .-]?(?:\d{3}[ .]?\d{2}|\d{4})\b`)
	escape = regexp.MustCompile(`\\u[0-9a-fA-F]{4}`)
)

// maskPlates masks what looks like a plate.
func maskPlates(text string) string { return plate.ReplaceAllStringFunc(text, mask) }

// shown is the beginning of a payload as people may see it. What is cut off is cut off before it is
// masked, so that nothing escapes at the cut.
func shown(payload []byte) string {
	text := printable(string(payload[:min(len(payload), maxShown)]))
	text = printable(escape.ReplaceAllStringFunc(text, unescape))
	return cut(maskPlates(maskNamed(maskKeyed(text))), maxShown)
}

// maskKeyed masks what follows names that speak of plates.
func maskKeyed(text string) string {
	var b strings.Builder
	for {
		at := plateKey.FindStringIndex(text)
		if at == nil {
			break
		}
		b.WriteString(text[:at[1]])
		end := at[1] + valueLength(text[at[1]:])
		b.WriteString(strings.Map(star, text[at[1]:end]))
		text = text[end:]
	}
	b.WriteString(text)
	return b.String()
}

// maskNamed masks the values whose names, after them, speak of plates.
func maskNamed(text string) string {
	var b strings.Builder
	done := 0
	for _, at := range named.FindAllStringSubmatchIndex(text, -1) {
		b.WriteString(text[done:at[2]])
		b.WriteString(strings.Map(star, text[at[2]:at[3]]))
		done = at[3]
	}
	b.WriteString(text[done:])
	return b.String()
}

// unescape reads a JSON escape, behind which a name or a plate could hide.
func unescape(sequence string) string {
	code, err := strconv.ParseUint(sequence[2:], 16, 16)
	if err != nil || !unicode.IsPrint(rune(code)) || code == '"' || code == '\\' {
		return sequence
	}
	return string(rune(code))
}

func star(r rune) rune {
	if unicode.IsLetter(r) || unicode.IsDigit(r) {
		return '*'
	}
	return r
}

// valueLength returns how many bytes of text belong to the value that it begins with: a string to
// its closing quote, an object or an array to its closing bracket, anything else to where a value
// must end; all of it if that is missing.
func valueLength(text string) int {
	depth, quote := 0, byte(0)
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '\\':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
				if depth == 0 {
					return i + 1
				}
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			depth--
			if depth <= 0 {
				return i
			}
		case depth == 0 && strings.IndexByte(",&;<\n", c) >= 0:
			return i
		}
	}
	return len(text)
}

// cut shortens a text to at most that many bytes, between characters.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most]
}
