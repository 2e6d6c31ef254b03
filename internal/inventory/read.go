// Package inventory reads and writes the inventory as CSV and says in words how two inventories
// differ. It does no I/O of its own.
//
// A file has a header and rows of the types area, location and device. Importing adds and changes
// and never removes: what a file does not mention stays as it is, and so does what a column would
// say that the file does not have. An empty cell empties its field. Areas need no rows of their own:
// a location's area comes into being with it, named by its id until a row names it.
package inventory

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// maxCell bounds one cell, in bytes: names are for people.
const maxCell = 1024

// RowError says what is wrong in one row. Line counts from 1, the header; Column is empty when the
// whole row is meant.
type RowError struct {
	Line   int    `json:"line"`
	Column string `json:"column,omitempty"`
	Reason string `json:"reason"`
}

// Error returns line, column and reason.
func (e RowError) Error() string {
	if e.Column == "" {
		return fmt.Sprintf("line %d: %s", e.Line, e.Reason)
	}
	return fmt.Sprintf("line %d, column %s: %s", e.Line, e.Column, e.Reason)
}

// RowErrors is everything that is wrong in a file, by line.
type RowErrors []RowError

// Error returns one line per fault.
func (e RowErrors) Error() string {
	lines := make([]string, len(e))
	for i := range e {
		lines[i] = e[i].Error()
	}
	return strings.Join(lines, "\n")
}

func (e *RowErrors) add(line int, column, format string, args ...any) {
	*e = append(*e, RowError{line, column, fmt.Sprintf(format, args...)})
}

// orNil returns the faults by line, or nil if there are none.
func (e RowErrors) orNil() error {
	if len(e) == 0 {
		return nil
	}
	slices.SortStableFunc(e, func(a, b RowError) int { return a.Line - b.Line })
	return e
}

// Sheet is a file that was read: what it says about areas, locations and devices, not yet compared
// with what is registered.
type Sheet struct {
	rows    []row
	missing []column // columns that the file does not have
}

// Len returns the number of rows after the header.
func (s *Sheet) Len() int { return len(s.rows) }

// Read reads a file in UTF-8, with or without a byte order mark, with either line ending. Its error
// is a RowErrors with everything that is wrong in the rows by themselves, or that of r.
func Read(r io.Reader) (*Sheet, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("inventory: %w", err)
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	lines := csv.NewReader(bytes.NewReader(data))
	lines.FieldsPerRecord = -1
	var p parser
	if !p.header(lines) {
		return nil, p.faults.orNil()
	}
	for {
		record, err := lines.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			p.broken(err) // the reader cannot tell where the next row begins
			break
		}
		line, _ := lines.FieldPos(0)
		p.record(line, record)
	}
	if err := p.faults.orNil(); err != nil {
		return nil, err
	}
	return &p.sheet, nil
}

// parser gathers rows and faults.
type parser struct {
	sheet    Sheet
	faults   RowErrors
	names    []string  // of the file's columns
	columns  []*column // of the file; nil for `type`
	typeAt   int
	rowTypes map[string]int // type and id → line
}

func (p *parser) broken(err error) {
	if syntax, ok := errors.AsType[*csv.ParseError](err); ok {
		p.faults.add(syntax.Line, "", "broken CSV at character %d: %v; what follows was not read", syntax.Column, syntax.Err)
		return
	}
	p.faults.add(1, "", "%v", err)
}

func (p *parser) header(lines *csv.Reader) bool {
	header, err := lines.Read()
	if errors.Is(err, io.EOF) {
		p.faults.add(1, "", "the file is empty: its first line must be the header type,id,name,…")
		return false
	}
	if err != nil {
		p.broken(err)
		return false
	}
	if len(header) == 1 && strings.ContainsAny(header[0], ";\t") {
		p.faults.add(1, "", "the columns are separated by semicolons or tabs: save the file with commas")
		return false
	}
	p.typeAt, p.rowTypes = -1, make(map[string]int)
	known := columns()
	used := make(map[string]bool)
	for i, cell := range header {
		name := strings.ToLower(strings.TrimSpace(cell))
		p.names = append(p.names, name)
		at := slices.IndexFunc(known, func(c column) bool { return c.name == name })
		switch {
		case used[name]:
			p.faults.add(1, name, "the column occurs twice")
		case name == "type":
			p.typeAt, p.columns = i, append(p.columns, nil)
		case at < 0:
			p.faults.add(1, name, "there is no such column; a header is type,%s", allNames(known))
		default:
			p.columns = append(p.columns, &known[at])
		}
		used[name] = true
	}
	for _, required := range []string{"type", "id"} {
		if !used[required] {
			p.faults.add(1, required, "the header lacks this column")
		}
	}
	for _, c := range known {
		if !used[c.name] {
			p.sheet.missing = append(p.sheet.missing, c)
		}
	}
	return len(p.faults) == 0
}

func allNames(columns []column) string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.name
	}
	return strings.Join(names, ",")
}

func (p *parser) record(line int, record []string) {
	for i, cell := range record {
		record[i] = strings.TrimSpace(cell)
	}
	if !slices.ContainsFunc(record, func(cell string) bool { return cell != "" }) {
		return // spreadsheets leave rows of commas behind
	}
	if len(record) != len(p.columns) {
		p.faults.add(line, "", "it has %d cells, the header has %d", len(record), len(p.columns))
		return
	}
	r := row{line: line, kind: strings.ToLower(record[p.typeAt])}
	if r.kind != typeArea && r.kind != typeLocation && r.kind != typeDevice {
		p.faults.add(line, "type", "%q is none of location, device, area", record[p.typeAt])
		return
	}
	for i, c := range p.columns {
		if c != nil {
			p.cell(&r, c, record[i])
		}
	}
	key := r.kind + " " + *r.id()
	if before, twice := p.rowTypes[key]; twice {
		p.faults.add(line, "id", "%s %q is on line %d already", r.kind, *r.id(), before)
		return
	}
	p.rowTypes[key] = line
	p.sheet.rows = append(p.sheet.rows, r)
}

func (p *parser) cell(r *row, c *column, cell string) {
	switch {
	case !c.usedBy(r.kind):
		if cell != "" {
			p.faults.add(r.line, c.name, "a row of type %s has no %s", r.kind, c.name)
		}
	case len(cell) > maxCell:
		p.faults.add(r.line, c.name, "it is longer than %d bytes", maxCell)
	case !printable(cell):
		p.faults.add(r.line, c.name, "%q is not plain text in UTF-8", cell)
	default:
		if err := c.read(r, cell); err != nil {
			p.faults.add(r.line, c.name, "%v", err)
		}
	}
}
