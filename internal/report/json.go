package report

import (
	"bytes"
	"encoding/json"
	"time"

	"opscenter/internal/city"
)

// document is a report in JSON, but for the rows.
type document struct {
	ID         string          `json:"id"`
	Names      city.Names      `json:"names"`
	From       time.Time       `json:"from"`
	To         time.Time       `json:"to"`
	AsOf       time.Time       `json:"as_of"`
	Zone       string          `json:"timezone"`
	Parameters json.RawMessage `json:"parameters"`
	Method     []city.Names    `json:"method"`
	Notes      []city.Names    `json:"notes"`
	Tables     []tableDocument `json:"tables"`
}

type tableDocument struct {
	Key     string            `json:"key"`
	Names   city.Names        `json:"names"`
	Columns []columnDocument  `json:"columns"`
	Rows    []json.RawMessage `json:"rows"`
	Total   json.RawMessage   `json:"total,omitempty"`
}

type columnDocument struct {
	Key   string     `json:"key"`
	Names city.Names `json:"names"`
	Unit  string     `json:"unit,omitempty"`
	Kind  Kind       `json:"kind"`
}

// json writes the report as one object. A row is an object with the columns' keys in their order; what
// is not known is left out.
func (r *Report) json() ([]byte, error) {
	d := document{
		ID: r.ID, Names: r.Names, From: r.From, To: r.To, AsOf: r.AsOf, Zone: r.From.Location().String(),
		Method: append([]city.Names{}, r.Method...), Notes: append([]city.Names{}, r.Notes...), Tables: make([]tableDocument, len(r.Tables)),
	}
	var err error
	values := make(map[string]string, len(r.Parameters))
	for _, p := range r.Parameters {
		values[p.Key] = p.Value
	}
	if d.Parameters, err = json.Marshal(values); err != nil {
		return nil, err
	}
	for i := range r.Tables {
		if d.Tables[i], err = r.Tables[i].document(r.From.Location()); err != nil {
			return nil, err
		}
	}
	return json.Marshal(d)
}

func (t *Table) document(zone *time.Location) (tableDocument, error) {
	d := tableDocument{Key: t.Key, Names: t.Names, Columns: make([]columnDocument, len(t.Columns)), Rows: make([]json.RawMessage, len(t.Rows))}
	for i, c := range t.Columns {
		d.Columns[i] = columnDocument{c.Key, c.Names, c.Unit, c.Kind}
	}
	var err error
	for i, row := range t.Rows {
		if d.Rows[i], err = t.object(row, zone); err != nil {
			return d, err
		}
	}
	if t.Total != nil {
		d.Total, err = t.object(t.Total, zone)
	}
	return d, err
}

func (t *Table) object(row []Cell, zone *time.Location) (json.RawMessage, error) {
	var out bytes.Buffer
	out.WriteByte('{')
	for i, cell := range row {
		if cell == nil {
			continue
		}
		if out.Len() > 1 {
			out.WriteByte(',')
		}
		key, err := json.Marshal(t.Columns[i].Key)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(plain(cell, zone))
		if err != nil {
			return nil, err
		}
		out.Write(key)
		out.WriteByte(':')
		out.Write(value)
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

// plain is what programs read of a cell.
func plain(c Cell, zone *time.Location) any {
	switch c := c.(type) {
	case Text:
		return string(c)
	case Whole:
		return int64(c)
	case Real:
		return float64(c)
	case Moment:
		return time.Time(c).In(zone)
	case Word:
		switch c.Code {
		case "true", "false":
			return c.Code == "true"
		}
		return c.Code
	}
	return nil
}
