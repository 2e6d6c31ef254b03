package reference

import (
	"fmt"
	"strings"
)

// page is one document in Markdown while it is being written.
type page struct{ text strings.Builder }

// generated stands at the top of every document, for whoever would edit it.
const generated = "<!-- Generated from the code by `make generate`. -->\n\n"

func newPage(title string) *page {
	p := &page{}
	p.text.WriteString(generated)
	p.text.WriteString("# " + cell(title) + "\n")
	return p
}

func (p *page) section(title string) { p.text.WriteString("\n## " + cell(title) + "\n") }

func (p *page) subsection(title string) { p.text.WriteString("\n### " + cell(title) + "\n") }

// paragraph writes text that may hold Markdown.
func (p *page) paragraph(format string, args ...any) { fmt.Fprintf(&p.text, "\n"+format+"\n", args...) }

// table writes rows of cells, which may hold Markdown, under a head.
func (p *page) table(head []string, rows [][]string) {
	p.text.WriteString("\n")
	p.row(head)
	p.text.WriteString(strings.Repeat("|---", len(head)) + "|\n")
	for _, r := range rows {
		p.row(r)
	}
}

func (p *page) row(cells []string) {
	for _, c := range cells {
		p.text.WriteString("|")
		if c != "" {
			p.text.WriteString(" " + cell(c) + " ")
		} else {
			p.text.WriteString(" ")
		}
	}
	p.text.WriteString("|\n")
}

// block writes a fenced block of code.
func (p *page) block(language, text string) {
	fmt.Fprintf(&p.text, "\n```%s\n%s\n```\n", language, strings.TrimSuffix(text, "\n"))
}

func (p *page) bytes() []byte { return []byte(p.text.String()) }

// cell makes text fit into one cell of a table: a bar or a line break would end the cell, and what
// looks like a tag would be one.
func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "\r\n", " ", "\n", " ", "<", "&lt;").Replace(text)
}

// code sets text as code.
func code(text string) string { return "`" + text + "`" }

// codes sets words as code, with commas between them.
func codes(words []string) string {
	set := make([]string, len(words))
	for i, w := range words {
		set[i] = code(w)
	}
	return strings.Join(set, ", ")
}
