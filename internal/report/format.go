package report

import (
	"fmt"
	"time"
)

// Format is how a report is written.
type Format string

// The formats.
const (
	JSON Format = "json"
	CSV  Format = "csv"
	XLSX Format = "xlsx"
	HTML Format = "html" // a page to be printed
)

// Document is a report that is written.
type Document struct {
	ContentType string
	Name        string // of a file
	Body        []byte
}

// Write writes a report in a format. JSON and CSV speak in codes and do not depend on the language.
func (r *Report) Write(format Format, lang Lang) (Document, error) {
	d := Document{Name: FileName(r.ID, r.From, r.To, format)}
	var err error
	switch format {
	case JSON:
		d.ContentType = "application/json"
		d.Body, err = r.json()
	case CSV:
		d.ContentType = "text/csv; charset=utf-8"
		d.Body, err = r.csv()
	case XLSX:
		d.ContentType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
		d.Body, err = r.xlsx(lang)
	case HTML:
		d.ContentType = "text/html; charset=utf-8"
		d.Body, err = r.html(lang)
	default:
		return Document{}, fmt.Errorf("%w format: %.20q is none of json, csv, xlsx, html", ErrParameter, format)
	}
	if err != nil {
		return Document{}, fmt.Errorf("report %s as %s: %w", r.ID, format, err)
	}
	return d, nil
}

// FileName is what a file with a report is called.
func FileName(id string, from, to time.Time, format Format) string {
	return fmt.Sprintf("%s-%s-%s.%s", id, fileTime(from), fileTime(to), format)
}

// fileTime is a day, with the time of day unless it is midnight.
func fileTime(t time.Time) string {
	if h, m, s := t.Clock(); h != 0 || m != 0 || s != 0 {
		return t.Format("20060102T1504")
	}
	return t.Format("20060102")
}
