package report

import (
	"bytes"
	_ "embed" // the page and its stylesheet
	"fmt"
	"html/template"
	"strings"
)

//go:embed print.gohtml
var pageText string

//go:embed print.css
var styleText string

// StylePath is where the pages expect their stylesheet; a page may not bring its own along where
// styles come from the center alone.
const StylePath = "/api/v1/reports/print.css"

// styleLink is how a page names its stylesheet.
const styleLink = `<link rel="stylesheet" href="` + StylePath + `">`

// Style returns the stylesheet of the pages.
func Style() []byte { return []byte(styleText) }

// Standalone returns a page that needs nothing else: to be sent, and opened where no center is.
func Standalone(page []byte) []byte {
	return bytes.Replace(page, []byte(styleLink), []byte("<style>\n"+styleText+"</style>"), 1)
}

// barWidth is how many units wide a bar is drawn.
const barWidth = 2000

// page is what the template shows.
type page struct {
	Lang, Title, Center string
	Wide                bool
	About               [][2]string
	Notes, Method       []string
	Tables              []pageTable
	Style               template.HTML
	Say                 labels
	Legend              []barLabel
}

// labels are the words of the page itself.
type labels struct{ Notes, Method, Nothing, Share, Legend string }

type barLabel struct {
	Class Class
	Name  string
}

type pageTable struct {
	Title string
	Heads []pageHead
	Rows  []pageRow
	Total []pageCell
	Bar   bool
}

type pageHead struct {
	Text    string
	Numbers bool
}

type pageCell struct {
	Text    string
	Numbers bool
}

type pageRow struct {
	Cells []pageCell
	Bar   []barPart
	Said  string // the bar in words
}

// barPart is one part of a bar, in units of barWidth.
type barPart struct {
	Class    Class
	X, Width int
}

// html writes the report as a page to be printed, without scripts, in one language.
func (r *Report) html(lang Lang) ([]byte, error) {
	t, err := template.New("page").Parse(pageText)
	if err != nil {
		return nil, err
	}
	p := paper{lang, r.From.Location()}
	view := page{
		Lang: string(lang), Title: lang.of(r.Names), Center: lang.of(names("Trung tâm điều hành thông minh", "Intelligent Operations Center")),
		About: p.about(r), Style: template.HTML(styleLink), //nolint:gosec // a constant
		Say: labels{
			Notes: lang.of(names("Lưu ý", "Notes")), Method: lang.of(names("Cách tính", "How it is counted")),
			Nothing: lang.of(names("Không có dòng nào.", "There are no rows.")), Share: lang.of(names("Tỷ lệ thời gian", "Share of time")),
			Legend: lang.of(names("Chú giải", "Key")),
		},
	}
	if lang == English {
		view.Lang = string(English)
	}
	for _, n := range r.Notes {
		view.Notes = append(view.Notes, lang.of(n))
	}
	for _, n := range r.Method {
		view.Method = append(view.Method, lang.of(n))
	}
	for i := range r.Tables {
		table := p.table(&r.Tables[i])
		view.Tables = append(view.Tables, table)
		view.Wide = view.Wide || len(table.Heads) > 7
		if table.Bar {
			view.Legend = p.legend()
		}
	}
	var out bytes.Buffer
	if err := t.Execute(&out, view); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func (p paper) table(t *Table) pageTable {
	out := pageTable{Title: p.lang.of(t.Names), Bar: t.Bar != nil}
	for i := range t.Columns {
		c := &t.Columns[i]
		out.Heads = append(out.Heads, pageHead{p.head(c, false), c.Kind != KindText})
	}
	for _, row := range t.Rows {
		out.Rows = append(out.Rows, p.row(t, row))
	}
	if t.Total != nil {
		out.Total = p.row(t, t.Total).Cells
	}
	return out
}

func (p paper) row(t *Table, cells []Cell) pageRow {
	var row pageRow
	for i, c := range cells {
		row.Cells = append(row.Cells, pageCell{p.cell(c, &t.Columns[i]), t.Columns[i].Kind != KindText})
	}
	if t.Bar != nil {
		row.Bar, row.Said = p.bar(t, cells)
	}
	return row
}

// bar divides the width of a bar as the seconds of its parts divide their sum. The boundaries are
// rounded, not the parts, so that together they are the whole; what has any time at all is seen.
func (p paper) bar(t *Table, cells []Cell) (parts []barPart, said string) {
	seconds := make([]int64, len(t.Bar))
	var whole int64
	for n, part := range t.Bar {
		for i := range t.Columns {
			if w, ok := cells[i].(Whole); ok && t.Columns[i].Key == part.Key {
				seconds[n] = int64(w)
				whole += int64(w)
			}
		}
	}
	if whole == 0 {
		return nil, ""
	}
	var words []string
	var before int64
	for n, part := range t.Bar {
		x := int(before * barWidth / whole)
		before += seconds[n]
		if seconds[n] == 0 {
			continue
		}
		width := max(int(before*barWidth/whole)-x, 12)
		parts = append(parts, barPart{part.Class, min(x, barWidth-width), width})
		words = append(words, fmt.Sprintf("%s %s", p.class(part.Class), p.group(fmt.Sprintf("%.2f", 100*float64(seconds[n])/float64(whole)))+" %"))
	}
	return parts, strings.Join(words, ", ")
}

func (p paper) class(c Class) string {
	switch c {
	case ClassUp:
		return p.lang.of(names("hoạt động", "up"))
	case ClassUnknown:
		return p.lang.of(names("không rõ", "unknown"))
	case ClassMaintenance:
		return p.lang.of(names("bảo trì", "maintenance"))
	case ClassDown:
		return p.lang.of(names("hỏng", "down"))
	}
	return string(c)
}

func (p paper) legend() []barLabel {
	var labels []barLabel
	for _, c := range []Class{ClassUp, ClassUnknown, ClassMaintenance, ClassDown} {
		labels = append(labels, barLabel{c, p.class(c)})
	}
	return labels
}
