// Package report makes reports on the past: one model of tables with typed cells, what each report is
// made from, and every format that a report is written in. It is pure: it reads no clock and does no
// I/O, and what it is given gives the same bytes each time.
package report

import (
	"time"

	"opscenter/internal/city"
)

// Report is one report, ready to be written in any format.
type Report struct {
	ID         string
	Names      city.Names
	From, To   time.Time // inclusive, exclusive; in the civic time zone
	AsOf       time.Time // what the center knew by then is counted; in the civic time zone
	Parameters []Setting
	Method     []city.Names // how everything is counted, sentence by sentence
	Tables     []Table
	Notes      []city.Names // what the reader must know of this report, such as data that is no longer kept
}

// Setting is one parameter that a report was made with.
type Setting struct {
	Key   string
	Names city.Names
	Value string     // as it was asked for
	Shown city.Names // as people read it
}

// Table is one table of a report. Every row, and the total, has as many cells as there are columns.
type Table struct {
	Key     string // unique in the report, a slug
	Names   city.Names
	Columns []Column
	Rows    [][]Cell
	Total   []Cell // nil for none
	Bar     []Part // of the columns, drawn as one bar in each row where people look; nil for none
}

// Kind is what the cells of a column are, and so how they are written.
type Kind string

// The kinds of columns. Times are written in the civic time zone.
const (
	KindText    Kind = "text"    // Text or Word
	KindCount   Kind = "count"   // Whole
	KindSeconds Kind = "seconds" // Whole or Real; on paper as days, hours and minutes
	KindPercent Kind = "percent" // Real
	KindNumber  Kind = "number"  // Real
	KindTime    Kind = "time"    // Moment
)

// Column is a column of a table.
type Column struct {
	Key    string // unique in the table, with its unit: up_s, availability_pct
	Names  city.Names
	Unit   string // shown with the name: s, %, veh/h; empty for none
	Kind   Kind
	Digits int // after the decimal point, of percent and number
}

// Part is a column whose seconds are one part of a bar.
type Part struct {
	Key   string
	Class Class
}

// Class is how a part of a bar is drawn: by a pattern, so that it needs no colour.
type Class string

// The classes of time.
const (
	ClassUp          Class = "up"
	ClassUnknown     Class = "unknown"
	ClassMaintenance Class = "maintenance"
	ClassDown        Class = "down"
)

// names is a name in both languages.
func names(vi, en string) city.Names { return city.Names{VI: vi, EN: en} }

// Lang is the language of a report for people.
type Lang string

// The languages.
const (
	Vietnamese Lang = "vi"
	English    Lang = "en"
)

// of returns a name in the language.
func (l Lang) of(n city.Names) string {
	if l == English {
		return n.EN
	}
	return n.VI
}
