package inventory

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"opscenter/internal/city"
)

// row is one row of a file: one of the three, by its type.
type row struct {
	line     int
	kind     string
	area     city.Area
	location city.Location
	device   city.Device
}

// The types of rows.
const (
	typeArea     = "area"
	typeLocation = "location"
	typeDevice   = "device"
)

// column is one column: which types of rows use it, and how it is read, written and, where a file
// does not have it, taken over from what is registered.
type column struct {
	name  string
	types string // the types that use it, separated by spaces
	read  func(r *row, cell string) error
	write func(r *row) string
	keep  func(r, old *row)
}

func (c *column) usedBy(kind string) bool {
	for t := range strings.FieldsSeq(c.types) {
		if t == kind {
			return true
		}
	}
	return false
}

// columns are all columns after `type`, in the order of the contract.
func columns() []column {
	return []column{
		{"id", "area location device", readID, writeID, func(_, _ *row) {}},
		{"name", "area location device", readName, writeName, keepName},
		text("area", typeLocation, func(r *row) *string { return &r.location.Area }),
		number("lat", typeLocation, 90, func(r *row) *float64 { return &r.location.Lat }),
		number("lon", typeLocation, 180, func(r *row) *float64 { return &r.location.Lon }),
		text("location", typeDevice, func(r *row) *string { return &r.device.Location }),
		text("subsystem", typeDevice, func(r *row) *string { return &r.device.Subsystem }),
		text("kind", typeDevice, func(r *row) *string { return &r.device.Kind }),
		externalIDs(),
		text("parent", typeDevice, func(r *row) *string { return &r.device.Parent }),
		text("contractor", typeDevice, func(r *row) *string { return &r.device.Contractor }),
		text("model", typeDevice, func(r *row) *string { return &r.device.Model }),
		cadence(),
		fps(),
		date("effective_from", func(r *row) *time.Time { return &r.area.EffectiveFrom }),
		date("effective_to", func(r *row) *time.Time { return &r.area.EffectiveTo }),
	}
}

func (r *row) id() *string {
	switch r.kind {
	case typeArea:
		return &r.area.ID
	case typeLocation:
		return &r.location.ID
	}
	return &r.device.ID
}

func (r *row) name() *string {
	switch r.kind {
	case typeArea:
		return &r.area.Name
	case typeLocation:
		return &r.location.Name
	}
	return &r.device.Name
}

func readID(r *row, cell string) error {
	*r.id() = cell
	return city.CheckID(cell)
}

func writeID(r *row) string { return *r.id() }

func readName(r *row, cell string) error {
	*r.name() = cell
	return nil
}

func writeName(r *row) string { return *r.name() }

func keepName(r, old *row) { *r.name() = *old.name() }

func text(name, types string, field func(*row) *string) column {
	return column{
		name: name, types: types,
		read:  func(r *row, cell string) error { *field(r) = cell; return nil },
		write: func(r *row) string { return *field(r) },
		keep:  func(r, old *row) { *field(r) = *field(old) },
	}
}

// number is a column in degrees, required, up to limit either way.
func number(name, types string, limit float64, field func(*row) *float64) column {
	return column{
		name: name, types: types,
		read: func(r *row, cell string) (err error) {
			if *field(r), err = parseNumber(cell); err != nil {
				return err
			}
			if math.Abs(*field(r)) > limit {
				return fmt.Errorf("%q is not between -%v and %v degrees", cell, limit, limit)
			}
			return nil
		},
		write: func(r *row) string { return formatNumber(*field(r)) },
		keep:  func(r, old *row) { *field(r) = *field(old) },
	}
}

func cadence() column {
	const longest = 366 * 24 * 3600
	return column{
		name: "cadence_s", types: typeDevice,
		read: func(r *row, cell string) error {
			if cell == "" {
				return nil
			}
			seconds, err := parseNumber(cell)
			if err != nil {
				return err
			}
			if seconds < 0 || seconds > longest {
				return fmt.Errorf("%q is not a number of seconds from 0 to a year", cell)
			}
			r.device.Cadence = time.Duration(math.Round(seconds*1000)) * time.Millisecond
			return nil
		},
		write: func(r *row) string { return optional(r.device.Cadence.Seconds()) },
		keep:  func(r, old *row) { r.device.Cadence = old.device.Cadence },
	}
}

func fps() column {
	return column{
		name: "expected_fps", types: typeDevice,
		read: func(r *row, cell string) (err error) {
			if cell == "" {
				return nil
			}
			if r.device.ExpectedFPS, err = parseNumber(cell); err != nil {
				return err
			}
			if r.device.ExpectedFPS < 0 || r.device.ExpectedFPS > 1000 {
				return fmt.Errorf("%q is not a number of frames per second from 0 to 1000", cell)
			}
			return nil
		},
		write: func(r *row) string { return optional(r.device.ExpectedFPS) },
		keep:  func(r, old *row) { r.device.ExpectedFPS = old.device.ExpectedFPS },
	}
}

func date(name string, field func(*row) *time.Time) column {
	return column{
		name: name, types: typeArea,
		read: func(r *row, cell string) (err error) {
			if cell == "" {
				return nil
			}
			if *field(r), err = parseDate(cell); err != nil {
				return fmt.Errorf("%q is neither a date (2025-07-01, midnight UTC) nor an RFC 3339 time", cell)
			}
			return nil
		},
		write: func(r *row) string { return formatDate(*field(r)) },
		keep:  func(r, old *row) { *field(r) = *field(old) },
	}
}

func parseNumber(cell string) (float64, error) {
	if cell == "" {
		return 0, errors.New("it is empty")
	}
	if strings.Contains(cell, ",") {
		return 0, fmt.Errorf("%q has a comma: write the decimals after a point, 21.323", cell)
	}
	v, err := strconv.ParseFloat(cell, 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return 0, fmt.Errorf("%q is not a number", cell)
	}
	return v, nil
}

func formatNumber(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

func optional(v float64) string {
	if v == 0 {
		return ""
	}
	return formatNumber(v)
}

func parseDate(cell string) (time.Time, error) {
	if t, err := time.Parse(time.DateOnly, cell); err == nil {
		return t, nil
	}
	t, err := time.Parse(time.RFC3339, cell)
	return t.UTC(), err
}

func formatDate(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	if t = t.UTC(); t.Equal(t.Truncate(24 * time.Hour)) {
		return t.Format(time.DateOnly)
	}
	return t.Format(time.RFC3339)
}
