package report

import (
	"archive/zip"
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"opscenter/internal/city"
)

// maxSheetRows is how many rows a sheet may have, its head included.
const maxSheetRows = 1 << 20

// maxSheetName is how many characters the name of a sheet may have.
const maxSheetName = 31

// workbook is a report while it is being written as a workbook.
type workbook struct {
	file   *excelize.File
	paper  paper
	styles sheetStyles
}

// sheetStyles are the ids of the styles of a workbook's cells.
type sheetStyles struct {
	head, title, wrapped, bold int
	cells, totals              map[string]int // by number format
}

// xlsx writes the report as a workbook: a sheet for each table, and one that says what the report is
// and how it was made. Numbers are raw, with the unit in the head; times are those of the civic zone,
// since a cell has none.
func (r *Report) xlsx(lang Lang) (file []byte, err error) {
	w := workbook{file: excelize.NewFile(), paper: paper{lang, r.From.Location()}}
	defer func() {
		if closing := w.file.Close(); err == nil {
			err = closing
		}
	}()
	if err := w.makeStyles(); err != nil {
		return nil, err
	}
	// Nothing in a file may say when it was made.
	const fixed = "2000-01-01T00:00:00Z"
	err = w.file.SetDocProps(&excelize.DocProperties{
		Created: fixed, Modified: fixed, Creator: "opscenter", LastModifiedBy: "opscenter", Title: lang.of(r.Names), Language: string(lang),
	})
	if err != nil {
		return nil, err
	}
	used := make(map[string]bool)
	for i := range r.Tables {
		name := sheetName(cmp.Or(lang.of(r.Tables[i].Names), r.Tables[i].Key), used)
		if i == 0 {
			err = w.file.SetSheetName("Sheet1", name)
		} else {
			_, err = w.file.NewSheet(name)
		}
		if err != nil {
			return nil, err
		}
		if err := w.table(name, &r.Tables[i]); err != nil {
			return nil, err
		}
	}
	if err := w.about(r, sheetName(lang.of(names("Cách tính", "Method")), used), len(r.Tables) == 0); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := w.file.Write(&out); err != nil {
		return nil, err
	}
	return sortedZip(out.Bytes())
}

// sheetName makes a name that a sheet may have, and that no other sheet of the workbook has.
func sheetName(name string, used map[string]bool) string {
	name = strings.Trim(strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]`, r) {
			return ' '
		}
		return r
	}, name), " '")
	plain := name
	for n := 1; ; n++ {
		suffix := ""
		if n > 1 {
			suffix = fmt.Sprintf(" %d", n)
		}
		name = cut(plain, maxSheetName-utf8.RuneCountInString(suffix)) + suffix
		if key := strings.ToLower(name); !used[key] {
			used[key] = true
			return name
		}
	}
}

// cut returns at most so many characters of a text.
func cut(text string, n int) string {
	if runes := []rune(text); len(runes) > n {
		return string(runes[:n])
	}
	return text
}

func (w *workbook) makeStyles() error {
	style := func(s excelize.Style) (id int, err error) { return w.file.NewStyle(&s) }
	top := &excelize.Alignment{Vertical: "top"}
	line := func(side string, weight int) []excelize.Border {
		return []excelize.Border{{Type: side, Color: "000000", Style: weight}}
	}
	var err error
	if w.styles.head, err = style(excelize.Style{
		Font: &excelize.Font{Bold: true}, Border: line("bottom", 2), Alignment: &excelize.Alignment{Vertical: "center", WrapText: true},
		Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E7E7E7"}},
	}); err != nil {
		return err
	}
	if w.styles.title, err = style(excelize.Style{Font: &excelize.Font{Bold: true, Size: 14}, Alignment: top}); err != nil {
		return err
	}
	if w.styles.bold, err = style(excelize.Style{Font: &excelize.Font{Bold: true}, Alignment: top}); err != nil {
		return err
	}
	if w.styles.wrapped, err = style(excelize.Style{Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}}); err != nil {
		return err
	}
	w.styles.cells, w.styles.totals = make(map[string]int), make(map[string]int)
	for _, format := range []string{"@", "#,##0", "#,##0.0", "#,##0.00", "#,##0.000", "yyyy-mm-dd hh:mm:ss", "General"} {
		if w.styles.cells[format], err = style(excelize.Style{CustomNumFmt: &format, Alignment: top}); err != nil {
			return err
		}
		if w.styles.totals[format], err = style(excelize.Style{
			CustomNumFmt: &format, Alignment: top, Font: &excelize.Font{Bold: true}, Border: line("top", 1),
		}); err != nil {
			return err
		}
	}
	return nil
}

// numberFormat is that of a column's cells.
func numberFormat(c *Column) string {
	switch c.Kind {
	case KindText:
		return "@"
	case KindTime:
		return "yyyy-mm-dd hh:mm:ss"
	case KindCount, KindSeconds:
		return "#,##0"
	case KindPercent:
		return [...]string{"#,##0", "#,##0.0", "#,##0.00", "#,##0.000"}[min(max(c.Digits, 0), 3)]
	case KindNumber:
	}
	return "General"
}

func (w *workbook) table(sheet string, t *Table) error {
	if len(t.Rows)+2 > maxSheetRows {
		return fmt.Errorf("%w format: %d rows are more than a sheet of a workbook has; take csv, or a shorter period", ErrParameter, len(t.Rows))
	}
	s, err := w.file.NewStreamWriter(sheet)
	if err != nil {
		return err
	}
	for i := range t.Columns {
		if err := s.SetColWidth(i+1, i+1, w.width(t, i)); err != nil {
			return err
		}
	}
	if err := s.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	head := make([]any, len(t.Columns))
	for i := range t.Columns {
		head[i] = excelize.Cell{StyleID: w.styles.head, Value: w.paper.head(&t.Columns[i], true)}
	}
	if err := s.SetRow("A1", head, excelize.RowOpts{Height: 32}); err != nil {
		return err
	}
	line := 2
	write := func(row []Cell, styles map[string]int) error {
		cells := make([]any, len(row))
		for i, cell := range row {
			cells[i] = excelize.Cell{StyleID: styles[numberFormat(&t.Columns[i])], Value: w.value(cell)}
		}
		err := s.SetRow(fmt.Sprintf("A%d", line), cells)
		line++
		return err
	}
	for _, row := range t.Rows {
		if err := write(row, w.styles.cells); err != nil {
			return err
		}
	}
	if t.Total != nil {
		if err := write(t.Total, w.styles.totals); err != nil {
			return err
		}
	}
	return s.Flush()
}

// width is that of a column, in characters, for what its first rows hold.
func (w *workbook) width(t *Table, column int) float64 {
	c := &t.Columns[column]
	if c.Kind == KindTime {
		return 20
	}
	widest := 0
	for word := range strings.FieldsSeq(w.paper.head(c, true)) {
		widest = max(widest, utf8.RuneCountInString(word))
	}
	for _, row := range t.Rows[:min(len(t.Rows), 500)] {
		if cell := row[column]; cell != nil {
			widest = max(widest, utf8.RuneCountInString(w.paper.cell(cell, &Column{Kind: KindCount, Digits: c.Digits})))
		}
	}
	return float64(min(max(widest+3, 9), 48))
}

// value is what a cell holds. A time is written as the clock in the civic zone showed it.
func (w *workbook) value(c Cell) any {
	switch c := c.(type) {
	case Text:
		return string(c)
	case Word:
		return w.paper.lang.of(c.Names)
	case Whole:
		return int64(c)
	case Real:
		return float64(c)
	case Moment:
		t := time.Time(c).In(w.paper.zone)
		return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
	}
	return nil
}

// about writes the sheet that says what the report is and how it was made.
func (w *workbook) about(r *Report, sheet string, only bool) error {
	var err error
	if only {
		err = w.file.SetSheetName("Sheet1", sheet)
	} else {
		_, err = w.file.NewSheet(sheet)
	}
	if err != nil {
		return err
	}
	s, err := w.file.NewStreamWriter(sheet)
	if err != nil {
		return err
	}
	if err := s.SetColWidth(1, 1, 24); err != nil {
		return err
	}
	if err := s.SetColWidth(2, 2, 110); err != nil {
		return err
	}
	line := 1
	write := func(style int, name, value string) error {
		err := s.SetRow(fmt.Sprintf("A%d", line), []any{excelize.Cell{StyleID: style, Value: name}, excelize.Cell{StyleID: w.styles.wrapped, Value: value}})
		line++
		return err
	}
	lang := w.paper.lang
	if err := write(w.styles.title, lang.of(r.Names), ""); err != nil {
		return err
	}
	for _, pair := range w.paper.about(r) {
		if err := write(w.styles.bold, pair[0], pair[1]); err != nil {
			return err
		}
	}
	for _, sentences := range []struct {
		title city.Names
		are   []city.Names
	}{{names("Lưu ý", "Notes"), r.Notes}, {names("Cách tính", "Method"), r.Method}} {
		title := lang.of(sentences.title)
		for _, n := range sentences.are {
			if err := write(w.styles.bold, title, lang.of(n)); err != nil {
				return err
			}
			title = ""
		}
	}
	return s.Flush()
}

// sortedZip writes the files of an archive in the order of their names, without times: the library
// writes them in any order. What the files are is listed in one that readers want first.
func sortedZip(archive []byte) ([]byte, error) {
	r, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		return nil, err
	}
	slices.SortFunc(r.File, func(a, b *zip.File) int { return cmp.Compare(a.Name, b.Name) }) // [ is before letters
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range r.File {
		if err := copyFile(w, f); err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func copyFile(w *zip.Writer, f *zip.File) error {
	content, err := f.Open()
	if err != nil {
		return err
	}
	defer func() { _ = content.Close() }()
	file, err := w.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Deflate})
	if err != nil {
		return err
	}
	_, err = io.Copy(file, content) //nolint:gosec // it was written here a moment ago
	return err
}
