package report

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strconv"
	"strings"
	"time"

	"opscenter/internal/city"
)

// csv writes the report as RFC 4180 CSV: one header, and every row has all columns. The first two say
// what a row is: of a table an item or the total of all items; of report the period, the time it is
// as of and the parameters; of method and note a sentence, by language. What these say is under value.
func (r *Report) csv() ([]byte, error) {
	header := []string{"table", "row", "value"}
	at := make(map[string]int)
	for i := range r.Tables {
		for _, c := range r.Tables[i].Columns {
			if _, known := at[c.Key]; !known {
				at[c.Key] = len(header)
				header = append(header, c.Key)
			}
		}
	}
	var file bytes.Buffer
	w := csv.NewWriter(&file)
	w.UseCRLF = true
	record := make([]string, len(header))
	write := func(table, row, value string) error {
		record[0], record[1], record[2] = table, row, value
		err := w.Write(record)
		clear(record)
		return err
	}
	if err := w.Write(header); err != nil {
		return nil, err
	}
	for i := range r.Tables {
		t := &r.Tables[i]
		rows := t.Rows
		if t.Total != nil {
			rows = append(slices.Clip(rows), t.Total)
		}
		for n, row := range rows {
			for i, cell := range row {
				record[at[t.Columns[i].Key]] = written(cell, r.From.Location())
			}
			kind := "item"
			if n == len(t.Rows) {
				kind = "total"
			}
			if err := write(t.Key, kind, ""); err != nil {
				return nil, err
			}
		}
	}
	if err := r.about(write); err != nil {
		return nil, err
	}
	w.Flush()
	return file.Bytes(), w.Error()
}

// about writes what the report is and how it was made.
func (r *Report) about(write func(table, row, value string) error) error {
	lines := [][3]string{
		{"report", "id", r.ID},
		{"report", "from", r.From.Format(time.RFC3339)},
		{"report", "to", r.To.Format(time.RFC3339)},
		{"report", "as_of", r.AsOf.Format(time.RFC3339)},
	}
	for _, p := range r.Parameters {
		lines = append(lines, [3]string{"report", p.Key, p.Value})
	}
	for _, sentences := range []struct {
		table string
		are   []city.Names
	}{{"note", r.Notes}, {"method", r.Method}} {
		for _, lang := range []Lang{Vietnamese, English} {
			for _, n := range sentences.are {
				lines = append(lines, [3]string{sentences.table, string(lang), lang.of(n)})
			}
		}
	}
	for _, l := range lines {
		if err := write(l[0], l[1], l[2]); err != nil {
			return err
		}
	}
	return nil
}

// written is the text that programs read of a cell.
func written(c Cell, zone *time.Location) string {
	switch c := c.(type) {
	case Text:
		return harmless(string(c))
	case Whole:
		return strconv.FormatInt(int64(c), 10)
	case Real:
		return strconv.FormatFloat(float64(c), 'f', -1, 64)
	case Moment:
		return time.Time(c).In(zone).Format(time.RFC3339)
	case Word:
		return c.Code
	}
	return ""
}

// harmless keeps a spreadsheet from taking what somebody wrote for a formula: such a text begins with an
// apostrophe, as the OWASP page on CSV injection advises.
func harmless(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}
