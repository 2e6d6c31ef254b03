package report

import (
	"math"
	"time"

	"opscenter/internal/city"
)

// Cell is the content of one cell. The zero cell, nil, has none.
//
//sumtype:decl
type Cell interface{ isCell() }

// Text is what somebody called something.
type Text string

// Whole is a count, or whole seconds.
type Whole int64

// Real is a number that is finite.
type Real float64

// Moment is a time.
type Moment time.Time

// Word is written as its code where programs read, and as its names where people do.
type Word struct {
	Code  string
	Names city.Names
}

func (Text) isCell()   {}
func (Whole) isCell()  {}
func (Real) isCell()   {}
func (Moment) isCell() {}
func (Word) isCell()   {}

// number returns a number rounded to so many digits after the decimal point, and no cell if it is none.
func number(v float64, digits int) Cell {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	scale := math.Pow10(digits)
	return Real(math.Round(v*scale) / scale)
}

// figure returns a figure that may not be known.
func figure(of func() (float64, bool), digits int) Cell {
	v, known := of()
	if !known {
		return nil
	}
	return number(v, digits)
}

// optional returns a number that may not be there.
func optional(v *float64, digits int) Cell {
	if v == nil {
		return nil
	}
	return number(*v, digits)
}

// moment returns a time, and no cell for the zero time.
func moment(t time.Time) Cell {
	if t.IsZero() {
		return nil
	}
	return Moment(t)
}

// yes returns a yes or a no.
func yes(v bool) Cell {
	if v {
		return Word{"true", names("Có", "Yes")}
	}
	return Word{"false", names("Không", "No")}
}
